package io.torrentstream.session;

import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.UtMetadata;
import java.util.concurrent.TimeUnit;

/**
 * Gives the info dictionary to peers that came with a magnet link (BEP 9). A private torrent's is
 * given to nobody: who may join is decided by who gets the .torrent (BEP 27). Confined to the
 * torrent's loop.
 */
final class MetadataUpload {
  /** Each peer may have it so many times at once ... */
  static final int COPIES = 2;

  /** ... and then so many pieces a second, or it could have our line to itself with ease. */
  static final int PIECES_PER_SECOND = 4;

  /** Bytes that may wait for a peer to read them. */
  static final int MAX_UNSENT = 1024 * 1024;

  private final byte[] info;

  MetadataUpload(TorrentInfo info) {
    this.info = info.isPrivate() ? new byte[0] : info.raw();
  }

  /** What is on offer in bytes, for the extension handshake; 0 for nothing. */
  int size() {
    return info.length > UtMetadata.MAX_BYTES ? 0 : info.length;
  }

  /**
   * A message came.
   *
   * @param message null for one that is to be passed over
   */
  void onMessage(Peer peer, UtMetadata message) {
    // We ask for nothing any more, so data and refusals are late answers, or noise.
    if (message != null && message.kind() == UtMetadata.Kind.REQUEST) {
      boolean given = message.piece() < UtMetadata.pieceCount(size()) && mayHaveMore(peer);
      UtMetadata answer =
          given ? UtMetadata.data(message.piece(), info) : UtMetadata.reject(message.piece());
      peer.metadataSent += given ? 1 : 0;
      peer.send(Extension.UT_METADATA, answer);
    }
  }

  private boolean mayHaveMore(Peer peer) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(peer.nowNanos() - peer.connectedNanos);
    long allowed = COPIES * UtMetadata.pieceCount(size()) + PIECES_PER_SECOND * seconds;
    return peer.metadataSent < allowed && peer.channel.bytesBeforeWritable() < MAX_UNSENT;
  }
}
