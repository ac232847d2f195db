package io.torrentstream.session;

import java.nio.file.Path;

/**
 * Something a user may want to hear of as it happens; delivered on the torrent's loop, so listeners
 * must not block.
 */
public sealed interface TorrentEvent {

  /** A file was verified and got its own name. */
  record FileCompleted(Path path) implements TorrentEvent {}

  /** A piece was verified. */
  record PieceVerified(int piece) implements TorrentEvent {}

  /** It has ended without being asked to, which may be after it was complete. */
  record Failed(TorrentFailure failure) implements TorrentEvent {}

  /** Something the run survives but a user should know; one line, safe to print. */
  record Warning(String message) implements TorrentEvent {}
}
