package io.torrentstream.cli;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.Session;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.TorrentEvent;
import io.torrentstream.session.TorrentFailure;
import io.torrentstream.session.TorrentHandle;
import io.torrentstream.session.TorrentOptions;
import io.torrentstream.session.TorrentStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of {@code seed}: checks the data of some torrents and shares it until a signal comes or
 * the goal is reached by each. One that fails does not end the others, but the run then ends with
 * its failure, once all others are done. The thread that calls {@link #run} does all the work here.
 */
final class SeedRun {
  /**
   * What to share, and until when.
   *
   * @param anyPort whether another port may be used when those of {@code session} are taken
   * @param options of every torrent
   * @param portsFile where to write the ports in use, or null
   */
  record Plan(
      List<Metainfo> torrents,
      SessionConfig session,
      boolean anyPort,
      TorrentOptions options,
      SeedGoal goal,
      PortsFile portsFile) {}

  /** A torrent of this run. */
  private static final class Seed {
    final Metainfo metainfo;
    TorrentHandle handle;
    boolean seeding;
    long sinceNanos;
    TorrentFailure failure;

    Seed(Metainfo metainfo) {
      this.metainfo = metainfo;
    }
  }

  private final Plan plan;
  private final Progress progress;
  private final Mail mail = new Mail();
  private final List<Seed> seeds = new ArrayList<>();
  private final long begin = System.nanoTime();
  private long sharedNanos;

  SeedRun(Plan plan, Progress progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Shares until the goal is reached.
   *
   * @throws CliException for every other end; of several failures, for the first in order
   */
  void run() throws CliException, InterruptedException {
    Interrupts signals = Interrupts.listen(mail::interrupt);
    try {
      share();
      end();
    } finally {
      signals.close();
      progress.end();
    }
  }

  private void share() throws CliException, InterruptedException {
    try (Session session = Sessions.open(plan.session(), plan.anyPort())) {
      if (plan.portsFile() != null) {
        plan.portsFile().write(session.port());
      }
      for (Metainfo metainfo : plan.torrents()) {
        start(session, metainfo);
      }
      while (mail.interrupted() == 0 && !isDone()) {
        mail.await(Long.MAX_VALUE, () -> progress.tick(total()));
      }
      sharedNanos = System.nanoTime() - begin;
    }
  }

  /** Done are all: one that fails is, the others when they have reached the goal. */
  private boolean isDone() {
    return seeds.stream().allMatch(seed -> seed.failure != null || isGoalReached(seed));
  }

  /** Called when the session is closed: what a running torrent says it sent is a second old. */
  private void end() throws CliException {
    if (seeds.stream().anyMatch(seed -> seed.failure == null)) {
      progress.seeded(total(), sharedNanos);
    }
    if (mail.interrupted() != 0) {
      throw CliException.interrupted(mail.interrupted(), null);
    }
    for (Seed seed : seeds) {
      if (seed.failure != null) {
        throw toCliException(seed.failure);
      }
    }
  }

  private CliException toCliException(TorrentFailure failure) {
    if (failure.reason() == TorrentFailure.Reason.BAD_DATA
        && plan.options().seeding().partial()) { // which the usual advice is to try
      return new CliException(
          Reason.BAD_DATA, failure.getMessage(), "Download some of it first.", failure);
    }
    return CliException.of(failure);
  }

  private void start(Session session, Metainfo metainfo) {
    progress.started(new Progress.Start(metainfo, plan.options().storage().dir(), session.port()));
    Seed seed = new Seed(metainfo);
    seeds.add(seed);
    seed.handle =
        session.add(metainfo, plan.options(), event -> mail.add(() -> onEvent(seed, event)));
    seed.handle.completion().thenRun(() -> mail.add(() -> onSeeding(seed, session.port())));
  }

  private void onEvent(Seed seed, TorrentEvent event) {
    if (event instanceof TorrentEvent.Warning warning) {
      progress.warning(warning.message());
    } else if (event instanceof TorrentEvent.TrackerFailed tracker) {
      // Nobody may find this seed; and unlike a download it does not end for want of peers.
      progress.warning(seed.metainfo.info().name() + ": " + tracker.message());
    } else if (event instanceof TorrentEvent.Failed failed) {
      seed.failure = failed.failure();
      if (!isDone()) { // else it is said at the end, which is now
        progress.warning(failed.failure().getMessage() + "; the other torrents go on");
      }
    }
  }

  private void onSeeding(Seed seed, int port) {
    seed.seeding = true;
    seed.sinceNanos = System.nanoTime();
    progress.seeding(
        new Progress.Seeding(
            seed.metainfo,
            plan.options().sources().trackers(),
            plan.session().bind(),
            port,
            seed.handle.status().verified()));
  }

  private boolean isGoalReached(Seed seed) {
    Duration seeding = Duration.ofNanos(System.nanoTime() - seed.sinceNanos);
    return plan.goal().isSet()
        && seed.seeding
        && plan.goal().isReached(seed.handle.status(), seeding);
  }

  private TorrentStatus total() {
    return TorrentStatus.sum(seeds.stream().map(seed -> seed.handle.status()).toList());
  }
}
