package io.torrentstream.net;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.HttpTrackerCodec;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.TrackerFailure;
import io.torrentstream.util.ProtocolException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Announces to and scrapes trackers over HTTP and HTTPS (BEP 3, 48). Each request is a GET whose
 * pipeline ends in the bencode handler and then the tracker handler, {@link AnswerHandler}.
 * Thread-safe; answers arrive on the HTTP client's loop.
 */
final class HttpTrackerClient {
  private final HttpClient http;

  HttpTrackerClient(HttpClient http) {
    this.http = http;
  }

  CompletableFuture<Announce.Response> announce(
      ServerUrl tracker, List<InetAddress> addresses, Announce.Request request)
      throws ProtocolException {
    return http.get(
        HttpTrackerCodec.announceUrl(tracker, request),
        addresses,
        new TrackerPurpose<>(HttpTrackerCodec::announceResponse));
  }

  CompletableFuture<Scrape.Response> scrape(
      ServerUrl tracker, List<InetAddress> addresses, InfoHash infoHash) throws ProtocolException {
    return http.get(
        HttpTrackerCodec.scrapeUrl(tracker, infoHash),
        addresses,
        new TrackerPurpose<>(answer -> HttpTrackerCodec.scrapeResponse(answer, infoHash)));
  }

  /** Makes a response of a tracker's dictionary. */
  @FunctionalInterface
  private interface Reading<T> {
    T read(BValue answer) throws ProtocolException, TrackerFailure;
  }

  private record TrackerPurpose<T>(Reading<T> reading) implements HttpClient.Purpose<T> {
    @Override
    public List<ChannelHandler> handlers(CompletableFuture<T> result) {
      return List.of(
          new BencodeHandler(HttpTrackerCodec.ANSWER_LIMITS), new AnswerHandler<>(reading, result));
    }

    @Override
    public ServerUrl redirected(ServerUrl from, ServerUrl to) {
      return HttpTrackerCodec.redirected(from, to);
    }
  }

  /** The tracker handler: the end of the pipeline. */
  private static final class AnswerHandler<T> extends SimpleChannelInboundHandler<BValue> {
    private final Reading<T> reading;
    private final CompletableFuture<T> result;

    AnswerHandler(Reading<T> reading, CompletableFuture<T> result) {
      super(BValue.class);
      this.reading = reading;
      this.result = result;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, BValue answer) {
      try {
        result.complete(reading.read(answer));
      } catch (ProtocolException | TrackerFailure e) {
        result.completeExceptionally(e);
      }
    }

    /** The bencode handler could make nothing of the body. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      boolean wrapped = cause instanceof DecoderException && cause.getCause() != null;
      result.completeExceptionally(wrapped ? cause.getCause() : cause);
    }
  }
}
