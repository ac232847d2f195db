package io.torrentstream.dht;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Answers the questions of other nodes, and keeps what they store here.
 *
 * <p>Whoever asks from a made-up address makes us send the answer to somebody else. So an address
 * that has not shown that it is there gets an answer of at most three times the question's length
 * (the factor of QUIC, RFC 9000, section 8), with fewer nodes and peers and, if need be, no value.
 *
 * <p>Confined to the node's thread.
 */
final class Responder {
  /** To an address that may be made up: so many times what it sent. */
  static final int AMPLIFICATION = 3;

  /** BEP 32: no datagram longer than this… */
  static final int MAX_ANSWER = 1024;

  /** …which an item of 1,000 bytes with its signature cannot keep (BEP 44). */
  static final int MAX_ITEM_ANSWER = 1400;

  /** When an answer is cut, so many nodes stay as long as there are peers to leave out. */
  private static final int LAST_NODES = 4;

  /** When an answer is cut, so many peers stay as long as there are nodes to leave out. */
  private static final int LAST_VALUES = 8;

  private static final int MAX_VALUES = 100;

  /** Two bloom filters take half a kilobyte; where there is less room they go first. */
  private static final int MIN_WITH_FILTERS = 3 * BloomFilter.BYTES;

  /** The steps of {@link #cut}. */
  private static final int CUTS = 6;

  private final Map<Family, RoutingTable> tables;
  private final DhtNode.Io io;
  private final Counters counters;
  private final Tokens tokens;
  private final PeerStore peers;
  private final ItemStore items = new ItemStore();
  private final VerifiedAddresses verified = new VerifiedAddresses();
  private final TokenBucket queries;
  private final TokenBucket bytes;
  private final AddressLimits perAddress;

  Responder(
      DhtConfig config,
      Map<Family, RoutingTable> tables,
      DhtNode.Io io,
      Counters counters,
      RandomGenerator random,
      long nowNanos) {
    this.tables = tables;
    this.io = io;
    this.counters = counters;
    this.tokens = new Tokens(random, nowNanos);
    this.peers = new PeerStore(random);
    this.queries = new TokenBucket(config.queries(), nowNanos);
    this.bytes = new TokenBucket(config.answerBytes(), nowNanos);
    this.perAddress = new AddressLimits(config.queriesPerAddress());
  }

  PeerStore peers() {
    return peers;
  }

  ItemStore items() {
    return items;
  }

  /** An address answered a question of ours. */
  void onVerified(InetSocketAddress address, long nowNanos) {
    verified.add(address, nowNanos);
  }

  void onTick(long nowNanos) {
    tokens.onTick(nowNanos);
    peers.onTick(nowNanos);
    items.onTick(nowNanos);
  }

  /** Whether a query from this address may be answered now. */
  boolean admits(InetAddress from, long nowNanos) {
    boolean admitted = perAddress.take(from, nowNanos) && queries.take(1, nowNanos);
    if (!admitted) {
      counters.count(DhtEvent.LIMITED);
    }
    return admitted;
  }

  /**
   * Answers a query.
   *
   * @param length of its datagram
   */
  void onQuery(KrpcMessage.Query query, int length, InetSocketAddress from, long nowNanos) {
    Asker asker = new Asker(from, Family.of(from), nowNanos);
    Question question = query.question();
    Reply reply = Reply.EMPTY;
    int error = 0;
    if (question instanceof Question.FindNode find) {
      reply = near(find.target(), find.want(), asker);
    } else if (question instanceof Question.GetPeers get) {
      reply = peersOf(get, asker);
    } else if (question instanceof Question.AnnouncePeer announce) {
      error = announce(announce, asker);
    } else if (question instanceof Question.Get get) {
      reply = item(get, asker);
    } else if (question instanceof Question.Put put) {
      error = put(put, asker);
    } else if (question instanceof Question.SampleInfohashes sample) {
      reply = near(sample.target(), sample.want(), asker).withSamples(peers.sample(nowNanos));
    }
    if (error != 0) {
      refuse(query.transactionId(), error, text(error), length, asker);
      return;
    }
    NodeId ownId = tables.get(asker.family).ownId();
    answer(new KrpcMessage.Answer(query.transactionId(), ownId, from, reply), length, asker);
  }

  /** Says what is wrong with a query. */
  void onBadQuery(KrpcMessage.BadQuery bad, int length, InetSocketAddress from, long nowNanos) {
    Asker asker = new Asker(from, Family.of(from), nowNanos);
    refuse(bad.transactionId(), bad.code(), bad.text(), length, asker);
  }

  private record Asker(InetSocketAddress address, Family family, long nowNanos) {
    InetAddress ip() {
      return address.getAddress();
    }
  }

  // ---- what is asked

  private Reply near(NodeId target, Question.Want want, Asker asker) {
    return Reply.EMPTY.withNodes(
        nodes(Family.IPV4, target, want, asker), nodes(Family.IPV6, target, want, asker));
  }

  private List<NodeInfo> nodes(Family family, NodeId target, Question.Want want, Asker asker) {
    return want.includes(family, asker.family)
        ? tables.get(family).closest(target, RoutingTable.BUCKET_SIZE)
        : List.of();
  }

  private Reply peersOf(Question.GetPeers get, Asker asker) {
    NodeId target = NodeId.of(get.infoHash());
    Reply reply =
        near(target, get.want(), asker)
            .withValues(peers.peers(get.infoHash(), asker.family, get.noSeed(), MAX_VALUES));
    if (get.scrape()) {
      reply = reply.withFilters(peers.filters(get.infoHash()));
    }
    // BEP 33: no token says that there is no room.
    return peers.hasRoom(get.infoHash(), asker.ip(), tables.get(asker.family).ownId())
        ? reply.withToken(tokens.create(asker.ip(), target))
        : reply;
  }

  private int announce(Question.AnnouncePeer announce, Asker asker) {
    if (!tokens.isValid(announce.token(), asker.ip(), NodeId.of(announce.infoHash()))) {
      return KrpcMessage.PROTOCOL_ERROR;
    }
    verified.add(asker.address, asker.nowNanos);
    int port = announce.impliedPort() ? asker.address.getPort() : announce.port();
    boolean added =
        peers.add(
            announce.infoHash(),
            new InetSocketAddress(asker.ip(), port),
            announce.seed(),
            tables.get(asker.family).ownId(),
            asker.nowNanos);
    return added ? 0 : KrpcMessage.SERVER_ERROR;
  }

  private Reply item(Question.Get get, Asker asker) {
    Reply reply =
        near(get.target(), get.want(), asker).withToken(tokens.create(asker.ip(), get.target()));
    Item item = items.get(get.target());
    if (item == null) {
      return reply;
    }
    Item.Mutable mutable = item.mutable();
    if (mutable == null) {
      return reply.withStored(new Reply.Stored(item.value(), null, null, -1));
    }
    boolean known = get.newerThan() >= item.sequence();
    return reply.withStored(
        known
            ? new Reply.Stored(null, null, null, item.sequence())
            : new Reply.Stored(
                item.value(), mutable.publicKey(), mutable.signature(), item.sequence()));
  }

  private int put(Question.Put put, Asker asker) {
    Item item = put.item();
    // The token first: checking a signature is what costs us most of all that is asked.
    if (!tokens.isValid(put.token(), asker.ip(), item.target())) {
      return KrpcMessage.PROTOCOL_ERROR;
    }
    verified.add(asker.address, asker.nowNanos);
    NodeId ownId = tables.get(asker.family).ownId();
    return items.put(item, put.expected(), asker.ip(), ownId, asker.nowNanos);
  }

  private static String text(int error) {
    return switch (error) {
      case KrpcMessage.PROTOCOL_ERROR -> "bad token";
      case KrpcMessage.INVALID_SIGNATURE -> "invalid signature";
      case KrpcMessage.SEQUENCE_MISMATCH -> "sequence number is not the expected one";
      case KrpcMessage.SEQUENCE_TOO_LOW -> "sequence number is not newer";
      default -> "no room";
    };
  }

  // ---- what is sent

  private void refuse(byte[] transactionId, int code, String text, int length, Asker asker) {
    byte[] datagram = new KrpcMessage.Failure(transactionId, code, text).encode();
    if (datagram.length <= budget(length, MAX_ANSWER, asker) && send(datagram, asker)) {
      counters.count(DhtEvent.REFUSED);
    }
  }

  private void answer(KrpcMessage.Answer answer, int length, Asker asker) {
    boolean hasItem = answer.reply().stored() != null;
    int budget = budget(length, hasItem ? MAX_ITEM_ANSWER : MAX_ANSWER, asker);
    byte[] datagram = answer.encode();
    if (datagram.length > budget) {
      counters.count(DhtEvent.CUT);
    }
    for (int step = 0; datagram.length > budget && step < CUTS; step++) {
      Reply less = cut(answer.reply(), step, datagram.length - budget, budget);
      answer =
          new KrpcMessage.Answer(answer.transactionId(), answer.sender(), answer.seenAs(), less);
      datagram = answer.encode();
    }
    if (datagram.length <= budget && send(datagram, asker)) {
      counters.count(DhtEvent.ANSWERED);
    }
  }

  private int budget(int length, int most, Asker asker) {
    return verified.contains(asker.address, asker.nowNanos)
        ? most
        : Math.min(most, AMPLIFICATION * length);
  }

  private boolean send(byte[] datagram, Asker asker) {
    if (!bytes.take(datagram.length, asker.nowNanos)) {
      counters.count(DhtEvent.LIMITED);
      return false;
    }
    io.send(datagram, asker.address);
    return true;
  }

  /** Leaves something out of an answer that is {@code excess} bytes too long. */
  private static Reply cut(Reply reply, int step, int excess, int budget) {
    return switch (step) {
      case 0 -> budget < MIN_WITH_FILTERS ? reply.withFilters(null) : reply;
      case 1 -> fewerValues(reply, LAST_VALUES, excess);
      case 2 -> fewerNodes(reply, LAST_NODES, excess);
      case 3 -> fewerValues(reply, 0, excess).withSamples(fewerSamples(reply.samples(), excess));
      case 4 -> fewerNodes(reply, 0, excess);
      default -> reply.withStored(null);
    };
  }

  private static Reply fewerValues(Reply reply, int least, int excess) {
    return reply.withValues(first(reply.values(), least, excess, Family.IPV4.endpointBytes + 2));
  }

  private static Reply fewerNodes(Reply reply, int least, int excess) {
    List<NodeInfo> nodes6 = first(reply.nodes6(), least, excess, Family.IPV6.nodeBytes);
    int left = excess - (reply.nodes6().size() - nodes6.size()) * Family.IPV6.nodeBytes;
    List<NodeInfo> nodes = first(reply.nodes(), least, Math.max(0, left), Family.IPV4.nodeBytes);
    return reply.withNodes(nodes, nodes6);
  }

  private static Reply.Samples fewerSamples(Reply.Samples samples, int excess) {
    return samples == null
        ? null
        : new Reply.Samples(
            samples.intervalSeconds(),
            samples.total(),
            first(samples.infoHashes(), 0, excess, NodeId.LENGTH));
  }

  /** The list without its last ones, so that {@code excess} bytes are saved or few are left. */
  private static <T> List<T> first(List<T> list, int least, int excess, int bytesEach) {
    int tooMany = (excess + bytesEach - 1) / bytesEach;
    int keep = Math.max(Math.min(least, list.size()), list.size() - tooMany);
    return list.subList(0, keep);
  }
}
