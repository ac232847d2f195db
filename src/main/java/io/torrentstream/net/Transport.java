package io.torrentstream.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The event loops {@code tsl-net-0..N-1} and the channel classes that fit them: epoll on Linux,
 * kqueue on macOS, NIO where neither loads. Immutable; the loops live until {@link #close}.
 */
public record Transport(
    EventLoopGroup loops,
    Class<? extends SocketChannel> socket,
    Class<? extends ServerSocketChannel> serverSocket,
    Class<? extends DatagramChannel> datagram)
    implements AutoCloseable {

  // What Netty would find out about this machine, and never needs here, takes a tenth of a second
  // at every start: the flight recorder for its allocator's events, and the network cards and the
  // process id for channel ids that are unique in the world.
  static {
    setUnlessSet("io.netty.jfr.enabled", "false");
    setUnlessSet("io.netty.machineId", "00:00:00:00:00:01");
    setUnlessSet("io.netty.processId", "1");
  }

  private static final int DATAGRAMS_AT_ONCE = 32;

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  public static Transport open(int loopCount) {
    DefaultThreadFactory threads = new DefaultThreadFactory("tsl-net", true);
    if (Epoll.isAvailable()) {
      return new Transport(
          new MultiThreadIoEventLoopGroup(loopCount, threads, EpollIoHandler.newFactory()),
          EpollSocketChannel.class,
          EpollServerSocketChannel.class,
          EpollDatagramChannel.class);
    }
    if (KQueue.isAvailable()) {
      return new Transport(
          new MultiThreadIoEventLoopGroup(loopCount, threads, KQueueIoHandler.newFactory()),
          KQueueSocketChannel.class,
          KQueueServerSocketChannel.class,
          KQueueDatagramChannel.class);
    }
    return new Transport(
        new MultiThreadIoEventLoopGroup(loopCount, threads, NioIoHandler.newFactory()),
        NioSocketChannel.class,
        NioServerSocketChannel.class,
        NioDatagramChannel.class);
  }

  /**
   * Lets a bootstrap open datagram sockets that, where the system can do it (Linux), read and write
   * many datagrams with one call.
   *
   * @param maxBytes longer datagrams are cut
   */
  public Bootstrap receiveMany(Bootstrap bootstrap, int maxBytes) {
    int count = 1;
    if (datagram == EpollDatagramChannel.class) {
      count = DATAGRAMS_AT_ONCE;
      bootstrap.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, maxBytes);
    }
    return bootstrap
        .channel(datagram)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(count * maxBytes));
  }

  /** Ends the loops; waits two seconds at most. Never called on a loop. */
  @Override
  public void close() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
