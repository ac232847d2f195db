package io.torrentstream.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalAnnouncementTest {
  private static final String HASH = "0123456789abcdef0123456789abcdef01234567";
  private static final String HEAD = "BT-SEARCH * HTTP/1.1|";

  private static InfoHash infoHash(int number) {
    byte[] bytes = new byte[InfoHash.LENGTH];
    bytes[0] = (byte) number;
    return InfoHash.of(bytes);
  }

  /** A bar stands for the end of a line. */
  private static LocalAnnouncement decode(String text) throws ProtocolException {
    return LocalAnnouncement.decode(
        text.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void isWrittenAsTheBepSays() throws ProtocolException {
    LocalAnnouncement one =
        new LocalAnnouncement(6881, List.of(InfoHash.fromHex(HASH)), "5f3a0d21");
    assertEquals(
        "BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: "
            + HASH
            + "\r\ncookie: 5f3a0d21\r\n\r\n\r\n",
        new String(one.encode("239.192.152.143:6771"), StandardCharsets.US_ASCII));
  }

  @Test
  void theLargestFitsAndIsReadAsItWasWritten() throws ProtocolException {
    List<InfoHash> many =
        IntStream.range(0, LocalAnnouncement.MAX_INFO_HASHES)
            .mapToObj(LocalAnnouncementTest::infoHash)
            .toList();
    String cookie = "c".repeat(LocalAnnouncement.MAX_COOKIE);
    LocalAnnouncement all = new LocalAnnouncement(65535, many, cookie);
    byte[] datagram = all.encode("[ff15::efc0:988f]:6771");
    assertTrue(datagram.length <= LocalAnnouncement.MAX_BYTES, "bytes: " + datagram.length);
    assertEquals(all, LocalAnnouncement.decode(datagram));
  }

  /** As other clients write them, and as they might. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        HEAD + "Host: 239.192.152.143:6771|Port: 6881|Infohash: " + HASH + "|||",
        HEAD + "HOST:239.192.152.143:6771|PORT:6881|INFOHASH:" + HASH + "||",
        HEAD + "Infohash: " + HASH + "|infohash: " + HASH + "|X: y:z|port: 06881|",
        HEAD + "Port: 6881|Infohash: 0123456789ABCDEF0123456789ABCDEF01234567||Port: 0||",
        HEAD + "Port: 6881 |Infohash:  " + HASH + " "
      })
  void isReadInEveryHand(String text) throws ProtocolException {
    LocalAnnouncement read = decode(text);
    assertEquals(new LocalAnnouncement(6881, List.of(InfoHash.fromHex(HASH)), ""), read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "|",
        "M-SEARCH * HTTP/1.1|Port: 6881|Infohash: " + HASH + "|||",
        "BT-SEARCH * HTTP/1.1",
        HEAD + "Infohash: " + HASH + "|||",
        HEAD + "Port: 6881|||",
        HEAD + "Port: 6881||Infohash: " + HASH + "|||",
        HEAD + "Port: 0|Infohash: " + HASH + "|||",
        HEAD + "Port: 65536|Infohash: " + HASH + "|||",
        HEAD + "Port: -1|Infohash: " + HASH + "|||",
        HEAD + "Port: 99999999999999999999|Infohash: " + HASH + "|||",
        HEAD + "Port: \u0661|Infohash: " + HASH + "|||",
        HEAD + "Port: 6881|Infohash: " + HASH + "0|||",
        HEAD + "Port: 6881|Infohash: " + HASH + "|Infohash: xyz|||",
        HEAD + "Port: 6881|Infohash: " + HASH + "|no name|||",
        HEAD + "Port: 6881|Infohash: " + HASH + "|: no name|||"
      })
  void refusesEverythingElse(String text) {
    assertThrows(ProtocolException.class, () -> decode(text));
  }

  @Test
  void refusesWhatIsTooLong() {
    String good = HEAD + "Port: 6881|Infohash: " + HASH + "|";
    String cookie = "cookie: " + "c".repeat(LocalAnnouncement.MAX_COOKIE + 1) + "|||";
    assertThrows(ProtocolException.class, () -> decode(good + cookie));
    String filler = "X: " + "x".repeat(LocalAnnouncement.MAX_BYTES) + "|||";
    assertThrows(ProtocolException.class, () -> decode(good + filler));
  }
}
