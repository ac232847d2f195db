package io.torrentstream.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Makes connections to peers. Immutable, safe on any thread. */
public final class PeerConnector {
  static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final Transport transport;
  private final InetAddress bind;

  /**
   * @param bind the local address to connect from; null for any
   */
  public PeerConnector(Transport transport, InetAddress bind) {
    this.transport = transport;
    this.bind = bind;
  }

  /**
   * Connects to a peer and, once connected, exchanges handshakes; {@link
   * HandshakeHandler.Swarm#onPeer} tells when that is done. The channel runs on the swarm's loop.
   *
   * @param address with an IP address, never a host name to look up
   * @return done when connected or failed, within ten seconds; a handshake that fails later closes
   *     the channel
   */
  public ChannelFuture connect(InetSocketAddress address, HandshakeHandler.Swarm swarm) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(swarm.loop())
            .channel(transport.socket())
            .disableResolver()
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    PeerPipeline.outgoing(channel, swarm);
                  }
                });
    return bind == null
        ? bootstrap.connect(address)
        : bootstrap.connect(address, new InetSocketAddress(bind, 0));
  }
}
