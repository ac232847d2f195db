package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;

/**
 * What an extension message (BEP 10) carries. To add one: a record with its name and local id, and
 * that name in {@link ExtensionHandshake#local}.
 */
public sealed interface ExtensionMessage permits ExtensionHandshake, LtDontHave {

  /**
   * The payload of the {@link PeerMessage.Extended} that carries this message; the caller owns it.
   */
  ByteBuf encode();
}
