package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;

/** What an extension message (BEP 10) carries. {@link Extension} says how to add one. */
public sealed interface ExtensionMessage permits ExtensionHandshake, LtDontHave, UtMetadata, UtPex {

  /**
   * The payload of the {@link PeerMessage.Extended} that carries this message; the caller owns it.
   */
  ByteBuf encode();
}
