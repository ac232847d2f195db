package io.torrentstream.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * Stdout that tells and remembers that it could not be written to: a {@code PrintStream} keeps
 * going. A script that stored half an answer on a full disk would be told that all is well, and who
 * waits for the addresses of a tracker would not learn that they are lost.
 *
 * <p>A reader that went away on purpose, as {@code head} does, is nothing wrong.
 */
final class ResultOutput extends FilterOutputStream {
  private static final String READER_GONE = "Broken pipe";

  private volatile Consumer<String> onFailure = why -> {};
  private boolean failed; // guarded by this

  ResultOutput(OutputStream out) {
    super(out);
  }

  /**
   * @param listener is told why at the first failure, by the thread that writes; not again
   */
  void onFailure(Consumer<String> listener) {
    onFailure = listener;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      if (!READER_GONE.equals(e.getMessage()) && isFirstFailure()) {
        onFailure.accept(e.getMessage());
      }
      throw e;
    }
  }

  private synchronized boolean isFirstFailure() {
    boolean first = !failed;
    failed = true;
    return first;
  }

  /** Whether something is lost. */
  synchronized boolean hasFailed() {
    return failed;
  }
}
