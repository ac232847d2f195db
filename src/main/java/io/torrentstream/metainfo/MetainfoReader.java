package io.torrentstream.metainfo;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a .torrent file. Around the info dictionary everything is optional: what is malformed there
 * is left out with a warning, for the data can still be fetched and verified without it.
 */
final class MetainfoReader {
  private final Warnings warnings = new Warnings();
  private final Fields root;
  private final Text text;

  private MetainfoReader(BValue.Dict root) {
    this.root = new Fields(root, warnings);
    BValue.Str encoding = this.root.optional("encoding", BValue.Str.class);
    this.text = Text.in(encoding == null ? null : encoding.utf8());
  }

  static Metainfo read(byte[] torrent, NameRules rules) throws ProtocolException {
    if (!(Bencode.read(torrent, Bencode.Limits.TORRENT) instanceof BValue.Dict root)) {
      throw new ProtocolException("torrent: no dictionary (expected: one with info)");
    }
    return new MetainfoReader(root).metainfo(torrent, rules);
  }

  private Metainfo metainfo(byte[] torrent, NameRules rules) throws ProtocolException {
    BValue.Dict info = root.dict("info");
    byte[] raw = Arrays.copyOfRange(torrent, info.start(), info.end());
    InfoReader reader = new InfoReader(info, text, rules, warnings);
    TorrentInfo torrentInfo;
    try {
      torrentInfo = reader.read(raw);
    } catch (ProtocolException e) {
      throw new ProtocolException("info " + e.getMessage());
    }
    boolean hybrid = reader.isHybrid();
    BValue.Int created = root.optional("creation date", BValue.Int.class);
    return new Metainfo(
        torrentInfo,
        trackers(),
        addresses("url-list"),
        addresses("httpseeds"),
        nodes(),
        optionalText("comment"),
        optionalText("created by"),
        created == null ? null : created.value(),
        hybrid ? "hybrid" : "1",
        hybrid ? HexFormat.of().formatHex(Digests.sha256().digest(raw)) : null,
        warnings.lines());
  }

  /** BEP 12: {@code announce} counts only when {@code announce-list} holds nothing usable. */
  private List<List<String>> trackers() {
    List<List<String>> tiers = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    BValue.Lst list = root.optional("announce-list", BValue.Lst.class);
    for (BValue tier : list == null ? List.<BValue>of() : list.items()) {
      // A flat list of strings is a common mistake; each is then a tier of its own.
      List<BValue> items = tier instanceof BValue.Lst l ? l.items() : List.of(tier);
      List<String> urls = new ArrayList<>();
      for (BValue item : items) {
        String url = address("announce-list", item);
        if (url != null && seen.add(url)) {
          urls.add(url);
        }
      }
      if (!urls.isEmpty()) {
        tiers.add(List.copyOf(urls));
      }
    }
    if (tiers.isEmpty() && root.has("announce")) {
      String announce = address("announce", root.dict().get("announce"));
      return announce == null ? List.of() : List.of(List.of(announce));
    }
    return List.copyOf(tiers);
  }

  /** A key that holds one address or a list of them (BEP 19 allows both). */
  private List<String> addresses(String key) {
    if (!root.has(key)) {
      return List.of();
    }
    List<BValue> items =
        root.dict().list(key) != null ? root.dict().list(key) : List.of(root.dict().get(key));
    Set<String> urls = new LinkedHashSet<>();
    for (BValue item : items) {
      String url = address(key, item);
      if (url != null) {
        urls.add(url);
      }
    }
    return List.copyOf(urls);
  }

  /**
   * An address as written, without blanks around it. Null for an empty one (some programs write
   * them) and, with a warning, for what no address can be: these strings reach terminals and
   * request lines, where a line break would begin something new.
   */
  private String address(String key, BValue value) {
    if (!(value instanceof BValue.Str string)) {
      root.ignore(key, "an entry that is no string");
      return null;
    }
    String address = string.utf8().strip();
    if (!isAddress(address)) {
      root.ignore(key, "an entry with characters that no address has");
      return null;
    }
    return address.isEmpty() ? null : address;
  }

  /** Whether a text has only characters that an address can have. */
  static boolean isAddress(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)
          || Character.isWhitespace(c)
          || Character.getType(c) == Character.FORMAT
          || c == '\uFFFD') {
        return false;
      }
    }
    return true;
  }

  /** BEP 5: pairs of host and port. */
  private List<String> nodes() {
    BValue.Lst list = root.optional("nodes", BValue.Lst.class);
    List<String> nodes = new ArrayList<>();
    for (BValue item : list == null ? List.<BValue>of() : list.items()) {
      if (item instanceof BValue.Lst pair
          && pair.items().size() == 2
          && pair.items().get(0) instanceof BValue.Str host
          && pair.items().get(1) instanceof BValue.Int port
          && port.value() > 0
          && port.value() < 65536) {
        String name = address("nodes", host);
        if (name != null) {
          nodes.add((name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port.value());
        }
      } else {
        root.ignore("nodes", "an entry that is no host and port");
      }
    }
    return List.copyOf(nodes);
  }

  private String optionalText(String key) {
    root.optional(key, BValue.Str.class);
    return text.of(root.dict(), key + ".utf-8", key);
  }
}
