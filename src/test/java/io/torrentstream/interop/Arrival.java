package io.torrentstream.interop;

import io.torrentstream.metainfo.PieceLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Watches a one-file content arrive on disk, whatever client writes it: looks at the last bytes of
 * each block, and at each block only until it is there, so that watching costs next to nothing.
 */
final class Arrival implements AutoCloseable {
  /** Random data: as good as never there by chance. */
  private static final int TAIL_BYTES = 16;

  private final PieceLayout layout;
  private final FileChannel expected;
  private final Path file;
  private long arrived;

  Arrival(TestContent content, Path folder) throws IOException {
    layout = content.info().layout();
    expected = FileChannel.open(content.root());
    file = folder.resolve(content.info().name());
  }

  /** Whether every block is in the file. */
  boolean isComplete() throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel actual = FileChannel.open(file)) {
      while (arrived < layout.length()) {
        long end = Math.min(arrived + PieceLayout.BLOCK_LENGTH, layout.length());
        if (!tail(actual, end).equals(tail(expected, end))) {
          return false;
        }
        arrived = end;
      }
    }
    return true;
  }

  private static ByteBuffer tail(FileChannel channel, long end) throws IOException {
    ByteBuffer tail = ByteBuffer.allocate(TAIL_BYTES);
    channel.read(tail, Math.max(0, end - TAIL_BYTES));
    return tail.flip();
  }

  @Override
  public void close() throws IOException {
    expected.close();
  }
}
