package io.torrentstream.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.torrentstream.util.Hosts;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Bounds the accepted connections of strangers, in all and for one address (of IPv6, its first
 * half): of a peer until its handshake is finished, of a tracker's client to the end. One too many
 * costs the <em>oldest</em> its place, not the newest: whoever floods us with silent connections
 * then throws out its own, while a real peer, done within a round trip, is never the oldest.
 *
 * <p>Sits in the listening channel's pipeline and is confined to that channel's loop, which is also
 * the accepted connections'.
 */
public final class HalfOpenLimit extends ChannelInboundHandlerAdapter {
  static final int MAX_TOTAL = 128;
  static final int MAX_PER_ADDRESS = 16;

  private final Set<Channel> halfOpen = new LinkedHashSet<>();
  private final int maxTotal;
  private final int maxPerAddress;

  /** As it fits peers that shake hands. */
  HalfOpenLimit() {
    this(MAX_TOTAL, MAX_PER_ADDRESS);
  }

  public HalfOpenLimit(int maxTotal, int maxPerAddress) {
    this.maxTotal = maxTotal;
    this.maxPerAddress = maxPerAddress;
  }

  /** {@code message} is a connection that was just accepted. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel accepted = (Channel) message;
    evictOldest(accepted);
    halfOpen.add(accepted);
    ctx.fireChannelRead(accepted);
  }

  /** The handshake is done or never will be, or the connection has ended. */
  public void leave(Channel channel) {
    halfOpen.remove(channel);
  }

  private void evictOldest(Channel accepted) {
    Long customer = customer(accepted);
    long fromAddress = halfOpen.stream().filter(c -> Objects.equals(customer(c), customer)).count();
    boolean addressFull = fromAddress >= maxPerAddress;
    if (!addressFull && halfOpen.size() < maxTotal) {
      return;
    }
    Iterator<Channel> oldestFirst = halfOpen.iterator();
    while (oldestFirst.hasNext()) {
      Channel oldest = oldestFirst.next();
      if (!addressFull || Objects.equals(customer(oldest), customer)) {
        oldestFirst.remove();
        oldest.close();
        return;
      }
    }
  }

  /** Null for a connection that the other side has ended already. */
  private static Long customer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? Hosts.customer(address.getAddress())
        : null;
  }
}
