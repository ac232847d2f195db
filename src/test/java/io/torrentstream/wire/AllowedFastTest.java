package io.torrentstream.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.torrentstream.metainfo.InfoHash;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllowedFastTest {
  private static List<Integer> pieces(String address, int pieceCount, int count) throws Exception {
    InfoHash infoHash = InfoHash.fromHex("aa".repeat(20));
    InetAddress peer = InetAddress.getByName(address);
    return List.copyOf(AllowedFast.pieces(peer, infoHash, pieceCount, count));
  }

  /** The two examples of BEP 6. */
  @Test
  void isTheCanonicalSet() throws Exception {
    List<Integer> nine = List.of(1059, 431, 808, 1217, 287, 376, 1188, 353, 508);
    assertEquals(nine.subList(0, 7), pieces("80.4.4.200", 1313, 7));
    assertEquals(nine, pieces("80.4.4.200", 1313, 9));
  }

  @Test
  void isTheSameForANetwork() throws Exception {
    assertEquals(pieces("80.4.4.200", 1313, 10), pieces("80.4.4.1", 1313, 10));
  }

  @Test
  void endsWhenThereAreNoMorePieces() throws Exception {
    assertEquals(List.of(0, 1, 2, 3, 4), pieces("1.2.3.4", 5, 10).stream().sorted().toList());
    assertEquals(List.of(0), pieces("255.255.255.255", 1, 10));
    assertEquals(List.of(), pieces("1.2.3.4", 0, 10));
  }

  @Test
  void isEmptyForIpv6() throws Exception {
    assertEquals(List.of(), pieces("2001:db8::1", 1313, 10));
  }
}
