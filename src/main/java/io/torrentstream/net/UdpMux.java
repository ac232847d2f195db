package io.torrentstream.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One UDP port for several protocols, told apart by the first byte of a datagram: the DHT's begin
 * with {@code d}, since they are bencoded dictionaries. What is nobody's is dropped.
 *
 * <p>Confined to its loop, apart from {@link #bind}, {@link #port} and {@link #close}.
 */
public final class UdpMux implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UdpMux.class);

  /** A longer datagram is cut, and then is none that anybody understands. */
  private static final int MAX_DATAGRAM = 4096;

  /** Whoever understands a datagram. */
  @FunctionalInterface
  public interface Receiver {
    void onDatagram(byte[] datagram, InetSocketAddress from);
  }

  private final Channel channel;

  private UdpMux(Channel channel) {
    this.channel = channel;
  }

  /**
   * Opens the port. Blocks for the few system calls that takes; not for event loops.
   *
   * @param bind the local address; null for all, of both families
   * @param firstPort of a range to try, or 0 for any free port
   * @param lastPort of the range, itself included
   * @param dht gets the datagrams of the DHT, on {@code loop}
   * @throws IOException when no port of the range can be had; the message names the range
   */
  public static UdpMux bind(
      Transport transport,
      EventLoop loop,
      InetAddress bind,
      int firstPort,
      int lastPort,
      Receiver dht)
      throws IOException {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(transport.datagram())
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
            .handler(new Inbound(dht));
    Throwable cause = null;
    for (int port = firstPort; port <= lastPort; port++) {
      InetSocketAddress address =
          bind == null ? new InetSocketAddress(port) : new InetSocketAddress(bind, port);
      ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
      if (bound.isSuccess()) {
        return new UdpMux(bound.channel());
      }
      cause = bound.cause();
    }
    String ports = firstPort == lastPort ? "" + firstPort : firstPort + "-" + lastPort;
    throw new IOException("UDP port: " + ports + " (expected: one that is free)", cause);
  }

  /** The port that datagrams reach us on, and come from. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Sends a datagram, which is not to be changed any more. It may get lost, here or anywhere. */
  public void send(byte[] datagram, InetSocketAddress to) {
    channel
        .writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(datagram), to))
        .addListener(
            sent -> {
              if (!sent.isSuccess()) {
                LOG.debug("UDP: cannot send to {}: {}", to, sent.cause().getMessage());
              }
            });
  }

  /** Closes the port. Does not wait. */
  @Override
  public void close() {
    channel.close();
  }

  private static final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
    private final Receiver dht;

    private Inbound(Receiver dht) {
      this.dht = dht;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      if (packet.content().isReadable()
          && packet.content().getByte(packet.content().readerIndex()) == 'd') {
        dht.onDatagram(ByteBufUtil.getBytes(packet.content()), packet.sender());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof IOException) {
        // An ICMP error of an earlier datagram; which one cannot be told, its timeout will.
        LOG.debug("UDP: {}", cause.getMessage());
      } else {
        LOG.warn("a bug in tsl, at a datagram", cause);
      }
    }
  }
}
