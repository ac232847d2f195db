package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.net.PieceBurst;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.storage.BlockRead;
import io.torrentstream.storage.TorrentDisk;
import io.torrentstream.util.ProtocolException;
import java.util.concurrent.TimeUnit;

/**
 * The uploading half of a torrent: takes requests, reads the blocks on the disk lanes, neighbours
 * together, and sends them while the peer's channel takes more. Only verified pieces are ever read.
 * Confined to the torrent's loop.
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
  private final PieceOffers offers;

  Upload(
      PieceLayout layout,
      PiecePicker picker,
      TorrentDisk disk,
      TransferCounters counters,
      RateLimiter limiter,
      PieceOffers offers) {
    this.layout = layout;
    this.picker = picker;
    this.disk = disk;
    this.counters = counters;
    this.limiter = limiter;
    this.offers = offers;
  }

  /**
   * A request came; it is answered after the read that brought it, together with its neighbours.
   *
   * @throws ProtocolException when it is not inside the torrent: the numbers cannot be an honest
   *     peer's
   */
  void onRequest(Peer peer, Block block) throws ProtocolException {
    if (!layout.isRange(block.piece(), block.begin(), block.length())
        || block.length() > MAX_REQUEST) {
      throw new ProtocolException("request: " + block + " (expected: a range inside one piece)");
    }
    boolean known = picker.have().get(block.piece()) && peer.offered.isKnown(block.piece());
    boolean allowed = known && (!peer.amChoking() || peer.offered.takeFast(block));
    if (!allowed || !peer.uploads.offer(block)) {
      peer.reject(block);
      peer.flushSoon();
    }
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
    while (!peer.uploads.isEmpty() && peer.channel.isWritable()) {
      long nowNanos = peer.nowNanos();
      long waitNanos = limiter.nanosUntil(1, nowNanos);
      if (waitNanos > 0) {
        pumpLater(peer, waitNanos);
        return;
      }
      UploadBatch batch = peer.uploads.startReading(limiter.available(nowNanos));
      if (batch == null) {
        return;
      }
      limiter.take(batch.bytes(), nowNanos);
      disk.read(
          new BlockRead(
              batch.blocks(),
              PieceBurst.HEADER_BYTES,
              peer.channel.alloc(),
              data -> onRead(peer, batch, data)));
    }
  }

  private void pumpLater(Peer peer, long waitNanos) {
    if (peer.uploads.startWaiting()) {
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

  private void onRead(Peer peer, UploadBatch batch, ByteBuf data) {
    peer.uploads.onRead(batch);
    if (!peer.channel.isActive()) {
      data.release();
      return;
    }
    batch.forEachBurst(data, burst -> send(peer, burst));
    peer.flush();
    pump(peer);
  }

  private void send(Peer peer, PieceBurst burst) {
    long nowNanos = peer.nowNanos();
    for (Block block : burst.blocks()) {
      peer.up.add(block.length(), nowNanos);
      counters.up.add(block.length(), nowNanos);
    }
    peer.send(burst);
    burst.blocks().forEach(block -> offers.onSent(peer, block));
  }
}
