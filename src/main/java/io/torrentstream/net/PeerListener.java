package io.torrentstream.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Accepts connections from peers, over IPv4 and IPv6 alike. Safe on any thread. */
public final class PeerListener implements AutoCloseable {
  private final Channel server;

  private PeerListener(Channel server) {
    this.server = server;
  }

  /**
   * Listens on the first free port of a range. Blocks for the few system calls that takes; not for
   * event loops.
   *
   * @param loop where accepted connections run: the loop of every torrent that {@code swarms} knows
   * @param bind the local address; null for all, of both families
   * @param firstPort of the range, or 0 for any free port
   * @param lastPort of the range, itself included
   * @throws IOException when no port of the range can be had; the message names the range
   */
  public static PeerListener bind(
      Transport transport,
      EventLoop loop,
      InetAddress bind,
      int firstPort,
      int lastPort,
      HandshakeHandler.Swarms swarms)
      throws IOException {
    Throwable cause = null;
    for (int port = firstPort; port <= lastPort; port++) {
      InetSocketAddress address =
          bind == null ? new InetSocketAddress(port) : new InetSocketAddress(bind, port);
      ChannelFuture bound = bootstrap(transport, loop, swarms).bind(address).awaitUninterruptibly();
      if (bound.isSuccess()) {
        return new PeerListener(bound.channel());
      }
      cause = bound.cause();
    }
    throw new IOException(refusal(bind, firstPort, lastPort), cause);
  }

  private static String refusal(InetAddress bind, int firstPort, int lastPort) {
    String ports = "port: " + firstPort + (firstPort == lastPort ? "" : "-" + lastPort);
    return bind == null
        ? ports + " (expected: one that is free)"
        : "address: "
            + bind.getHostAddress()
            + ", "
            + ports
            + " (expected: an address of this machine, and a port of it that is free)";
  }

  private static ServerBootstrap bootstrap(
      Transport transport, EventLoop loop, HandshakeHandler.Swarms swarms) {
    HalfOpenLimit limit = new HalfOpenLimit();
    return new ServerBootstrap()
        .group(loop)
        .channel(transport.serverSocket())
        // So that a new start need not wait for the last one's closed connections. On Windows the
        // option means something else: another program could take the port over.
        .option(ChannelOption.SO_REUSEADDR, !PlatformDependent.isWindows())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new ConnectionRate(), limit);
              }
            })
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                PeerPipeline.incoming(channel, swarms, () -> limit.leave(channel));
              }
            });
  }

  /** The port that peers reach us on. */
  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /**
   * Whether a connection to an address would be one to ourselves. Asks the system, quickly, and
   * only where the port is ours.
   */
  public boolean isOwn(InetSocketAddress address) {
    InetSocketAddress local = (InetSocketAddress) server.localAddress();
    if (address.getPort() != local.getPort()) {
      return false;
    }
    try {
      return local.getAddress().isAnyLocalAddress()
          ? NetworkInterface.getByInetAddress(address.getAddress()) != null
          : local.getAddress().equals(address.getAddress());
    } catch (SocketException e) {
      return false; // the peer id of whoever answers will tell
    }
  }

  /** Stops accepting; connections that were accepted stay. Does not wait. */
  @Override
  public void close() {
    server.close();
  }
}
