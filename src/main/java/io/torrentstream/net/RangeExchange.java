package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.torrentstream.net.RangeFailure.Kind;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.Hosts;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One range, from the look-up of the server's name through redirects to the last byte. Confined to
 * the client's loop.
 */
final class RangeExchange implements RangeFetcher.Transfer {
  private static final Logger LOG = LoggerFactory.getLogger(RangeExchange.class);

  /** Of an answer without the wanted bytes so many are read to keep the connection. */
  private static final int MAX_DRAINED = 64 * 1024;

  private final HttpClient client;
  private final RangeFetcher.Range range;
  private final RangeFetcher.Receiver receiver;
  private final Redirects redirects = new Redirects();
  private ServerUrl url;
  private List<InetAddress> addresses;
  private Channel channel;
  private AnswerHandler handler;
  private boolean paused;
  private boolean done;

  RangeExchange(HttpClient client, RangeFetcher.Range range, RangeFetcher.Receiver receiver) {
    this.client = client;
    this.range = range;
    this.receiver = receiver;
  }

  void start() {
    url = range.url();
    client
        .resolver()
        .resolveAll(url.host())
        .whenCompleteAsync(
            (found, failure) -> {
              if (failure != null) {
                fail(Kind.LATER, Futures.unwrap(failure).getMessage());
              } else {
                open(found);
              }
            },
            client.loop());
  }

  private void open(List<InetAddress> found) {
    if (done) {
      return;
    }
    if (!range.trusted() && !url.query().isEmpty() && found.stream().anyMatch(Hosts::isLocal)) {
      // A query makes servers do things; a torrent must not get them to (SSRF).
      fail(Kind.SERVER, "a local address with a query (expected: none from a torrent)");
      return;
    }
    addresses = found;
    Channel idle = client.takeIdle(url, addresses.get(0));
    if (idle != null) {
      send(idle, true);
    } else {
      connect();
    }
  }

  private void connect() {
    client
        .connect(url, addresses)
        .whenComplete(
            (opened, failure) -> {
              if (failure != null) {
                fail(Kind.LATER, failure.getMessage());
              } else if (done) {
                opened.close();
              } else {
                send(opened, false);
              }
            });
  }

  private void send(Channel to, boolean reused) {
    channel = to;
    handler = new AnswerHandler(reused);
    channel.pipeline().addLast(handler);
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, url.target().isEmpty() ? "/" : url.target());
    request
        .headers()
        .set(HttpHeaderNames.HOST, url.authority())
        .set(HttpHeaderNames.USER_AGENT, "tsl/0.1")
        .set(HttpHeaderNames.ACCEPT, "*/*")
        .set(HttpHeaderNames.ACCEPT_ENCODING, "identity")
        .set(
            HttpHeaderNames.RANGE,
            "bytes=" + range.from() + "-" + (range.from() + range.length() - 1));
    channel.config().setAutoRead(!paused);
    channel.writeAndFlush(request);
  }

  @Override
  public void pause(boolean pause) {
    paused = pause;
    if (channel != null) {
      channel.config().setAutoRead(!pause);
    }
  }

  @Override
  public void cancel() {
    done = true;
    if (channel != null) {
      channel.close();
    }
  }

  private void fail(Kind kind, String message) {
    fail(new RangeFailure(kind, message));
  }

  private void fail(RangeFailure failure) {
    if (!done) {
      cancel();
      receiver.onFailed(failure);
    }
  }

  private void redirect(String location, int status) {
    try {
      ServerUrl to = redirects.target(url, location, status);
      client
          .resolver()
          .resolveAll(to.host())
          .whenCompleteAsync(
              (found, failure) -> {
                if (failure != null) {
                  fail(Kind.LATER, Futures.unwrap(failure).getMessage());
                } else if (!Redirects.isAllowed(addresses, found)) {
                  fail(Kind.FILE, "redirect: to a local address");
                } else {
                  url = to;
                  open(found);
                }
              },
              client.loop());
    } catch (ProtocolException e) {
      fail(Kind.FILE, e.getMessage());
    }
  }

  /** Gives the connection back to the client, or closes it when it is of no more use. */
  private void release(boolean reusable) {
    Channel used = channel;
    channel = null;
    used.pipeline().remove(handler);
    used.config().setAutoRead(true);
    if (reusable) {
      client.keepIdle(url, used);
    } else {
      used.close();
    }
  }

  /** The end of the pipeline for this range. */
  private final class AnswerHandler extends SimpleChannelInboundHandler<HttpObject> {
    private final boolean reused;
    private HttpResponse head;

    /** Bytes that are to come, all in all and still. */
    private long length;

    private long wanted;

    /** What to do once an answer without the wanted bytes is over; null for one that has them. */
    private Runnable afterwards;

    private int drained;

    AnswerHandler(boolean reused) {
      this.reused = reused;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
      if (done || channel == null) {
        return;
      }
      if (part.decoderResult().isFailure()) {
        failFor(part.decoderResult().cause());
        return;
      }
      if (part instanceof HttpResponse response) {
        onHead(response);
      }
      if (part instanceof HttpContent content && !done) {
        onContent(content.content(), content instanceof LastHttpContent);
      }
    }

    private void onHead(HttpResponse response) {
      head = response;
      afterwards = null;
      if (isInformational()) {
        return;
      }
      int status = head.status().code();
      if (head.status().codeClass() == HttpStatusClass.REDIRECTION) {
        String location = head.headers().get(HttpHeaderNames.LOCATION);
        afterwards = () -> redirect(location, status);
        return;
      }
      try {
        boolean wholeFile = RangeAnswer.isWholeFile(head, range, Instant.now());
        length = wholeFile ? range.fileLength() : range.length();
        wanted = length;
        receiver.onAnswer(wholeFile);
      } catch (RangeFailure failure) {
        afterwards =
            () -> {
              done = true;
              receiver.onFailed(failure);
            };
      }
    }

    private boolean isInformational() {
      return head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    private void onContent(ByteBuf content, boolean last) {
      if (isInformational()) {
        return;
      }
      if (afterwards != null) {
        drained += content.readableBytes();
        if (last || drained > MAX_DRAINED) {
          release(last && HttpUtil.isKeepAlive(head));
          afterwards.run();
        }
        return;
      }
      int next = (int) Math.min(wanted, content.readableBytes());
      wanted -= next;
      boolean exact = content.readableBytes() == next;
      if (next > 0) {
        receiver.onBytes(content.readSlice(next));
      }
      if (done) {
        return; // the receiver has had enough
      }
      if (wanted == 0) {
        done = true;
        // What was not asked for is not waited for: the connection ends with it.
        release(last && exact && HttpUtil.isKeepAlive(head));
        receiver.onDone();
      } else if (last) {
        fail(Kind.LATER, "body: " + (length - wanted) + " bytes (expected: all)");
      }
    }

    private void failFor(Throwable cause) {
      fail(Kind.LATER, client.explain(cause).getMessage());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (reused && head == null && cause instanceof IOException) {
        ctx.close(); // a reset is only a blunter way of closing
      } else {
        if (cause instanceof RuntimeException && !(cause instanceof CodecException)) {
          LOG.warn("bug: a range from {} failed", url, cause);
        }
        failFor(cause);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      SSLException failure = HttpFailures.handshakeFailure(event);
      if (failure != null) {
        failFor(failure);
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (done || channel != ctx.channel()) {
        return;
      }
      channel = null;
      if (reused && head == null) {
        // The server closed the kept connection just as the request left: not its last word.
        connect();
      } else {
        fail(Kind.LATER, "connection closed before the end of the range");
      }
    }
  }
}
