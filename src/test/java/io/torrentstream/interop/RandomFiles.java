package io.torrentstream.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/** Writes files of random bytes, the same for the same seed. */
final class RandomFiles {
  private static final int BUFFER_BYTES = 1 << 20;

  private final SplittableRandom random;

  RandomFiles(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /**
   * Writes {@code count} files into 17 folders, about {@code length} bytes in all: every tenth file
   * empty, most of them tiny so that a piece spans dozens, the rest larger.
   */
  void writeMany(Path root, int count, long length) throws IOException {
    int largest = Math.toIntExact(2 * length / (count * 3 / 10));
    for (int i = 0; i < count; i++) {
      Path file = root.resolve(String.format("folder-%02d/file-%03d.bin", i % 17, i));
      Files.createDirectories(file.getParent());
      write(file, i % 10 == 0 ? 0 : random.nextInt(1, i % 10 <= 6 ? 4_096 : largest));
    }
  }

  /** Writes one file of {@code length} bytes. */
  void write(Path file, long length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long left = length; left > 0; left -= buffer.limit()) {
        int size = (int) Math.min(left, BUFFER_BYTES);
        buffer.clear();
        while (buffer.position() < size) {
          buffer.putLong(random.nextLong());
        }
        buffer.flip().limit(size);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    }
  }
}
