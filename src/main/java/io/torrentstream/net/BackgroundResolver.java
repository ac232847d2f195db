package io.torrentstream.net;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Asks the system for the addresses of a host on threads of its own. Java's look-up blocks, for
 * half a minute when a name server is silent; on an event loop that would stall every peer. Names
 * resolve exactly as they do for every other Java program (hosts file, caches, order of address
 * families). Thread-safe; a {@link io.netty.bootstrap.Bootstrap} takes it as its resolver.
 */
public final class BackgroundResolver extends AddressResolverGroup<InetSocketAddress> {
  /** So many silent name servers at a time hold up no other look-up. */
  private static final int THREADS = 4;

  /** The system itself may go on for a minute when no name server answers. */
  private static final int PATIENCE_SECONDS = 15;

  /** What blocks; another in tests. */
  @FunctionalInterface
  interface LookUp {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private final LookUp lookUp;
  private final Duration patience;
  private final ThreadPoolExecutor threads;

  public BackgroundResolver() {
    this(InetAddress::getAllByName);
  }

  BackgroundResolver(LookUp lookUp) {
    this(lookUp, Duration.ofSeconds(PATIENCE_SECONDS));
  }

  BackgroundResolver(LookUp lookUp, Duration patience) {
    this.lookUp = lookUp;
    this.patience = patience;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("tsl-dns", true));
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * All addresses of a host, in the system's order; fails with {@link UnknownHostException}, after
   * 15 seconds at most. Completes on a background thread; at once for an address, which is none's
   * to look up.
   */
  public CompletableFuture<List<InetAddress>> resolveAll(String host) {
    CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
    if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
      lookUp(host, addresses);
      return addresses;
    }
    CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> addresses.completeExceptionally(unknown(host)));
    inBackground(() -> lookUp(host, addresses), addresses::completeExceptionally);
    return addresses;
  }

  private void lookUp(String host, CompletableFuture<List<InetAddress>> addresses) {
    try {
      addresses.complete(List.of(lookUp.addresses(host)));
    } catch (UnknownHostException e) {
      addresses.completeExceptionally(unknown(host));
    }
  }

  /** Runs something else that may block for a moment, such as reading the trust store. */
  public void inBackground(Runnable task, Consumer<Throwable> onRejected) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      onRejected.accept(e); // closed
    }
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new NameResolver(executor).asAddressResolver();
  }

  /** Ends the threads; look-ups under way are abandoned. */
  @Override
  public void close() {
    super.close();
    threads.shutdownNow();
  }

  /** Java's own message repeats the host without saying what is wrong with it. */
  private static UnknownHostException unknown(String host) {
    return new UnknownHostException("host not found: " + host);
  }

  private final class NameResolver extends InetNameResolver {
    NameResolver(EventExecutor executor) {
      super(executor);
    }

    @Override
    protected void doResolve(String host, Promise<InetAddress> promise) {
      forward(BackgroundResolver.this.resolveAll(host).thenApply(all -> all.get(0)), promise);
    }

    @Override
    protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
      forward(BackgroundResolver.this.resolveAll(host), promise);
    }

    private static <T> void forward(CompletableFuture<T> from, Promise<T> to) {
      from.whenComplete(
          (value, failure) -> {
            if (failure == null) {
              to.trySuccess(value);
            } else {
              to.tryFailure(Futures.unwrap(failure));
            }
          });
    }
  }
}
