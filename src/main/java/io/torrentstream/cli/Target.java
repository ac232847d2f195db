package io.torrentstream.cli;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.MagnetOptions;
import io.torrentstream.session.Session;
import io.torrentstream.session.TorrentEvent;
import io.torrentstream.session.TorrentHandle;
import io.torrentstream.session.TorrentOptions;
import java.util.function.Consumer;

/** What a run is to download, and how. */
sealed interface Target {
  InfoHash infoHash();

  TorrentOptions options();

  /** Starts it; the listener misses nothing. */
  TorrentHandle addTo(Session session, Consumer<TorrentEvent> listener);

  /** What a .torrent describes. */
  record OfTorrent(Metainfo metainfo, TorrentOptions options) implements Target {
    @Override
    public InfoHash infoHash() {
      return metainfo.info().infoHash();
    }

    @Override
    public TorrentHandle addTo(Session session, Consumer<TorrentEvent> listener) {
      return session.add(metainfo, options, listener);
    }
  }

  /** What a magnet link names; an event tells what it is. */
  record OfMagnet(MagnetUri magnet, MagnetOptions magnetOptions) implements Target {
    @Override
    public InfoHash infoHash() {
      return magnet.infoHash();
    }

    @Override
    public TorrentOptions options() {
      return magnetOptions.torrent();
    }

    @Override
    public TorrentHandle addTo(Session session, Consumer<TorrentEvent> listener) {
      return session.add(magnet, magnetOptions, listener);
    }
  }
}
