package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.PeerMessageCodec;
import io.torrentstream.wire.SampleMessages;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PeerWireCodecTest {
  private static final int BLOCK = PieceLayout.BLOCK_LENGTH;

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
  private EmbeddedChannel channel;

  @BeforeEach
  void open() {
    channel = channel(0);
  }

  /** Every buffer that was allocated must be free again: an exact leak check. */
  @AfterEach
  void nothingIsLeft() {
    assertFalse(channel.finish());
    assertEquals(0, allocator.metric().usedDirectMemory());
    assertEquals(0, allocator.metric().usedHeapMemory());
  }

  private EmbeddedChannel channel(int pieceCount) {
    EmbeddedChannel embedded = new EmbeddedChannel();
    embedded.config().setAllocator(allocator);
    embedded.pipeline().addLast(new PeerWireCodec(pieceCount));
    return embedded;
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryMessageWhole(SampleMessages sample) {
    read(sample.bytes());
    assertEquals(List.of(sample.message()), received());
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryMessageByteByByte(SampleMessages sample) {
    byte[] bytes = sample.bytes();
    for (int i = 0; i < bytes.length; i++) {
      assertNull(channel.readInbound());
      read(bytes[i]);
    }
    assertEquals(List.of(sample.message()), received());
  }

  @ParameterizedTest
  @EnumSource
  void readsTwoInOneRead(SampleMessages sample) {
    channel.writeInbound(Unpooled.wrappedBuffer(sample.bytes(), sample.bytes()));
    assertEquals(List.of(sample.message(), sample.message()), received());
  }

  /** One stream of all messages, cut in two at every place it can be cut. */
  @Test
  void readsAllMessagesHoweverTheyAreCut() {
    ByteBuf all = SampleMessages.allBytes();
    for (int cut = 0; cut <= all.readableBytes(); cut++) {
      channel.writeInbound(all.copy(0, cut), all.copy(cut, all.readableBytes() - cut));
      assertEquals(SampleMessages.allMessages(), received(), "cut at " + cut);
    }
  }

  /** A connection that ends within a message has not sent it, and leaves nothing behind. */
  @ParameterizedTest
  @EnumSource
  void aTruncatedMessageIsNone(SampleMessages sample) {
    byte[] bytes = sample.bytes();
    for (int length = 0; length < bytes.length; length++) {
      EmbeddedChannel other = channel(0);
      other.writeInbound(Unpooled.copiedBuffer(bytes, 0, length));
      assertFalse(other.finish(), "cut to " + length);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ffffffff 00, choke length: 4294967295 (expected: 1)",
    "80000000 07, piece length: 2147483648 (expected: 10..16393)",
    "0000400a 07, piece length: 16394 (expected: 10..16393)",
    "00000009 07, piece length: 9 (expected: 10..16393)",
    "00000002 0e, have all length: 2 (expected: 1)",
    "0000000c 06, request length: 12 (expected: 13)",
    "00040002 05, bitfield length: 262146 (expected: 1..262145)",
    "00010001 14, extended length: 65537 (expected: 2..65536)",
    "00000001 14, extended length: 1 (expected: 2..65536)",
    "00010001 63, unknown message length: 65537 (expected: 1..65536)",
    "7fffffff ff, unknown message length: 2147483647 (expected: 1..65536)",
    "0000000d 07 80000000 00000000, piece field: 2147483648 (expected: < 2147483648)",
    "0000000d 07 00000000 ffffffff, piece field: 4294967295 (expected: < 2147483648)",
    "00000005 04 ffffffff, have field: 4294967295 (expected: < 2147483648)",
  })
  void refusesWhatNoMessageCanBe(String hex, String text) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    // In one read, and byte by byte: the fault is known with the last byte shown here.
    ProtocolException whole = assertThrows(ProtocolException.class, () -> read(bytes));
    assertEquals(text, whole.getMessage());
    open();
    for (int i = 0; i < bytes.length - 1; i++) {
      read(bytes[i]);
    }
    ProtocolException last =
        assertThrows(ProtocolException.class, () -> read(bytes[bytes.length - 1]));
    assertEquals(text, last.getMessage());
    // What follows is not read: the frames are out of step and the peer is not to be believed.
    read(SampleMessages.HAVE.bytes());
    assertNull(channel.readInbound());
  }

  @Test
  void aBitfieldMustFitTheTorrent() {
    channel = channel(9);
    read(SampleMessages.BITFIELD.bytes());
    assertEquals(List.of(SampleMessages.BITFIELD.message()), received());
    for (String wrong : List.of("00000002 05 ff", "00000004 05 ffff80")) {
      channel = channel(9);
      ProtocolException e =
          assertThrows(
              ProtocolException.class, () -> read(HexFormat.of().parseHex(wrong.replace(" ", ""))));
      assertTrue(e.getMessage().endsWith("(expected: 3)"), e.getMessage());
    }
  }

  @Test
  void aBitfieldMayBeLargeWhileTheTorrentIsNotKnown() {
    byte[] bits = new byte[PeerMessageCodec.MAX_BITFIELD_BYTES];
    bits[bits.length - 1] = 1;
    ByteBuf frame = Unpooled.buffer();
    PeerMessageCodec.encode(new PeerMessage.BitfieldMessage(bits), frame);
    while (frame.isReadable()) {
      channel.writeInbound(frame.readRetainedSlice(Math.min(1448, frame.readableBytes())));
    }
    frame.release();
    assertEquals(List.of(new PeerMessage.BitfieldMessage(bits)), received());
  }

  /** A length prefix alone must not make us allocate for what it promises. */
  @Test
  void holdsNoMoreThanWhatArrived() {
    read(HexFormat.of().parseHex("0004000105"));
    assertTrue(used() <= 1024, "bytes for a bitfield of which 5 bytes came: " + used());
  }

  @Test
  void passesOverUnknownMessagesHoweverTheyArrive() {
    ByteBuf stream =
        Unpooled.buffer()
            .writeInt(3000)
            .writeByte(99)
            .writeZero(2999)
            .writeInt(1)
            .writeByte(200)
            .writeBytes(SampleMessages.HAVE.bytes());
    channel.writeInbound(stream.copy());
    assertEquals(List.of(SampleMessages.HAVE.message()), received());
    while (stream.isReadable()) {
      read(stream.readByte());
    }
    assertEquals(List.of(SampleMessages.HAVE.message()), received());
  }

  @Test
  void wholeBlocksOfAFullReadAreNotCopied() {
    ByteBuf read = allocator.directBuffer(4 * (BLOCK + PeerMessageCodec.PIECE_HEADER_BYTES));
    for (int i = 0; i < 3; i++) {
      writePiece(read, i);
    }
    long before = used();
    channel.writeInbound(read);
    assertEquals(before, used());
    MessageBurst burst = channel.readInbound();
    for (int i = 0; i < 3; i++) {
      PeerMessage.Piece piece = (PeerMessage.Piece) burst.messages().get(i);
      assertPiece(i, piece);
      assertSame(read, piece.data().unwrap());
      piece.release();
    }
    assertEquals(0, read.refCnt());
  }

  /** One block in a large read buffer would keep all of that buffer until it is on disk. */
  @Test
  void blocksOfANearlyEmptyReadAreCopied() {
    ByteBuf read = allocator.directBuffer(16 * BLOCK);
    writePiece(read, 5);
    channel.writeInbound(read);
    assertEquals(0, read.refCnt());
    PeerMessage.Piece piece = (PeerMessage.Piece) bursts().get(0);
    assertPiece(5, piece);
    assertEquals(BLOCK, used());
    piece.release();
  }

  @Test
  void aBlockInManyReadsIsPutTogether() {
    ByteBuf frame = Unpooled.buffer();
    writePiece(frame, 6);
    for (int size : new int[] {1, 3, 13, 100, 1448, 16383}) {
      frame.readerIndex(0);
      while (frame.isReadable()) {
        assertNull(channel.readInbound());
        channel.writeInbound(
            frame.copy(frame.readerIndex(), Math.min(size, frame.readableBytes())));
        frame.skipBytes(Math.min(size, frame.readableBytes()));
      }
      PeerMessage.Piece piece = (PeerMessage.Piece) bursts().get(0);
      assertPiece(6, piece);
      piece.release();
    }
  }

  @ParameterizedTest
  @EnumSource
  void writesEveryMessage(SampleMessages sample) {
    assertTrue(channel.writeOutbound(sample.messageToSend()));
    assertEquals(Unpooled.wrappedBuffer(sample.bytes()), sent());
  }

  @Test
  void smallMessagesOfOneFlushShareABuffer() {
    List<ChannelFuture> writes = new ArrayList<>();
    ByteBuf expected = Unpooled.buffer();
    for (int i = 0; i < 50; i++) {
      PeerMessage.Request request = new PeerMessage.Request(new Block(1, i * BLOCK, BLOCK));
      PeerMessageCodec.encode(request, expected);
      writes.add(channel.write(request, i % 2 == 0 ? channel.newPromise() : channel.voidPromise()));
    }
    assertNull(channel.readOutbound());
    assertFalse(writes.get(0).isDone());
    channel.flush();
    assertEquals(1, channel.outboundMessages().size());
    assertEquals(expected, sent());
    for (int i = 0; i < writes.size(); i += 2) {
      assertTrue(writes.get(i).isSuccess());
    }
  }

  @Test
  void aBurstIsItsMessagesOneAfterTheOther() {
    List<PeerMessage> messages = new ArrayList<>();
    ByteBuf expected = Unpooled.buffer();
    for (int i = 0; i < 20; i++) {
      messages.add(new PeerMessage.Request(new Block(1, i * BLOCK, BLOCK)));
    }
    messages.add(new PeerMessage.Have(7));
    messages.forEach(message -> PeerMessageCodec.encode(message, expected));
    ChannelFuture written = channel.writeAndFlush(new MessageBurst(messages));
    assertTrue(written.isSuccess());
    assertEquals(expected, sent());
  }

  @Test
  void manySmallMessagesDoNotWaitForTheFlushAllTogether() {
    for (int i = 0; i < 2000; i++) {
      channel.write(new PeerMessage.Have(i), channel.voidPromise());
    }
    assertTrue(channel.unsafe().outboundBuffer().totalPendingWriteBytes() >= 16 * 1024);
    channel.flush();
    assertEquals(2000 * 9, sent().readableBytes());
  }

  @Test
  void blocksFollowTheirHeadersUncopiedAndInOrder() {
    ByteBuf data = allocator.directBuffer(BLOCK).writeZero(BLOCK);
    ChannelFuture have = channel.write(new PeerMessage.Have(1));
    ChannelFuture piece = channel.write(new PeerMessage.Piece(2, 0, data));
    channel.write(new PeerMessage.Unchoke());
    channel.flush();
    assertEquals(3, channel.outboundMessages().size());
    ByteBuf head = channel.readOutbound();
    assertEquals(9 + PeerMessageCodec.PIECE_HEADER_BYTES, head.readableBytes());
    head.release();
    assertSame(data, channel.readOutbound());
    assertEquals(1, data.refCnt());
    data.release();
    assertEquals(Unpooled.wrappedBuffer(SampleMessages.UNCHOKE.bytes()), sent());
    assertTrue(have.isSuccess() && piece.isSuccess());
  }

  @Test
  void messagesThatWereNeverFlushedFail() {
    ChannelFuture have = channel.write(new PeerMessage.Have(1));
    ChannelFuture extended = channel.write(SampleMessages.EXTENDED.messageToSend());
    channel.close();
    assertTrue(have.cause() instanceof ClosedChannelException);
    assertTrue(extended.cause() instanceof ClosedChannelException);
    PeerMessage.Piece late =
        new PeerMessage.Piece(0, 0, allocator.directBuffer(BLOCK).writeZero(BLOCK));
    assertFalse(channel.write(late).isSuccess());
    assertEquals(0, late.refCnt());
    channel.writeAndFlush(new PeerMessage.Have(2), channel.voidPromise());
    channel.checkException(); // A peer that has just gone is no exception.
  }

  @Test
  void otherThingsPassThrough() {
    ByteBuf raw = Unpooled.wrappedBuffer(new byte[] {1});
    channel.writeOutbound(raw);
    assertSame(raw, channel.readOutbound());
    raw.release();
  }

  private void read(byte... bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  private long used() {
    return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
  }

  /** All messages so far, their buffers copied to the heap and released. */
  private List<PeerMessage> received() {
    List<PeerMessage> messages = new ArrayList<>();
    for (PeerMessage message : bursts()) {
      messages.add(
          message instanceof PeerMessage.Piece piece
              ? new PeerMessage.Piece(piece.piece(), piece.begin(), heapCopy(piece.data()))
              : message instanceof PeerMessage.Extended extended
                  ? new PeerMessage.Extended(extended.id(), heapCopy(extended.payload()))
                  : message);
      ReferenceCountUtil.release(message);
    }
    return messages;
  }

  /** The messages of all bursts so far, their buffers the caller's. */
  private List<PeerMessage> bursts() {
    List<PeerMessage> messages = new ArrayList<>();
    for (MessageBurst burst; (burst = channel.readInbound()) != null; ) {
      messages.addAll(burst.messages());
    }
    return messages;
  }

  /** All bytes written so far, in one heap buffer. */
  private ByteBuf sent() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf bytes; (bytes = channel.readOutbound()) != null; ) {
      all.writeBytes(bytes);
      bytes.release();
    }
    return all;
  }

  private static ByteBuf heapCopy(ByteBuf buffer) {
    return Unpooled.copiedBuffer(buffer);
  }

  private static void writePiece(ByteBuf out, int piece) {
    ByteBuf data = Unpooled.buffer(BLOCK);
    for (int i = 0; i < BLOCK; i++) {
      data.writeByte(i * 31 + piece);
    }
    PeerMessageCodec.encode(new PeerMessage.Piece(piece, BLOCK, data), out);
  }

  private static void assertPiece(int piece, PeerMessage.Piece actual) {
    assertEquals(new Block(piece, BLOCK, BLOCK), actual.block());
    for (int i = 0; i < BLOCK; i++) {
      assertEquals((byte) (i * 31 + piece), actual.data().getByte(i));
    }
  }
}
