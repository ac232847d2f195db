package io.torrentstream.session;

import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Carries commands from any thread to the torrent's loop. */
record LoopHandle(TorrentRun torrent, EventLoop loop) implements TorrentHandle {

  @Override
  public TorrentStatus status() {
    return torrent.status();
  }

  @Override
  public CompletableFuture<Path> completion() {
    return torrent.completion();
  }

  @Override
  public CompletableFuture<Path> confirm() {
    return CompletableFuture.supplyAsync(torrent::confirm, loop).thenCompose(path -> path);
  }

  @Override
  public void onEvent(Consumer<TorrentEvent> listener) {
    loop.execute(() -> torrent.addListener(listener));
  }

  @Override
  public CompletableFuture<Void> stop() {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    try {
      loop.execute(() -> torrent.stop().whenComplete((done, fault) -> settle(stopped, fault)));
    } catch (RejectedExecutionException e) {
      stopped.complete(null); // the session is closed, and has stopped its torrents
    }
    return stopped;
  }

  private static void settle(CompletableFuture<Void> stopped, Throwable fault) {
    if (fault != null) {
      stopped.completeExceptionally(fault);
    } else {
      stopped.complete(null);
    }
  }
}
