package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** One node, and what it sends for what it is sent. */
class DhtNodeTest {
  private static final long SECOND = 1_000_000_000L;
  private static final InfoHash TORRENT = KrpcMessageTest.TORRENT;
  private static final byte[] TRANSACTION = {1, 2};

  private record Sent(byte[] datagram, KrpcMessage message, InetSocketAddress to) {}

  private final SplittableRandom random = new SplittableRandom(1);
  private final List<Sent> sent = new ArrayList<>();
  private DhtNode node = new DhtNode(DhtConfig.DEFAULT, null, random, this::send, 0);
  private long now;

  private void send(byte[] datagram, InetSocketAddress to) {
    try {
      sent.add(new Sent(datagram, KrpcMessage.decode(datagram), to));
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  private static InetSocketAddress address(int number) {
    return SimulatedNetwork.address(new byte[] {60, (byte) number, 1, 1}, 6881);
  }

  private NodeInfo fittingNode(int number) {
    return new NodeInfo(SecureId.create(address(number).getAddress(), random), address(number));
  }

  private void ask(NodeInfo from, Question question) {
    byte[] datagram = new KrpcMessage.Query(TRANSACTION, from.id(), false, question).encode();
    node.onDatagram(datagram, from.address(), now);
  }

  /** The last message to this address, taken out. */
  private KrpcMessage take(InetSocketAddress to) {
    for (int i = sent.size() - 1; i >= 0; i--) {
      if (sent.get(i).to.equals(to)) {
        return sent.remove(i).message;
      }
    }
    return null;
  }

  private Reply answerTo(NodeInfo from, Question question) {
    ask(from, question);
    for (Sent one : sent) {
      if (one.to.equals(from.address()) && one.message instanceof KrpcMessage.Answer answer) {
        sent.remove(one);
        assertArrayEquals(TRANSACTION, answer.transactionId());
        assertEquals(from.address(), answer.seenAs());
        return answer.reply();
      }
    }
    return null;
  }

  private long errorTo(NodeInfo from, Question question) {
    ask(from, question);
    for (Sent one : sent) {
      if (one.to.equals(from.address()) && one.message instanceof KrpcMessage.Failure failure) {
        sent.remove(one);
        return failure.code();
      }
    }
    return 0;
  }

  private void answerPing(NodeInfo from) {
    KrpcMessage.Query ping = assertInstanceOf(KrpcMessage.Query.class, take(from.address()));
    answer(ping, from, from.address(), Reply.EMPTY);
  }

  private void answer(KrpcMessage.Query query, NodeInfo node, InetSocketAddress from, Reply reply) {
    KrpcMessage.Answer answer =
        new KrpcMessage.Answer(query.transactionId(), node.id(), address(250), reply);
    this.node.onDatagram(answer.encode(), from, now);
  }

  /** A node that has answered us, and so is in the table if there is room. */
  private NodeInfo addedNode(int number) {
    NodeInfo added = fittingNode(number);
    node.ping(added.address(), new Heard(), now);
    answerPing(added);
    return added;
  }

  // ---- who gets into the table

  @Test
  void whoeverAsksIsPingedAndGetsInWhenItAnswers() {
    NodeInfo asker = fittingNode(1);
    assertNotNull(answerTo(asker, new Question.Ping()));
    assertEquals(0, node.nodeCount());
    answerPing(asker);
    assertEquals(1, node.nodeCount());
    ask(asker, new Question.Ping());
    assertInstanceOf(KrpcMessage.Answer.class, take(asker.address()));
    assertNull(take(asker.address()), "no second ping");
  }

  @Test
  void readOnlyNodesAreAnsweredAndLeftAlone() {
    NodeInfo asker = fittingNode(1);
    byte[] query =
        new KrpcMessage.Query(TRANSACTION, asker.id(), true, new Question.Ping()).encode();
    node.onDatagram(query, asker.address(), now);
    assertInstanceOf(KrpcMessage.Answer.class, take(asker.address()));
    assertEquals(0, sent.size());
  }

  @Test
  void aReadOnlyNodeAsksAndDoesNotAnswer() {
    node = new DhtNode(DhtConfig.DEFAULT.withReadOnly(true), null, random, this::send, 0);
    ask(fittingNode(1), new Question.Ping());
    assertEquals(0, sent.size());
    assertEquals(1, node.count(DhtEvent.READ_ONLY));
    node.addRouter(address(2), now);
    node.onTick(now);
    assertTrue(((KrpcMessage.Query) take(address(2))).readOnly());
  }

  @Test
  void idsThatDoNotFitTheirAddressStayOut() {
    NodeInfo asker = new NodeInfo(NodeId.random(random), address(1));
    assertNotNull(answerTo(asker, new Question.Ping()), "it is answered all the same");
    assertEquals(0, sent.size());
    node.ping(asker.address(), new Heard(), now);
    answerPing(asker);
    assertEquals(0, node.nodeCount());
    assertEquals(1, node.count(DhtEvent.BAD_ID));
  }

  private static final class Heard implements DhtNode.PingListener {
    private NodeInfo node;
    private int silences;

    @Override
    public void onAnswer(NodeInfo from, long nowNanos) {
      node = from;
    }

    @Override
    public void onSilence() {
      silences++;
    }
  }

  // ---- answers to us

  @Test
  void anAnswerCountsOnlyFromWhereWeAskedAndWithTheRightTransaction() {
    Heard heard = new Heard();
    NodeInfo asked = fittingNode(1);
    node.ping(asked.address(), heard, now);
    KrpcMessage.Query ping = (KrpcMessage.Query) take(asked.address());
    answer(ping, asked, address(2), Reply.EMPTY);
    assertEquals(1, node.count(DhtEvent.WRONG_ADDRESS));
    byte[] other = ping.transactionId().clone();
    other[0]++;
    answer(
        new KrpcMessage.Query(other, asked.id(), false, ping.question()),
        asked,
        asked.address(),
        Reply.EMPTY);
    assertEquals(1, node.count(DhtEvent.UNKNOWN_TRANSACTION));
    assertNull(heard.node);
    answer(ping, asked, asked.address(), Reply.EMPTY);
    assertEquals(asked, heard.node);
    answer(ping, asked, asked.address(), Reply.EMPTY);
    assertEquals(2, node.count(DhtEvent.UNKNOWN_TRANSACTION), "once only");
  }

  @Test
  void silenceEndsAQuestion() {
    Heard heard = new Heard();
    node.onTick(now);
    node.ping(address(1), heard, now);
    assertEquals(now + Requests.SLOW_NANOS, node.nextTickNanos());
    node.onTick(now + Requests.SLOW_NANOS);
    assertEquals(0, heard.silences);
    node.onTick(now + Requests.TIMEOUT_NANOS);
    assertEquals(1, heard.silences);
    assertEquals(1, node.count(DhtEvent.TIMED_OUT));
  }

  @Test
  void anAnswerFromOurselvesIsNone() {
    Heard heard = new Heard();
    node.ping(address(1), heard, now);
    answerPing(new NodeInfo(node.id(), address(1)));
    assertEquals(1, heard.silences);
    assertEquals(0, node.nodeCount());
  }

  @Test
  void severalNetworksTellUsOurAddressAndWeTakeAnIdThatFitsIt() {
    NodeId before = node.id();
    for (int i = 0; i < ExternalAddress.QUORUM; i++) {
      assertEquals(before, node.id());
      node.ping(address(i), new Heard(), now);
      answerPing(fittingNode(i)); // says that we are at address(250)
    }
    assertNotEquals(before, node.id());
    assertTrue(SecureId.matches(node.id(), address(250).getAddress()));
    assertEquals(ExternalAddress.QUORUM, node.nodeCount());
    NodeId settled = node.id();
    for (int i = 10; i < 20; i++) {
      node.ping(address(i), new Heard(), now);
      answerPing(fittingNode(i));
    }
    assertEquals(settled, node.id());
  }

  // ---- what others store

  @Test
  void announcedPeersAreFoundByOthers() {
    NodeInfo announcer = addedNode(1);
    Question.GetPeers get = new Question.GetPeers(TORRENT, Question.Want.UNSAID, false, true);
    Reply empty = answerTo(announcer, get);
    assertEquals(List.of(), empty.values());
    assertNull(empty.filters());
    ask(announcer, new Question.AnnouncePeer(TORRENT, 7000, false, empty.token(), true));
    InetSocketAddress peer = new InetSocketAddress(announcer.address().getAddress(), 7000);
    NodeInfo asker = addedNode(2);
    Reply reply = answerTo(asker, get);
    assertEquals(List.of(peer), reply.values());
    assertEquals(1, Math.round(reply.filters().seeds().estimate()));
    assertEquals(1, node.storedPeers());
    Reply.Samples samples =
        answerTo(asker, new Question.SampleInfohashes(asker.id(), Question.Want.UNSAID)).samples();
    assertEquals(List.of(TORRENT), samples.infoHashes());

    ask(announcer, new Question.AnnouncePeer(TORRENT, 0, true, empty.token(), false));
    assertEquals(List.of(announcer.address()), answerTo(asker, get).values(), "its own port");
  }

  @Test
  void aTokenIsNeededAndIsNobodyElses() {
    NodeInfo owner = addedNode(1);
    NodeInfo thief = addedNode(2);
    Reply reply =
        answerTo(owner, new Question.GetPeers(TORRENT, Question.Want.UNSAID, false, false));
    Question theft = new Question.AnnouncePeer(TORRENT, 1, false, reply.token(), false);
    assertEquals(203, errorTo(thief, theft));
    assertEquals(
        203, errorTo(owner, new Question.AnnouncePeer(TORRENT, 1, false, new byte[8], false)));
    assertEquals(0, node.storedPeers());
    Item item = Item.immutable(BValue.Str.of("x"));
    assertEquals(203, errorTo(owner, new Question.Put(item, -1, reply.token())));
  }

  @Test
  void itemsAreKeptAndUpdated() {
    NodeInfo owner = addedNode(1);
    byte[] seed = new byte[Item.SEED_BYTES];
    Item first = Item.sign(BValue.Str.of("a"), seed, new byte[0], 1);
    Item second = Item.sign(BValue.Str.of("b"), seed, new byte[0], 2);
    Question.Get get = new Question.Get(first.target(), Question.Want.UNSAID, -1);
    byte[] token = answerTo(owner, get).token();
    assertEquals(0, errorTo(owner, new Question.Put(first, -1, token)));
    take(owner.address());
    assertEquals(301, errorTo(owner, new Question.Put(second, 7, token)));
    assertEquals(0, errorTo(owner, new Question.Put(second, 1, token)));
    take(owner.address());
    assertEquals(302, errorTo(owner, new Question.Put(first, -1, token)));
    Item forged = new Item(first.value(), second.mutable());
    assertEquals(206, errorTo(owner, new Question.Put(forged, -1, token)));
    Reply.Stored stored = answerTo(owner, get).stored();
    assertArrayEquals(second.value(), stored.value());
    assertEquals(2, stored.sequence());
    Reply.Stored known =
        answerTo(owner, new Question.Get(first.target(), Question.Want.UNSAID, 2)).stored();
    assertNull(known.value());
    assertEquals(2, known.sequence());
  }

  @Test
  void badQueriesGetAnError() {
    NodeInfo asker = fittingNode(1);
    byte[] unknown =
        ("d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q4:vote1:t2:aa1:y1:qe")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    node.onDatagram(unknown, asker.address(), now);
    assertEquals(204, ((KrpcMessage.Failure) take(asker.address())).code());
  }

  // ---- limits

  @Test
  void strangersGetNoMoreThanThreeTimesWhatTheySent() {
    for (int i = 0; i < 40; i++) {
      addedNode(i);
    }
    NodeInfo announcer = addedNode(100);
    Question.GetPeers get = new Question.GetPeers(TORRENT, KrpcMessageTest.BOTH, false, true);
    for (int i = 101; i < 161; i++) {
      now += SECOND / 4;
      NodeInfo other = addedNode(i);
      byte[] token = answerTo(other, get).token();
      ask(other, new Question.AnnouncePeer(TORRENT, 7000, false, token, true));
    }
    Item item = Item.immutable(BValue.Str.of("x".repeat(900)));
    byte[] token =
        answerTo(announcer, new Question.Get(item.target(), Question.Want.UNSAID, -1)).token();
    ask(announcer, new Question.Put(item, -1, token));
    assertEquals(1, node.storedItems());
    sent.clear();

    NodeInfo stranger = fittingNode(200);
    for (Question question :
        List.of(
            get,
            new Question.Ping(),
            new Question.FindNode(stranger.id(), KrpcMessageTest.BOTH),
            new Question.Get(item.target(), Question.Want.UNSAID, -1),
            new Question.SampleInfohashes(stranger.id(), KrpcMessageTest.BOTH))) {
      int length =
          new KrpcMessage.Query(TRANSACTION, stranger.id(), false, question).encode().length;
      ask(stranger, question);
      Sent answer =
          sent.stream()
              .filter(one -> one.message instanceof KrpcMessage.Answer)
              .findFirst()
              .orElseThrow();
      assertTrue(
          answer.datagram.length <= Responder.AMPLIFICATION * length,
          question.method() + ": " + answer.datagram.length + " for " + length);
      sent.clear();
    }
    Reply little = answerTo(stranger, get);
    assertTrue(little.values().size() >= 5 && little.nodes().size() >= 4, little.toString());
    assertNull(little.filters());
    assertTrue(node.count(DhtEvent.CUT) >= 2);

    Reply full = answerTo(announcer, get);
    assertEquals(8, full.nodes().size());
    assertNotNull(full.filters());
    assertNotNull(
        answerTo(announcer, new Question.Get(item.target(), Question.Want.UNSAID, -1)).stored());
  }

  @Test
  void oneAddressIsAnsweredOnlySoOften() {
    NodeInfo asker = fittingNode(1);
    int answers = 0;
    for (int i = 0; i < 1000; i++) {
      answers += answerTo(asker, new Question.Ping()) == null ? 0 : 1;
    }
    assertEquals(DhtConfig.DEFAULT.queriesPerAddress() * TokenBucket.BURST_SECONDS, answers);
    assertEquals(1000 - answers, node.count(DhtEvent.LIMITED));
    now += SECOND;
    assertNotNull(answerTo(asker, new Question.Ping()));
    assertNotNull(answerTo(fittingNode(2), new Question.Ping()));
  }

  @Test
  void aFloodOfNewcomersDoesNotMakeUsAskAndAsk() {
    for (int i = 0; i < 250; i++) {
      for (int port = 1; port <= 10; port++) {
        InetSocketAddress from = new InetSocketAddress(address(i).getAddress(), port);
        ask(new NodeInfo(SecureId.create(from.getAddress(), random), from), new Question.Ping());
      }
    }
    assertEquals(Upkeep.MAX_PINGING, node.count(DhtEvent.ASKED));
    assertEquals(0, node.nodeCount());
  }

  // ---- looking for something

  private static final class Found implements DhtNode.PeerListener {
    private final List<InetSocketAddress> peers = new ArrayList<>();
    private LookupResult result;
    private long seeds;
    private long others;

    @Override
    public void onPeers(List<InetSocketAddress> found) {
      peers.addAll(found);
    }

    @Override
    public void onDone(LookupResult done, long seedsCounted, long othersCounted) {
      result = done;
      seeds = seedsCounted;
      others = othersCounted;
    }
  }

  private Found find(int port) {
    Found found = new Found();
    node.findPeers(new DhtNode.PeerQuery(TORRENT, port, false, false, true), found, now);
    return found;
  }

  @Test
  void aScrapeCountsAPeerThatIsASeedElsewhereAsASeed() {
    NodeInfo counting = addedNode(1);
    NodeInfo naming = addedNode(2);
    sent.clear();
    Found found = find(DhtNode.PeerQuery.NO_ANNOUNCE);
    answer(
        (KrpcMessage.Query) take(naming.address()),
        naming,
        naming.address(),
        Reply.EMPTY.withToken(new byte[1]).withValues(List.of(address(10), address(11))));
    Reply.Filters filters = new Reply.Filters(new BloomFilter(), new BloomFilter());
    filters.seeds().add(address(10).getAddress());
    answer(
        (KrpcMessage.Query) take(counting.address()),
        counting,
        counting.address(),
        Reply.EMPTY.withToken(new byte[1]).withFilters(filters));
    assertEquals(1, found.seeds);
    assertEquals(1, found.others);
  }

  @Test
  void aSearchWithoutNodesEndsAtOnce() {
    assertEquals(LookupResult.NONE, find(1).result);
  }

  @Test
  void strangersCannotSendUsToOurOwnNetwork() {
    NodeInfo liar = addedNode(1);
    sent.clear();
    Found found = find(DhtNode.PeerQuery.NO_ANNOUNCE);
    KrpcMessage.Query query = (KrpcMessage.Query) take(liar.address());
    InetSocketAddress router = new InetSocketAddress("192.168.1.1", 80);
    answer(
        query,
        liar,
        liar.address(),
        Reply.EMPTY
            .withToken(new byte[1])
            .withNodes(List.of(new NodeInfo(NodeId.random(random), router)), List.of())
            .withValues(List.of(router, address(9))));
    assertEquals(List.of(address(9)), found.peers);
    assertEquals(0, sent.size());
    assertEquals(1, found.result.answered());
  }

  @Test
  void aSearchAnnouncesWithTheTokensItGot() {
    NodeInfo only = addedNode(1);
    sent.clear();
    Found found = find(6881);
    byte[] token = {1, 2, 3};
    answer(
        (KrpcMessage.Query) take(only.address()),
        only,
        only.address(),
        Reply.EMPTY.withToken(token));
    KrpcMessage.Query announce = (KrpcMessage.Query) take(only.address());
    Question.AnnouncePeer question =
        assertInstanceOf(Question.AnnouncePeer.class, announce.question());
    assertArrayEquals(token, question.token());
    assertEquals(6881, question.port());
    assertNull(found.result);
    answer(announce, only, only.address(), Reply.EMPTY);
    assertEquals(1, found.result.stored());
    assertEquals(List.of(only), found.result.closest());
  }

  @Test
  void aSearchThatIsCancelledIsSilent() {
    NodeInfo only = addedNode(1);
    sent.clear();
    Found found = new Found();
    node.findPeers(new DhtNode.PeerQuery(TORRENT, 6881, false, false, false), found, now).cancel();
    answer(
        (KrpcMessage.Query) take(only.address()),
        only,
        only.address(),
        Reply.EMPTY.withToken(new byte[1]).withValues(List.of(address(9))));
    assertNull(found.result);
    assertEquals(List.of(), found.peers);
    assertEquals(0, sent.size(), "nothing is announced");
    node.onTick(now + 10 * SECOND);
    assertNull(found.result);
  }

  @Test
  void aForgedItemIsNotFound() {
    NodeInfo only = addedNode(1);
    sent.clear();
    Item item = Item.immutable(BValue.Str.of("x"));
    List<Item> items = new ArrayList<>();
    DhtNode.ItemListener listener =
        new DhtNode.ItemListener() {
          @Override
          public void onItem(Item found) {
            items.add(found);
          }

          @Override
          public void onDone(LookupResult result) {}
        };
    byte[] wrong = {'1', ':', 'y'};
    for (byte[] value : List.of(wrong, item.value())) {
      node.getItem(new DhtNode.ItemQuery(item.target(), new byte[0]), listener, now);
      answer(
          (KrpcMessage.Query) take(only.address()),
          only,
          only.address(),
          Reply.EMPTY.withStored(new Reply.Stored(value, null, null, -1)));
    }
    assertEquals(1, items.size());
    assertArrayEquals(item.value(), items.get(0).value());
  }

  // ---- from run to run

  @Test
  void theStateBringsBackIdAndNodesWithoutABootstrap() throws ProtocolException {
    for (int i = 0; i < 10; i++) {
      addedNode(i);
    }
    DhtState state = DhtState.decode(node.state(now).encode());
    assertEquals(10, state.nodes().size());
    assertEquals(node.id(), state.id4());
    sent.clear();
    DhtNode again = new DhtNode(DhtConfig.DEFAULT, state, random, this::send, now);
    assertEquals(node.id(), again.id());
    again.onTick(now);
    assertEquals(Lookup.PARALLEL, sent.size());
    assertEquals(Set.copyOf(state.nodes()), Set.copyOf(again.state(now).nodes()), "a short run");
    for (String bad : List.of("le", "de", "i1e", "d3:id41:xe")) {
      assertThrows(ProtocolException.class, () -> DhtState.decode(bad.getBytes()));
    }
  }

  @Test
  void bothDhtsAreKeptApart() {
    InetSocketAddress ipv6 = new InetSocketAddress("2001:db8:7::1", 6881);
    NodeInfo other = new NodeInfo(SecureId.create(ipv6.getAddress(), random), ipv6);
    ask(other, new Question.Ping());
    answerPing(other);
    take(ipv6);
    NodeInfo asker = addedNode(1);
    Reply plain = answerTo(asker, new Question.FindNode(asker.id(), Question.Want.UNSAID));
    assertEquals(List.of(asker), plain.nodes());
    assertEquals(List.of(), plain.nodes6());
    Reply both = answerTo(asker, new Question.FindNode(asker.id(), KrpcMessageTest.BOTH));
    assertEquals(List.of(other), both.nodes6());
    assertEquals(
        List.of(),
        answerTo(other, new Question.FindNode(asker.id(), Question.Want.UNSAID)).nodes());
  }
}
