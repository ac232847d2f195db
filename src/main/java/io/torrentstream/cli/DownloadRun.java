package io.torrentstream.cli;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.Session;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.TorrentEvent;
import io.torrentstream.session.TorrentHandle;
import io.torrentstream.storage.HashWarmUp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/**
 * One download from the first byte to the exit code: {@code download} and {@code demo} are both
 * this. The thread that calls {@link #run} does all the work here; what the torrent's loop and
 * signals have to say is put into its mail and dealt with in turn.
 */
final class DownloadRun {
  /**
   * What to download and when to be done.
   *
   * @param target what to download, and how
   * @param anyPort whether another port may be used when those of {@code session} are taken
   * @param timeout for all of it; zero for none
   * @param goal how long to go on seeding
   * @param hook to run when complete, or null
   * @param portsFile where to write the ports in use, or null
   */
  record Plan(
      Target target,
      SessionConfig session,
      boolean anyPort,
      Duration timeout,
      SeedGoal goal,
      CompletionHook hook,
      PortsFile portsFile) {}

  /**
   * From so many bytes on it takes longer to hash them cold than to warm up, while peers are met.
   */
  private static final long SLOW_HASHING = 32 << 20;

  private final Console console;
  private final Plan plan;
  private final Progress progress;
  private final Mail mail = new Mail();
  private final long begin = System.nanoTime();

  private int port;
  private TorrentHandle torrent;
  private Path completed;
  private Throwable failure;

  DownloadRun(Console console, Plan plan, Progress progress) {
    this.console = console;
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Downloads, and seeds if that is the plan.
   *
   * @return the path of the file or folder, complete and verified
   * @throws CliException for every other end
   */
  Path run() throws CliException, InterruptedException {
    Interrupts signals = Interrupts.listen(this::onSignal);
    try (Session session = Sessions.open(plan.session(), plan.anyPort())) {
      start(session);
      waitForCompletion();
      if (plan.hook() != null) {
        runHook();
      }
      seed();
      return completed;
    } finally {
      signals.close();
      progress.end();
    }
  }

  private void start(Session session) throws CliException {
    port = session.port();
    if (plan.portsFile() != null) {
      plan.portsFile().write(port);
    }
    if (plan.target() instanceof Target.OfTorrent known) {
      show(known.metainfo());
    } else if (plan.target() instanceof Target.OfMagnet named) {
      progress.magnet(named.magnet());
    }
    torrent = plan.target().addTo(session, event -> mail.add(() -> onEvent(event)));
    torrent.completion().whenComplete((path, thrown) -> mail.add(() -> onEnd(path, thrown)));
  }

  private void show(Metainfo metainfo) {
    if (metainfo.info().length() >= SLOW_HASHING) {
      HashWarmUp.start();
    }
    progress.started(new Progress.Start(metainfo, plan.target().options().storage().dir(), port));
  }

  /** A hook that a signal ended has not failed: the run was interrupted. */
  private void runHook() throws CliException, InterruptedException {
    try {
      plan.hook().run(console, completed, plan.target().infoHash().toString());
    } catch (CliException failed) {
      throw mail.interrupted() == 0 ? failed : CliException.interrupted(mail.interrupted());
    }
  }

  private void onSignal(int exitCode) {
    mail.interrupt(exitCode);
    if (plan.hook() != null) {
      plan.hook().stop();
    }
  }

  private void onEvent(TorrentEvent event) {
    if (event instanceof TorrentEvent.Warning warning) {
      progress.warning(warning.message());
    } else if (event instanceof TorrentEvent.FileCompleted file) {
      progress.fileCompleted(file.path());
    } else if (event instanceof TorrentEvent.MetadataReady ready) {
      progress.metadata(ready.metainfo().info());
      show(ready.metainfo());
    } else if (event instanceof TorrentEvent.PieceVerified piece) {
      progress.pieceVerified(piece.piece());
    } else if (event instanceof TorrentEvent.Failed failed) {
      failure = failed.failure();
    }
  }

  private void onEnd(Path path, Throwable thrown) {
    completed = path;
    failure = thrown instanceof CompletionException wrapped ? wrapped.getCause() : thrown;
  }

  private void waitForCompletion() throws CliException, InterruptedException {
    while (completed == null && failure == null && !isTimeUp()) {
      await();
    }
    if (failure != null) {
      throw CliException.of(failure);
    }
    if (completed == null) {
      throw new CliException(
          Reason.DEADLINE,
          "--timeout: " + Units.elapsed(plan.timeout().toNanos()) + " are over",
          Reason.DEADLINE.advice(),
          null);
    }
    progress.completed(
        new Progress.Completion(completed, torrent.status(), System.nanoTime() - begin));
  }

  /** Goes on until the goal is reached; its time limit is the run's as well. */
  private void seed() throws CliException, InterruptedException {
    if (!plan.goal().isSet()) {
      return;
    }
    long since = System.nanoTime();
    while (failure == null
        && !isTimeUp()
        && !plan.goal().isReached(torrent.status(), Duration.ofNanos(System.nanoTime() - since))) {
      await();
    }
    confirm();
  }

  /** Files can be lost while they are seeded, and exit 0 says that they are there. */
  private void confirm() throws CliException, InterruptedException {
    boolean[] done = {false};
    // Comes after the letter with the failure, if there is one.
    torrent.confirm().whenComplete((path, thrown) -> mail.add(() -> done[0] = true));
    while (failure == null && !done[0]) {
      await(Long.MAX_VALUE);
    }
    if (failure != null) {
      throw CliException.of(failure);
    }
  }

  /** Deals with one piece of mail, or with the tick when none comes before it. */
  private void await() throws CliException, InterruptedException {
    await(timeLeft());
  }

  private void await(long atMostNanos) throws CliException, InterruptedException {
    mail.await(atMostNanos, () -> progress.tick(torrent.status()));
    if (mail.interrupted() != 0) {
      throw CliException.interrupted(mail.interrupted());
    }
  }

  private boolean isTimeUp() {
    return timeLeft() <= 0;
  }

  /** Nanoseconds until the whole run's time limit. */
  private long timeLeft() {
    return plan.timeout().isZero()
        ? Long.MAX_VALUE
        : begin + plan.timeout().toNanos() - System.nanoTime();
  }
}
