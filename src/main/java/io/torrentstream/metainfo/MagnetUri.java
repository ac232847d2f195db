package io.torrentstream.metainfo;

import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;

/**
 * What a magnet link says (BEP 9, 53): which torrent, and where to find peers that have it.
 * Immutable by convention: nobody changes {@code files}.
 *
 * @param infoHash {@code xt=urn:btih}, of the v1 or hybrid torrent
 * @param infoHashV2 {@code xt=urn:btmh}: 64 lower-case hexadecimal digits; null when not named
 * @param name {@code dn}, fit for a terminal, at most 255 characters; null when missing
 * @param trackers {@code tr}: addresses free of blanks and control characters, none twice
 * @param webSeeds {@code ws}: the same of web servers
 * @param peers {@code x.pe}: peers to connect to, host names not looked up
 * @param files {@code so}: indices from 0 of the wanted files; null for all
 * @param warnings one line for each thing that was odd but left the link usable
 */
public record MagnetUri(
    InfoHash infoHash,
    String infoHashV2,
    String name,
    List<String> trackers,
    List<String> webSeeds,
    List<InetSocketAddress> peers,
    BitSet files,
    List<String> warnings) {

  /** How every link begins, in lower case. */
  public static final String SCHEME = "magnet:";

  /**
   * Reads a link.
   *
   * @throws ProtocolException when it is malformed, or names no v1 or hybrid torrent
   */
  public static MagnetUri parse(String link) throws ProtocolException {
    return new MagnetReader().read(link);
  }

  /**
   * The link that an info-hash alone stands for.
   *
   * @throws ProtocolException when it is neither 40 hexadecimal digits nor 32 of base32
   */
  public static MagnetUri ofInfoHash(String infoHash) throws ProtocolException {
    return new MagnetReader().read(SCHEME + "?xt=urn:btih:" + infoHash);
  }

  /**
   * The bytes of a .torrent: an info dictionary under this link's trackers and web seeds. All
   * trackers are asked, so each is a tier of its own.
   *
   * @param info the dictionary's own bytes, which stay as they are
   */
  public byte[] torrent(byte[] info) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(info.length + 1024);
    out.write('d');
    if (!trackers.isEmpty()) {
      string("announce", out);
      string(trackers.get(0), out);
    }
    if (trackers.size() > 1) {
      string("announce-list", out);
      out.write('l');
      for (String tracker : trackers) {
        list(List.of(tracker), out);
      }
      out.write('e');
    }
    string("info", out);
    out.writeBytes(info);
    if (!webSeeds.isEmpty()) {
      string("url-list", out);
      list(webSeeds, out);
    }
    out.write('e');
    return out.toByteArray();
  }

  private static void list(List<String> strings, ByteArrayOutputStream out) {
    out.write('l');
    strings.forEach(string -> string(string, out));
    out.write('e');
  }

  private static void string(String text, ByteArrayOutputStream out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(bytes);
  }

  /** The file indices of {@code so} that a torrent has; null when the link names none. */
  public BitSet filesOf(TorrentInfo info) {
    if (files == null) {
      return null;
    }
    BitSet there = files.get(0, info.files().size());
    info.files().stream().filter(FileEntry::padding).forEach(file -> there.clear(file.index()));
    return there;
  }
}
