package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.util.Reach;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.UtPex;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the peers of a torrent of each other, and takes in whom they tell of (BEP 11). Until {@link
 * #start}, nothing is offered, said or believed. Confined to the torrent's loop.
 */
final class PeerExchange {
  private static final Logger LOG = LoggerFactory.getLogger(PeerExchange.class);

  /** How many peers that came, and how many that left, one message tells of (BEP 11). */
  static final int MAX_PEERS = 50;

  /** The same for the first message we get on a connection, which may be longer (BEP 11). */
  static final int MAX_FIRST_PEERS = 200;

  /** Between two messages to a peer. */
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Between two messages of a peer: some may have been held up on the way. */
  private static final long LEAST_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(50);

  /** A new peer's first message waits for others to come: the next is a minute away. */
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** With nothing to tell, how soon to look again. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** What we have said to one peer, and it to us. */
  private static final class Conversation {
    /** Whom the peer believes us to be connected to. */
    final Set<InetSocketAddress> told = new HashSet<>();

    long dueNanos;
    boolean heard;
    long heardNanos;
    int ignored;

    Conversation(long dueNanos) {
      this.dueNanos = dueNanos;
    }
  }

  private final Connections peers;
  private final Dialer dialer;
  private final PiecePicker picker;
  private final Map<Peer, Conversation> conversations = new HashMap<>();
  private boolean on;

  /**
   * @param picker knows whether we have everything, and so have no use for seeds
   */
  PeerExchange(Connections peers, Dialer dialer, PiecePicker picker) {
    this.peers = peers;
    this.dialer = dialer;
    this.picker = picker;
  }

  /** Begins; to be called before the first peer is connected. */
  void start() {
    on = true;
  }

  /** The extensions to offer to peers: all that tsl speaks, but for this one when it is off. */
  Set<Extension> offered() {
    return on ? EnumSet.allOf(Extension.class) : EnumSet.complementOf(EnumSet.of(Extension.UT_PEX));
  }

  /** A peer said which extensions it speaks. */
  void onHandshake(Peer peer) {
    if (isOn(peer) && peer.extensions.id(Extension.UT_PEX) != 0) {
      conversation(peer);
    }
  }

  void onClosed(Peer peer) {
    Conversation conversation = conversations.remove(peer);
    if (conversation != null && conversation.ignored > 0) {
      LOG.debug("[{}] sent {} peer lists too many", peer, conversation.ignored);
    }
  }

  /** How many messages of a peer came too soon after another. */
  int ignored(Peer peer) {
    return conversation(peer).ignored;
  }

  /** Whether we speak it with a peer that has not left. */
  private boolean isOn(Peer peer) {
    return on && peer.channel.isOpen();
  }

  private Conversation conversation(Peer peer) {
    return conversations.computeIfAbsent(
        peer, fresh -> new Conversation(peer.nowNanos() + FIRST_NANOS));
  }

  // --- whom we tell ---

  /** Once a second. */
  void onTick(long nowNanos) {
    conversations.forEach(
        (peer, conversation) -> {
          int id = peer.extensions.id(Extension.UT_PEX); // it may have turned it off
          if (id != 0 && nowNanos - conversation.dueNanos >= 0) {
            UtPex news = news(peer, conversation.told);
            boolean none = news.added().isEmpty() && news.dropped().isEmpty();
            conversation.dueNanos = nowNanos + (none ? PAUSE_NANOS : INTERVAL_NANOS);
            if (!none) {
              peer.send(new PeerMessage.Extended(id, news.encode()));
              peer.flushSoon();
            }
          }
        });
  }

  /** Who came and who left since the peer was told; the rest of many waits for the next time. */
  private UtPex news(Peer to, Set<InetSocketAddress> told) {
    Set<InetSocketAddress> connected = new HashSet<>();
    List<UtPex.Added> added = new ArrayList<>();
    for (Peer other : peers.all()) {
      if (other != to && mayHear(to, other.listening) && connected.add(other.listening)) {
        if (added.size() < MAX_PEERS && !told.contains(other.listening)) {
          added.add(new UtPex.Added(other.listening, flags(other)));
        }
      }
    }
    List<InetSocketAddress> dropped =
        told.stream().filter(peer -> !connected.contains(peer)).limit(MAX_PEERS).toList();
    dropped.forEach(told::remove);
    added.forEach(peer -> told.add(peer.address()));
    return new UtPex(added, dropped);
  }

  private static int flags(Peer peer) {
    boolean seed = peer.isSeed() || peer.uploadOnly;
    return (seed ? UtPex.SEED : 0) | (peer.outgoing ? UtPex.REACHABLE : 0);
  }

  /**
   * Whether an address is known, another's, and leads to the same machine from the peer's place.
   */
  private static boolean mayHear(Peer peer, InetSocketAddress address) {
    return address != null && !address.equals(peer.listening) && isSeenBy(peer, address);
  }

  /**
   * Strangers on the Internet have nothing to say about addresses in our network, nor to hear of
   * them. Link-local addresses mean nothing without the name of an interface.
   */
  private static boolean isSeenBy(Peer peer, InetSocketAddress address) {
    InetAddress host = address.getAddress();
    return Reach.of(peer.address.getAddress()).sees(Reach.of(host)) && !host.isLinkLocalAddress();
  }

  // --- who tells us ---

  /**
   * A peer tells of others. What comes more often than once a minute is counted and not looked at.
   * Who left the peer may still come to us, so that changes nothing.
   *
   * @param payload stays the caller's
   * @throws ProtocolException when it is no such message
   */
  void onMessage(Peer peer, ByteBuf payload) throws ProtocolException {
    if (!isOn(peer)) {
      return;
    }
    Conversation conversation = conversation(peer);
    long nowNanos = peer.nowNanos();
    if (conversation.heard && nowNanos - conversation.heardNanos < LEAST_INTERVAL_NANOS) {
      conversation.ignored++;
      return;
    }
    UtPex news = UtPex.decode(payload, conversation.heard ? MAX_PEERS : MAX_FIRST_PEERS);
    conversation.heard = true;
    conversation.heardNanos = nowNanos;
    dialer.offer(useful(peer, news.added()), PeerList.Source.PEX);
  }

  /** One port of each host on the Internet (BEP 11): a list must not make us knock on them all. */
  private List<InetSocketAddress> useful(Peer teller, List<UtPex.Added> added) {
    Set<InetAddress> hosts = new HashSet<>();
    List<InetSocketAddress> useful = new ArrayList<>();
    for (UtPex.Added peer : added) {
      InetAddress host = peer.address().getAddress();
      boolean needless = peer.isSeed() && picker.isComplete();
      if (!needless
          && isSeenBy(teller, peer.address())
          && (Reach.of(host) != Reach.WORLD || hosts.add(host))) {
        useful.add(peer.address());
      }
    }
    return useful;
  }
}
