package io.torrentstream.tool;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.Transport;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tracker: answers {@code GET /announce?…} with the others in the swarm. It is open: any torrent
 * will do. Its table is confined to one event loop; {@link #open} and {@link #close} are called
 * from elsewhere.
 *
 * <pre>
 *   socket
 *     | ReadTimeoutHandler     a connection that says nothing is closed
 *     | HttpServerCodec        bytes to HTTP; long lines and headers are refused
 *     | HttpObjectAggregator   one request; a body is refused
 *     | AnnounceHandler        the answer
 * </pre>
 */
public final class TrackerServer implements AutoCloseable {
  /** Hears of every announce that was answered. */
  @FunctionalInterface
  public interface Listener {
    /** Called on the tracker's loop: must not block. Numbers as they are after the announce. */
    void onAnnounce(InfoHash infoHash, int seeders, int leechers);
  }

  private static final Logger log = LoggerFactory.getLogger(TrackerServer.class);
  private static final String PATH = "/announce";
  private static final int MAX_CONNECTIONS = 1024;
  private static final int MAX_LINE_BYTES = 4096;
  private static final int MAX_HEADER_BYTES = 8192;
  private static final int MAX_BODY_BYTES = 0;
  private static final int IDLE_SECONDS = 30;

  private final Transport transport = Transport.open(1);
  private final EventLoop loop = transport.loops().next();
  private final ChannelGroup connections = new DefaultChannelGroup(loop);
  private final SwarmTable swarms = new SwarmTable(new SplittableRandom());
  private final Listener listener;
  private Channel server;

  private TrackerServer(Listener listener) {
    this.listener = listener;
  }

  /**
   * Binds and begins to answer.
   *
   * @param port 0 for any free one
   * @throws IOException when the port cannot be had
   */
  public static TrackerServer open(InetAddress address, int port, Listener listener)
      throws IOException {
    TrackerServer tracker = new TrackerServer(listener);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(tracker.loop)
            .channel(tracker.transport.serverSocket())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    tracker.accept(channel);
                  }
                })
            .bind(address, port)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      tracker.transport.close();
      throw new IOException("tracker port: " + port + " (expected: a free one)", bound.cause());
    }
    tracker.server = bound.channel();
    return tracker;
  }

  private void accept(Channel channel) {
    if (connections.size() >= MAX_CONNECTIONS) {
      channel.close();
      return;
    }
    connections.add(channel);
    channel
        .pipeline()
        .addLast(new ReadTimeoutHandler(IDLE_SECONDS, TimeUnit.SECONDS))
        .addLast(new HttpServerCodec(MAX_LINE_BYTES, MAX_HEADER_BYTES, MAX_HEADER_BYTES))
        .addLast(new HttpObjectAggregator(MAX_BODY_BYTES, true))
        .addLast(new AnnounceHandler());
  }

  /** What goes into a torrent. */
  public String announceUrl() {
    InetSocketAddress bound = (InetSocketAddress) server.localAddress();
    String host = bound.getAddress().getHostAddress();
    return "http://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + bound.getPort()
        + PATH;
  }

  /** Closes all connections, then the loop. Never called on a loop. */
  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    transport.close();
  }

  private final class AnnounceHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      boolean keepAlive = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
      FullHttpResponse response = response(ctx, request);
      HttpUtil.setContentLength(response, response.content().readableBytes());
      HttpUtil.setKeepAlive(response, keepAlive);
      ChannelFuture written = ctx.writeAndFlush(response);
      if (!keepAlive) {
        written.addListener(ChannelFutureListener.CLOSE);
      }
    }

    private FullHttpResponse response(ChannelHandlerContext ctx, FullHttpRequest request) {
      if (request.decoderResult().isFailure()) {
        return response(HttpResponseStatus.BAD_REQUEST, new byte[0]);
      }
      if (!request.method().equals(HttpMethod.GET)) {
        return response(HttpResponseStatus.METHOD_NOT_ALLOWED, new byte[0]);
      }
      String uri = request.uri();
      int question = uri.indexOf('?');
      if (!(question < 0 ? uri : uri.substring(0, question)).equals(PATH)) {
        return response(HttpResponseStatus.NOT_FOUND, new byte[0]);
      }
      return response(
          HttpResponseStatus.OK, answer(ctx, question < 0 ? "" : uri.substring(question + 1)));
    }

    private byte[] answer(ChannelHandlerContext ctx, String query) {
      InetSocketAddress remote = (InetSocketAddress) ctx.channel().remoteAddress();
      try {
        AnnounceQuery announce = AnnounceQuery.parse(query);
        log.debug("[{}] {} {}", remote, announce.infoHash(), announce.event());
        SwarmTable.Answer answer =
            swarms.announce(announce, remote.getAddress(), System.nanoTime());
        listener.onAnnounce(announce.infoHash(), answer.seeders(), answer.leechers());
        return AnnounceAnswer.encode(answer, announce.compact());
      } catch (ProtocolException e) {
        return AnnounceAnswer.failure(e.getMessage());
      }
    }

    private FullHttpResponse response(HttpResponseStatus status, byte[] body) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain");
      return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      log.debug("[{}] closed: {}", ctx.channel().remoteAddress(), cause.toString());
      ctx.close();
    }
  }
}
