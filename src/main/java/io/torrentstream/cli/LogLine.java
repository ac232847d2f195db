package io.torrentstream.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.torrentstream.util.PrintableText;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/**
 * How a log event looks: {@code 12:30:59.042 WARN Torrent: [ubuntu.iso] message}. Messages quote
 * peers and trackers, so they are made safe to print.
 *
 * @param stackTraces whether an exception is shown with its stack trace, or only named
 */
record LogLine(boolean stackTraces) {
  private static final int MAX_LENGTH = 4096;

  /** The line, its line break included. */
  String of(ILoggingEvent event) {
    LocalTime time =
        LocalTime.ofInstant(
            Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS),
            ZoneId.systemDefault());
    String logger = event.getLoggerName();
    StringBuilder line = new StringBuilder(120);
    line.append(time).append(' ').append(event.getLevel()).append(' ');
    line.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
    line.append(PrintableText.of(event.getFormattedMessage(), MAX_LENGTH));
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null && !stackTraces) {
      line.append(": ").append(thrown.getClassName()).append(": ");
      line.append(PrintableText.of(String.valueOf(thrown.getMessage()), MAX_LENGTH));
    }
    line.append(System.lineSeparator());
    if (thrown != null && stackTraces) {
      line.append(ThrowableProxyUtil.asString(thrown));
    }
    return line.toString();
  }
}
