package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HalfOpenLimitTest {
  private final HalfOpenLimit limit = new HalfOpenLimit();
  private final EmbeddedChannel server = new EmbeddedChannel(limit);
  private final List<Accepted> accepted = new ArrayList<>();

  private Accepted accept(SocketAddress remote) {
    Accepted connection = new Accepted(remote);
    accepted.add(connection);
    server.writeInbound(connection);
    assertEquals(connection, server.readInbound(), "passed on to be set up");
    return connection;
  }

  private long openCount() {
    return accepted.stream().filter(EmbeddedChannel::isOpen).count();
  }

  @Test
  void manyAddressesTogetherAreBounded() {
    for (int i = 0; i < HalfOpenLimit.MAX_TOTAL + 5; i++) {
      accept(address(i));
    }
    assertEquals(HalfOpenLimit.MAX_TOTAL, openCount());
    assertTrue(accepted.subList(0, 5).stream().noneMatch(EmbeddedChannel::isOpen), "oldest first");
  }

  @Test
  void oneAddressIsBoundedAndPaysAlone() {
    Accepted other = accept(address(1));
    for (int i = 0; i < HalfOpenLimit.MAX_PER_ADDRESS + 5; i++) {
      accept(address(2));
    }
    assertEquals(1 + HalfOpenLimit.MAX_PER_ADDRESS, openCount());
    assertTrue(other.isOpen());
  }

  @Test
  void finishedHandshakesDoNotCount() {
    for (int i = 0; i < 10 * HalfOpenLimit.MAX_TOTAL; i++) {
      limit.leave(accept(address(2)));
    }
    assertEquals(accepted.size(), openCount());
  }

  @Test
  void connectionsThatEndedWhileTheyWaitedHaveNoAddress() {
    for (int i = 0; i < HalfOpenLimit.MAX_PER_ADDRESS + 1; i++) {
      accept(null);
    }
    assertEquals(HalfOpenLimit.MAX_PER_ADDRESS, openCount());
  }

  /** Whoever has one IPv6 address has 2^64 of them. */
  @Test
  void anIpv6NetworkIsOneAddress() {
    for (int i = 1; i <= HalfOpenLimit.MAX_PER_ADDRESS + 5; i++) {
      accept(new InetSocketAddress("2001:db8::" + i, 6881));
    }
    assertEquals(HalfOpenLimit.MAX_PER_ADDRESS, openCount());
  }

  private static SocketAddress address(int number) {
    try {
      byte[] ip = {10, 0, (byte) (number >> 8), (byte) number};
      return new InetSocketAddress(InetAddress.getByAddress(ip), 6881);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
