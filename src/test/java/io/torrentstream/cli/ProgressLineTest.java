package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final ProgressLine line =
      new ProgressLine(new PrintStream(written, true, StandardCharsets.UTF_8));

  private String written() {
    String text = written.toString(StandardCharsets.UTF_8);
    written.reset();
    return text;
  }

  @Test
  void aShorterTextCoversALongerOne() {
    line.show("12345", 80);
    line.show("abc", 80);

    assertEquals("\r12345\rabc  ", written());
  }

  @Test
  void theSameTextIsNotWrittenAgain() {
    line.show("12345", 80);
    written();
    line.show("12345", 80);

    assertEquals("", written());
  }

  @Test
  void aTextNeverReachesTheLastColumn() {
    line.show("1234567890", 10);
    assertEquals("\r123456789", written());

    line.show("123456789", 10);
    assertEquals("", written());

    line.show("x", 1);
    assertEquals("\r         ", written());
  }

  @Test
  void coloursTakeNoRoom() {
    line.show("[##] 50%", 80, 4);
    line.show("x", 80);

    assertEquals("\r\u001b[32m[##]\u001b[0m 50%\rx       ", written());
  }

  @Test
  void clearedItLeavesAnEmptyLine() {
    line.show("abc", 80);
    line.clear();
    line.clear();

    assertEquals("\rabc\r   \r", written());
  }
}
