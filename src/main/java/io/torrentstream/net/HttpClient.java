package io.torrentstream.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.torrentstream.tracker.ServerUrl;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * GETs http and https addresses, with a bound on everything the other side decides. A connection
 * that the server leaves open is kept for the next request to the same server.
 *
 * <pre>
 *   socket
 *     | TLS                       https only; certificate and host name are checked
 *     | HttpClientCodec           bytes to HTTP; header at most 64 KiB
 *     | HttpContentDecompressor   gzip; a chunk inflates to at most the body's limit
 *     | HttpObjectAggregator      one response; body at most the limit, inflated
 *     | HttpExchange              status and redirects; the body as a ByteBuf  (one per request)
 *     | the caller's handlers     e.g. BencodeHandler, then the tracker's      (one set a request)
 * </pre>
 *
 * Without a limit on bodies these are not collected: then a {@link RangeExchange} stands behind the
 * codec.
 *
 * <p>{@link #get} may be called on any thread; everything else is confined to one event loop.
 */
final class HttpClient implements AutoCloseable {
  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final int MAX_STATUS_LINE_BYTES = 4096;
  private static final int MAX_CHUNK_BYTES = 64 * 1024;
  private static final int MAX_IDLE_PER_SERVER = 2;

  /** As much as is read at a time of a body that is not collected. */
  private static final int STREAMED_BYTES = 256 * 1024;

  private static final RecvByteBufAllocator STREAMED_READS =
      new FixedRecvByteBufAllocator(STREAMED_BYTES);

  /**
   * @param maxBodyBytes of one response, before and after decompression; 0 where bodies are not
   *     collected but read as they come ({@link RangeFetcher})
   * @param connect for one TCP connection, and again for TLS on it
   * @param total for one request with its redirects, look-ups and connections
   * @param idle how long an unused connection is kept
   */
  record Limits(int maxBodyBytes, Duration connect, Duration total, Duration idle) {
    boolean collects() {
      return maxBodyBytes > 0;
    }
  }

  /** What a request is for. */
  interface Purpose<T> {
    /**
     * New handlers for the end of the pipeline. They get the body of a successful response as one
     * {@link io.netty.buffer.ByteBuf}, which they release, and complete {@code result}.
     */
    List<ChannelHandler> handlers(CompletableFuture<T> result);

    /** The address to ask after a redirect. */
    default ServerUrl redirected(ServerUrl from, ServerUrl to) {
      return to;
    }
  }

  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private final BackgroundResolver resolver;
  private final TrustedTls tls;
  private final Limits limits;

  /** By {@link #origin}. */
  private final Map<String, Deque<Channel>> idle = new HashMap<>();

  private final Set<HttpExchange<?>> running = new HashSet<>();
  private boolean closed;

  /**
   * @param bind the local address to connect from, or null
   */
  HttpClient(
      Transport transport,
      EventLoop loop,
      BackgroundResolver resolver,
      InetAddress bind,
      TrustedTls tls,
      Limits limits) {
    this.loop = loop;
    this.resolver = resolver;
    this.tls = tls;
    this.limits = limits;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(transport.socket())
            .disableResolver() // what it connects to are addresses
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) limits.connect().toMillis());
    if (bind != null) {
      bootstrap.localAddress(new InetSocketAddress(bind, 0));
    }
  }

  /**
   * Asks a server at the first of {@code addresses} that takes a connection.
   *
   * @param addresses of the URL's host, not empty
   * @return completes on this client's loop; fails with an {@link IOException} or with what the
   *     purpose's handlers find wrong; the messages never hold the address's path or query
   */
  <T> CompletableFuture<T> get(ServerUrl url, List<InetAddress> addresses, Purpose<T> purpose) {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (closed) {
            result.completeExceptionally(new IOException("closed"));
            return;
          }
          HttpExchange<T> exchange = new HttpExchange<>(this, purpose, result);
          running.add(exchange);
          exchange.start(url, addresses);
        });
    return result;
  }

  /** A request has its answer, or failed. */
  void onEnd(HttpExchange<?> exchange) {
    running.remove(exchange);
  }

  /** Fails what is under way and closes the connections. */
  @Override
  public void close() {
    loop.execute(
        () -> {
          closed = true;
          for (HttpExchange<?> exchange : List.copyOf(running)) {
            exchange.fail(new IOException("closed"));
          }
          List<Channel> open = new ArrayList<>();
          for (Deque<Channel> channels : idle.values()) {
            open.addAll(channels);
          }
          for (Channel channel : open) {
            channel.close();
          }
        });
  }

  EventLoop loop() {
    return loop;
  }

  Limits limits() {
    return limits;
  }

  BackgroundResolver resolver() {
    return resolver;
  }

  /** An unused connection, or null; the server may be about to close it. */
  Channel takeIdle(ServerUrl url, InetAddress address) {
    String origin = origin(url, address);
    Deque<Channel> channels = idle.get(origin);
    if (channels == null) {
      return null;
    }
    Channel newest = channels.peek();
    forget(origin, newest);
    newest.pipeline().remove(IdleHandler.class);
    return newest;
  }

  /** Keeps a connection for the next request. */
  void keepIdle(ServerUrl url, Channel channel) {
    // A body without a length ends with its connection, which nothing in the response need say.
    if (closed || !channel.isActive()) {
      channel.close();
      return;
    }
    InetAddress address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
    String origin = origin(url, address);
    Deque<Channel> channels = idle.computeIfAbsent(origin, key -> new ArrayDeque<>());
    if (channels.size() >= MAX_IDLE_PER_SERVER) {
      channel.close();
      return;
    }
    channels.push(channel);
    channel.pipeline().addLast(new IdleHandler(origin));
  }

  private void forget(String origin, Channel channel) {
    Deque<Channel> channels = idle.get(origin);
    if (channels != null && channels.remove(channel) && channels.isEmpty()) {
      idle.remove(origin);
    }
  }

  /**
   * Opens a connection to the first of {@code addresses} that takes one.
   *
   * @return completes on this client's loop, once TCP is connected but TLS is not yet; fails with
   *     an {@link IOException} that says why in one line
   */
  CompletableFuture<Channel> connect(ServerUrl url, List<InetAddress> addresses) {
    CompletableFuture<Channel> opened = new CompletableFuture<>();
    if (url.isSecure()) {
      connectSecurely(url, addresses, opened);
    } else {
      connect(url, addresses, 0, null, opened);
    }
    return opened;
  }

  private void connectSecurely(
      ServerUrl url, List<InetAddress> addresses, CompletableFuture<Channel> opened) {
    tls.context(resolver)
        .whenCompleteAsync(
            (ssl, failure) -> {
              if (failure != null) {
                opened.completeExceptionally(
                    new IOException("TLS: " + Futures.unwrap(failure).getMessage(), failure));
              } else {
                connect(url, addresses, 0, ssl, opened);
              }
            },
            loop);
  }

  /** Tries the addresses one after the other, from {@code index} on. */
  private void connect(
      ServerUrl url,
      List<InetAddress> addresses,
      int index,
      SslContext ssl,
      CompletableFuture<Channel> opened) {
    ChannelInitializer<Channel> handlers =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            addHandlers(channel.pipeline(), ssl, url);
          }
        };
    bootstrap
        .clone()
        .handler(handlers)
        .connect(new InetSocketAddress(addresses.get(index), url.port()))
        .addListener(
            (ChannelFuture done) -> {
              if (done.isSuccess()) {
                opened.complete(done.channel());
              } else if (index + 1 < addresses.size()) {
                connect(url, addresses, index + 1, ssl, opened);
              } else {
                opened.completeExceptionally(explain(done.cause()));
              }
            });
  }

  /** What a failure of a request is about, in one line. */
  Throwable explain(Throwable cause) {
    return HttpFailures.explain(cause, limits);
  }

  private void addHandlers(ChannelPipeline pipeline, SslContext ssl, ServerUrl url) {
    if (ssl != null) {
      SslHandler tls = ssl.newHandler(pipeline.channel().alloc(), url.host(), url.port());
      tls.setHandshakeTimeoutMillis(limits.connect().toMillis());
      pipeline.addLast(tls);
    }
    HttpDecoderConfig config =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_STATUS_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxChunkSize(limits.collects() ? MAX_CHUNK_BYTES : STREAMED_BYTES);
    pipeline.addLast(new HttpClientCodec(config, false, false));
    if (limits.collects()) {
      pipeline.addLast(new HttpContentDecompressor(limits.maxBodyBytes()));
      pipeline.addLast(new HttpObjectAggregator(limits.maxBodyBytes()));
    } else {
      pipeline.channel().config().setRecvByteBufAllocator(STREAMED_READS);
    }
  }

  /** What requests that may share a connection have in common: the server, the address family. */
  private static String origin(ServerUrl url, InetAddress address) {
    String server = url.scheme() + "://" + url.authority();
    return address instanceof Inet6Address ? server + " over IPv6" : server;
  }

  /** Watches an unused connection: whatever happens on it, it is of no more use. */
  private final class IdleHandler extends ChannelInboundHandlerAdapter {
    private final String origin;
    private Future<?> timer;

    IdleHandler(String origin) {
      this.origin = origin;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      timer = loop.schedule(() -> ctx.close(), limits.idle().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      timer.cancel(false);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object unasked) {
      ReferenceCountUtil.release(unasked);
      ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      forget(origin, ctx.channel());
    }
  }
}
