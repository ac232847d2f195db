package io.torrentstream.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.UtPex.Added;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UtPexTest {
  private static InetSocketAddress peer(String address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e); // literals only
    }
  }

  private static ByteBuf latin1(String bytes) {
    return Unpooled.wrappedBuffer(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static UtPex decode(String bytes) throws ProtocolException {
    return UtPex.decode(latin1(bytes), 50);
  }

  @Test
  void isWrittenAsTheBepSays() {
    UtPex message =
        new UtPex(
            List.of(
                new Added(peer("1.2.3.4", 0x1AE1), UtPex.SEED | UtPex.REACHABLE),
                new Added(peer("2001:db8::7", 0x4142), 0),
                new Added(peer("5.6.7.8", 0xFFFF), 0)),
            List.of(peer("9.9.9.9", 0x3030), peer("2001:db8::8", 0x4344)));
    String ipv6 = "\u0020\u0001\r\u00b8" + "\0".repeat(11);
    String expected =
        "d5:added12:\1\2\3\4\u001a\u00e1\5\6\7\10\u00ff\u00ff7:added.f2:\u0012\0"
            + "6:added618:"
            + ipv6
            + "\7AB8:added6.f1:\0"
            + "7:dropped6:\t\t\t\t008:dropped618:"
            + ipv6
            + "\10CDe";
    assertEquals(expected, message.encode().toString(StandardCharsets.ISO_8859_1));
  }

  @Test
  void listsOfNobodyAreLeftOut() throws ProtocolException {
    UtPex gone = new UtPex(List.of(), List.of(peer("9.9.9.9", 0x3030)));
    assertEquals(latin1("d7:dropped6:\t\t\t\t00e"), gone.encode());
    assertEquals(new UtPex(List.of(), List.of()), decode("de"));
  }

  @Test
  void isReadAsItWasWritten() throws ProtocolException {
    List<Added> added =
        IntStream.range(0, 40)
            .mapToObj(i -> new Added(peer(i % 2 == 0 ? "10.0.0." + i : "fd00::" + i, 7000 + i), i))
            .sorted((a, b) -> a.flags() % 2 - b.flags() % 2) // IPv4 is read first
            .toList();
    UtPex message = new UtPex(added, List.of(peer("10.1.0.1", 1), peer("fd00::1", 0)));
    ByteBuf payload = message.encode();
    assertEquals(message, UtPex.decode(payload, 50));
    assertEquals(1, payload.refCnt());
  }

  @Test
  void takesNoMoreThanItsReaderWants() throws ProtocolException {
    List<Added> added = new java.util.ArrayList<>();
    List<InetSocketAddress> dropped = new java.util.ArrayList<>();
    for (int i = 0; i < 60; i++) {
      added.add(new Added(peer(i < 30 ? "10.0.0." + i : "fd00::" + i, 1), 0));
      dropped.add(added.get(i).address());
    }
    UtPex read = UtPex.decode(new UtPex(added, dropped).encode(), 50);
    assertEquals(added.subList(0, 50), read.added());
    assertEquals(dropped.subList(0, 50), read.dropped());
  }

  /** Flags may be missing, too few or too many; a key with nonsense counts as missing. */
  @ParameterizedTest
  @CsvSource({
    "d5:added12:aaaa00bbbb11e, 0",
    "d5:added12:aaaa00bbbb117:added.f1:Xe, 0",
    "d5:added12:aaaa00bbbb117:added.f2:XYe, 89",
    "d5:added12:aaaa00bbbb117:added.f9:XYZZZZZZZe, 89",
    "d5:added12:aaaa00bbbb117:added.fi7e7:droppedi7ee, 0",
    "d5:added12:aaaa00bbbb1110:added.flag1:X1:xle8:dropped60:e, 0"
  })
  void isLenientWithWhatDoesNoHarm(String bytes, int secondFlags) throws ProtocolException {
    UtPex read = decode(bytes);
    assertEquals(peer("97.97.97.97", 0x3030), read.added().get(0).address());
    assertEquals(new Added(peer("98.98.98.98", 0x3131), secondFlags), read.added().get(1));
    assertEquals(2, read.added().size());
    assertEquals(List.of(), read.dropped());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "le",
        "i5e",
        "4:spam",
        "d5:added7:aaaa00be",
        "d6:added617:aaaaaaaaaaaaaaaa0e",
        "d7:dropped1:ae",
        "d8:dropped65:aaaa0e",
        "d5:added6:aaaa00",
        "d5:added6:aaaa00eX",
        "d5:added60000000000:aaaa00e"
      })
  void refusesWhatIsNoSuchMessage(String bytes) {
    ByteBuf payload = latin1(bytes);
    ProtocolException refused =
        assertThrows(ProtocolException.class, () -> UtPex.decode(payload, 50));
    assertTrue(refused.getMessage().chars().allMatch(c -> c >= ' ' && c < 0x7F));
    assertEquals(1, payload.refCnt());
  }
}
