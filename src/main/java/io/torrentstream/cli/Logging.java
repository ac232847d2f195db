package io.torrentstream.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintStream;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logback without XML, without its pattern language and without its search for a configuration,
 * which together take longer to start than many a run of tsl. SLF4J finds this class as a service
 * when the first logger is made, so a run that logs nothing does not pay for it.
 */
public final class Logging implements SLF4JServiceProvider {
  /** What {@code --trace} shows: every wire message. */
  private static final String TRACE_LOGGER = "io.torrentstream.net.PeerMessageLog";

  /**
   * Where log lines go and how many.
   *
   * @param verbosity 0: warnings; 1: a line for each change of state; 2 or more: all but messages
   * @param log of everything but messages
   * @param trace of wire messages, or null for none
   */
  record Settings(int verbosity, PrintStream log, PrintStream trace) {}

  // Static because Logback is: one configuration for the process.
  private static Settings settings = new Settings(0, System.err, null);
  private static LoggerContext configured;

  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter mdc = new NOPMDCAdapter();

  /** Called by SLF4J's service loader. */
  public Logging() {}

  /** Tells SLF4J of this class, which finds it otherwise, but goes through the jar for it. */
  static void announce() {
    System.setProperty("slf4j.provider", Logging.class.getName());
    System.setProperty("slf4j.internal.verbosity", "WARN"); // or it says that it was told
  }

  /** Sets the levels and streams, now if Logback runs already, else for when it starts. */
  static synchronized void set(Settings wanted) {
    settings = wanted;
    if (configured != null) {
      configured.reset();
      apply(configured);
    }
  }

  /** Whether stack traces are wanted. */
  static synchronized boolean isVerbose() {
    return settings.verbosity() > 1;
  }

  @Override
  public void initialize() {
    synchronized (Logging.class) {
      configured = new LoggerContext();
      apply(configured);
      configured.start();
    }
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    synchronized (Logging.class) {
      return configured;
    }
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return mdc;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0";
  }

  private static void apply(LoggerContext context) {
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(rootLevel(settings.verbosity()));
    // Netty's own debug log is about Netty.
    context.getLogger("io.netty").setLevel(Level.WARN);
    context.getLogger(TRACE_LOGGER).setLevel(settings.trace() == null ? Level.OFF : Level.TRACE);
    add(context, Logger.ROOT_LOGGER_NAME, settings.log());
    if (settings.trace() != null) {
      context.getLogger(TRACE_LOGGER).setAdditive(false);
      add(context, TRACE_LOGGER, settings.trace());
    }
  }

  private static Level rootLevel(int verbosity) {
    return switch (verbosity) {
      case 0 -> Level.WARN;
      case 1 -> Level.INFO;
      default -> Level.DEBUG;
    };
  }

  private static void add(LoggerContext context, String logger, PrintStream out) {
    LineAppender appender = new LineAppender(new LogLine(isVerbose()), out);
    appender.setContext(context);
    appender.start();
    context.getLogger(logger).addAppender(appender);
  }

  /** Writes each event as one line; its superclass keeps threads apart. */
  private static final class LineAppender extends AppenderBase<ILoggingEvent> {
    private final LogLine layout;
    private final PrintStream out;

    LineAppender(LogLine layout, PrintStream out) {
      this.layout = layout;
      this.out = out;
    }

    @Override
    protected void append(ILoggingEvent event) {
      out.print(layout.of(event));
      out.flush();
    }
  }
}
