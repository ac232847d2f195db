package io.torrentstream.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
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
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * One GET, from the first connection through its redirects to the body or the failure. Confined to
 * the client's loop.
 */
final class HttpExchange<T> {
  private final HttpClient client;
  private final HttpClient.Purpose<T> purpose;
  private final CompletableFuture<T> result;
  private final Redirects redirects = new Redirects();
  private ServerUrl url;
  private List<InetAddress> addresses;
  private Channel channel;
  private ChannelHandler responseHandler;
  private boolean reused;

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
                () ->
                    fail(
                        new IOException(
                            "no answer within " + HttpFailures.text(client.limits().total()))),
                client.limits().total().toMillis(),
                TimeUnit.MILLISECONDS);
    result.whenComplete(
        (value, failure) -> {
          limit.cancel(false);
          client.onEnd(this);
        });
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
      connect();
    }
  }

  private void connect() {
    client
        .connect(url, addresses)
        .whenComplete(
            (opened, failure) -> {
              if (failure != null) {
                fail(failure);
              } else if (result.isDone()) {
                opened.close();
              } else {
                send(opened, false);
              }
            });
  }

  private void send(Channel to, boolean isReused) {
    channel = to;
    reused = isReused;
    ChannelPipeline pipeline = channel.pipeline();
    responseHandler = new ResponseHandler();
    pipeline.addLast(responseHandler);
    for (ChannelHandler handler : purpose.handlers(result)) {
      pipeline.addLast(handler);
    }
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
      fail(client.explain(response.decoderResult().cause()));
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
    ServerUrl to = purpose.redirected(url, redirects.target(url, location, status));
    client
        .resolver()
        .resolveAll(to.host())
        .whenCompleteAsync(
            (found, failure) -> {
              if (failure != null) {
                fail(failure);
              } else if (!Redirects.isAllowed(addresses, found)) {
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
      connect();
    } else {
      fail(new IOException("connection closed without an answer"));
    }
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
        fail(client.explain(cause));
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      SSLException failure = HttpFailures.handshakeFailure(event);
      if (failure != null) {
        fail(client.explain(failure));
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      onClosed();
    }
  }
}
