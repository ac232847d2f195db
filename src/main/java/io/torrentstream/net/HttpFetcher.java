package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Fetches whole files over http and https, such as a .torrent. Thread-safe. */
public final class HttpFetcher implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration TOTAL = Duration.ofSeconds(60);

  private final BackgroundResolver resolver;
  private final HttpClient http;

  /**
   * @param bind the local address to connect from, or null
   * @param maxBytes a longer file is an error, found before it is all read
   */
  public HttpFetcher(
      Transport transport,
      BackgroundResolver resolver,
      InetAddress bind,
      TrustedTls tls,
      int maxBytes) {
    this.resolver = resolver;
    this.http =
        new HttpClient(
            transport,
            transport.loops().next(),
            resolver,
            bind,
            tls,
            new HttpClient.Limits(maxBytes, CONNECT, TOTAL, Duration.ofSeconds(1)));
  }

  /**
   * Fetches a file, redirects followed, compression undone.
   *
   * @return completes on an event loop; fails with an {@link IOException} or {@link
   *     ProtocolException} whose message is one line, safe to print
   */
  public CompletableFuture<byte[]> fetch(ServerUrl url) {
    CompletableFuture<byte[]> file = new CompletableFuture<>();
    if (url.isUdp()) {
      file.completeExceptionally(new ProtocolException("URL scheme: udp (expected: http, https)"));
      return file;
    }
    resolver
        .resolveAll(url.host())
        .thenCompose(addresses -> http.get(url, addresses, new FilePurpose()))
        .whenComplete((bytes, failure) -> Futures.forward(bytes, failure, file));
    return file;
  }

  @Override
  public void close() {
    http.close();
  }

  private static final class FilePurpose implements HttpClient.Purpose<byte[]> {
    @Override
    public List<ChannelHandler> handlers(CompletableFuture<byte[]> result) {
      return List.of(
          new SimpleChannelInboundHandler<ByteBuf>() {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf body) {
              result.complete(ByteBufUtil.getBytes(body));
            }
          });
    }
  }
}
