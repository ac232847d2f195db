package io.torrentstream.session;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.picker.SuperSeeder;
import io.torrentstream.util.Bitfield;
import io.torrentstream.wire.AllowedFast;
import io.torrentstream.wire.PeerMessage;
import java.util.random.RandomGenerator;

/**
 * Tells the peers of a torrent which pieces we have: all of them (BEP 3, 6), or, super-seeding, one
 * at a time (BEP 16). And lets beginners have a few although they are choked (BEP 6). Confined to
 * the torrent's loop.
 */
final class PieceOffers {
  /**
   * As many as BEP 6 suggests; also how many a peer may have in all and still count as a beginner.
   */
  static final int ALLOWED_FAST = 10;

  private final TorrentInfo info;
  private final PiecePicker picker;

  /** Null unless we super-seed. */
  private SuperSeeder superSeeder;

  PieceOffers(TorrentInfo info, PiecePicker picker) {
    this.info = info;
    this.picker = picker;
  }

  /** Begins to super-seed; before the first peer comes, and with every piece there. */
  void superSeed(RandomGenerator random) {
    superSeeder = new SuperSeeder(info.layout().pieceCount(), random);
  }

  boolean isSuperSeeding() {
    return superSeeder != null;
  }

  /**
   * The first word to a peer, which is always about pieces. One that we were connected to before we
   * knew the pieces was told that we have none (BEP 6), so what there is are news.
   */
  void greet(Peer peer) {
    if (superSeeder != null) {
      if (peer.handshake.supportsFast()) {
        peer.send(new PeerMessage.HaveNone());
      }
      peer.offered.showSingly(info.layout().pieceCount());
      superSeeder.onPeer(peer);
      return;
    }
    Bitfield have = picker.have();
    if (peer.greeted) {
      for (int piece = have.nextSet(0); piece >= 0; piece = have.nextSet(piece + 1)) {
        peer.send(new PeerMessage.Have(piece));
      }
    } else if (peer.handshake.supportsFast() && have.isFull()) {
      peer.send(new PeerMessage.HaveAll());
    } else if (peer.handshake.supportsFast() && have.isEmpty()) {
      peer.send(new PeerMessage.HaveNone());
    } else if (!have.isEmpty()) {
      peer.send(new PeerMessage.BitfieldMessage(have.toBytes()));
    }
  }

  /** The peer's first word about its pieces. */
  void onPieces(Peer peer) {
    if (superSeeder != null) {
      superSeeder.onPieces(peer, peer.nowNanos());
    } else if (peer.handshake.supportsFast() && peer.pieces.count() <= ALLOWED_FAST) {
      allowFast(peer);
    }
  }

  private void allowFast(Peer peer) {
    Bitfield allowed = new Bitfield(info.layout().pieceCount());
    long bytes = 0;
    for (int piece :
        AllowedFast.pieces(
            peer.address.getAddress(), info.infoHash(), allowed.size(), ALLOWED_FAST)) {
      if (picker.have().get(piece) && !peer.pieces.get(piece)) {
        allowed.set(piece);
        bytes += info.layout().pieceLength(piece);
        peer.send(new PeerMessage.AllowedFast(piece));
      }
    }
    peer.offered.allowFast(allowed, bytes);
    peer.flushSoon();
  }

  void onHave(Peer peer, int piece) {
    if (superSeeder != null) {
      superSeeder.onHave(peer, piece, peer.nowNanos());
    }
    if (peer.pieces.count() > ALLOWED_FAST) {
      peer.offered.allowNoneFast();
    }
  }

  /** A peer was sent a block. */
  void onSent(Peer peer, Block block) {
    if (superSeeder != null
        && peer.offered.onSent(block) >= info.layout().pieceLength(block.piece())) {
      superSeeder.onSent(peer, block.piece(), peer.nowNanos());
    }
  }

  /** We have one more piece: a peer that lacks it is told. */
  void onVerified(Peer peer, int piece) {
    if (!peer.pieces.get(piece)) {
      peer.send(new PeerMessage.Have(piece));
      peer.flushSoon();
    }
  }

  void onClosed(Peer peer) {
    if (superSeeder != null) {
      superSeeder.onPeerGone(peer);
    }
  }

  /** Once a second. */
  void onTick(long nowNanos) {
    if (superSeeder != null) {
      superSeeder.onTick(nowNanos);
    }
  }
}
