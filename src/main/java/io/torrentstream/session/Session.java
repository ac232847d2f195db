package io.torrentstream.session;

import io.torrentstream.metainfo.Metainfo;
import java.io.IOException;

/**
 * One running client: the listening port, the event loops, the disk lanes, and the torrents that
 * use them.
 */
public final class Session implements AutoCloseable {

  /**
   * Binds the listening port.
   *
   * @throws IOException when no port of the range is free; the message names the range
   */
  public static Session open(SessionConfig config) throws IOException {
    throw new IOException("not connected yet");
  }

  /** The port that peers are accepted on. */
  public int port() {
    throw new IllegalStateException();
  }

  /** Starts a torrent: checks what is there, then downloads or seeds. */
  public TorrentHandle add(Metainfo metainfo, TorrentOptions options) {
    throw new IllegalStateException(metainfo + " " + options);
  }

  /**
   * Stops all torrents, then the lanes and loops. Blocks, two seconds and a flush at most; not for
   * event loops.
   */
  @Override
  public void close() {}
}
