package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.choker.Choker;
import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.metainfo.Block;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.PeerMessageCodec;
import io.torrentstream.wire.SampleMessages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conversations that no peer would hold: well-formed messages in any order with any numbers, each
 * with a peer of its own, all with one swarm, which goes on.
 */
class PeerConversationFuzzTest {
  private static final int PIECE = 64;
  private static final int PIECES = 12;
  private static final int INPUTS_A_SECOND = 16;

  @TempDir private Path dir;

  private TestSwarm swarm;
  private int strangers;

  @Test
  void aPeerEndsItsOwnConnectionAtMost() throws Exception {
    TestTorrent torrent = TestTorrent.of(PIECE * PIECES - 10, PIECE);
    swarm = new TestSwarm(torrent, dir);
    Fuzzer fuzzer =
        new Fuzzer(
                "peer-conversation",
                PieceManagerHandler.class,
                PeerWireHandler.class,
                Peer.class,
                Swarm.class,
                Download.class,
                Upload.class,
                PieceOffers.class,
                Connections.class,
                RequestQueue.class,
                UploadQueue.class,
                Dialer.class,
                PiecePicker.class,
                Choker.class)
            .inputs(12_000);
    for (SampleMessages sample : SampleMessages.values()) {
      fuzzer.seed(bytes(sample.message())).tokens(text(bytes(sample.message())));
    }
    fuzzer.seed(conversation(torrent, 0)).seed(conversation(torrent, 5)).run(this::talk);
    swarm.close();
  }

  /** A peer that has all, unchokes, and sends three pieces, one of them wrong. */
  private static byte[] conversation(TestTorrent torrent, int first) {
    Bitfield all = new Bitfield(PIECES);
    all.setAll();
    ByteBuf out = Unpooled.buffer().writeByte(1);
    PeerMessageCodec.encode(new PeerMessage.BitfieldMessage(all.toBytes()), out);
    PeerMessageCodec.encode(new PeerMessage.Interested(), out);
    PeerMessageCodec.encode(new PeerMessage.Unchoke(), out);
    for (int piece = first; piece < first + 3; piece++) {
      ByteBuf data = Unpooled.copiedBuffer(torrent.content(), piece * PIECE, PIECE);
      data.setByte(0, data.getByte(0) + piece % 2);
      PeerMessageCodec.encode(new PeerMessage.Piece(piece, 0, data), out);
      PeerMessageCodec.encode(new PeerMessage.Request(new Block(piece, 0, PIECE)), out);
    }
    PeerMessageCodec.encode(new PeerMessage.Reject(new Block(4, 0, PIECE)), out);
    PeerMessageCodec.encode(new PeerMessage.Cancel(new Block(0, 0, PIECE)), out);
    return bytes(out);
  }

  private static byte[] bytes(PeerMessage message) {
    ByteBuf out = Unpooled.buffer().writeByte(3);
    PeerMessageCodec.encode(message, out);
    return bytes(out);
  }

  private static byte[] bytes(ByteBuf out) {
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, 1, bytes.length - 1, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** The first byte chooses the extensions, and how many messages come at a time. */
  private void talk(byte[] input) throws Exception {
    int kind = input.length == 0 ? 0 : input[0];
    long reserved =
        ((kind & 1) == 0 ? 0 : Handshake.FAST) | ((kind & 2) == 0 ? 0 : Handshake.EXTENSIONS);
    List<PeerMessage> messages = messages(input);
    String address =
        "10." + (++strangers >> 16) + "." + (strangers >> 8 & 255) + "." + (strangers & 255);
    TestPeer peer = swarm.join(address, reserved);
    int atOnce = 1 + (kind >> 2 & 7);
    for (int i = 0; i < messages.size(); i += atOnce) {
      List<PeerMessage> burst = messages.subList(i, Math.min(messages.size(), i + atOnce));
      if (peer.isOpen()) {
        peer.send(burst.toArray(PeerMessage[]::new));
      } else {
        burst.forEach(ReferenceCountUtil::release);
      }
    }
    swarm.deliverReady();
    if (strangers % INPUTS_A_SECOND == 0) {
      swarm.pass(1);
    }
    peer.end();
    peer.received();
    swarm.peers.remove(peer);
    if (peer.fault() instanceof ProtocolException fault) {
      throw fault;
    }
    assertNull(peer.fault());
  }

  /** As the codec would give them, up to the first that it would refuse. */
  private static List<PeerMessage> messages(byte[] input) {
    List<PeerMessage> messages = new ArrayList<>();
    ByteBuf in = Unpooled.wrappedBuffer(input);
    in.skipBytes(Math.min(1, input.length));
    try {
      while (in.readableBytes() >= PeerMessageCodec.PREFIX_BYTES) {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
          break;
        }
        PeerMessage message = PeerMessageCodec.decode(length, in);
        if (message != null) {
          messages.add(message);
        }
      }
    } catch (ProtocolException e) {
      return messages;
    }
    return messages;
  }
}
