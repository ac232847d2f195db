package io.torrentstream.cli;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The torrents that {@code tsl tracker --allow} names: info-hashes, and whatever .torrent files are
 * in some folders at the moment. A file is read once, and again when it has changed. Not
 * thread-safe.
 */
final class AllowedTorrents {
  private static final String OPTION = "--allow";

  /**
   * A file that was read.
   *
   * @param infoHash or null where it is no torrent
   */
  private record Known(FileTime modified, long size, InfoHash infoHash) {
    static final Known GONE = new Known(FileTime.fromMillis(0), -1, null);

    boolean isStill(BasicFileAttributes file) {
      return modified.equals(file.lastModifiedTime()) && size == file.size();
    }
  }

  private final Console console;
  private final Set<InfoHash> infoHashes = new HashSet<>();
  private final List<Path> folders = new ArrayList<>();
  private Map<Path, Known> files = new HashMap<>();

  /**
   * @param values folders and info-hashes
   * @throws CliException for anything else
   */
  AllowedTorrents(Console console, List<String> values) throws CliException {
    this.console = console;
    for (String value : values) {
      Path path = console.path(value, OPTION);
      if (Files.isDirectory(path)) {
        folders.add(path);
      } else {
        infoHashes.add(infoHash(value));
      }
    }
  }

  private static InfoHash infoHash(String value) throws CliException {
    try {
      return InfoHash.fromHex(value);
    } catch (ProtocolException e) {
      throw new CliException(
          Reason.USAGE,
          OPTION + ": " + value + " (expected: a folder, or an info-hash of 40 digits)",
          null,
          e);
    }
  }

  /** Whether the answer of {@link #read} may change. */
  boolean hasFolders() {
    return !folders.isEmpty();
  }

  /**
   * Looks into the folders. A file that is no torrent is passed over, with a note when it is new.
   *
   * @throws CliException when a folder cannot be read
   */
  Set<InfoHash> read() throws CliException {
    Map<Path, Known> found = new HashMap<>();
    Set<InfoHash> allowed = new HashSet<>(infoHashes);
    for (Path folder : folders) {
      try (DirectoryStream<Path> torrents = Files.newDirectoryStream(folder, "*.torrent")) {
        for (Path torrent : torrents) {
          Known known = known(torrent);
          found.put(torrent, known);
          if (known.infoHash() != null) {
            allowed.add(known.infoHash());
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        throw new CliException(
            Reason.INVALID_TORRENT,
            OPTION + ": " + folder + " (expected: a folder that can be read)",
            null,
            e);
      }
    }
    files = found;
    return allowed;
  }

  private Known known(Path torrent) {
    try {
      BasicFileAttributes now = Files.readAttributes(torrent, BasicFileAttributes.class);
      Known before = files.get(torrent);
      return before != null && before.isStill(now)
          ? before
          : new Known(now.lastModifiedTime(), now.size(), parse(torrent, now));
    } catch (IOException e) {
      return Known.GONE; // since the folder was listed, or a link to nowhere
    }
  }

  private InfoHash parse(Path torrent, BasicFileAttributes file) {
    try {
      if (!file.isRegularFile() || file.size() > Metainfo.MAX_BYTES) {
        throw new ProtocolException("no torrent (expected: a file, not too large)");
      }
      return Metainfo.parse(Files.readAllBytes(torrent)).info().infoHash();
    } catch (IOException | ProtocolException e) {
      console.note("tsl: " + torrent + ": " + e.getMessage() + "; not allowed");
      return null;
    }
  }
}
