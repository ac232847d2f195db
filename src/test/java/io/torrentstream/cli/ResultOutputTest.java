package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultOutputTest {
  private final List<String> told = new ArrayList<>();
  private String reason;

  private final ResultOutput output =
      new ResultOutput(
          new OutputStream() {
            @Override
            public void write(int b) throws IOException {
              if (reason != null) {
                throw new IOException(reason);
              }
            }
          });

  ResultOutputTest() {
    output.onFailure(told::add);
  }

  private void fail(String why) {
    reason = why;
    assertThrows(IOException.class, () -> output.write(new byte[3], 0, 3));
  }

  @Test
  void theFirstFailureIsToldWhenItHappens() throws IOException {
    output.write('x');
    assertFalse(output.hasFailed());

    fail("No space left on device");
    assertEquals(List.of("No space left on device"), told);

    fail("No space left on device");
    assertEquals(1, told.size());
    assertTrue(output.hasFailed());
  }

  @Test
  void aReaderThatHasGoneIsNoFailure() {
    fail("Broken pipe");

    assertFalse(output.hasFailed());
    assertEquals(List.of(), told);
  }
}
