package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtEvent;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.Transport;
import io.torrentstream.net.UdpMux;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that peers name, over real sockets: a few are asked, whoever names more. */
@Timeout(30)
class NamedNodesTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Transport transport = Transport.open(1);
  private final EventLoop loop = transport.loops().next();
  private final BackgroundResolver resolver = new BackgroundResolver();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    resolver.close();
    transport.close();
  }

  private SessionDht dht(List<InetSocketAddress> nodes) {
    UdpMux udp = new UdpMux(transport, loop, LOOPBACK);
    SessionDht dht = new SessionDht(new DhtSettings(nodes, null), loop, udp, resolver, () -> {});
    opened.add(dht::close);
    return dht;
  }

  private DhtService node() throws Exception {
    DhtService node =
        DhtService.open(new DhtService.Options(LOOPBACK, 0, 0, DhtConfig.DEFAULT, List.of(), null));
    opened.add(node);
    return node;
  }

  private static InetSocketAddress address(DhtService node) {
    return new InetSocketAddress(LOOPBACK, node.port());
  }

  private DatagramSocket socket() throws IOException {
    DatagramSocket socket = new DatagramSocket(0, LOOPBACK);
    socket.setSoTimeout(10_000);
    opened.add(socket);
    return socket;
  }

  /** Ends when the node has joined the DHT and looked for something. */
  private void search(SessionDht dht) throws Exception {
    CompletableFuture<LookupResult> done = new CompletableFuture<>();
    DhtNode.PeerListener listener =
        new DhtNode.PeerListener() {
          @Override
          public void onPeers(List<InetSocketAddress> peers) {}

          @Override
          public void onDone(LookupResult result, long seeds, long others) {
            done.complete(result);
          }
        };
    InfoHash any = InfoHash.of(new byte[InfoHash.LENGTH]);
    int port = DhtNode.PeerQuery.NO_ANNOUNCE;
    loop.execute(
        () -> dht.findPeers(new DhtNode.PeerQuery(any, port, false, false, false), listener));
    assertTrue(done.get().answered() > 0);
  }

  private static byte[] received(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  /** What comes first is our own, sent just now: nothing came before. */
  private void assertNothingCame(DatagramSocket socket) throws IOException {
    byte[] own = {1, 2, 3};
    socket().send(new DatagramPacket(own, own.length, socket.getLocalSocketAddress()));
    assertArrayEquals(own, received(socket));
  }

  @Test
  void peersNameSoManyToBeginWith() throws Exception {
    SessionDht dht = dht(List.of());
    List<DhtService> named = new ArrayList<>();
    for (int i = 0; i < SessionDht.MAX_NAMED; i++) {
      named.add(node());
    }
    DatagramSocket oneMore = socket();
    loop.submit(
            () -> {
              named.forEach(node -> dht.onNode(address(node)));
              dht.onNode((InetSocketAddress) oneMore.getLocalSocketAddress());
            })
        .get();
    search(dht);
    for (DhtService node : named) {
      assertTrue(node.status().get().counts().get(DhtEvent.ANSWERED) > 0);
    }
    assertNothingCame(oneMore);
  }

  @Test
  void soManyArePingedAtATime() throws Exception {
    SessionDht dht = dht(List.of(address(node())));
    search(dht);
    List<DatagramSocket> silent = new ArrayList<>();
    for (int i = 0; i <= SessionDht.MAX_PINGING; i++) {
      silent.add(socket());
    }
    loop.submit(
            () -> silent.forEach(s -> dht.onNode((InetSocketAddress) s.getLocalSocketAddress())))
        .get();
    for (DatagramSocket pinged : silent.subList(0, SessionDht.MAX_PINGING)) {
      assertEquals('d', received(pinged)[0]);
    }
    assertNothingCame(silent.get(SessionDht.MAX_PINGING));
  }
}
