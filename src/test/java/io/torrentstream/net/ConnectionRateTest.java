package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionRateTest {
  private final MockTicker time = Ticker.newMockTicker();
  private final EmbeddedChannel server =
      EmbeddedChannel.builder().ticker(time).handlers(new ConnectionRate()).build();

  /** Lets an address connect so many times at once; returns how many are let in. */
  private int flood(String host, int times) {
    int admitted = 0;
    for (int i = 0; i < times; i++) {
      Accepted connection = new Accepted(new InetSocketAddress(host, 1024 + i));
      server.writeInbound(connection);
      Object passedOn = server.readInbound();
      admitted += passedOn == null ? 0 : 1;
      assertEquals(passedOn != null, connection.isOpen(), "closed or passed on");
    }
    return admitted;
  }

  @Test
  void oneAddressConnectsSoOftenASecond() {
    assertEquals(ConnectionRate.BURST, flood("192.0.2.1", 10_000));
    time.advance(1, TimeUnit.SECONDS);
    assertEquals(ConnectionRate.MAX_PER_SECOND, flood("192.0.2.1", 10_000));
    time.advance(1, TimeUnit.HOURS);
    assertEquals(ConnectionRate.BURST, flood("192.0.2.1", 10_000));
  }

  @Test
  void othersDoNotPayForIt() {
    flood("192.0.2.1", 10_000);
    assertEquals(5, flood("192.0.2.2", 5));
  }

  @Test
  void anIpv6NetworkIsOneAddress() {
    flood("2001:db8::1", 10_000);
    assertEquals(0, flood("2001:db8::2", 5));
    assertEquals(5, flood("2001:db8:0:1::1", 5));
  }

  @Test
  void connectionsOfThisMachineAreNotCounted() {
    assertEquals(1000, flood("127.0.0.1", 1000));
    assertEquals(1000, flood("::1", 1000));
  }

  @Test
  void aConnectionThatHasEndedIsPassedOn() {
    Accepted ended = new Accepted(null);
    server.writeInbound(ended);
    assertEquals(ended, server.readInbound());
  }

  /** A flood from everywhere makes us forget, not remember. */
  @Test
  void addressesAreForgotten() {
    flood("192.0.2.1", 10_000);
    for (int i = 0; i < ConnectionRate.MAX_ADDRESSES; i++) {
      assertEquals(1, flood("10.1." + (i >> 8) + "." + (i & 255), 1));
    }
    assertTrue(flood("192.0.2.1", 1) > 0);
  }
}
