package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.ProtocolException;
import java.util.List;

/**
 * The bencode handler: one whole message in, its {@link BValue} out. The message is an HTTP body or
 * a datagram; it is released. Malformed bencode comes out as an exception whose cause is a {@link
 * ProtocolException}.
 *
 * <p>Bytes after the value are left alone: some trackers end their answers with a line break.
 */
public final class BencodeHandler extends MessageToMessageDecoder<ByteBuf> {
  private final Bencode.Limits limits;

  public BencodeHandler(Bencode.Limits limits) {
    super(ByteBuf.class);
    this.limits = limits;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf message, List<Object> out)
      throws ProtocolException {
    out.add(Bencode.readPrefix(ByteBufUtil.getBytes(message), limits).value());
  }
}
