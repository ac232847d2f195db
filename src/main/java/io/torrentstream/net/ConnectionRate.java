package io.torrentstream.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how often one address may connect, so that a flood costs us little more than the system's
 * own work. The first half of an IPv6 address counts as one. There is no bound for all addresses
 * together: it would keep real peers out, which is what who floods us wants. {@link HalfOpenLimit}
 * bounds those.
 *
 * <p>Connections from this machine are not bounded: nobody else's flood, and many clients with one
 * address. Sits in the listening channel's pipeline and is confined to that channel's loop.
 */
final class ConnectionRate extends ChannelInboundHandlerAdapter {
  static final int MAX_PER_SECOND = 10;

  /** So many at once after a pause: many peers may share an address, and all come at the start. */
  static final int BURST = 50;

  /** A flood from many addresses forgets the one that was silent for longest. */
  static final int MAX_ADDRESSES = 4096;

  private static final long NANOS_EACH = TimeUnit.SECONDS.toNanos(1) / MAX_PER_SECOND;

  /** By address: when what it has had is paid off, {@link #NANOS_EACH} for a connection. */
  private final Map<Long, Long> paidNanos =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  /** {@code message} is a connection that was just accepted. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel accepted = (Channel) message;
    long nowNanos = ctx.channel().eventLoop().ticker().nanoTime();
    if (accepted.remoteAddress() instanceof InetSocketAddress address
        && !admits(address.getAddress(), nowNanos)) {
      accepted.unsafe().closeForcibly(); // it is on no loop yet
    } else {
      ctx.fireChannelRead(accepted);
    }
  }

  private boolean admits(InetAddress address, long nowNanos) {
    if (address.isLoopbackAddress()) {
      return true;
    }
    Long paid = paidNanos.get(Hosts.customer(address));
    long debt = paid == null ? 0 : Math.max(0, paid - nowNanos);
    if (debt > (BURST - 1) * NANOS_EACH) {
      return false;
    }
    paidNanos.put(Hosts.customer(address), nowNanos + debt + NANOS_EACH);
    return true;
  }
}
