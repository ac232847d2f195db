package io.torrentstream.session;

import io.torrentstream.dht.DhtState;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the DHT node knows, kept from run to run. A file that cannot be read or written costs a
 * warning and a bootstrap, nothing else. Blocks: not for event loops.
 *
 * <p>The file is one node's at a time: a lock beside it says so, which a dead process does not
 * hold. A node that finds it taken begins with the nodes that are known, but under ids of its own,
 * for an id is one node's in the whole DHT, and saves nothing.
 */
final class DhtStateFile {
  private static final Logger LOG = LoggerFactory.getLogger(DhtStateFile.class);

  /** Twice what a full one has. */
  private static final int MAX_BYTES = 64 * 1024;

  /** The locks of this process: closing another channel to such a file would give it up. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final Path lockFile;
  private final boolean mine;
  private FileChannel lock; // null where there are no locks

  /**
   * Takes the file, unless another node has it.
   *
   * @param file need not exist
   */
  DhtStateFile(Path file) {
    this.file = file.toAbsolutePath();
    this.lockFile = this.file.resolveSibling(file.getFileName() + ".lock");
    this.mine = HELD.add(lockFile) && lock();
  }

  /** False, and nothing is held, when another process has it. */
  private boolean lock() {
    try {
      Files.createDirectories(file.getParent());
      lock = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock.tryLock() != null) {
        return true;
      }
      release();
      return false;
    } catch (IOException e) {
      // The same id twice at times is better than a new one every time.
      LOG.debug("{}: no locks: {}", lockFile, e.toString());
      return true;
    }
  }

  /** Gives the file to whoever comes next. */
  void close() {
    if (mine) {
      release();
    }
  }

  private void release() {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      LOG.debug("{}: {}", lockFile, e.toString());
    }
    HELD.remove(lockFile);
  }

  /**
   * The state that was saved last; null if there is none that can be used.
   *
   * @param random for new ids, when the old ones are another node's
   */
  DhtState read(RandomGenerator random) {
    DhtState saved = read();
    return mine || saved == null ? saved : saved.withNewIds(random);
  }

  private DhtState read() {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ProtocolException("dht state: too long (expected: <= " + MAX_BYTES + " bytes)");
      }
      return DhtState.decode(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | ProtocolException e) {
      LOG.warn("{}: not used: {}", file, e.getMessage());
      return null;
    }
  }

  /**
   * Replaces the file in one go: whoever reads it, after a crash too, finds one state or another.
   * Does nothing when it is another node's.
   */
  void write(DhtState state) {
    if (!mine) {
      return;
    }
    try {
      Files.createDirectories(file.getParent());
      Path next = Files.createTempFile(file.getParent(), "dht", ".tmp");
      try {
        Files.write(next, state.encode());
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(next);
      }
    } catch (IOException e) {
      LOG.warn("{}: not saved: {}", file, e.toString());
    }
  }
}
