package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;

/**
 * A torrent's bytes on disk, addressed by piece, as one lane sees them. Every lane has an instance
 * of its own, so implementations have no locks: confined to one lane. The files themselves, which
 * all instances share, are {@link TorrentFiles}.
 *
 * <p>Ranges lie inside one piece; whoever calls has checked that.
 */
interface TorrentStorage {

  /** Something that uses a storage. */
  @FunctionalInterface
  interface Use {
    void run() throws StorageException;
  }

  /**
   * Runs {@code use}, inside which all calls to the other methods are made. A mapped file that was
   * cut short, or a full disk, shows itself at any later moment and not where the bytes were
   * touched; this is the net around it.
   *
   * @throws StorageException what {@code use} threw, or such a late fault; what was written inside
   *     cannot be trusted then
   */
  void guard(Use use) throws StorageException;

  /**
   * Called before the first write to a range, whose bytes nobody needs: takes the room for it, if
   * writing itself could not tell that there is none.
   */
  void prepare(int piece, int begin, int length) throws StorageException;

  /** Writes all readable bytes of {@code block}, and reads them; bytes of pad files go nowhere. */
  void write(int piece, int begin, ByteBuf block) throws StorageException;

  /** Appends a range to {@code into}, which has room for it. */
  void read(int piece, int begin, int length, ByteBuf into) throws StorageException;

  /** Feeds what the disk holds, never what a caller still has in hand, to a digest. */
  void digest(int piece, int begin, int length, MessageDigest digest) throws StorageException;

  /** What was written since this was last asked, for another thread to force to the disk. */
  List<Unflushed> takeUnflushed();

  /** Lets go of channels and mappings. */
  void close();

  /** Written bytes of one file that may not have reached the disk. Safe on any thread. */
  interface Unflushed {
    /** The file (see {@link TorrentFiles}). */
    int target();

    /** Returns when they are on the disk. */
    void force() throws IOException;
  }
}
