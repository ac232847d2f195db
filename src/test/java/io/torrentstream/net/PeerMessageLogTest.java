package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.torrentstream.metainfo.Block;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.SampleMessages;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PeerMessageLogTest {

  @Test
  void printsEveryMessageInBothDirections() {
    try (LogLines log = new LogLines(PeerMessageLog.class, Level.TRACE)) {
      EmbeddedChannel channel = new EmbeddedChannel(PeerMessageLog.INSTANCE);
      for (SampleMessages sample : SampleMessages.values()) {
        channel.writeInbound(sample.message());
        channel.writeOutbound(sample.message());
      }
      assertEquals(
          Stream.of(
                  "keep alive",
                  "choke",
                  "unchoke",
                  "interested",
                  "not interested",
                  "have piece=16909060",
                  "bitfield bytes=2",
                  "request piece=7 begin=32768 length=16384",
                  "piece piece=7 begin=32768 length=3",
                  "cancel piece=7 begin=32768 length=16384",
                  "port port=65244",
                  "suggest piece=9",
                  "have all",
                  "have none",
                  "reject piece=7 begin=32768 length=16384",
                  "allowed fast piece=2147483647",
                  "extended id=0 bytes=2 ExtensionHandshake[ids={}, port=0, version=, reqq=250,"
                      + " yourIp=null, ipv4=null, ipv6=null, uploadOnly=false, metadataSize=0]")
              .flatMap(
                  text -> Stream.of("TRACE [embedded] <- " + text, "TRACE [embedded] -> " + text))
              .toList(),
          log.lines());
      assertEquals(SampleMessages.allMessages(), List.copyOf(channel.inboundMessages()));
      assertEquals(SampleMessages.allMessages(), List.copyOf(channel.outboundMessages()));
    }
  }

  @Test
  void hostileStringsStayOnTheirLine() {
    try (LogLines log = new LogLines(PeerMessageLog.class, Level.TRACE)) {
      EmbeddedChannel channel = new EmbeddedChannel(PeerMessageLog.INSTANCE);
      for (String payload :
          List.of("d1:md6:\033[2J\n\1i1ee1:v9:\033[31mX\r\n\7e", "\033[31m\n", "d1:\033i\033ee")) {
        channel.writeInbound(
            new PeerMessage.Extended(
                0, Unpooled.copiedBuffer(payload, StandardCharsets.ISO_8859_1)));
      }
      channel.writeInbound(
          new PeerMessage.Extended(3, Unpooled.copiedBuffer("\033\n", StandardCharsets.US_ASCII)));
      assertEquals(4, log.lines().size());
      for (String line : log.lines()) {
        assertTrue(line.chars().allMatch(c -> c >= 0x20 && c < 0x7F), line);
      }
    }
  }

  @Test
  void printsEachMessageOfABurst() {
    try (LogLines log = new LogLines(PeerMessageLog.class, Level.TRACE)) {
      EmbeddedChannel channel = new EmbeddedChannel(PeerMessageLog.INSTANCE);
      channel.writeOutbound(
          new MessageBurst(List.of(new PeerMessage.Have(1), new PeerMessage.Have(2))));
      assertEquals(2, log.lines().size());
      assertTrue(log.lines().get(1).endsWith("-> have piece=2"), log.lines().get(1));
      List<Block> blocks = List.of(new Block(3, 0, 1), new Block(3, 1, 2));
      channel.writeOutbound(new PieceBurst(blocks, Unpooled.buffer()));
      assertEquals(4, log.lines().size());
      String last = log.lines().get(3);
      assertTrue(last.endsWith("-> piece piece=3 begin=1 length=2"), last);
      channel.finishAndReleaseAll();
    }
  }

  @Test
  void isLeftOutWhenNobodyListens() {
    try (LogLines log = new LogLines(PeerMessageLog.class, Level.DEBUG)) {
      assertFalse(PeerMessageLog.isEnabled());
      assertEquals(List.of(), log.lines());
    }
  }
}
