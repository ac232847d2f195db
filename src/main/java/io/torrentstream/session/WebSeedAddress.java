package io.torrentstream.session;

import io.torrentstream.metainfo.OriginalPaths;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.ProtocolException;
import java.util.List;

/**
 * Where a web server has the files of a torrent (BEP 19). Immutable.
 *
 * <pre>
 *   torrent   url-list                   asked for
 *   one file  http://host/dir/x.iso      http://host/dir/x.iso
 *   one file  http://host/dir/           http://host/dir/NAME
 *   folder    http://host/dir/ or /dir   http://host/dir/NAME/PATH/OF/FILE
 * </pre>
 */
final class WebSeedAddress {
  /** What a path may hold as it is (RFC 3986, pchar), besides letters and digits. */
  private static final String PLAIN = "-._~!$&'()*+,;=:@";

  private final ServerUrl base;
  private final boolean folder;
  private final OriginalPaths paths;
  private final boolean named;

  /**
   * @param named by the user, and not by the torrent
   * @throws ProtocolException when nothing can be asked at that address; the message is one line
   */
  WebSeedAddress(String url, TorrentInfo info, OriginalPaths paths, boolean named)
      throws ProtocolException {
    this.base = ServerUrl.parse(url);
    this.folder = info.folder();
    this.paths = paths;
    this.named = named;
    if (base.isUdp()) {
      throw new ProtocolException("URL scheme: udp (expected: http or https)");
    }
    if (!base.query().isEmpty() && (folder || base.path().endsWith("/"))) {
      throw new ProtocolException("URL: has a query (expected: none, for names are added to it)");
    }
  }

  /** Whether the user gave this address; it may then lead anywhere. */
  boolean isNamed() {
    return named;
  }

  /** The address of one file; null when its name cannot be part of one. */
  ServerUrl of(int file) {
    if (!folder && !base.path().endsWith("/") && !base.path().isEmpty()) {
      return base;
    }
    StringBuilder path = new StringBuilder(base.path());
    if (!base.path().endsWith("/")) {
      path.append('/');
    }
    boolean clean = append(path, paths.name());
    List<byte[]> parts = folder ? paths.path(file) : List.of();
    for (byte[] part : parts) {
      clean &= append(path.append('/'), part);
    }
    return clean && (!folder || !parts.isEmpty()) ? base.withPath(path.toString()) : null;
  }

  /** False for a name that would lead elsewhere on the server than to a file below the base. */
  private static boolean append(StringBuilder path, byte[] name) {
    boolean onlyDots = true;
    boolean separated = false;
    for (byte b : name) {
      boolean plain =
          b >= 'a' && b <= 'z'
              || b >= 'A' && b <= 'Z'
              || b >= '0' && b <= '9'
              || PLAIN.indexOf(b) >= 0;
      if (plain) {
        path.append((char) b);
      } else {
        path.append(String.format("%%%02X", b));
      }
      onlyDots &= b == '.';
      separated |= b == '/' || b == 0;
    }
    boolean isStep = onlyDots && name.length <= 2; // "", "." and ".."
    return !isStep && !separated;
  }

  /** Without path and query, which may hold a secret. */
  @Override
  public String toString() {
    return base.toString();
  }
}
