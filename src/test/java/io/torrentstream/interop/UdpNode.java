package io.torrentstream.interop;

import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtNode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** Our node on a plain socket and a thread of its own: the least that drives one. */
final class UdpNode implements AutoCloseable {
  private static final int POLL_MILLIS = 10;

  private final DatagramSocket socket;
  private final DhtNode node;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "udp-node");
  private volatile Exception failure;

  private UdpNode(DatagramSocket socket) {
    this.socket = socket;
    this.node =
        new DhtNode(DhtConfig.DEFAULT, null, new SecureRandom(), this::send, System.nanoTime());
  }

  static UdpNode start(InetSocketAddress address) throws IOException {
    UdpNode node = new UdpNode(new DatagramSocket(address));
    node.socket.setSoTimeout(POLL_MILLIS);
    node.thread.start();
    return node;
  }

  /** Does something with the node on its thread. */
  <T> T call(Function<DhtNode, T> action) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    tasks.add(
        () -> {
          try {
            result.complete(action.apply(node));
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(10, java.util.concurrent.TimeUnit.SECONDS);
  }

  private void send(byte[] datagram, InetSocketAddress to) {
    try {
      socket.send(new DatagramPacket(datagram, datagram.length, to));
    } catch (IOException e) {
      failure = e;
    }
  }

  private void run() {
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    while (!socket.isClosed()) {
      try {
        socket.receive(packet);
        byte[] datagram = Arrays.copyOf(packet.getData(), packet.getLength());
        node.onDatagram(datagram, (InetSocketAddress) packet.getSocketAddress(), System.nanoTime());
      } catch (SocketTimeoutException e) {
        // Nothing came: time for the rest.
      } catch (IOException | RuntimeException e) {
        failure = socket.isClosed() ? failure : e;
      }
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
      if (System.nanoTime() - node.nextTickNanos() >= 0) {
        node.onTick(System.nanoTime());
      }
    }
  }

  /** What went wrong on its thread; null for nothing. */
  Exception failure() {
    return failure;
  }

  @Override
  public void close() {
    socket.close();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
