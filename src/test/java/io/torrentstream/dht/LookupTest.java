package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A look-up among nodes that would never let it end, or fill it with what is not there. */
class LookupTest {
  /** Rates so high that only the limits under test are reached. */
  private static final DhtConfig FAST = new DhtConfig(false, 0, 0, 0, 1_000_000);

  private static final NodeId TARGET = NodeId.of(new byte[20]);
  private static final NodeId OWN_ID = NodeId.of(KrpcMessageTest.TORRENT);
  private static final DhtNode.PeerQuery QUERY =
      new DhtNode.PeerQuery(
          KrpcMessageTest.TORRENT, DhtNode.PeerQuery.NO_ANNOUNCE, false, false, false);

  private record Sent(byte[] datagram, InetSocketAddress to) {}

  private final SplittableRandom random = new SplittableRandom(1);
  private final Deque<Sent> sent = new ArrayDeque<>();
  private final Requests requests =
      new Requests(
          FAST,
          random,
          (datagram, to) -> sent.add(new Sent(datagram, to)),
          new Nobody(),
          new Counters(),
          0);
  private int nodes;
  private LookupResult result;

  private static final class Nobody implements Requests.Observer {
    @Override
    public NodeId ownId(Family family) {
      return OWN_ID;
    }

    @Override
    public void onAnswer(KrpcMessage.Answer answer, InetSocketAddress from, long nowNanos) {}

    @Override
    public void onNoAnswer(InetSocketAddress from, long nowNanos) {}
  }

  private static final class Found implements DhtNode.PeerListener {
    private final List<InetSocketAddress> peers = new ArrayList<>();

    @Override
    public void onPeers(List<InetSocketAddress> found) {
      peers.addAll(found);
    }

    @Override
    public void onDone(LookupResult result, long seeds, long others) {}
  }

  /** Each in a network of its own. */
  private InetSocketAddress newAddress() {
    nodes++;
    byte[] ip = {(byte) (11 + (nodes >> 16)), (byte) (nodes >> 8), (byte) nodes, 1};
    return SimulatedNetwork.address(ip, 6881);
  }

  private List<NodeInfo> newNodes(int count, boolean fitting) {
    List<NodeInfo> made = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      InetSocketAddress at = newAddress();
      NodeId id = fitting ? SecureId.create(at.getAddress(), random) : NodeId.random(random);
      assertEquals(fitting, SecureId.matches(id, at.getAddress()));
      made.add(new NodeInfo(id, at));
    }
    return made;
  }

  private void lookUp(List<NodeInfo> known) {
    Lookup.Start start = new Lookup.Start(TARGET, OWN_ID, Family.IPV4, known);
    new Lookup(start, new PeerSearch(QUERY, new Found()), requests, done -> result = done).step(0);
  }

  /** Nodes answer without a token, so that none counts; every second refuses, and makes room. */
  private void answerAll(List<NodeInfo> known, int named) throws ProtocolException {
    Map<InetSocketAddress, NodeInfo> all = new HashMap<>();
    known.forEach(node -> all.put(node.address(), node));
    for (int asked = 0; !sent.isEmpty(); asked++) {
      Sent question = sent.remove();
      byte[] id = ((KrpcMessage.Query) KrpcMessage.decode(question.datagram)).transactionId();
      if (asked % 2 == 1) {
        requests.onFailure(new KrpcMessage.Failure(id, 202, "busy"), question.to, 0);
        continue;
      }
      List<NodeInfo> others = newNodes(named, true);
      others.forEach(node -> all.put(node.address(), node));
      Reply reply = Reply.EMPTY.withNodes(others, List.of());
      NodeId sender = all.get(question.to).id();
      requests.onAnswer(new KrpcMessage.Answer(id, sender, null, reply), question.to, 0);
    }
  }

  @Test
  void nodesThatNameOthersWithoutEndAreNotAskedWithoutEnd() throws ProtocolException {
    List<NodeInfo> known = newNodes(8, true);
    lookUp(known);
    answerAll(known, KrpcReader.MAX_NODES);
    assertNotNull(result);
    assertEquals(Lookup.MAX_ASKED, result.asked());
  }

  @Test
  void fewNodesAreAskedWhoseIdDoesNotFit() throws ProtocolException {
    List<NodeInfo> known = newNodes(3 * Lookup.MAX_UNBOUND, false);
    lookUp(known);
    answerAll(known, 0);
    assertNotNull(result);
    assertEquals(Lookup.MAX_UNBOUND, result.asked());
  }

  @Test
  void onlyTheClosestAreKept() {
    Candidates candidates = new Candidates(TARGET);
    List<NodeInfo> all = new ArrayList<>(newNodes(4 * Candidates.MAX, true));
    all.forEach(node -> candidates.add(node.id(), node.address(), null));
    all.sort(Comparator.comparing(NodeInfo::id, TARGET::compareDistances));
    assertEquals(
        all.subList(0, Candidates.MAX),
        candidates.sorted().stream().map(Candidates.Candidate::info).toList());
  }

  @Test
  void oneNetworkHasFewPlaces() {
    Candidates candidates = new Candidates(TARGET);
    for (int i = 0; i < 3 * Candidates.MAX_NEIGHBOURS; i++) {
      InetSocketAddress at = SimulatedNetwork.address(new byte[] {11, 2, 3, (byte) i}, 6881);
      candidates.add(NodeId.random(random), at, null);
    }
    assertEquals(Candidates.MAX_NEIGHBOURS, candidates.sorted().size());
  }

  @Test
  void soManyQuestionsAreOpen() {
    Requests.Handler nobody =
        new Requests.Handler() {
          @Override
          public void onAnswer(Reply reply, NodeInfo from, long nowNanos) {}

          @Override
          public void onFailure(KrpcMessage.Failure failure, long nowNanos) {}
        };
    for (int i = 0; i < Requests.MAX_OPEN; i++) {
      assertTrue(requests.ask(newAddress(), null, new Question.Ping(), nobody, 0));
    }
    assertFalse(requests.ask(newAddress(), null, new Question.Ping(), nobody, 0));
    assertEquals(Requests.MAX_OPEN, sent.size());
    requests.onTick(Requests.TIMEOUT_NANOS);
    long later = Requests.TIMEOUT_NANOS;
    assertTrue(requests.ask(newAddress(), null, new Question.Ping(), nobody, later));
  }

  @Test
  void peersWithoutEndAreCut() {
    Found found = new Found();
    PeerSearch search = new PeerSearch(QUERY, found);
    NodeInfo liar = newNodes(1, true).get(0);
    for (int answers = 0; answers < 60; answers++) {
      List<InetSocketAddress> peers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        peers.add(newAddress());
      }
      search.onReply(Reply.EMPTY.withValues(peers), liar);
    }
    assertEquals(DhtNode.MAX_FOUND_PEERS, found.peers.size());
  }
}
