package io.torrentstream.session;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** A thread of a {@link SimulatedSwarm}: one job after the other, each of which takes its time. */
final class SimulatedThread extends AbstractExecutorService {
  private final SimulatedSwarm net;
  private final long jobNanos;
  private long freeNanos;
  private boolean shutdown;

  SimulatedThread(SimulatedSwarm net, long jobNanos) {
    this.net = net;
    this.jobNanos = jobNanos;
  }

  @Override
  public void execute(Runnable job) {
    freeNanos = Math.max(net.nowNanos(), freeNanos) + jobNanos;
    net.after(freeNanos - net.nowNanos(), job);
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return shutdown;
  }
}
