package io.torrentstream.session;

import io.torrentstream.dht.DhtState;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the DHT node knows, kept from run to run. A file that cannot be read or written costs a
 * warning and a bootstrap, nothing else. Blocks: not for event loops.
 */
final class DhtStateFile {
  private static final Logger LOG = LoggerFactory.getLogger(DhtStateFile.class);

  /** Twice what a full one has. */
  private static final int MAX_BYTES = 64 * 1024;

  private final Path file;

  DhtStateFile(Path file) {
    this.file = file;
  }

  /** The state that was saved last; null if there is none that can be used. */
  DhtState read() {
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
   */
  void write(DhtState state) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path next = Files.createTempFile(file.toAbsolutePath().getParent(), "dht", ".tmp");
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
