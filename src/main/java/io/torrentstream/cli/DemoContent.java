package io.torrentstream.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * What {@code tsl demo} shares: 50 MiB in a folder that always holds the same bytes, so that the
 * info-hash in {@code demo.torrent} is always right.
 */
final class DemoContent {
  static final String NAME = "tsl-demo";
  static final int LENGTH = 50 * 1024 * 1024;

  private static final String WELCOME =
      """
      You have just downloaded this with BitTorrent.

      Two seeds on your machine had all of it. A tracker told the download where they were, the
      download asked both for blocks of 16 KiB, compared every piece with the hash that the
      .torrent file has for it, and gave a file its name when all of its pieces were right.
      """;
  private static final int SEA_LENGTH = 40 * 1024 * 1024;
  // Neither file ends where a piece does: most torrents are like that.
  private static final int SKY_LENGTH = LENGTH - SEA_LENGTH - welcome().length;
  private static final int BUFFER_BYTES = 64 * 1024;

  private DemoContent() {}

  private static byte[] welcome() {
    return WELCOME.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Writes the folder {@link #NAME} into a folder; files that are there are replaced.
   *
   * @param progress told the bytes of each file written so far; what it throws ends the writing
   */
  static void write(Path dir, LongConsumer progress) throws IOException {
    Path folder = dir.resolve(NAME);
    Files.createDirectories(folder.resolve("more"));
    Files.write(folder.resolve("welcome.txt"), welcome());
    writeNoise(folder.resolve("sea.bin"), SEA_LENGTH, 0x5EA, progress);
    writeNoise(folder.resolve("more").resolve("sky.bin"), SKY_LENGTH, 0x5C1, progress);
  }

  /** Marsaglia's xorshift: fast, and the same on every Java. */
  private static void writeNoise(Path file, int length, long seed, LongConsumer progress)
      throws IOException {
    long state = seed;
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int left = length; left > 0; left -= BUFFER_BYTES) {
        buffer.clear();
        while (buffer.hasRemaining()) {
          state ^= state << 13;
          state ^= state >>> 7;
          state ^= state << 17;
          buffer.putLong(state);
        }
        out.write(buffer.array(), 0, Math.min(left, BUFFER_BYTES));
        progress.accept(length - left);
      }
    }
  }
}
