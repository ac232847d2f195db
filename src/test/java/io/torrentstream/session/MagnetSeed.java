package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.net.ScriptedPeer;
import io.torrentstream.net.SeedingPeer;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.UtMetadata;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A seed that also gives metadata (BEP 9), or lies about it: override what it does. */
class MagnetSeed extends SeedingPeer {
  private static final int OWN_ID = 9;

  private final byte[] info;

  /** The pieces of metadata it was asked for. */
  final List<Integer> asked = new CopyOnWriteArrayList<>();

  MagnetSeed(String address, TestTorrent torrent) throws IOException {
    this(
        address,
        torrent.metainfo().info().infoHash(),
        torrent.metainfo().info().raw(),
        torrent.layout(),
        torrent.content());
  }

  MagnetSeed(String address, InfoHash infoHash, byte[] info, PieceLayout layout, byte[] content)
      throws IOException {
    super(address, infoHash, layout, content);
    this.info = info;
  }

  /** The size it tells; 0 for nothing. */
  protected int size() {
    return info.length;
  }

  /** What it answers; null for silence. */
  protected UtMetadata answer(int piece) {
    return UtMetadata.data(piece, info);
  }

  @Override
  protected Handshake handshake() {
    Handshake plain = super.handshake();
    return new Handshake(plain.infoHash(), plain.peerId(), Handshake.FAST | Handshake.EXTENSIONS);
  }

  @Override
  protected void onOpen(ScriptedPeer peer, Handshake remote) throws IOException {
    ExtensionHandshake own =
        new ExtensionHandshake(
            Map.of(Extension.UT_METADATA.wireName(), OWN_ID),
            0,
            "",
            250,
            null,
            null,
            null,
            false,
            size());
    peer.send(new PeerMessage.Extended(ExtensionHandshake.ID, own.encode()));
    super.onOpen(peer, remote);
  }

  @Override
  protected void onMessage(ScriptedPeer peer, PeerMessage message) throws IOException {
    if (message instanceof PeerMessage.Extended extended && extended.id() == OWN_ID) {
      try {
        UtMetadata request = UtMetadata.decode(extended.payload());
        asked.add(request.piece());
        UtMetadata answer = answer(request.piece());
        if (answer != null) {
          sendMetadata(peer, answer.encode());
        }
      } catch (ProtocolException e) {
        throw new IOException(e);
      }
    }
  }

  protected final void sendMetadata(ScriptedPeer peer, ByteBuf payload) throws IOException {
    peer.send(new PeerMessage.Extended(Extension.UT_METADATA.localId(), payload));
  }

  /** Sends haves for the first pieces, again and again. */
  protected static void sendHaves(ScriptedPeer peer, int count) throws IOException {
    PeerMessage[] haves = new PeerMessage[count];
    java.util.Arrays.fill(haves, new PeerMessage.Have(0));
    peer.send(haves);
  }

  static ByteBuf garbage() {
    return Unpooled.wrappedBuffer(new byte[] {'d', -1, 'x', 0, 7});
  }
}
