package io.torrentstream.metainfo;

import io.torrentstream.util.PrintableText;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a magnet link: anybody's text, often from a web page. What says which torrent is meant
 * (xt), or which of its files (so), must be right; a name or a place to look for peers that cannot
 * be used is left out with a warning.
 */
final class MagnetReader {
  /** Characters. A link with a thousand trackers has a tenth of it. */
  static final int MAX_LENGTH = 1024 * 1024;

  /** All would be announced to, so a link could have all who click on it flood a victim. */
  static final int MAX_TRACKERS = 100;

  static final int MAX_WEB_SEEDS = 100;

  /** Each may cost a look-up of its name and some connections. */
  static final int MAX_PEERS = 100;

  /** File indices, to bound the memory of a range; no .torrent that we read has so many. */
  static final int MAX_FILES = 1_000_000;

  private static final int MAX_NAME = 255;
  private static final int MAX_SHOWN = 80;

  /** BEP 9 counts parameters of the same name: {@code tr.1}, {@code tr.2}. */
  private static final Pattern NUMBERED = Pattern.compile("(xt|tr|ws|so)\\.[0-9]{1,9}");

  private static final Pattern FILE_RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");
  private static final Pattern PEER =
      Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}]|[^\\[\\]:/\\s\\p{Cntrl}]{1,253}):([0-9]{1,5})");

  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int BASE32_LENGTH = 32;

  private final Warnings warnings = new Warnings();
  private final Set<String> full = new HashSet<>();
  private final Set<String> trackers = new LinkedHashSet<>();
  private final Set<String> webSeeds = new LinkedHashSet<>();
  private final List<InetSocketAddress> peers = new ArrayList<>();
  private InfoHash infoHash;
  private String infoHashV2;
  private String name;
  private BitSet files;

  MagnetUri read(String link) throws ProtocolException {
    if (link.length() > MAX_LENGTH) {
      throw new ProtocolException(
          "magnet link: " + link.length() + " characters (expected: <= " + MAX_LENGTH + ")");
    }
    String begin = MagnetUri.SCHEME + "?";
    if (!link.regionMatches(true, 0, begin, 0, begin.length())) {
      throw new ProtocolException("magnet link: " + shown(link) + " (expected: magnet:?xt=...)");
    }
    for (String parameter : link.substring(begin.length()).split("&")) {
      int equals = parameter.indexOf('=');
      if (equals > 0) {
        String key = parameter.substring(0, equals).toLowerCase(Locale.ROOT);
        Matcher numbered = NUMBERED.matcher(key);
        read(numbered.matches() ? numbered.group(1) : key, parameter.substring(equals + 1));
      }
    }
    if (infoHash == null) {
      throw new ProtocolException(
          infoHashV2 == null
              ? "magnet link: no xt (expected: xt=urn:btih:INFO-HASH)"
              : "magnet link: v2-only torrents are not supported (expected: a btih)");
    }
    return new MagnetUri(
        infoHash,
        infoHashV2,
        name,
        List.copyOf(trackers),
        List.copyOf(webSeeds),
        List.copyOf(peers),
        files,
        warnings.lines());
  }

  /** Parameters that say nothing to us (xl, kt, as, mt ...) are passed over. */
  private void read(String key, String encoded) throws ProtocolException {
    switch (key) {
      case "xt" -> readTopic(decoded(key, encoded));
      case "so" -> readFiles(decoded(key, encoded));
      case "dn", "tr", "ws", "x.pe" -> readHint(key, encoded);
      default -> {}
    }
  }

  /** What the torrent can be had without. */
  private void readHint(String key, String encoded) {
    String text;
    try {
      // Forms write a blank as +; in addresses a plus is a plus.
      text = decoded(key, key.equals("dn") ? encoded.replace('+', ' ') : encoded);
    } catch (ProtocolException e) {
      // Without the value: a tracker's may hold a passkey.
      warnings.add("magnet " + key + ": left out (expected: two hex digits after each %)");
      return;
    }
    switch (key) {
      case "dn" -> readName(text);
      case "tr" -> readAddress(key, text, trackers, MAX_TRACKERS);
      case "ws" -> readAddress(key, text, webSeeds, MAX_WEB_SEEDS);
      default -> readPeer(text);
    }
  }

  private void readName(String text) {
    String printable = PrintableText.of(text, MAX_NAME).strip();
    name = printable.isEmpty() ? name : printable;
  }

  private void readTopic(String topic) throws ProtocolException {
    String lower = topic.toLowerCase(Locale.ROOT);
    if (lower.startsWith("urn:btih:")) {
      InfoHash found = InfoHash.of(btih(lower.substring("urn:btih:".length())));
      if (infoHash != null && !infoHash.equals(found)) {
        throw new ProtocolException("magnet xt: " + found + " (expected: one btih)");
      }
      infoHash = found;
    } else if (lower.startsWith("urn:btmh:")) {
      // BEP 52: a multihash; 0x12 is SHA-256, 0x20 its length.
      String multihash = lower.substring("urn:btmh:".length());
      if (!multihash.matches("1220[0-9a-f]{64}")) {
        throw new ProtocolException(
            "magnet xt: btmh " + shown(multihash) + " (expected: 1220 and 64 hexadecimal digits)");
      }
      infoHashV2 = multihash.substring("1220".length());
    }
  }

  private static byte[] btih(String text) throws ProtocolException {
    if (text.matches("[0-9a-f]{40}")) {
      return InfoHash.fromHex(text).bytes();
    }
    if (text.length() == BASE32_LENGTH && text.chars().allMatch(c -> BASE32.indexOf(c) >= 0)) {
      return base32(text);
    }
    throw new ProtocolException(
        "magnet xt: btih "
            + shown(text)
            + ", "
            + text.length()
            + " characters (expected: 40 hexadecimal digits or 32 of base32)");
  }

  /** Five bits a digit, eight digits to five bytes; the length leaves no bits over. */
  private static byte[] base32(String digits) {
    byte[] bytes = new byte[digits.length() * 5 / 8];
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      int digit = BASE32.indexOf(digits.charAt(bit / 5));
      if ((digit >> (4 - bit % 5) & 1) != 0) {
        bytes[bit / 8] |= (byte) (0x80 >> bit % 8);
      }
    }
    return bytes;
  }

  private void readAddress(String key, String address, Set<String> into, int most) {
    String url = address.strip();
    if (url.isEmpty() || into.contains(url)) {
      return;
    }
    if (!MetainfoReader.isAddress(url)) {
      warnings.add("magnet " + key + ": an address with characters that none has is left out");
    } else if (into.size() == most) {
      warnFull(key, most);
    } else {
      into.add(url);
    }
  }

  /** Once: a link may go on for a thousand more. */
  private void warnFull(String key, int most) {
    if (full.add(key)) {
      warnings.add("magnet " + key + ": only the first " + most + " are used");
    }
  }

  private void readPeer(String text) {
    Matcher m = PEER.matcher(text);
    int port = m.matches() ? Integer.parseInt(m.group(2)) : 0;
    if (port < 1 || port > 0xFFFF) {
      warnings.add("magnet x.pe: " + shown(text) + " is left out (expected: HOST:PORT)");
    } else if (peers.size() == MAX_PEERS) {
      warnFull("x.pe", MAX_PEERS);
    } else {
      String host = m.group(1);
      peers.add(
          InetSocketAddress.createUnresolved(
              host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port));
    }
  }

  /** BEP 53: {@code 0,2,4-8}. */
  private void readFiles(String text) throws ProtocolException {
    files = files == null ? new BitSet() : files;
    for (String term : text.split(",", -1)) {
      Matcher m = FILE_RANGE.matcher(term);
      int first = m.matches() ? Integer.parseInt(m.group(1)) : -1;
      int last = first >= 0 && m.group(2) != null ? Integer.parseInt(m.group(2)) : first;
      if (first < 0 || last < first || last >= MAX_FILES) {
        throw new ProtocolException(
            "magnet so: " + shown(text) + " (expected: file indices from 0, as 0,2,4-8)");
      }
      files.set(first, last + 1);
    }
  }

  /** Takes the percent-encoding away; what it encodes is UTF-8. */
  private static String decoded(String key, String encoded) throws ProtocolException {
    if (encoded.indexOf('%') < 0) {
      return encoded;
    }
    byte[] in = encoded.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] != '%') {
        out.write(in[i]);
        continue;
      }
      int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new ProtocolException(
            "magnet " + key + ": " + shown(encoded) + " (expected: two hex digits after each %)");
      }
      out.write(high << 4 | low);
      i += 2;
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String shown(String text) {
    return PrintableText.of(text, MAX_SHOWN);
  }
}
