package io.torrentstream.session;

import io.torrentstream.net.HandshakeHandler;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A torrent of the session, by its .torrent or by a magnet link. Confined to its loop, but for
 * {@link #status} and {@link #completion}.
 */
interface TorrentRun {
  void start();

  /** Never starts: it fails with a reason, one line. */
  void refuse(String reason);

  /** See {@link TorrentHandle#stop}. */
  CompletableFuture<Void> stop();

  /** Takes peers; null while it cannot. */
  HandshakeHandler.Swarm swarm();

  /** The session has a DHT node from now on: peers may hear of it. */
  void onDhtStarted();

  TorrentStatus status();

  CompletableFuture<Path> completion();

  /** See {@link TorrentHandle#confirm}. */
  CompletableFuture<Path> confirm();

  void addListener(Consumer<TorrentEvent> listener);
}
