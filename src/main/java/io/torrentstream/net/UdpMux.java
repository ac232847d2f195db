package io.torrentstream.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One UDP port for several protocols, told apart by the first byte of a datagram: {@code d} is the
 * DHT's, since its messages are bencoded dictionaries; 0 is a tracker's, since its answers begin
 * with an action from 0 to 3 in four bytes (BEP 15). What is nobody's is dropped.
 *
 * <p>The port is opened when it is needed. Confined to its loop, apart from {@link #bind}, {@link
 * #prefer}, {@link #port} and {@link #close}.
 */
public final class UdpMux implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UdpMux.class);

  /** Room for 900 peers over IPv6; a longer datagram is cut, which costs a tracker's last peers. */
  private static final int MAX_DATAGRAM = 16 * 1024;

  /** Whoever understands a datagram. */
  @FunctionalInterface
  public interface Receiver {
    void onDatagram(byte[] datagram, InetSocketAddress from);
  }

  private final EventLoop loop;
  private final InetAddress bind;
  private final Transport transport;
  private Receiver dht; // these two are null while nobody wants datagrams
  private Receiver trackers;
  private Promise<Channel> opened; // null while nobody needs the port
  private boolean closed;
  private volatile int preferred;
  private volatile Channel channel; // null while the port is not open

  /**
   * @param bind the local address; null for all, of both families
   */
  public UdpMux(Transport transport, EventLoop loop, InetAddress bind) {
    this.loop = loop;
    this.bind = bind;
    this.transport = transport;
  }

  /** Who gets the datagrams of the DHT, on the loop; to be said before the port is used. */
  public void onDht(Receiver receiver) {
    dht = receiver;
  }

  /** Who gets the answers of trackers, on the loop; to be said before the port is used. */
  void onTrackers(Receiver receiver) {
    trackers = receiver;
  }

  EventLoop loop() {
    return loop;
  }

  /** The port to open if it is free when the first datagram is sent; 0 for any. */
  public void prefer(int port) {
    preferred = port;
  }

  /**
   * Opens the port now. Blocks for the few system calls that takes; not for event loops.
   *
   * @param firstPort of a range to try, or 0 for any free port
   * @param lastPort of the range, itself included
   * @throws IOException when no port of the range can be had; the message names the range
   */
  public void bind(int firstPort, int lastPort) throws IOException {
    Bootstrap bootstrap = bootstrap();
    Throwable cause = null;
    for (int port = firstPort; port <= lastPort; port++) {
      ChannelFuture bound = bootstrap.bind(address(port)).awaitUninterruptibly();
      if (bound.isSuccess()) {
        channel = bound.channel();
        return;
      }
      cause = bound.cause();
    }
    String ports = firstPort == lastPort ? "" + firstPort : firstPort + "-" + lastPort;
    throw new IOException("UDP port: " + ports + " (expected: one that is free)", cause);
  }

  /** The port that datagrams reach us on, and come from; 0 while it is not open. */
  public int port() {
    Channel open = channel;
    return open == null ? 0 : ((InetSocketAddress) open.localAddress()).getPort();
  }

  /** Opens the port unless it is open: the preferred one, or any when that is taken. */
  public Future<Channel> open() {
    if (channel != null) {
      return loop.newSucceededFuture(channel);
    }
    if (opened == null) {
      opened = loop.newPromise();
      open(preferred, opened);
    }
    return opened;
  }

  private void open(int port, Promise<Channel> result) {
    bootstrap()
        .bind(address(port))
        .addListener(
            (ChannelFuture bound) -> {
              if (bound.isSuccess() && closed) {
                bound.channel().close();
              } else if (bound.isSuccess()) {
                channel = bound.channel();
                result.setSuccess(channel);
              } else if (port != 0) {
                open(0, result);
              } else {
                opened = null; // the next datagram tries again
                result.setFailure(bound.cause());
              }
            });
  }

  private Bootstrap bootstrap() {
    return transport.receiveMany(new Bootstrap().group(loop).handler(new Inbound()), MAX_DATAGRAM);
  }

  private InetSocketAddress address(int port) {
    return bind == null ? new InetSocketAddress(port) : new InetSocketAddress(bind, port);
  }

  /**
   * Sends a datagram, which is not to be changed any more. It may get lost, here or anywhere.
   *
   * @param onFailure hears why this machine cannot send it
   */
  public void send(byte[] datagram, InetSocketAddress to, Consumer<Throwable> onFailure) {
    if (channel != null) {
      write(datagram, to, onFailure);
      return;
    }
    open()
        .addListener(
            open -> {
              if (open.isSuccess()) {
                write(datagram, to, onFailure);
              } else {
                onFailure.accept(new IOException("UDP socket: " + open.cause().getMessage()));
              }
            });
  }

  private void write(byte[] datagram, InetSocketAddress to, Consumer<Throwable> onFailure) {
    channel
        .writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(datagram), to))
        .addListener(
            sent -> {
              if (sent.cause() instanceof IOException socket) {
                onFailure.accept(new IOException(SocketFailures.inWords(socket), socket));
              } else if (!sent.isSuccess()) {
                onFailure.accept(sent.cause());
              }
            });
  }

  /** Closes the port. Does not wait. */
  @Override
  public void close() {
    loop.execute(
        () -> {
          closed = true;
          if (channel != null) {
            channel.close();
          }
        });
  }

  @ChannelHandler.Sharable // a port that is taken leaves it to the next
  private final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      ByteBuf content = packet.content();
      byte first = content.isReadable() ? content.getByte(content.readerIndex()) : -1;
      Receiver receiver = first == 'd' ? dht : first == 0 ? trackers : null;
      if (receiver != null) {
        receiver.onDatagram(ByteBufUtil.getBytes(content), packet.sender());
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
