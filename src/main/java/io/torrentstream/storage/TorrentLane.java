package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.PieceHasher.Outcome;
import io.torrentstream.storage.TorrentStorage.Unflushed;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What one lane keeps of one torrent, and the work it does for it. Confined to the lane. */
final class TorrentLane {
  /** How often, in written bytes, the room on the disk is looked at. */
  private static final int ROOM_CHECK_BYTES = 4 << 20;

  /** With less room than this, and more to write, the disk counts as full. */
  private static final long RESERVE = 16L << 20;

  /** How often blocks are read anew while somebody writes to their file. */
  private static final int MAX_READS = 5;

  private final TorrentInfo info;
  private final TorrentFiles files;
  private final StorageOptions options;
  private final AtomicLong unwritten;
  private final TorrentStorage storage;
  private final PieceHasher hasher;
  private final ReadCheck readCheck;
  private BitSet verified = new BitSet();
  private BitSet renamed = new BitSet();
  private int sinceRoomCheck;

  /**
   * @param unwritten bytes for which room is still needed, shared by all lanes
   */
  TorrentLane(
      TorrentInfo info,
      TorrentFiles files,
      StorageOptions options,
      AtomicLong unwritten,
      int lanes) {
    this.info = info;
    this.files = files;
    this.options = options;
    this.unwritten = unwritten;
    this.storage =
        options.kind() == StorageOptions.Kind.FILE
            ? new FileStorage(files)
            : new MappedStorage(files);
    this.hasher = new PieceHasher(info, storage, lanes);
    this.readCheck = new ReadCheck(info, files, storage, lanes);
  }

  /** Notes the pieces of this lane that are on disk already. */
  void setHave(Bitfield have, int lane, int lanes) {
    for (int p = lane; p < have.size(); p += lanes) {
      if (have.get(p)) {
        hasher.setVerified(p);
      }
    }
  }

  /** Writes the blocks that are not there already, and hashes what can be hashed. */
  Outcome write(BlockRun run) throws StorageException {
    Outcome[] outcome = {Outcome.INCOMPLETE};
    try {
      storage.guard(
          () -> {
            if (writeAwaited(run)) {
              outcome[0] = hasher.hash(run.piece());
            }
          });
    } catch (StorageException e) {
      throw DiskSpace.explain(e, options.dir(), unwritten.get());
    }
    checkRoom(run.length());
    if (outcome[0] == Outcome.VERIFIED) {
      verified.set(run.piece());
    } else if (outcome[0] == Outcome.FAILED) {
      onFailed(run.piece());
    }
    return outcome[0];
  }

  /** Whether any block of the run was not there already. */
  private boolean writeAwaited(BlockRun run) throws StorageException {
    int piece = run.piece();
    boolean any = false;
    for (int i = 0; i < run.size(); i++) {
      int begin = run.begin(i);
      if (hasher.isAwaited(piece, begin)) {
        ByteBuf block = run.bytes(i);
        int length = block.readableBytes();
        hasher.prepare(piece, begin);
        storage.write(piece, begin, block);
        hasher.onWritten(piece, begin);
        unwritten.addAndGet(-files.storedLength(piece, begin, length));
        any = true;
      }
    }
    return any;
  }

  /** All blocks of a piece that is not verified are awaited again. */
  void forget(int piece) {
    Bitfield written = hasher.forget(piece);
    int block = written == null ? -1 : written.nextSet(0);
    for (; block >= 0; block = written.nextSet(block + 1)) {
      Block whole = info.layout().block(piece, block);
      unwritten.addAndGet(files.storedLength(piece, whole.begin(), whole.length()));
    }
  }

  /** A wrong hash is a peer's fault unless the disk lost the bytes; peers are banned for it. */
  private void onFailed(int piece) throws StorageException {
    int length = info.layout().pieceLength(piece);
    unwritten.addAndGet(files.storedLength(piece, 0, length));
    files.forEachSlice(
        piece,
        0,
        length,
        (target, offset, n) -> {
          if (target != TorrentFiles.PAD) {
            files.requireUntouched(target);
          }
        });
    requireRoom();
  }

  /** The first eight bytes of the SHA-1 of every block of a piece, as the disk has it. */
  long[] digestBlocks(int piece) throws StorageException {
    long[] digests = new long[info.layout().blockCount(piece)];
    MessageDigest sha1 = Digests.sha1();
    storage.guard(
        () -> {
          for (int i = 0; i < digests.length; i++) {
            Block block = info.layout().block(piece, i);
            storage.digest(piece, block.begin(), block.length(), sha1);
            digests[i] = ByteBuffer.wrap(sha1.digest()).getLong();
          }
        });
    return digests;
  }

  private void checkRoom(int length) throws StorageException {
    sinceRoomCheck += length;
    if (sinceRoomCheck >= ROOM_CHECK_BYTES) {
      sinceRoomCheck = 0;
      requireRoom();
    }
  }

  private void requireRoom() throws StorageException {
    DiskSpace.require(options.dir(), Math.min(RESERVE, unwritten.get()));
  }

  /** Fills all the buffers. Their bytes are those that were verified, or it fails. */
  void read(List<FilledRead> reads) throws StorageException {
    List<FilledRead> left = reads;
    for (int tries = 0; !left.isEmpty(); tries++) {
      if (tries == MAX_READS) {
        Path path = files.names().top();
        throw new StorageException(path, "goes on being changed by another program");
      }
      left = readOnce(left);
    }
  }

  /** Those of the reads that are to be read once more. */
  private List<FilledRead> readOnce(List<FilledRead> reads) throws StorageException {
    List<FilledRead> again = new ArrayList<>();
    storage.guard(
        () -> {
          for (FilledRead each : reads) {
            each.fill(storage);
          }
          readCheck.confirm(reads, again);
        });
    return again;
  }

  /** The files for which a verified piece was the last they lacked. */
  List<Integer> filesCompletedBy(int piece) {
    List<Integer> completed = new ArrayList<>();
    files.forEachSlice(
        piece,
        0,
        info.layout().pieceLength(piece),
        (target, offset, length) -> {
          if (target != TorrentFiles.PAD
              && target != files.edges()
              && files.onPieceVerified(target)) {
            completed.add(target);
            renamed.set(target);
          }
        });
    return completed;
  }

  /**
   * What happened since this was last called.
   *
   * @param unflushed bytes to be forced
   * @param verified pieces
   */
  record Progress(List<Unflushed> unflushed, BitSet verified) {}

  Progress takeProgress() {
    List<Unflushed> unflushed = storage.takeUnflushed();
    // Renaming changes what a file looks like from outside.
    renamed.stream().forEach(t -> unflushed.add(new FileStorage.UnflushedFile(files, t)));
    Progress progress = new Progress(unflushed, verified);
    verified = new BitSet();
    renamed = new BitSet();
    return progress;
  }

  void close() {
    storage.close();
  }
}
