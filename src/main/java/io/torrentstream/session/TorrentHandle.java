package io.torrentstream.session;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The way to a running torrent from any thread: each command is carried out on the torrent's own
 * loop. Thread-safe.
 */
public interface TorrentHandle {

  /** The newest snapshot; at most a second old. Never null. */
  TorrentStatus status();

  /**
   * Completes with the path of the finished file or folder when every wanted byte is verified and
   * at its final path; fails with a {@link TorrentFailure}, or is cancelled when the torrent is
   * stopped before. The torrent goes on seeding until it is stopped.
   */
  CompletableFuture<Path> completion();

  /**
   * Looks once more whether every file of a completed torrent is there, whole, and the one that was
   * verified; completes with its path. A failure ends the torrent, which listeners hear of.
   */
  CompletableFuture<Path> confirm();

  /** Adds a listener; called on the torrent's loop. */
  void onEvent(Consumer<TorrentEvent> listener);

  /**
   * Announces {@code stopped}, closes the connections, saves resume data and closes the files;
   * completes when all that is done, the announce given two seconds at most. Stopping twice is the
   * same as once.
   */
  CompletableFuture<Void> stop();
}
