package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackgroundResolverTest {
  private final BackgroundResolver resolver = new BackgroundResolver();
  private final Transport transport = Transport.open(1);

  @AfterEach
  void close() {
    resolver.close();
    transport.close();
  }

  @Test
  void asksOnAThreadOfItsOwn() throws Exception {
    InetAddress address = InetAddress.getLoopbackAddress();
    AtomicReference<String> thread = new AtomicReference<>();
    try (BackgroundResolver watched =
        new BackgroundResolver(
            host -> {
              thread.set(Thread.currentThread().getName());
              return new InetAddress[] {address};
            })) {
      assertEquals(List.of(address), watched.resolveAll("x").get(20, TimeUnit.SECONDS));
    }
    assertTrue(thread.get().startsWith("tsl-dns"), thread.get());
  }

  @Test
  void doesNotWaitForASilentServer() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (BackgroundResolver impatient =
        new BackgroundResolver(host -> waitFor(never), Duration.ofMillis(1))) {
      ExecutionException e =
          assertThrows(
              ExecutionException.class, () -> impatient.resolveAll("x").get(20, TimeUnit.SECONDS));
      assertEquals("host not found: x", e.getCause().getMessage());
    }
  }

  private static InetAddress[] waitFor(CountDownLatch latch) throws UnknownHostException {
    try {
      latch.await();
    } catch (InterruptedException e) { // closed
      Thread.currentThread().interrupt();
    }
    throw new UnknownHostException("nobody has said");
  }

  @Test
  void servesNettyToo() throws Exception {
    EventLoop loop = transport.loops().next();
    InetSocketAddress resolved =
        resolver
            .getResolver(loop)
            .resolve(InetSocketAddress.createUnresolved("127.0.0.1", 5))
            .get(20, TimeUnit.SECONDS);
    assertEquals(new InetSocketAddress("127.0.0.1", 5), resolved);
    List<InetSocketAddress> all =
        resolver
            .getResolver(loop)
            .resolveAll(InetSocketAddress.createUnresolved("localhost", 5))
            .get(20, TimeUnit.SECONDS);
    assertTrue(all.stream().allMatch(address -> address.getAddress().isLoopbackAddress()));
    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () ->
                resolver
                    .getResolver(loop)
                    .resolve(InetSocketAddress.createUnresolved("nowhere.invalid", 5))
                    .get(20, TimeUnit.SECONDS));
    assertEquals("host not found: nowhere.invalid", e.getCause().getMessage());
  }

  @Test
  void failsAfterItWasClosed() {
    resolver.close();
    assertThrows(
        ExecutionException.class, () -> resolver.resolveAll("localhost").get(20, TimeUnit.SECONDS));
  }
}
