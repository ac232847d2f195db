package io.torrentstream.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Everything that reads a peer's bytes; nothing but {@link ProtocolException} may come out. */
final class WireFuzzTest {
  private interface Reader {
    void read(ByteBuf in) throws ProtocolException;
  }

  /** Reads from a buffer that must be the caller's own afterwards. */
  private static Fuzzer.Target reading(Reader reader) {
    return input -> {
      ByteBuf in = Unpooled.wrappedBuffer(input);
      try {
        reader.read(in);
      } finally {
        assertEquals(1, in.refCnt());
      }
    };
  }

  @Test
  void messages() {
    Fuzzer fuzzer = new Fuzzer("messages", PeerMessageCodec.class, PeerMessage.class);
    for (SampleMessages sample : SampleMessages.values()) {
      fuzzer.seed(sample.bytes());
    }
    fuzzer.run(
        reading(
            in -> {
              int length = in.readableBytes() - PeerMessageCodec.PREFIX_BYTES;
              if (length >= 0) {
                in.skipBytes(PeerMessageCodec.PREFIX_BYTES);
                ReferenceCountUtil.release(PeerMessageCodec.decode(length, in));
                assertEquals(0, in.readableBytes());
              }
            }));
  }

  @Test
  void handshakes() {
    byte[] valid = new byte[Handshake.LENGTH];
    System.arraycopy(
        "\u0013BitTorrent protocol".getBytes(StandardCharsets.US_ASCII), 0, valid, 0, 20);
    new Fuzzer("handshake", Handshake.class)
        .seed(valid)
        .run(
            reading(
                in -> {
                  Handshake.checkProtocol(in);
                  if (in.readableBytes() >= Handshake.LENGTH) {
                    Handshake handshake = Handshake.decode(in);
                    String text = handshake.toString();
                    assertTrue(text.chars().allMatch(c -> c >= 0x20 && c < 0x7F), text);
                  }
                }));
  }

  @Test
  void extensionHandshakes() {
    new Fuzzer("extension-handshake", ExtensionHandshake.class)
        .tokens("1:m", "1:p", "1:v", "4:reqq", "6:yourip4:abcd", "13:metadata_size", "i1e", "de")
        .tokens("11:upload_onlyi1e", "11:lt_donthavei3e", "6:ut_pexi1e", "1:v1:\u001b", "e")
        .seed(
            ("d1:md11:LT_metadatai1e6:ut_pexi2ee13:metadata_sizei31235e1:pi6881e4:reqqi250e"
                    + "1:v13:tsl something6:yourip4:abcde")
                .getBytes(StandardCharsets.US_ASCII))
        .run(
            reading(
                in -> {
                  ExtensionHandshake read = ExtensionHandshake.decode(in);
                  assertTrue(read.version().codePoints().noneMatch(Character::isISOControl));
                  assertTrue(read.reqq() > 0 && read.port() >= 0 && read.metadataSize() >= 0);
                  assertEquals(read, ExtensionHandshake.decode(read.encode()));
                }));
  }

  @Test
  void dontHaves() {
    new Fuzzer("lt-donthave", LtDontHave.class)
        .seed(new byte[4])
        .run(reading(in -> assertTrue(LtDontHave.decode(in).piece() >= 0)));
  }

  @Test
  void metadata() {
    new Fuzzer("ut-metadata", UtMetadata.class)
        .seed(
            "d8:msg_typei1e5:piecei0e10:total_sizei34256eexxxxxxxx"
                .getBytes(StandardCharsets.US_ASCII))
        .run(
            reading(
                in -> {
                  UtMetadata read = UtMetadata.decode(in);
                  if (read != null) {
                    assertTrue(read.piece() >= 0 && read.totalSize() >= 0);
                    assertEquals(read, UtMetadata.decode(read.encode()));
                  }
                }));
  }

  @Test
  void peerExchange() {
    new Fuzzer("ut-pex", UtPex.class)
        .seed(
            ("d5:added12:aaaa00bbbb117:added.f2:XY6:added618:aaaaaaaaaaaaaaaa00"
                    + "7:dropped6:cccc008:dropped60:e")
                .getBytes(StandardCharsets.US_ASCII))
        .run(
            reading(
                in -> {
                  UtPex read = UtPex.decode(in, 2);
                  assertTrue(read.added().size() <= 2 && read.dropped().size() <= 2);
                  UtPex.decode(read.encode(), 2);
                }));
  }

  @Test
  void localAnnouncements() {
    new Fuzzer("local-announcement", LocalAnnouncement.class)
        .seed(
            ("BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\n"
                    + "Infohash: 0123456789abcdef0123456789abcdef01234567\r\n"
                    + "cookie: 5f3a\r\n\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII))
        .run(
            reading(
                in -> {
                  LocalAnnouncement read = LocalAnnouncement.decode(ByteBufUtil.getBytes(in));
                  assertTrue(read.port() > 0 && read.port() < 65536);
                }));
  }
}
