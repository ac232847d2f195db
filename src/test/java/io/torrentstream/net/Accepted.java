package io.torrentstream.net;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.SocketAddress;

/** A connection that was just accepted, from an address that the test makes up. */
final class Accepted extends EmbeddedChannel {
  private final SocketAddress remote;

  Accepted(SocketAddress remote) {
    this.remote = remote;
  }

  @Override
  public SocketAddress remoteAddress() {
    return remote;
  }
}
