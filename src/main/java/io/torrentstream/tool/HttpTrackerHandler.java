package io.torrentstream.tool;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tool.TrackerStats.Counter;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.HttpTrackerQuery;
import io.torrentstream.tracker.HttpTrackerServerCodec;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one connection: {@code /announce} and {@code /scrape} in bencode (BEP 3,
 * 48), {@code /stats} in JSON, {@code /metrics} for Prometheus. Confined to the server's loop.
 */
final class HttpTrackerHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpTrackerHandler.class);

  private static final Pattern ORIGIN = Pattern.compile("(?i)https?://[^/?#]*");

  private final Tracker tracker;
  private final IntSupplier connections;

  /**
   * @param connections how many there are now
   */
  HttpTrackerHandler(Tracker tracker, IntSupplier connections) {
    this.tracker = tracker;
    this.connections = connections;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    boolean keepAlive = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
    InetSocketAddress remote = (InetSocketAddress) ctx.channel().remoteAddress();
    FullHttpResponse response = response(request, remote.getAddress().getAddress());
    HttpUtil.setContentLength(response, response.content().readableBytes());
    HttpUtil.setKeepAlive(response, keepAlive);
    LOG.debug("[{}] {}", remote, response.status());
    ChannelFuture written = ctx.writeAndFlush(response);
    if (!keepAlive) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** Who sends requests and does not take the answers is not read from. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    ctx.fireChannelWritabilityChanged();
  }

  private FullHttpResponse response(FullHttpRequest request, byte[] address) {
    if (request.decoderResult().isFailure()) {
      tracker.stats().count(Counter.MALFORMED);
      return response(HttpResponseStatus.BAD_REQUEST, "text/plain", new byte[0]);
    }
    if (!request.method().equals(HttpMethod.GET)) {
      return response(HttpResponseStatus.METHOD_NOT_ALLOWED, "text/plain", new byte[0]);
    }
    if (!tracker.admits(address)) {
      return bencoded(HttpTrackerServerCodec.failure("too many requests from your address"));
    }
    String uri = target(request.uri());
    int question = uri.indexOf('?');
    String query = question < 0 ? "" : uri.substring(question + 1);
    return switch (question < 0 ? uri : uri.substring(0, question)) {
      case "/announce" -> bencoded(announce(query, address));
      case "/scrape" -> bencoded(scrape(query));
      case "/stats" -> text("application/json", tracker.stats().json(gauges()));
      case "/metrics" -> text("text/plain; version=0.0.4", tracker.stats().prometheus(gauges()));
      default -> response(HttpResponseStatus.NOT_FOUND, "text/plain", new byte[0]);
    };
  }

  /** Path and query. RFC 9112, 3.2.2: a server takes a whole URI too, which is sent to proxies. */
  private static String target(String uri) {
    Matcher origin = ORIGIN.matcher(uri);
    return origin.lookingAt() ? uri.substring(origin.end()) : uri;
  }

  private byte[] announce(String rawQuery, byte[] address) {
    tracker.stats().count(Counter.HTTP_ANNOUNCES);
    HttpTrackerQuery.AnnounceQuery query;
    try {
      query = HttpTrackerQuery.announce(rawQuery);
    } catch (ProtocolException e) {
      return malformed(e);
    }
    boolean withIds = !query.compact() && query.withPeerIds();
    SwarmTable.Form form =
        withIds ? SwarmTable.Form.BOTH_FAMILIES_WITH_IDS : SwarmTable.Form.BOTH_FAMILIES;
    try {
      Announce.Answer answer = tracker.announce(query.request(), address, form);
      return HttpTrackerServerCodec.announceAnswer(answer, query.compact(), address);
    } catch (ProtocolException e) {
      return HttpTrackerServerCodec.failure(e.getMessage());
    }
  }

  private byte[] scrape(String rawQuery) {
    tracker.stats().count(Counter.HTTP_SCRAPES);
    Map<InfoHash, Scrape.Response> known = new HashMap<>();
    try {
      for (InfoHash torrent : HttpTrackerQuery.scrape(rawQuery)) {
        Scrape.Response numbers = tracker.scrape(torrent);
        if (numbers != null) {
          known.put(torrent, numbers);
        }
      }
    } catch (ProtocolException e) {
      return malformed(e);
    }
    return HttpTrackerServerCodec.scrapeAnswer(known, tracker.intervalSeconds());
  }

  private byte[] malformed(ProtocolException e) {
    tracker.stats().count(Counter.MALFORMED);
    return HttpTrackerServerCodec.failure(e.getMessage());
  }

  private Map<String, Long> gauges() {
    return tracker.gauges(connections.getAsInt());
  }

  private static FullHttpResponse bencoded(byte[] body) {
    return response(HttpResponseStatus.OK, "text/plain", body);
  }

  private static FullHttpResponse text(String type, String body) {
    return response(HttpResponseStatus.OK, type, body.getBytes(StandardCharsets.US_ASCII));
  }

  private static FullHttpResponse response(HttpResponseStatus status, String type, byte[] body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    return response;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Broken lines, time that has run out, and what the codec refuses.
    if (cause instanceof IOException
        || cause instanceof ChannelException
        || cause instanceof CodecException) {
      LOG.debug("[{}] closed: {}", ctx.channel().remoteAddress(), cause.toString());
    } else {
      LOG.warn("[{}] closed by a fault of ours", ctx.channel().remoteAddress(), cause);
    }
    ctx.close();
  }
}
