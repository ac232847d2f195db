package io.torrentstream.tool;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.NameRules;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.storage.DataHasher;
import io.torrentstream.storage.StorageException;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Makes a .torrent (BEP 3): {@link ContentScan} has found the files, {@link DataHasher} hashes
 * them, and tsl's own reader reads the result before anyone gets it. Confined to one thread.
 */
public final class TorrentCreator {
  private final Content content;
  private final TorrentSettings settings;

  /**
   * A new .torrent.
   *
   * @param bytes the file
   * @param metainfo what it says
   */
  public record Created(byte[] bytes, Metainfo metainfo) {}

  public TorrentCreator(Content content, TorrentSettings settings) {
    this.content = content;
    this.settings = settings;
  }

  /** What is most likely a mistake. */
  public List<Lint.Finding> findings() {
    List<Lint.Finding> findings = new ArrayList<>();
    if (settings.isPrivate() && settings.contacts().trackers().isEmpty()) {
      findings.add(
          new Lint.Finding(
              Lint.PRIVATE_TRACKERLESS,
              "private: without a tracker (expected: one, or peers cannot find each other)"));
    }
    if (!PieceLength.isPowerOfTwo(settings.pieceLength())) {
      findings.add(
          new Lint.Finding(
              Lint.UNEVEN_PIECE_LENGTH,
              "piece length: " + settings.pieceLength() + " (expected: a power of two)"));
    }
    if (!content.emptyFolders().isEmpty()) {
      findings.add(
          new Lint.Finding(
              Lint.EMPTY_FOLDER,
              content.root().resolve(content.emptyFolders().get(0))
                  + ": an empty folder, which would be lost (expected: a file in it)"));
    }
    if (content.length() == 0) {
      findings.add(
          new Lint.Finding(
              Lint.NO_DATA,
              content.root() + ": 0 bytes, which most clients refuse (expected: some data)"));
    }
    return findings;
  }

  /**
   * What will be created, all but the hashes and the info-hash. Reads no file.
   *
   * @throws CreateException when tsl itself would refuse it
   */
  public Metainfo draft() throws CreateException {
    long pieces = pieces();
    // Before room for the hashes is made, which may be more than there is.
    if (pieces * Digests.SHA1_BYTES > Metainfo.MAX_BYTES) {
      throw new CreateException(
          content.root()
              + ": "
              + pieces
              + " pieces (expected: <= "
              + Metainfo.MAX_BYTES / Digests.SHA1_BYTES
              + "; longer pieces are fewer)");
    }
    return created(new byte[(int) pieces * Digests.SHA1_BYTES]).metainfo();
  }

  private long pieces() {
    int pieceLength = settings.pieceLength();
    return content.length() / pieceLength + (content.length() % pieceLength == 0 ? 0 : 1);
  }

  /**
   * Hashes all files and makes the .torrent; blocks until that is done.
   *
   * @param progress told the bytes hashed so far after each piece, on other threads
   * @throws CreateException as {@link #draft} would
   * @throws StorageException when a file cannot be read, or is not the same all the time
   */
  public Created create(LongConsumer progress) throws CreateException, StorageException {
    List<Path> paths = content.files().stream().map(Content.File::path).toList();
    long[] lengths = content.files().stream().mapToLong(Content.File::length).toArray();
    PieceLayout layout = new PieceLayout(settings.pieceLength(), lengths);
    return created(DataHasher.hash(paths, layout, content.linksFollowed(), progress));
  }

  private Created created(byte[] hashes) throws CreateException {
    byte[] torrent = TorrentEncoder.encode(content, settings, hashes);
    if (torrent.length > Metainfo.MAX_BYTES) {
      throw new CreateException(
          content.root()
              + ": a .torrent of "
              + torrent.length
              + " bytes (expected: <= "
              + Metainfo.MAX_BYTES
              + "; longer pieces or fewer files make it smaller)");
    }
    try {
      return new Created(torrent, Metainfo.parse(torrent, NameRules.ANY));
    } catch (ProtocolException e) {
      throw new CreateException(content.root() + ": " + e.getMessage());
    }
  }
}
