package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HashProgressTest {
  private static final long MIB = 1 << 20;
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long now = Long.MAX_VALUE - SECOND; // the clock may run over

  private HashProgress progress(Terminal terminal) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console =
        new Console(stream, stream, InputStream.nullInputStream(), Path.of(""), Map.of(), terminal);
    return new HashProgress(console, 100 * MIB, () -> now);
  }

  private String shown() {
    String text = err.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    err.reset();
    return text;
  }

  @Test
  void aPipeGetsALineEveryTenSeconds() {
    HashProgress progress = progress(Terminal.NONE);
    progress.accept(MIB);
    now += 9 * SECOND;
    progress.accept(10 * MIB);
    assertEquals("", shown());
    now += SECOND;
    progress.accept(20 * MIB);
    assertEquals("20% hashed of 100.0 MiB, 2.9 MiB/s, ETA 0:28\n", shown());
    progress.accept(21 * MIB);
    assertEquals("", shown());
    now += 10 * SECOND;
    progress.accept(90 * MIB);
    assertEquals("90% hashed of 100.0 MiB, 10.0 MiB/s, ETA 0:01\n", shown());
  }

  @Test
  void aTerminalGetsABarThatIsCleared() {
    HashProgress progress = progress(new Terminal(true, false, 70));
    now += SECOND;
    progress.accept(50 * MIB);
    assertEquals(
        "\r[##########-----------] 50% hashed of 100.0 MiB, 50.0 MiB/s, ETA 0:01", shown());
    progress.end();
    assertEquals("\r" + " ".repeat(69) + "\r", shown());
  }

  @Test
  void theBarOfATerminalWithColoursIsGreen() {
    HashProgress progress = progress(new Terminal(true, true, 70));
    now += SECOND;
    progress.accept(100 * MIB);
    String green = "\u001b[32m[" + "#".repeat(19) + "]\u001b[0m";
    assertEquals("\r" + green + " 100% hashed of 100.0 MiB, 100.0 MiB/s, ETA 0:00", shown());
  }

  @Test
  void aThreadThatComesLateDoesNotTurnItBack() {
    HashProgress progress = progress(Terminal.NONE);
    now += 10 * SECOND;
    progress.accept(50 * MIB);
    shown();
    now += 10 * SECOND;
    progress.accept(49 * MIB);
    assertEquals("", shown());
  }
}
