package io.torrentstream.cli;

import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.session.MagnetOptions;
import io.torrentstream.session.Session;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.TorrentEvent;
import io.torrentstream.session.TorrentFailure;
import io.torrentstream.session.TorrentHandle;

/**
 * Fetches what a magnet link stands for, and nothing of its data. The thread that calls {@link
 * #run} does all the work here.
 */
final class MetadataRun {
  private final Target.OfMagnet target;
  private final Progress progress;
  private final Mail mail = new Mail();
  private TorrentEvent.MetadataReady ready;
  private TorrentFailure failure;

  /**
   * @param options of which the folder does not count
   */
  MetadataRun(MagnetUri magnet, MagnetOptions options, Progress progress) {
    this.target = new Target.OfMagnet(magnet, options);
    this.progress = progress;
  }

  /**
   * Waits for the metadata.
   *
   * @param anyPort whether another port may be used when those of {@code config} are taken
   * @throws CliException for every other end
   */
  TorrentEvent.MetadataReady run(SessionConfig config, boolean anyPort)
      throws CliException, InterruptedException {
    Interrupts signals = Interrupts.listen(mail::interrupt);
    try (Session session = Sessions.open(config, anyPort)) {
      progress.magnet(target.magnet());
      TorrentHandle torrent = target.addTo(session, event -> mail.add(() -> onEvent(event)));
      while (ready == null && failure == null && mail.interrupted() == 0) {
        mail.await(Long.MAX_VALUE, () -> progress.tick(torrent.status()));
      }
    } finally {
      signals.close();
      progress.end();
    }
    if (ready != null) {
      return ready;
    }
    throw failure != null
        ? CliException.of(failure)
        : CliException.interrupted(mail.interrupted(), null);
  }

  private void onEvent(TorrentEvent event) {
    if (event instanceof TorrentEvent.MetadataReady metadata) {
      ready = metadata;
      progress.metadata(metadata.metainfo().info());
    } else if (event instanceof TorrentEvent.Failed failed) {
      failure = failed.failure();
    } else if (event instanceof TorrentEvent.Warning warning) {
      progress.warning(warning.message());
    }
  }
}
