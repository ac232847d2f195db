package io.torrentstream.session;

import io.torrentstream.picker.Source;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds out who sent the wrong bytes of a piece: a hash tells only that some are wrong.
 *
 * <ul>
 *   <li>An address that sent all of the piece is to blame, and banned at once.
 *   <li>Of several senders each is put on parole: it shares no piece with others until it has sent
 *       a right one alone. So who always lies is found with its next piece, and the download ends.
 *   <li>And it is remembered who sent what. When the piece is right one day, every block that was
 *       different before has a liar for its sender, who is banned; this finds those who lie only in
 *       company. Whoever sent the same as is right now is not touched.
 * </ul>
 *
 * <p>The bytes themselves are not kept: what is compared is eight bytes of each block's SHA-1, read
 * from the disk after the piece failed, and again once it is right. To make a wrong block that
 * passes for the right one, somebody would have to find one out of 2^64.
 *
 * <p>A web seed has its pieces to itself, and sees to its own (see {@link WebSeed#onWrongPiece}).
 * Confined to the torrent's loop.
 */
final class Blame {
  /** Blocks of wrong pieces that are remembered, 12 bytes each; the oldest piece goes first. */
  static final int MAX_BLOCKS = 65_536;

  /** What the finding out takes, and leads to. */
  interface Mediator {
    /** Digests the blocks of a piece as the disk has them, and answers later, on the loop. */
    void digestBlocks(int piece, Consumer<long[]> answer);

    /**
     * Takes no more from a liar.
     *
     * @param address see {@link #addressOf}
     */
    void ban(InetSocketAddress address);
  }

  /** A wrong piece: who sent each block, and its digest. */
  private record WrongPiece(int piece, InetSocketAddress[] senders, long[] digests) {}

  private final Mediator mediator;
  private final Deque<WrongPiece> remembered = new ArrayDeque<>(); // the oldest first
  private int blocks;

  Blame(Mediator mediator) {
    this.mediator = mediator;
  }

  /** How many blocks of wrong pieces are remembered. */
  int blocks() {
    return blocks;
  }

  /**
   * A piece was wrong.
   *
   * @param senders of each of its blocks
   */
  void onFailed(int piece, List<Source> senders) {
    InetSocketAddress[] addresses = new InetSocketAddress[senders.size()];
    for (int i = 0; i < addresses.length; i++) {
      if (!(senders.get(i) instanceof Peer peer)) {
        return; // a web seed
      }
      // Equal ones are the same object, where one peer's blocks follow each other: little memory.
      InetSocketAddress address = addressOf(peer);
      addresses[i] = i > 0 && address.equals(addresses[i - 1]) ? addresses[i - 1] : address;
    }
    if (Set.of(addresses[0]).containsAll(List.of(addresses))) {
      mediator.ban(addresses[0]);
      return;
    }
    senders.forEach(sender -> ((Peer) sender).parole(true));
    mediator.digestBlocks(piece, digests -> remember(new WrongPiece(piece, addresses, digests)));
  }

  /**
   * A piece was right.
   *
   * @param senders of its blocks
   */
  void onVerified(int piece, Set<Source> senders) {
    if (senders.size() == 1 && senders.iterator().next() instanceof Peer alone) {
      alone.parole(false);
    }
    List<WrongPiece> before = new ArrayList<>();
    for (WrongPiece wrong : remembered) {
      if (wrong.piece == piece) {
        before.add(wrong);
      }
    }
    if (!before.isEmpty()) {
      before.forEach(this::forget);
      mediator.digestBlocks(piece, right -> banLiars(before, right));
    }
  }

  private void banLiars(List<WrongPiece> before, long[] right) {
    Set<InetSocketAddress> liars = new HashSet<>();
    for (WrongPiece wrong : before) {
      for (int block = 0; block < right.length; block++) {
        if (wrong.digests[block] != right[block]) {
          liars.add(wrong.senders[block]);
        }
      }
    }
    liars.forEach(mediator::ban);
  }

  private void remember(WrongPiece wrong) {
    remembered.add(wrong);
    blocks += wrong.digests.length;
    while (blocks > MAX_BLOCKS) {
      forget(remembered.element());
    }
  }

  private void forget(WrongPiece wrong) {
    remembered.remove(wrong);
    blocks -= wrong.digests.length;
  }

  /**
   * What a ban of a peer is for: its address with port 0, which is to say all of its ports. But on
   * this machine anybody has all ports of an address, the honest and the liars; there it is one.
   */
  static InetSocketAddress addressOf(Peer peer) {
    InetAddress address = peer.address.getAddress();
    if (address.isLoopbackAddress()) {
      return peer.listening == null ? peer.address : peer.listening;
    }
    return new InetSocketAddress(address, 0);
  }
}
