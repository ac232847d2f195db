package io.torrentstream.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.TrackerFailure;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The test plays the tracker, datagram by datagram, on a real socket. */
class UdpTrackerClientTest {
  private static final InfoHash HASH = InfoHash.of("hhhhhhhhhhhhhhhhhhhh".getBytes(ISO_8859_1));
  private static final Announce.Request REQUEST =
      new Announce.Request(HASH, new byte[20], 6881, 0, 0, 1, Announce.Event.STARTED, 200, 7, null);
  private static final int CONNECT = 0;
  private static final int ANNOUNCE = 1;
  private static final int SCRAPE = 2;
  private static final int ERROR = 3;

  private Transport transport;
  private BackgroundResolver resolver;
  private UdpMux udp;
  private TrackerClient client;
  private DatagramSocket tracker;

  @BeforeEach
  void open() throws IOException {
    transport = Transport.open(1);
    resolver = new BackgroundResolver();
    tracker = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
    tracker.setSoTimeout(20_000);
    client(Duration.ofSeconds(20));
  }

  @AfterEach
  void close() {
    tracker.close();
    client.close();
    resolver.close();
    transport.close();
  }

  private void client(Duration firstTimeout) throws IOException {
    Duration unused = Duration.ofSeconds(20);
    udp = new UdpMux(transport, transport.loops().next(), null);
    client =
        new TrackerClient(
            transport,
            resolver,
            null,
            TrustedTls.load(null),
            udp,
            new TrackerClient.Patience(unused, unused, firstTimeout, unused));
  }

  private ServerUrl url() {
    return new ServerUrl("udp", "127.0.0.1", tracker.getLocalPort(), "");
  }

  private CompletableFuture<Announce.Response> announce() {
    return client.announce(url(), REQUEST);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return assertThrows(ExecutionException.class, () -> get(future)).getCause();
  }

  /** A datagram from the client. */
  private record Received(byte[] bytes, InetSocketAddress from) {
    long connection() {
      return ByteBuffer.wrap(bytes).getLong();
    }

    int action() {
      return ByteBuffer.wrap(bytes).getInt(8);
    }

    int transaction() {
      return ByteBuffer.wrap(bytes).getInt(12);
    }
  }

  private Received receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    tracker.receive(packet);
    return new Received(
        Arrays.copyOf(packet.getData(), packet.getLength()),
        (InetSocketAddress) packet.getSocketAddress());
  }

  private Received receive(int action) throws IOException {
    Received received = receive();
    assertEquals(action, received.action());
    return received;
  }

  private static byte[] reply(int action, int transaction, int... rest) {
    ByteBuffer reply = ByteBuffer.allocate(8 + 4 * rest.length).putInt(action).putInt(transaction);
    for (int value : rest) {
      reply.putInt(value);
    }
    return reply.array();
  }

  private void send(byte[] datagram, Received to) throws IOException {
    tracker.send(new DatagramPacket(datagram, datagram.length, to.from()));
  }

  /** Plays through a connect that ends in a connection id. */
  private void connect(int connectionId) throws IOException {
    Received connect = receive(CONNECT);
    assertEquals(0x41727101980L, connect.connection());
    send(reply(CONNECT, connect.transaction(), 0, connectionId), connect);
  }

  /** Answers an announce with one peer, 127.0.0.1:1. */
  private Received answerAnnounce(int connectionId) throws IOException {
    Received announce = receive(ANNOUNCE);
    assertEquals(connectionId, announce.connection());
    send(peer(announce), announce);
    return announce;
  }

  private static byte[] peer(Received announce) {
    byte[] head = reply(ANNOUNCE, announce.transaction(), 900, 5, 7, 0x7F000001, 0x00010000);
    return Arrays.copyOf(head, head.length - 2);
  }

  @Test
  void connectsThenAnnounces() throws Exception {
    CompletableFuture<Announce.Response> answer = announce();
    connect(77);
    answerAnnounce(77);
    InetSocketAddress peer = new InetSocketAddress("127.0.0.1", 1);
    assertEquals(
        new Announce.Response(900, 900, List.of(peer), 7, 5, null, null, null), get(answer));
  }

  @Test
  void speaksIpv6() throws Exception {
    InetAddress loopback6 = InetAddress.getByName("::1");
    assumeTrue(NetworkInterface.getByInetAddress(loopback6) != null, "no IPv6 here");
    tracker.close();
    tracker = new DatagramSocket(0, loopback6);
    tracker.setSoTimeout(20_000);
    CompletableFuture<Announce.Response> answer =
        client.announce(new ServerUrl("udp", "::1", tracker.getLocalPort(), ""), REQUEST);
    connect(77);
    Received announce = receive(ANNOUNCE);
    byte[] head = reply(ANNOUNCE, announce.transaction(), 900, 5, 7, 0, 0, 0, 1, 0x00010000);
    send(Arrays.copyOf(head, head.length - 2), announce);
    assertEquals(List.of(new InetSocketAddress(loopback6, 1)), get(answer).peers());
  }

  /** What Windows uses; the other transports hand over senders' addresses in their own ways. */
  @Test
  void worksOverNio() throws Exception {
    client.close();
    transport.close();
    transport =
        new Transport(
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()),
            NioSocketChannel.class,
            NioServerSocketChannel.class,
            NioDatagramChannel.class);
    client(Duration.ofSeconds(20));
    CompletableFuture<Announce.Response> answer = announce();
    connect(77);
    answerAnnounce(77);
    assertEquals(1, get(answer).peers().size());
  }

  @Test
  void usesAConnectionAgain() throws Exception {
    CompletableFuture<Announce.Response> first = announce();
    connect(77);
    Received one = answerAnnounce(77);
    get(first);
    CompletableFuture<Announce.Response> second = announce();
    Received two = answerAnnounce(77);
    get(second);
    assertNotEquals(one.transaction(), two.transaction());
    assertEquals(one.from(), two.from());
    CompletableFuture<Scrape.Response> scrape = client.scrape(url(), HASH);
    Received three = receive(SCRAPE);
    send(reply(SCRAPE, three.transaction(), 1, 2, 3), three);
    assertEquals(new Scrape.Response(1, 3, 2), get(scrape));
  }

  @Test
  void connectsAnewWhenTheTrackerForgotTheConnection() throws Exception {
    CompletableFuture<Announce.Response> first = announce();
    connect(77);
    answerAnnounce(77);
    get(first);
    CompletableFuture<Announce.Response> second = announce();
    Received refused = receive(ANNOUNCE);
    send(reply(ERROR, refused.transaction(), 0x6E6F6E65), refused);
    connect(78);
    answerAnnounce(78);
    assertEquals(1, get(second).peers().size());
  }

  @Test
  void passesOnRefusals() throws Exception {
    CompletableFuture<Announce.Response> answer = announce();
    connect(77);
    Received announce = receive(ANNOUNCE);
    send(reply(ERROR, announce.transaction(), 0x6E6F1B5B), announce);
    TrackerFailure failure = (TrackerFailure) failure(answer);
    assertEquals("refused: no[", failure.getMessage());
    assertEquals(TrackerFailure.UNSPECIFIED, failure.retryAfterSeconds());
  }

  @Test
  void aRefusedConnectIsTheEnd() throws Exception {
    CompletableFuture<Announce.Response> answer = announce();
    Received connect = receive(CONNECT);
    send(reply(ERROR, connect.transaction()), connect);
    assertEquals("refused: no reason given", failure(answer).getMessage());
  }

  @Test
  void ignoresEverythingButTheReply() throws Exception {
    CompletableFuture<Announce.Response> answer = announce();
    Received connect = receive(CONNECT);
    int transaction = connect.transaction();
    send(new byte[0], connect);
    send(new byte[7], connect);
    send(new byte[60_000], connect);
    send(reply(CONNECT, transaction + 1, 0, 66), connect); // another's transaction
    send(reply(ANNOUNCE, transaction, 900, 5, 7), connect); // not what was asked
    send(reply(99, transaction, 0, 66), connect);
    forge(reply(CONNECT, transaction, 0, 66), connect); // from another port
    forge(reply(ERROR, transaction), connect);
    send(reply(CONNECT, transaction, 0, 77), connect);
    Received announce = receive(ANNOUNCE);
    assertEquals(77, announce.connection());
    send(reply(CONNECT, transaction, 0, 66), announce); // a duplicate
    send(reply(CONNECT, announce.transaction(), 0, 66), announce);
    forge(reply(ANNOUNCE, announce.transaction(), 1, 1, 1), announce);
    send(peer(announce), announce);
    assertEquals(1, get(answer).peers().size());
  }

  private static void forge(byte[] datagram, Received to) throws IOException {
    try (DatagramSocket other = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      other.send(new DatagramPacket(datagram, datagram.length, to.from()));
    }
  }

  @Test
  void aShortReplyIsAnError() throws Exception {
    CompletableFuture<Announce.Response> answer = announce();
    connect(77);
    Received announce = receive(ANNOUNCE);
    send(reply(ANNOUNCE, announce.transaction(), 900, 5), announce);
    assertEquals("UDP tracker reply: 8 bytes (expected: >= 12)", failure(answer).getMessage());
  }

  @Test
  void readsLargeReplies() throws Exception {
    CompletableFuture<Announce.Response> answer = announce();
    connect(77);
    Received announce = receive(ANNOUNCE);
    int peers = 1500;
    ByteBuffer reply = ByteBuffer.allocate(20 + 6 * peers);
    reply.put(reply(ANNOUNCE, announce.transaction(), 900, 5, 7));
    for (int i = 0; i < peers; i++) {
      reply.putInt(0x0A000000 + i).putShort((short) 6881);
    }
    send(reply.array(), announce);
    assertEquals(peers, get(answer).peers().size());
  }

  @Test
  void sendsAgainWhatGotLost() throws Exception {
    client.close();
    client(Duration.ofMillis(300));
    CompletableFuture<Announce.Response> answer = announce();
    Received lost = receive(CONNECT);
    Received again = receive(CONNECT);
    assertArrayEquals(lost.bytes(), again.bytes());
    send(reply(CONNECT, lost.transaction(), 0, 77), lost); // late, but the reply all the same
    Received announce = receive();
    while (announce.action() == CONNECT) { // a third copy left before our reply came
      announce = receive();
    }
    assertEquals(77, announce.connection());
    assertArrayEquals(announce.bytes(), receive(ANNOUNCE).bytes());
    send(peer(announce), announce);
    assertEquals(1, get(answer).peers().size());
  }

  @Test
  void givesUpAfterThreeDatagrams() throws Exception {
    client.close();
    client(Duration.ofMillis(20));
    CompletableFuture<Announce.Response> answer = announce();
    assertEquals("no answer", failure(answer).getMessage());
    for (int i = 0; i < 3; i++) {
      receive(CONNECT);
    }
    tracker.setSoTimeout(100);
    assertThrows(IOException.class, this::receive);
  }

  @Test
  void manyAtATimeDoNotMixUp() throws Exception {
    List<CompletableFuture<Announce.Response>> answers =
        List.of(announce(), announce(), announce(), announce());
    for (int answered = 0; answered < answers.size(); ) {
      Received received = receive();
      if (received.action() == CONNECT) {
        send(reply(CONNECT, received.transaction(), 0, 77), received);
      } else {
        send(peer(received), received);
        answered++;
      }
    }
    for (CompletableFuture<Announce.Response> answer : answers) {
      assertEquals(1, get(answer).peers().size());
    }
  }

  @Test
  void whatIsUnderWayFailsOnClose() throws Exception {
    CompletableFuture<Announce.Response> answer = announce();
    receive(CONNECT);
    client.close();
    assertEquals("closed", failure(answer).getMessage());
    assertEquals("closed", failure(announce()).getMessage());
  }

  @Test
  void anUnknownHostIsSaid() {
    ServerUrl nowhere = new ServerUrl("udp", "nowhere.invalid", 1, "");
    Throwable failure = failure(client.announce(nowhere, REQUEST));
    assertEquals("host not found: nowhere.invalid", failure.getMessage());
  }
}
