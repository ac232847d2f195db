package io.torrentstream.session;

import io.torrentstream.metainfo.Metainfo;
import java.nio.file.Path;

/**
 * Something a user may want to hear of as it happens; delivered on the torrent's loop, so listeners
 * must not block.
 */
public sealed interface TorrentEvent {

  /** A file was verified and got its own name. */
  record FileCompleted(Path path) implements TorrentEvent {}

  /**
   * What a magnet link stands for is known.
   *
   * @param torrent the bytes of a .torrent of it, with the trackers and web seeds of the link
   */
  record MetadataReady(Metainfo metainfo, byte[] torrent) implements TorrentEvent {}

  /** A piece was verified. */
  record PieceVerified(int piece) implements TorrentEvent {}

  /** It has ended without being asked to, which may be after it was complete. */
  record Failed(TorrentFailure failure) implements TorrentEvent {}

  /**
   * A tracker failed or refused, and is tried again; told once until it has worked.
   *
   * @param message the tracker and why; one line, safe to print
   */
  record TrackerFailed(String message) implements TorrentEvent {}

  /** Something the run survives but a user should know; one line, safe to print. */
  record Warning(String message) implements TorrentEvent {}
}
