package io.torrentstream.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Stdout that remembers why it could not be written to: a {@code PrintStream} keeps going, and a
 * script that stored half an answer on a full disk would be told that all is well.
 */
final class ResultOutput extends FilterOutputStream {
  private volatile String failure;

  ResultOutput(OutputStream out) {
    super(out);
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
      failure = e.getMessage();
      throw e;
    }
  }

  /**
   * What went wrong last, or null. A reader that went away on purpose, as {@code head} does, is
   * nothing wrong.
   */
  String failure() {
    return "Broken pipe".equals(failure) ? null : failure;
  }
}
