package io.torrentstream.interop;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.Transport;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.UdpTrackerCodec;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many clients of one UDP tracker: 100,000 peers, 100 in each of 1,000 torrents, a fifth of them
 * seeds, announce in turn as fast as answers come. They come from ten loopback addresses, each with
 * a socket and a number of requests under way; what is lost is made up for ten times a second.
 */
final class AnnounceFlood implements AutoCloseable {
  static final int TORRENTS = 1_000;
  static final int PEERS = 100_000;

  private static final int SOCKETS = 10;
  private static final int UNDER_WAY = 16;
  private static final int PEERS_OF_SOCKET = PEERS / SOCKETS;
  private static final int NUM_WANT = 50;
  private static final int MAX_REPLY = 2048;

  private final Transport transport = Transport.open(1);
  private final EventLoop loop = transport.loops().next();
  private final List<Client> clients = new ArrayList<>();
  private final InetSocketAddress tracker;

  /** Written on the loop only, as are the next two. */
  private volatile long answered;

  private volatile long refused;
  private volatile long answeredBytes;

  AnnounceFlood(InetSocketAddress tracker) throws ProtocolException {
    this.tracker = tracker;
    for (int i = 0; i < SOCKETS; i++) {
      Client client = new Client(i);
      transport
          .receiveMany(new Bootstrap().group(loop).handler(client), MAX_REPLY)
          .bind(new InetSocketAddress("127.0.1." + (i + 1), 0))
          .syncUninterruptibly();
      clients.add(client);
    }
    loop.scheduleAtFixedRate(
        () -> clients.forEach(Client::refill), 100, 100, TimeUnit.MILLISECONDS);
  }

  static InfoHash torrent(int number) {
    return InfoHash.of(ByteBuffer.allocate(InfoHash.LENGTH).putInt(number * 0x9E3779B1).array());
  }

  /** Announces that were answered since the start. */
  long answered() {
    return answered;
  }

  /** How long all those answers were together. */
  long answeredBytes() {
    return answeredBytes;
  }

  /** Replies that were none. */
  long refused() {
    return refused;
  }

  @Override
  public void close() {
    transport.close();
  }

  /** One address. Confined to the loop. */
  private final class Client extends SimpleChannelInboundHandler<DatagramPacket> {
    private final byte[][] announces = new byte[PEERS_OF_SOCKET][];
    private Channel channel;
    private long connectionId;
    private boolean connected;
    private int next;
    private int underWay;
    private long answeredBefore;
    private long answeredHere;

    Client(int socket) throws ProtocolException {
      ServerUrl url = ServerUrl.parse("udp://127.0.0.1:6969/announce");
      for (int i = 0; i < PEERS_OF_SOCKET; i++) {
        int torrent = i % TORRENTS;
        int peer = i / TORRENTS;
        announces[i] =
            UdpTrackerCodec.announceRequest(
                0,
                i,
                url,
                new Announce.Request(
                    torrent(torrent),
                    ByteBuffer.allocate(20).putInt(socket).putInt(i).array(),
                    10_000 + i,
                    0,
                    0,
                    peer % 5 == 0 ? 0 : 1 << 20,
                    Announce.Event.NONE,
                    NUM_WANT,
                    i,
                    null));
      }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      channel = ctx.channel();
      connect();
      // Connection ids are good for a minute.
      ctx.executor().scheduleAtFixedRate(this::connect, 30, 30, TimeUnit.SECONDS);
    }

    private void connect() {
      send(UdpTrackerCodec.connectRequest(1));
      channel.flush();
    }

    private void send(byte[] datagram) {
      ByteBuf buffer = channel.alloc().directBuffer(datagram.length).writeBytes(datagram);
      if (connected && datagram.length > 16) {
        buffer.setLong(0, connectionId);
      }
      channel.write(new DatagramPacket(buffer, tracker), channel.voidPromise());
    }

    private void fill() {
      while (connected && underWay < UNDER_WAY) {
        send(announces[next]);
        next = (next + 1) % PEERS_OF_SOCKET;
        underWay++;
      }
    }

    /** Nothing for a tenth of a second: what was under way is lost. */
    void refill() {
      if (answeredHere == answeredBefore) {
        underWay = 0;
        if (!connected) {
          connect();
        }
        fill();
        channel.flush();
      }
      answeredBefore = answeredHere;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
      ByteBuf reply = packet.content();
      int action = reply.readableBytes() < 16 ? UdpTrackerCodec.ERROR : reply.getInt(0);
      if (action == UdpTrackerCodec.CONNECT) {
        connectionId = reply.getLong(8);
        connected = true;
        return;
      }
      underWay = Math.max(0, underWay - 1);
      answeredHere++;
      if (action == UdpTrackerCodec.ANNOUNCE) {
        answered++;
        answeredBytes += reply.readableBytes();
      } else {
        refused++;
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      fill();
      ctx.flush();
    }
  }
}
