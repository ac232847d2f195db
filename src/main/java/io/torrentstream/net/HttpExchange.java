package io.torrentstream.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.PrintableText;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * One GET, from the first connection through its redirects to the body or the failure. Confined to
 * the client's loop.
 */
final class HttpExchange<T> {
  private static final int MAX_REDIRECTS = 5;
  private static final int MAX_TEXT = 200;

  private final HttpClient client;
  private final HttpClient.Purpose<T> purpose;
  private final CompletableFuture<T> result;
  private ServerUrl url;
  private List<InetAddress> addresses;
  private Channel channel;
  private ChannelHandler responseHandler;
  private boolean reused;
  private int redirects;

  HttpExchange(HttpClient client, HttpClient.Purpose<T> purpose, CompletableFuture<T> result) {
    this.client = client;
    this.purpose = purpose;
    this.result = result;
  }

  void start(ServerUrl first, List<InetAddress> firstAddresses) {
    Future<?> limit =
        client
            .loop()
            .schedule(
                () -> fail(new IOException("no answer within " + text(client.limits().total()))),
                client.limits().total().toMillis(),
                TimeUnit.MILLISECONDS);
    result.whenComplete((value, failure) -> limit.cancel(false));
    open(first, firstAddresses);
  }

  void fail(Throwable cause) {
    result.completeExceptionally(cause);
    if (channel != null) {
      channel.close();
    }
  }

  private void open(ServerUrl next, List<InetAddress> nextAddresses) {
    url = next;
    addresses = nextAddresses;
    Channel idle = client.takeIdle(url, addresses.get(0));
    if (idle != null) {
      send(idle, true);
    } else {
      connect(0);
    }
  }

  /** Tries the server's addresses one after the other, from {@code index} on. */
  private void connect(int index) {
    client
        .connect(url, addresses.get(index))
        .whenComplete(
            (connecting, tlsFailure) -> {
              if (tlsFailure != null) {
                fail(
                    new IOException("TLS: " + Futures.unwrap(tlsFailure).getMessage(), tlsFailure));
              } else {
                connecting.addListener((ChannelFuture done) -> onConnect(done, index));
              }
            });
  }

  private void onConnect(ChannelFuture done, int index) {
    if (result.isDone()) {
      done.channel().close();
    } else if (done.isSuccess()) {
      send(done.channel(), false);
    } else if (index + 1 < addresses.size()) {
      connect(index + 1);
    } else {
      fail(explain(done.cause()));
    }
  }

  private void send(Channel to, boolean isReused) {
    channel = to;
    reused = isReused;
    ChannelPipeline pipeline = channel.pipeline();
    responseHandler = new ResponseHandler();
    pipeline.addLast(responseHandler);
    purpose.handlers(result).forEach(pipeline::addLast);
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, url.target().isEmpty() ? "/" : url.target());
    request
        .headers()
        .set(HttpHeaderNames.HOST, url.authority())
        .set(HttpHeaderNames.USER_AGENT, "tsl/0.1")
        .set(HttpHeaderNames.ACCEPT, "*/*")
        .set(HttpHeaderNames.ACCEPT_ENCODING, "gzip");
    channel.writeAndFlush(request);
  }

  private void onResponse(ChannelHandlerContext ctx, FullHttpResponse response)
      throws ProtocolException {
    HttpStatusClass status = response.status().codeClass();
    if (response.decoderResult().isFailure()) {
      fail(explain(response.decoderResult().cause()));
    } else if (status == HttpStatusClass.REDIRECTION) {
      String location = response.headers().get(HttpHeaderNames.LOCATION);
      release(response);
      redirect(location, response.status().code());
    } else if (status == HttpStatusClass.SUCCESS) {
      ctx.fireChannelRead(response.content().retain());
      if (!result.isDone()) {
        result.completeExceptionally(new ProtocolException("HTTP answer: empty"));
      }
      release(response);
    } else if (status != HttpStatusClass.INFORMATIONAL) {
      // The body is not shown: it may be a page of a server that only this machine can reach.
      result.completeExceptionally(new IOException("HTTP status " + response.status().code()));
      release(response);
    }
  }

  private void redirect(String location, int status) throws ProtocolException {
    if (location == null) {
      throw new ProtocolException("HTTP status " + status + ": names no other address");
    }
    if (++redirects > MAX_REDIRECTS) {
      throw new ProtocolException("redirects: over " + MAX_REDIRECTS);
    }
    ServerUrl to = purpose.redirected(url, url.resolve(location));
    // What was asked with a passkey over TLS is not repeated for everyone on the way to read.
    if (to.isUdp() || url.isSecure() && !to.isSecure()) {
      throw new ProtocolException("redirect from " + url.scheme() + " to " + to.scheme());
    }
    boolean fromLocal = addresses.stream().allMatch(HttpExchange::isLocal);
    client
        .resolver()
        .resolveAll(to.host())
        .whenCompleteAsync(
            (found, failure) -> {
              if (failure != null) {
                fail(failure);
              } else if (!fromLocal && found.stream().anyMatch(HttpExchange::isLocal)) {
                // Else any server on the Internet could have this machine ask those next to it.
                fail(new ProtocolException("redirect: to a local address"));
              } else if (!result.isDone()) {
                open(to, sameFamily(found));
              }
            },
            client.loop());
  }

  /** An announce over one address family is not to end as one over the other. */
  private List<InetAddress> sameFamily(List<InetAddress> found) {
    Class<?> family = addresses.get(0).getClass();
    List<InetAddress> same = found.stream().filter(family::isInstance).toList();
    return same.isEmpty() ? found : same;
  }

  static boolean isLocal(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC; // RFC 4193
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || uniqueLocal;
  }

  /** Gives the connection back to the client, or closes it if the server will. */
  private void release(FullHttpResponse response) {
    Channel used = channel;
    channel = null;
    ChannelHandler last;
    do { // the purpose's handlers stand behind ours
      last = used.pipeline().removeLast();
    } while (last != responseHandler);
    if (HttpUtil.isKeepAlive(response)) {
      client.keepIdle(url, used);
    } else {
      used.close();
    }
  }

  private void onClosed() {
    if (result.isDone() || channel == null) {
      return;
    }
    if (reused) {
      // The server closed the kept connection just as the request left: not its last word.
      connect(0);
    } else {
      fail(new IOException("connection closed without an answer"));
    }
  }

  private Throwable explain(Throwable cause) {
    if (cause instanceof DecompressionException) {
      return new ProtocolException("HTTP answer: malformed or too large compressed data");
    }
    if (cause instanceof TooLongFrameException) {
      return new ProtocolException(
          "HTTP answer: too large (expected: header <= 64 KiB, body <= "
              + client.limits().maxBodyBytes() / 1024
              + " KiB)");
    }
    if (cause instanceof SSLException tls) {
      return TrustedTls.explain(tls);
    }
    if (cause instanceof DecoderException && cause.getCause() != null) {
      return explain(cause.getCause());
    }
    if (cause instanceof ConnectTimeoutException) {
      return new IOException("no connection within " + text(client.limits().connect()));
    }
    if (cause instanceof ConnectException) {
      return new IOException("connection refused", cause);
    }
    if (cause instanceof IOException) {
      return new IOException(PrintableText.of(String.valueOf(cause.getMessage()), MAX_TEXT), cause);
    }
    return cause instanceof ProtocolException
        ? cause
        : new ProtocolException("HTTP answer: malformed");
  }

  private static String text(Duration limit) {
    return limit.toSecondsPart() > 0 || limit.toMinutes() > 0
        ? limit.toSeconds() + " s"
        : limit.toMillis() + " ms";
  }

  /** The end of the HTTP part of the pipeline for this request. */
  private final class ResponseHandler extends SimpleChannelInboundHandler<FullHttpResponse> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      if (result.isDone()) {
        return;
      }
      try {
        onResponse(ctx, response);
      } catch (ProtocolException e) {
        fail(e);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (reused && cause instanceof IOException) {
        ctx.close(); // a reset is only a blunter way of closing: see onClosed
      } else {
        fail(explain(cause));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      onClosed();
    }
  }
}
