package io.torrentstream.cli;

import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.NameRules;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads what a user calls a torrent: a path, {@code -} for stdin, or an http(s) address; and tells
 * those from magnet links.
 */
final class TorrentSource {
  /** Fetches a web address; the seam for tests. */
  @FunctionalInterface
  interface Fetcher {
    /**
     * @throws IOException when there is no answer, a bad one, or more than {@code maxBytes}; the
     *     message is one line
     */
    byte[] fetch(String address, int maxBytes) throws IOException, InterruptedException;
  }

  private final Console console;
  private final Fetcher fetcher;

  TorrentSource(Console console) {
    this(console, new WebFetch(null, null));
  }

  TorrentSource(Console console, Fetcher fetcher) {
    this.console = console;
    this.fetcher = fetcher;
  }

  /**
   * The magnet link that a source is, or that a bare info-hash stands for; null when it is none.
   *
   * @throws CliException when it is malformed, exit 3
   */
  MagnetUri magnet(String source) throws CliException {
    if (!isMagnet(source)) {
      return null;
    }
    try {
      return isInfoHash(source) ? MagnetUri.ofInfoHash(source) : MagnetUri.parse(source);
    } catch (ProtocolException e) {
      throw new CliException(Reason.INVALID_MAGNET, e.getMessage(), null, e);
    }
  }

  /** Reads a torrent for use: with names as this machine can have them. */
  Metainfo read(String source) throws CliException, InterruptedException {
    return read(source, NameRules.ofThisMachine());
  }

  /**
   * @throws CliException for everything that is wrong with it, in one line, exit 3
   */
  Metainfo read(String source, NameRules rules) throws CliException, InterruptedException {
    byte[] torrent = bytes(source);
    try {
      return Metainfo.parse(torrent, rules);
    } catch (ProtocolException e) {
      throw new CliException(Reason.INVALID_TORRENT, source + ": " + e.getMessage(), null, e);
    }
  }

  private byte[] bytes(String source) throws CliException, InterruptedException {
    if (isMagnet(source)) {
      throw new CliException(
          Reason.INVALID_MAGNET,
          "source: " + source + " (expected: a .torrent file, - or an http(s) address)",
          "tsl magnet LINK -o FILE makes a .torrent of a magnet link.",
          null);
    }
    String lower = source.toLowerCase(Locale.ROOT);
    try {
      if (source.equals("-")) {
        return limited(console.in(), "-");
      }
      if (lower.startsWith("http://") || lower.startsWith("https://")) {
        return fetcher.fetch(source, Metainfo.MAX_BYTES);
      }
      return file(source);
    } catch (NoSuchFileException e) {
      throw unreadable(source + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw unreadable(source + ": permission denied", e);
    } catch (IOException e) {
      throw unreadable(source + ": " + e.getMessage(), e);
    }
  }

  private boolean isMagnet(String source) {
    return source.regionMatches(true, 0, MagnetUri.SCHEME, 0, MagnetUri.SCHEME.length())
        || isInfoHash(source);
  }

  /** A file may have the looks of an info-hash; then it is the file that is meant. */
  private boolean isInfoHash(String source) {
    return source.matches("[0-9a-fA-F]{40}|[2-7a-zA-Z]{32}")
        && !Files.exists(console.cwd().resolve(source));
  }

  /** The size is checked first: what is given by mistake is often the 2 GB of data itself. */
  private byte[] file(String source) throws IOException, CliException {
    if (source.isEmpty()) {
      throw unreadable("source: empty (expected: a .torrent file, - or an http(s) address)", null);
    }
    Path path;
    try {
      path = console.cwd().resolve(source);
    } catch (InvalidPathException e) {
      throw unreadable(source + ": no path on this system", e);
    }
    if (Files.isDirectory(path)) {
      throw unreadable(source + ": is a directory (expected: a .torrent file)", null);
    }
    long size = Files.size(path);
    if (size > Metainfo.MAX_BYTES) {
      throw tooLarge(source, size + " bytes");
    }
    if (size > 0) {
      return Files.readAllBytes(path);
    }
    // A pipe or a device, which may have no end.
    try (InputStream in = Files.newInputStream(path)) {
      return limited(in, source);
    }
  }

  private static byte[] limited(InputStream in, String source) throws IOException, CliException {
    byte[] bytes = in.readNBytes(Metainfo.MAX_BYTES + 1);
    if (bytes.length > Metainfo.MAX_BYTES) {
      throw tooLarge(source, "more");
    }
    return bytes;
  }

  private static CliException tooLarge(String source, String size) {
    return unreadable(
        source
            + ": size: "
            + size
            + " (expected: a .torrent file of at most "
            + Units.bytes(Metainfo.MAX_BYTES)
            + ")",
        null);
  }

  private static CliException unreadable(String message, Throwable cause) {
    return new CliException(Reason.INVALID_TORRENT, message, null, cause);
  }
}
