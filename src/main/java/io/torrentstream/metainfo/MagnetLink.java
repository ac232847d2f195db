package io.torrentstream.metainfo;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes magnet links (BEP 9). Pure functions. */
public final class MagnetLink {
  /** What a URL may hold as it is (RFC 3986), besides letters and digits. */
  private static final String UNRESERVED = "-._~";

  private MagnetLink() {}

  /** The magnet link of a torrent: its info-hashes, its name, and all its trackers. */
  public static String of(Metainfo metainfo) {
    return of(metainfo, List.of());
  }

  /**
   * The same with more trackers.
   *
   * @param added come first
   */
  public static String of(Metainfo metainfo, List<String> added) {
    StringBuilder link = new StringBuilder("magnet:?xt=urn:btih:");
    link.append(metainfo.info().infoHash());
    if (metainfo.infoHashV2() != null) {
      // BEP 52: a multihash; 0x12 is SHA-256, 0x20 its length.
      link.append("&xt=urn:btmh:1220").append(metainfo.infoHashV2());
    }
    append(link.append("&dn="), metainfo.info().name());
    added.forEach(tracker -> append(link.append("&tr="), tracker));
    for (List<String> tier : metainfo.trackers()) {
      for (String tracker : tier) {
        append(link.append("&tr="), tracker);
      }
    }
    return link.toString();
  }

  private static void append(StringBuilder link, String value) {
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          b >= 'a' && b <= 'z'
              || b >= 'A' && b <= 'Z'
              || b >= '0' && b <= '9'
              || UNRESERVED.indexOf(b) >= 0;
      if (plain) {
        link.append((char) b);
      } else {
        link.append(String.format("%%%02X", b));
      }
    }
  }
}
