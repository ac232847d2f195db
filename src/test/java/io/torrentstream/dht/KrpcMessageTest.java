package io.torrentstream.dht;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages of BEP 5 to the byte, and all of ours there and back. */
class KrpcMessageTest {
  static final byte[] TRANSACTION = "aa".getBytes(ISO_8859_1);
  static final NodeId ASKER = id("abcdefghij0123456789");
  static final NodeId ANSWERER = id("mnopqrstuvwxyz123456");
  static final InfoHash TORRENT = InfoHash.of("mnopqrstuvwxyz123456".getBytes(ISO_8859_1));
  static final Question.Want BOTH = new Question.Want(false, true, true);
  static final byte[] TOKEN = "aoeusnth".getBytes(ISO_8859_1);

  private static final String PROGRAM = "1:v4:tS\u0001\u0000";

  static NodeId id(String text) {
    return NodeId.of(text.getBytes(ISO_8859_1));
  }

  static KrpcMessage decode(String text) throws ProtocolException {
    return KrpcMessage.decode(text.getBytes(ISO_8859_1));
  }

  static KrpcMessage.Query query(Question question) {
    return new KrpcMessage.Query(TRANSACTION, ASKER, false, question);
  }

  /** What BEP 5 prints is what we read and, but for our {@code v}, what we write. */
  private static void assertGolden(String golden, KrpcMessage message) throws ProtocolException {
    String written = new String(message.encode(), ISO_8859_1);
    assertEquals(golden, written.replace(PROGRAM, ""));
    assertTrue(written.contains(PROGRAM));
    assertArrayEquals(message.encode(), decode(golden).encode());
  }

  @Test
  void queriesOfBep5() throws ProtocolException {
    assertGolden(
        "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe", query(new Question.Ping()));
    assertGolden(
        "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
        query(new Question.FindNode(ANSWERER, Question.Want.UNSAID)));
    assertGolden(
        "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
        query(new Question.GetPeers(TORRENT, Question.Want.UNSAID, false, false)));
    assertGolden(
        "d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e"
            + "5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
        query(new Question.AnnouncePeer(TORRENT, 6881, true, TOKEN, false)));
  }

  @Test
  void answersOfBep5() throws ProtocolException {
    assertGolden(
        "d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re",
        new KrpcMessage.Answer(TRANSACTION, ANSWERER, null, Reply.EMPTY));
    List<InetSocketAddress> peers =
        List.of(
            SimulatedNetwork.address("axje".getBytes(ISO_8859_1), '.' << 8 | 'u'),
            SimulatedNetwork.address("idht".getBytes(ISO_8859_1), 'n' << 8 | 'm'));
    assertGolden(
        "d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re",
        new KrpcMessage.Answer(
            TRANSACTION, ASKER, null, Reply.EMPTY.withToken(TOKEN).withValues(peers)));
  }

  @Test
  void errorOfBep5() throws ProtocolException {
    assertGolden(
        "d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee",
        new KrpcMessage.Failure(TRANSACTION, 201, "A Generic Error Ocurred"));
  }

  @Test
  void everyQuestionComesBackAsItWas() throws ProtocolException {
    Item mutable = Item.sign(BValue.Str.of("x"), new byte[32], TOKEN, 7);
    for (Question question :
        List.of(
            new Question.FindNode(ANSWERER, BOTH),
            new Question.GetPeers(TORRENT, new Question.Want(false, false, true), true, true),
            new Question.AnnouncePeer(TORRENT, 1, false, TOKEN, true),
            new Question.Get(ANSWERER, Question.Want.UNSAID, 5),
            new Question.Put(Item.immutable(new BValue.Int(4)), -1, TOKEN),
            new Question.Put(mutable, 6, TOKEN),
            new Question.SampleInfohashes(ANSWERER, Question.Want.UNSAID))) {
      KrpcMessage.Query query = new KrpcMessage.Query(TRANSACTION, ASKER, true, question);
      KrpcMessage.Query read =
          assertInstanceOf(KrpcMessage.Query.class, KrpcMessage.decode(query.encode()));
      assertTrue(read.readOnly());
      assertEquals(question.getClass(), read.question().getClass());
      assertArrayEquals(query.encode(), read.encode(), question.method());
    }
  }

  @Test
  void everyValueComesBackAsItWas() throws ProtocolException {
    InetSocketAddress ipv4 = new InetSocketAddress("192.0.2.1", 6881);
    InetSocketAddress ipv6 = new InetSocketAddress("2001:db8::1", 6882);
    BloomFilter filter = new BloomFilter();
    filter.add(ipv4.getAddress());
    byte[] value = "3:abc".getBytes(ISO_8859_1);
    Reply reply =
        new Reply(
            List.of(new NodeInfo(ASKER, ipv4)),
            List.of(new NodeInfo(ANSWERER, ipv6)),
            TOKEN,
            List.of(ipv4, ipv6),
            new Reply.Filters(filter, new BloomFilter()),
            new Reply.Stored(value, new byte[32], new byte[64], 3),
            new Reply.Samples(60, 5, List.of(TORRENT)));
    KrpcMessage.Answer answer = new KrpcMessage.Answer(TRANSACTION, ASKER, ipv6, reply);
    KrpcMessage.Answer read =
        assertInstanceOf(KrpcMessage.Answer.class, KrpcMessage.decode(answer.encode()));
    assertArrayEquals(answer.encode(), read.encode());
    assertEquals(reply.nodes(), read.reply().nodes());
    assertEquals(reply.nodes6(), read.reply().nodes6());
    assertEquals(reply.values(), read.reply().values());
    assertEquals(ipv6, read.seenAs());
  }

  @Test
  void badQueriesGetTheErrorOfBep5And44() throws ProtocolException {
    assertError(204, "d1:ad2:id20:abcdefghij0123456789e1:q4:vote1:t2:aa1:y1:qe");
    assertError(203, "d1:ad2:id19:abcdefghij012345678e1:q4:ping1:t2:aa1:y1:qe");
    assertError(203, "d1:q4:ping1:t2:aa1:y1:qe");
    assertError(203, "d1:ad2:id20:abcdefghij0123456789e1:q9:find_node1:t2:aa1:y1:qe");
    assertError(
        203,
        "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234564:porti0e"
            + "5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe");
    assertError(205, put("1:v1002:" + "x".repeat(1002)));
    assertError(207, put("1:k32:" + "k".repeat(32) + "4:salt65:" + "s".repeat(65) + "1:v1:x"));
    assertError(
        203, put("1:k32:" + "k".repeat(32) + "3:seqi-1e3:sig64:" + "s".repeat(64) + "1:v1:x"));
    assertError(203, put("1:vd1:bi1e1:ai2ee"));
  }

  private static String put(String arguments) {
    int before = arguments.indexOf("1:v");
    return "d1:ad2:id20:abcdefghij0123456789"
        + arguments.substring(0, before)
        + "5:token8:aoeusnth"
        + arguments.substring(before)
        + "e1:q3:put1:t2:aa1:y1:qe";
  }

  private static void assertError(int code, String datagram) throws ProtocolException {
    KrpcMessage.BadQuery bad =
        assertInstanceOf(KrpcMessage.BadQuery.class, decode(datagram), datagram);
    assertEquals(code, bad.code(), bad.text());
    assertTrue(Arrays.equals(TRANSACTION, bad.transactionId()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "le",
        "d1:t0:1:y1:qe",
        "d1:t17:aaaaaaaaaaaaaaaaa1:y1:qe",
        "d1:t2:aa1:y1:xe",
        "d1:t2:aae",
        "d1:rde1:t2:aa1:y1:re",
        "d1:rd2:id20:abcdefghij01234567895:nodes25:0123456789012345678901234e1:t2:aa1:y1:re",
        "d1:rd2:id20:abcdefghij01234567894:BFpe1:x4:BFsd1:xe1:t2:aa1:y1:re",
        "d1:eli201ee1:t2:aa1:y1:ee",
        "d1:e3:abc1:t2:aa1:y1:ee"
      })
  void nonsenseIsNoMessage(String datagram) {
    assertThrows(ProtocolException.class, () -> decode(datagram));
  }

  private static String answerWith(String values) {
    return "d1:rd2:id20:abcdefghij0123456789" + values + "e1:t2:aa1:y1:re";
  }

  @Test
  void longTokensAreRefused() throws ProtocolException {
    decode(answerWith("5:token128:" + "t".repeat(128)));
    String long129 = answerWith("5:token129:" + "t".repeat(129));
    assertThrows(ProtocolException.class, () -> decode(long129));
  }

  @Test
  void longTransactionIdsAreRefused() throws ProtocolException {
    String ping = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t%d:%s1:y1:qe";
    decode(ping.formatted(16, "t".repeat(16)));
    String long17 = ping.formatted(17, "t".repeat(17));
    assertThrows(ProtocolException.class, () -> decode(long17));
  }

  /** What is between the keys that we read is passed over, so only its length is wrong. */
  @Test
  void longDatagramsAreRefused() throws ProtocolException {
    int others = answerWith("1:x1000:").length();
    String longest = answerWith("1:x1993:" + "x".repeat(KrpcReader.MAX_DATAGRAM - others));
    assertEquals(KrpcReader.MAX_DATAGRAM, longest.length());
    decode(longest);
    String oneMore = longest.replace("1:x1993:", "1:x1994:x");
    assertThrows(ProtocolException.class, () -> decode(oneMore));
  }

  @Test
  void listsAreCut() throws ProtocolException {
    String nodes = ("N".repeat(20) + "\u0001\u0002\u0003\u0004\u0001\u0001").repeat(40);
    String peers = "6:\u0001\u0002\u0003\u0004\u0001\u0001".repeat(200);
    assertEquals(KrpcReader.MAX_NODES, replyOf(answerWith("5:nodes1040:" + nodes)).nodes().size());
    assertEquals(
        KrpcReader.MAX_VALUES, replyOf(answerWith("6:valuesl" + peers + "e")).values().size());
  }

  private static Reply replyOf(String answer) throws ProtocolException {
    return ((KrpcMessage.Answer) decode(answer)).reply();
  }

  @Test
  void addressesOfNobodyAreLeftOut() throws ProtocolException {
    String values =
        "6:\u0001\u0002\u0003\u0004\u0000\u0000" // port 0
            + "6:\u0000\u0002\u0003\u0004\u0001\u0001" // 0.x
            + "6:\u00e0\u0002\u0003\u0004\u0001\u0001" // multicast
            + "6:\u00ff\u00ff\u00ff\u00ff\u0001\u0001" // broadcast
            + "18:\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u00ff\u00ff\u0001"
            + "\u0002\u0003\u0004\u0001\u0001" // IPv4 in IPv6
            + "5:short";
    KrpcMessage.Answer answer =
        (KrpcMessage.Answer)
            decode("d1:rd2:id20:abcdefghij01234567896:valuesl" + values + "ee1:t2:aa1:y1:re");
    assertEquals(List.of(), answer.reply().values());
    assertNull(answer.reply().token());
  }
}
