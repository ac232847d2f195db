package io.torrentstream.session;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.torrentstream.net.HandshakeHandler;
import java.net.InetSocketAddress;

/** What a torrent's peers need of the session that it is part of; on its loop. */
interface SwarmHost {
  byte[] peerId();

  int port();

  /** What we call ourselves in the extension handshake. */
  String version();

  EventLoop loop();

  RateLimiter downLimit();

  RateLimiter upLimit();

  /** The upload limit in bytes per second, 0 for none. */
  long maxUpRate();

  /** How many peers of one torrent may download from us at a time; 0 for what suits the rate. */
  int maxUploads();

  /** Whether an address is the one we listen on. */
  boolean isOwn(InetSocketAddress address);

  /** How many more connections the session has a place for. */
  int room();

  /** A connection was opened (+1) or closed (-1). */
  void onConnections(int change);

  /** See {@link io.torrentstream.net.PeerConnector#connect}. */
  ChannelFuture dial(InetSocketAddress address, HandshakeHandler.Swarm swarm);

  /** Our DHT node; null when there is none. */
  NodeExchange.Dht dht();
}
