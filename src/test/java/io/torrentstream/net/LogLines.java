package io.torrentstream.net;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Catches what one class logs, and keeps it out of the test's own output. */
final class LogLines implements AutoCloseable {
  private final Logger logger;
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Level level;
  private final boolean additive;

  LogLines(Class<?> source, Level level) {
    this.logger = (Logger) LoggerFactory.getLogger(source);
    this.level = logger.getLevel();
    this.additive = logger.isAdditive();
    logger.setLevel(level);
    logger.setAdditive(false);
    logger.addAppender(appender);
    appender.start();
  }

  /** Level and text of every line so far. */
  List<String> lines() {
    return appender.list.stream().map(e -> e.getLevel() + " " + e.getFormattedMessage()).toList();
  }

  /** Whether the last line came with a stack trace. */
  boolean lastHasTrace() {
    return appender.list.get(appender.list.size() - 1).getThrowableProxy() != null;
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setAdditive(additive);
    logger.setLevel(level);
  }
}
