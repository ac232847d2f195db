package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.storage.TorrentDisk;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.PeerMessage;
import java.util.concurrent.TimeUnit;

/**
 * The uploading half of a torrent: takes requests, reads the blocks on the disk lanes, and sends
 * them while the peer's channel takes more. Only verified pieces are ever read. Confined to the
 * torrent's loop.
 */
final class Upload {
  /**
   * Most clients ask for 16 KiB; nobody needs more than 128 (the limit of libtorrent and others).
   */
  private static final int MAX_REQUEST = 128 * 1024;

  private final PieceLayout layout;
  private final PiecePicker picker;
  private final TorrentDisk disk;
  private final TransferCounters counters;
  private final RateLimiter limiter;

  Upload(
      PieceLayout layout,
      PiecePicker picker,
      TorrentDisk disk,
      TransferCounters counters,
      RateLimiter limiter) {
    this.layout = layout;
    this.picker = picker;
    this.disk = disk;
    this.counters = counters;
    this.limiter = limiter;
  }

  /**
   * A request came.
   *
   * @throws ProtocolException when it is not inside the torrent: the numbers cannot be an honest
   *     peer's
   */
  void onRequest(Peer peer, Block block) throws ProtocolException {
    if (!layout.isRange(block.piece(), block.begin(), block.length())
        || block.length() > MAX_REQUEST) {
      throw new ProtocolException("request: " + block + " (expected: a range inside one piece)");
    }
    if (peer.amChoking() || !picker.have().get(block.piece()) || !peer.uploads.offer(block)) {
      peer.reject(block);
      peer.flushSoon();
      return;
    }
    pump(peer);
  }

  /** The peer no longer wants a block. */
  void onCancel(Peer peer, Block block) {
    if (peer.uploads.cancel(block)) {
      peer.reject(block); // BEP 6: a cancelled request is answered too
      peer.flushSoon();
    }
  }

  /**
   * Reads and sends while the channel takes more and the limit allows; called again whenever one of
   * them changes.
   */
  void pump(Peer peer) {
    while (peer.channel.isWritable()) {
      long waitNanos = limiter.nanosUntil(1, peer.nowNanos());
      if (waitNanos > 0) {
        pumpLater(peer, waitNanos);
        return;
      }
      Block block = peer.uploads.startReading();
      if (block == null) {
        return;
      }
      limiter.take(block.length(), peer.nowNanos());
      disk.read(block, peer.channel.alloc(), data -> onRead(peer, block, data));
    }
  }

  private void pumpLater(Peer peer, long waitNanos) {
    if (!peer.uploads.isEmpty() && peer.uploads.startWaiting()) {
      peer.channel
          .eventLoop()
          .schedule(
              () -> {
                peer.uploads.stopWaiting();
                pump(peer);
              },
              waitNanos,
              TimeUnit.NANOSECONDS);
    }
  }

  private void onRead(Peer peer, Block block, ByteBuf data) {
    peer.uploads.onRead(block);
    // BEP 6 has every request answered; without it a choke meanwhile has cancelled this one.
    boolean forgotten = peer.amChoking() && !peer.handshake.supportsFast();
    if (!peer.channel.isActive() || forgotten) {
      data.release();
      return;
    }
    peer.up.add(block.length(), peer.nowNanos());
    counters.up.add(block.length(), peer.nowNanos());
    peer.send(new PeerMessage.Piece(block.piece(), block.begin(), data));
    peer.flushSoon();
    pump(peer);
  }
}
