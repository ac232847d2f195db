package io.torrentstream.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.ProtocolException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BencodeHandlerTest {
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new BencodeHandler(Bencode.Limits.MESSAGE));

  @AfterEach
  void nothingIsLeft() {
    assertFalse(channel.finish());
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, ISO_8859_1);
  }

  @Test
  void turnsBytesIntoAValueAndReleasesThem() {
    ByteBuf message = bytes("li1e1:xe");
    channel.writeInbound(message);
    assertEquals(
        new BValue.Lst(List.of(new BValue.Int(1), BValue.Str.of("x"))), channel.readInbound());
    assertEquals(0, message.refCnt());
  }

  @Test
  void takesTheFirstValueOnly() {
    channel.writeInbound(bytes("i1e\r\n"));
    assertEquals(new BValue.Int(1), channel.readInbound());
  }

  @Test
  void malformedBytesComeOutAsTheProtocolsException() {
    for (String malformed : List.of("", "x", "i1", "5:abc", "l".repeat(1000))) {
      ByteBuf message = bytes(malformed);
      DecoderException e =
          assertThrows(DecoderException.class, () -> channel.writeInbound(message));
      assertEquals(ProtocolException.class, e.getCause().getClass());
      assertEquals(0, message.refCnt());
    }
  }

  @Test
  void otherMessagesPass() {
    channel.writeInbound("text");
    assertEquals("text", channel.readInbound());
  }
}
