package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.net.MessageBurst;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.picker.Receipt;
import io.torrentstream.picker.Source;
import io.torrentstream.storage.BlockRun;
import io.torrentstream.storage.TorrentDisk;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The downloading half of a torrent: asks the picker what to request from a peer, matches what
 * arrives with what was asked for, and hands it to the disk. Confined to the torrent's loop.
 *
 * <p>Memory is bounded here, before anything is asked for: requests outstanding and blocks on their
 * way to the disk share {@link #BUDGET_BLOCKS}, so no peer can make us hold more than that.
 */
final class Download {
  /** 64 MiB. */
  private static final int BUDGET_BLOCKS = 64 * 1024 * 1024 / PieceLayout.BLOCK_LENGTH;

  /**
   * What waits for the disk is in memory, and a disk that is behind needs no more; what was asked
   * for is mostly still on its way, and a long fast line needs much of it.
   */
  private static final int WAITING_COUNTS = 4;

  /**
   * A peer that owes us blocks and sends none for so long is snubbed: others may have its blocks.
   */
  private static final int SNUB_SECONDS = 20;

  /**
   * Blocks nobody asked for that a peer may send before it is closed; some clients send a few by
   * mistake.
   */
  private static final int MAX_USELESS_BLOCKS = 64;

  /** Blocks that one peer may owe us while it chokes us: allowed-fast pieces are for a start. */
  private static final int CHOKED_BLOCKS = 16;

  /** With a download limit, no more is asked for than so much time brings. */
  private static final int LIMITED_SECONDS = 2;

  /** Requests sent together to a fast peer; more only at its beginning. */
  private static final int USUAL_BURST = 64;

  private final PiecePicker picker;
  private final TorrentDisk disk;
  private final TransferCounters counters;
  private final RateLimiter limiter;

  private final Runnable blocksOpened;

  /** Peers that do not choke us: they share the budget. */
  private int unchoking;

  /**
   * @param blocksOpened called when blocks are to be asked of others, who may be idle; must not
   *     call back at once
   */
  Download(
      PiecePicker picker,
      TorrentDisk disk,
      TransferCounters counters,
      RateLimiter limiter,
      Runnable blocksOpened) {
    this.picker = picker;
    this.disk = disk;
    this.counters = counters;
    this.limiter = limiter;
    this.blocksOpened = blocksOpened;
  }

  /** Blocks are to be asked of others. */
  void onBlocksOpened() {
    blocksOpened.run();
  }

  /** Sends the peer as many requests as its queue has room for. The caller flushes. */
  void fill(Peer peer) {
    long nowNanos = peer.nowNanos();
    if (!peer.amInterested() || peer.isHeldBack(nowNanos) || !peer.channel.isActive()) {
      return;
    }
    int share = peer.peerChoking() ? Math.min(CHOKED_BLOCKS, fairShare()) : fairShare();
    int room = Math.min(peer.requests.room(), share - peer.requests.size());
    if (room <= 0) {
      return;
    }
    List<PeerMessage.Request> burst = new ArrayList<>(Math.min(room, USUAL_BURST));
    Consumer<Block> request =
        block -> {
          peer.requests.add(block, nowNanos);
          burst.add(new PeerMessage.Request(block));
        };
    int picked =
        peer.peerChoking()
            ? picker.pickAmong(peer, peer.allowedFast, room, request)
            : picker.pick(peer, room, request);
    if (picked > 0) {
      peer.send(new MessageBurst(burst));
    } else if (peer.requests.isEmpty() && !picker.isInteresting(peer.pieces)) {
      peer.interested(false);
    }
  }

  /**
   * Blocks that one peer may have outstanding so that all of them together stay within the budget.
   * A download limit bounds them too: what was asked for comes, and a debt of minutes would look as
   * if every peer had stalled.
   */
  private int fairShare() {
    int waiting = (int) (disk.queuedBytes() / PieceLayout.BLOCK_LENGTH);
    int free = BUDGET_BLOCKS - WAITING_COUNTS * waiting;
    int sharers = Math.max(1, unchoking);
    if (limiter.isUnlimited()) {
      return free / sharers;
    }
    long limited = limiter.bytesPerSecond() * LIMITED_SECONDS / PieceLayout.BLOCK_LENGTH;
    return (int) Math.min(free / sharers, Math.max(1, limited / sharers));
  }

  /**
   * Takes in the blocks of one read.
   *
   * @param messages their data is released here or handed on
   * @throws ProtocolException when one is not as long as what was asked for, or the peer keeps
   *     sending what nobody wants
   */
  void onPieces(Peer peer, List<PeerMessage.Piece> messages) throws ProtocolException {
    long nowNanos = peer.nowNanos();
    count(peer, messages, nowNanos);
    List<BlockRun> runs = new ArrayList<>();
    try {
      collect(peer, messages, nowNanos, runs);
    } finally {
      for (BlockRun run : runs) {
        disk.write(run);
      }
    }
  }

  /** Puts the blocks that are to be written into runs, and drops the others. */
  private void collect(
      Peer peer, List<PeerMessage.Piece> messages, long nowNanos, List<BlockRun> runs)
      throws ProtocolException {
    BlockRun run = null;
    int next = 0;
    try {
      while (next < messages.size() && peer.channel.isOpen()) { // one of them may have closed it
        PeerMessage.Piece message = messages.get(next);
        boolean welcome = isWelcome(peer, message, nowNanos);
        next++;
        if (!welcome) {
          counters.wasted += message.data().readableBytes();
          message.release();
        } else if (run == null || !run.offer(message.piece(), message.begin(), message.data())) {
          run = new BlockRun(message.piece(), message.begin(), message.data());
          runs.add(run);
        }
      }
    } finally {
      for (PeerMessage.Piece dropped : messages.subList(next, messages.size())) {
        dropped.release();
      }
    }
  }

  private void count(Peer peer, List<PeerMessage.Piece> messages, long nowNanos) {
    int length = 0;
    for (PeerMessage.Piece message : messages) {
      length += message.data().readableBytes();
    }
    counters.down.add(length, nowNanos);
    peer.down.add(length, nowNanos);
    throttle(peer, length, nowNanos);
  }

  /** Whether a block is to be written: it was asked for, and nobody else has sent it. */
  private boolean isWelcome(Peer peer, PeerMessage.Piece message, long nowNanos)
      throws ProtocolException {
    int length = message.data().readableBytes();
    Block block = peer.requests.answer(message.piece(), message.begin(), nowNanos);
    if (block == null) {
      block = message.block();
      if (!isLate(peer)) {
        return false;
      }
    } else if (length != block.length()) {
      picker.onAbandoned(peer, block);
      counters.wasted += length;
      throw new ProtocolException(
          "block length: " + length + " (expected: " + block.length() + ")");
    }
    peer.onBlock(nowNanos);
    return isMissing(peer, block);
  }

  /** Whether nobody else has sent a block that a source was asked for. */
  private boolean isMissing(Source source, Block block) {
    if (picker.onBlock(source, block) == Receipt.UNWANTED) {
      return false;
    }
    cancelElsewhere(source, block);
    return true;
  }

  /**
   * Takes in a block of a web seed, which it was asked for.
   *
   * @param data released here or handed on
   * @return false when the block is not needed any more, and was dropped
   */
  boolean take(WebSeed seed, Block block, ByteBuf data) {
    boolean missing = isMissing(seed, block);
    if (missing) {
      disk.write(new BlockRun(block.piece(), block.begin(), data));
    } else {
      counters.wasted += block.length();
      data.release();
    }
    return missing;
  }

  /** The picker has given a piece to a source alone: the disk must not keep what others sent. */
  void onStartOver(int piece) {
    disk.forget(piece);
  }

  /** Endgame: others were asked for the block too, and need not send it any more. */
  private void cancelElsewhere(Source sender, Block block) {
    for (Source other : picker.takeOtherRequesters(block, sender)) {
      Peer peer = (Peer) other; // a web seed shares no piece
      if (peer.requests.drop(block.piece(), block.begin()) != null) {
        peer.lateAnswers++;
        peer.send(new PeerMessage.Cancel(block));
        peer.flushSoon();
      }
    }
  }

  /** Whether a block that is not in the queue may be the answer to a request we took back. */
  private boolean isLate(Peer peer) throws ProtocolException {
    if (peer.lateAnswers > 0) {
      peer.lateAnswers--;
      return true;
    }
    if (++peer.uselessBlocks > MAX_USELESS_BLOCKS) {
      throw new ProtocolException(
          "blocks nobody asked for: " + peer.uselessBlocks + " (expected: none)");
    }
    return false;
  }

  /**
   * A download limit stops reading from the socket, so that TCP slows the sender and nothing piles
   * up here.
   */
  private void throttle(Peer peer, int length, long nowNanos) {
    limiter.take(length, nowNanos);
    long waitNanos = limiter.nanosUntil(1, nowNanos);
    if (waitNanos > 0 && peer.channel.config().isAutoRead()) {
      peer.channel.config().setAutoRead(false);
      resumeAfter(peer, waitNanos);
    }
  }

  private void resumeAfter(Peer peer, long waitNanos) {
    peer.channel.eventLoop().schedule(() -> resume(peer), waitNanos, TimeUnit.NANOSECONDS);
  }

  /** Reads on, unless what came meanwhile, from this peer or others, has made a new debt. */
  private void resume(Peer peer) {
    long waitNanos = limiter.nanosUntil(1, peer.nowNanos());
    if (waitNanos > 0 && peer.channel.isOpen()) {
      resumeAfter(peer, waitNanos);
    } else {
      peer.channel.config().setAutoRead(true);
    }
  }

  /** The peer will not send a block it was asked for. */
  void onReject(Peer peer, Block block) {
    if (peer.requests.drop(block.piece(), block.begin()) != null) {
      picker.onAbandoned(peer, block);
      if (peer.peerChoking()) {
        peer.disallowFast(block.piece());
      } else {
        peer.onReject(peer.nowNanos());
      }
      blocksOpened.run();
    }
  }

  /**
   * The peer began or ceased to choke us. Without BEP 6 a choke also refuses every request; with it
   * each is refused by itself. New requests go out at the end of the read.
   */
  void onChoke(Peer peer) {
    unchoking += peer.peerChoking() ? -1 : 1;
    if (peer.peerChoking() && !peer.handshake.supportsFast()) {
      peer.lateAnswers += peer.requests.size(); // they may have crossed
      peer.requests.drain(block -> picker.onAbandoned(peer, block));
      blocksOpened.run();
    }
  }

  void onClosed(Peer peer) {
    unchoking -= peer.peerChoking() ? 0 : 1;
    peer.requests.clear(); // the picker takes them all back
    picker.onSourceGone(peer);
    blocksOpened.run();
  }

  /**
   * Once a second for every peer: notices who owes us blocks and sends none, and asks on where a
   * pause is over.
   */
  void onTick(Peer peer, long nowNanos) {
    peer.requests.onRate(peer.down.rate(nowNanos));
    long waitingSince = Math.max(peer.lastBlockNanos, peer.requests.oldestNanos(nowNanos));
    boolean weHoldItBack = !peer.channel.config().isAutoRead(); // its blocks wait for our limit
    if (weHoldItBack) {
      peer.lastReceivedNanos = nowNanos; // nor do we hear whether it is still there
    }
    boolean tooLong = nowNanos - waitingSince > TimeUnit.SECONDS.toNanos(SNUB_SECONDS);
    if (!peer.requests.isEmpty() && !weHoldItBack && tooLong) {
      peer.lateAnswers += peer.requests.size();
      peer.requests.drain(
          block -> {
            picker.onAbandoned(peer, block);
            peer.send(new PeerMessage.Cancel(block));
          });
      peer.onSnubbed();
      blocksOpened.run();
    }
    fill(peer);
    peer.flush();
  }
}
