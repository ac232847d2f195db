package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokensTest {
  private final Tokens tokens = new Tokens(new SplittableRandom(1), 0);
  private InetAddress address;
  private byte[] token;

  @BeforeEach
  void create() throws UnknownHostException {
    address = InetAddress.getByName("192.0.2.1");
    token = tokens.create(address, KrpcMessageTest.ASKER);
  }

  private boolean isValid() {
    return tokens.isValid(token, address, KrpcMessageTest.ASKER);
  }

  @Test
  void isForOneAddressAndOneTorrent() throws UnknownHostException {
    assertTrue(isValid());
    assertFalse(tokens.isValid(token, InetAddress.getByName("192.0.2.2"), KrpcMessageTest.ASKER));
    assertFalse(tokens.isValid(token, address, KrpcMessageTest.ANSWERER));
    assertFalse(tokens.isValid(new byte[8], address, KrpcMessageTest.ASKER));
    assertFalse(tokens.isValid(new byte[0], address, KrpcMessageTest.ASKER));
  }

  @Test
  void isGoodForFiveToTenMinutes() {
    tokens.onTick(Tokens.ROTATION_NANOS - 1);
    assertTrue(isValid());
    tokens.onTick(Tokens.ROTATION_NANOS);
    assertTrue(isValid());
    tokens.onTick(2 * Tokens.ROTATION_NANOS);
    assertFalse(isValid());
  }

  @Test
  void isNotGoodAfterALongSleep() {
    tokens.onTick(10 * Tokens.ROTATION_NANOS);
    assertFalse(isValid());
  }
}
