package io.torrentstream.metainfo;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Links from anywhere: refused in one line, or read within the limits. */
class MagnetFuzzTest {
  private static final String HASH = "0123456789abcdef0123456789abcdef01234567";

  private static byte[] bytes(String link) {
    return link.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aLinkIsRefusedInOneLineOrCanBeTrusted() {
    new Fuzzer("magnet", MagnetUri.class, MagnetReader.class, Warnings.class)
        .seed(bytes("magnet:?xt=urn:btih:" + HASH + "&dn=a%20name&tr=udp%3A%2F%2Fa.example%3A80"))
        .seed(bytes("magnet:?xt.1=urn:btih:AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH&so=0,2,4-8"))
        .seed(bytes("magnet:?xt=urn:btih:" + HASH + "&x.pe=[2001:db8::1]:6881&x.pe=1.2.3.4:1"))
        .seed(bytes("magnet:?ws=http%3A%2F%2Fa.example%2F&xt=urn:btih:" + HASH))
        .tokens("&tr=", "&so=", "&ws=", "&x.pe=", "&dn=", "%00", "%F", "urn:btmh:1220", "-", ":")
        .run(MagnetFuzzTest::read);
  }

  private static void read(byte[] input) throws ProtocolException {
    try {
      MagnetUri magnet = MagnetUri.parse(new String(input, StandardCharsets.UTF_8));
      assertTrue(magnet.trackers().size() <= MagnetReader.MAX_TRACKERS);
      assertTrue(magnet.webSeeds().size() <= MagnetReader.MAX_WEB_SEEDS);
      assertTrue(magnet.peers().size() <= MagnetReader.MAX_PEERS);
    } catch (ProtocolException e) {
      assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
      assertFalse(e.getMessage().length() > 300, e.getMessage());
      throw e;
    }
  }
}
