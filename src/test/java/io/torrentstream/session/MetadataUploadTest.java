package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.UtMetadata;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a peer gets that asks for metadata: once and again, but not for ever. */
@Timeout(60)
class MetadataUploadTest {
  private static final int THEIR_ID = 77;

  @TempDir private Path dir;
  private TestSwarm swarm;
  private TestPeer peer;

  @BeforeEach
  void open() throws Exception {
    swarm = new TestSwarm(TestTorrent.of(2_000 * 1024, 1024), dir); // 3 pieces of metadata
    peer = swarm.join("10.0.0.1", TestPeer.BOTH);
    peer.received();
  }

  @AfterEach
  void close() throws Exception {
    swarm.close();
  }

  private void introduce() {
    ExtensionHandshake own =
        new ExtensionHandshake(
            Map.of("ut_metadata", THEIR_ID), 0, "", 250, null, null, null, false, 0);
    peer.send(new PeerMessage.Extended(ExtensionHandshake.ID, own.encode()));
  }

  private void ask(int piece) {
    send(UtMetadata.request(piece));
  }

  private void send(UtMetadata message) {
    peer.send(new PeerMessage.Extended(Extension.UT_METADATA.localId(), message.encode()));
  }

  /** The sizes of the answers: data are long, refusals short. */
  private List<Integer> answers() {
    return peer.received(PeerMessage.Extended.class).stream()
        .filter(message -> message.id() == THEIR_ID)
        .map(message -> message.payload().readableBytes())
        .toList();
  }

  private long given() {
    return answers().stream().filter(bytes -> bytes > 1000).count();
  }

  @Test
  void givesEachPiece() {
    introduce();
    int total = 0;
    for (int piece = 0; piece < 3; piece++) {
      ask(piece);
      List<Integer> answer = answers();
      assertEquals(1, answer.size());
      total += answer.get(0);
    }
    assertTrue(total > swarm.torrent.metainfo().info().raw().length);
  }

  @Test
  void refusesWhatIsNotThere() {
    introduce();
    ask(3);
    assertEquals(List.of(UtMetadata.reject(3).encode().readableBytes()), answers());
    send(UtMetadata.reject(0)); // a late answer to what nobody asks for any more
    send(UtMetadata.data(0, new byte[5]));
    assertEquals(List.of(), answers());
    assertTrue(peer.isOpen());
  }

  @Test
  void aFloodGetsTwoCopiesAndThenALittle() {
    introduce();
    for (int i = 0; i < 100; i++) {
      ask(i % 3);
    }
    assertEquals(6, given());
    swarm.pass(5);
    for (int i = 0; i < 100; i++) {
      ask(i % 3);
    }
    assertEquals(5 * MetadataUpload.PIECES_PER_SECOND, given());
  }

  @Test
  void whoHasNotSaidHowToAnswerGetsNone() {
    ask(0);
    assertEquals(List.of(), peer.received(PeerMessage.Extended.class));
    assertTrue(peer.isOpen());
  }

  /** A line that is full: nothing leaves it, and what is written to it waits. */
  private static final class FullLine extends ChannelOutboundHandlerAdapter {
    private int given;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof PeerMessage.Extended answer) {
        given += answer.payload().readableBytes() > 1000 ? 1 : 0;
      }
      context.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext context) {}
  }

  /** Beyond the limit the connection ends too, but only when all that came with it was answered. */
  @ParameterizedTest
  @CsvSource({"524288, 1", "1310720, 0"})
  void whoDoesNotReadGetsNoMore(int waitingBytes, int given) {
    introduce();
    FullLine line = new FullLine();
    peer.channel.pipeline().addFirst(line);
    peer.channel.pipeline().context(line).write(Unpooled.wrappedBuffer(new byte[waitingBytes]));
    ask(0);
    assertEquals(given, line.given);
  }
}
