package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
  private final Logger log = LoggerFactory.getLogger("io.torrentstream.x.Thing");
  private final Logger wire = LoggerFactory.getLogger("io.torrentstream.net.PeerMessageLog");
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final ByteArrayOutputStream traced = new ByteArrayOutputStream();

  private void set(int verbosity, boolean trace) {
    Logging.set(new Logging.Settings(verbosity, stream(logged), trace ? stream(traced) : null));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String logged() {
    return logged.toString(StandardCharsets.UTF_8);
  }

  @AfterEach
  void reset() {
    Logging.set(new Logging.Settings(0, System.err, null));
  }

  @ParameterizedTest
  @CsvSource({"0, W", "1, WI", "2, WID", "3, WID"})
  void verbosityShowsMore(int verbosity, String expected) {
    set(verbosity, false);

    log.warn("W");
    log.info("I");
    log.debug("D");
    log.trace("T");

    String letters =
        logged().lines().map(l -> l.substring(l.length() - 1)).reduce("", String::concat);
    assertEquals(expected, letters);
  }

  @Test
  void aLineHasTimeLevelAndPlace() {
    set(0, false);

    log.warn("[{}] gone", "x.iso");

    assertTrue(
        logged().matches("\\d\\d:\\d\\d:\\d\\d(\\.\\d+)? WARN Thing: \\[x.iso] gone\\R"), logged());
  }

  @Test
  void foreignTextIsHarmless() {
    set(0, false);

    log.warn("peer says {}", "\u001b[2J\nfake line");

    assertEquals(1, logged().lines().count());
    assertTrue(logged().indexOf('\u001b') < 0, logged());
  }

  @Test
  void exceptionsAreNamedAndTracedOnlyWhenAsked() {
    set(1, false);
    log.warn("broke", new IllegalStateException("why"));
    assertTrue(
        logged().endsWith("broke: java.lang.IllegalStateException: why" + System.lineSeparator()),
        logged());

    set(2, false);
    log.warn("broke", new IllegalStateException("why"));
    assertTrue(logged().contains("\tat "), logged());
  }

  @Test
  void messagesOfPeersGoToTheTraceAlone() {
    set(2, false);
    wire.trace("message");
    assertEquals("", logged());

    set(0, true);
    wire.trace("message");
    assertEquals("", logged());
    assertTrue(
        traced
            .toString(StandardCharsets.UTF_8)
            .endsWith("PeerMessageLog: message" + System.lineSeparator()));
  }
}
