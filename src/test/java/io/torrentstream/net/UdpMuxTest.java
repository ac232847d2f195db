package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One UDP port and its two users, against a real socket. */
class UdpMuxTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int LIMIT_SECONDS = 20;

  private final Transport transport = Transport.open(1);
  private final EventLoop loop = transport.loops().next();
  private final UdpMux udp = new UdpMux(transport, loop, LOOPBACK);
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private DatagramSocket other;

  @BeforeEach
  void open() throws Exception {
    other = new DatagramSocket(0, LOOPBACK);
    other.setSoTimeout(LIMIT_SECONDS * 1000);
    udp.onDht((datagram, from) -> received.add("dht " + text(datagram)));
    udp.onTrackers((datagram, from) -> received.add("tracker " + text(datagram)));
  }

  @AfterEach
  void close() {
    other.close();
    udp.close();
    transport.close();
  }

  private static String text(byte[] datagram) {
    return new String(datagram, StandardCharsets.US_ASCII);
  }

  private void send(String datagram) throws IOException {
    byte[] bytes = datagram.getBytes(StandardCharsets.US_ASCII);
    other.send(new DatagramPacket(bytes, bytes.length, LOOPBACK, udp.port()));
  }

  private void openPort() throws Exception {
    loop.submit(() -> udp.open()).get().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void eachDatagramGoesToWhoeverUnderstandsIt() throws Exception {
    openPort();
    // Those in between are nobody's: of no length, of uTP, of a web server, of a tracker's
    // questions.
    for (String datagram : new String[] {"", "A", "HTTP", "\1\0\0\0", "\177", "de", "\0\0\0\1x"}) {
      send(datagram);
    }
    assertEquals("dht de", received.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
    assertEquals("tracker \0\0\0\1x", received.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
    assertEquals(0, received.size());
  }

  @Test
  void opensThePreferredPortWithTheFirstDatagram() throws Exception {
    assertEquals(0, udp.port());
    int free;
    try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
      free = socket.getLocalPort();
    }
    udp.prefer(free);
    InetSocketAddress to = new InetSocketAddress(LOOPBACK, other.getLocalPort());
    byte[] sent = {1, 2, 3};
    loop.execute(() -> udp.send(sent, to, failure -> received.add(failure.toString())));
    DatagramPacket packet = new DatagramPacket(new byte[sent.length], sent.length);
    other.receive(packet);
    assertArrayEquals(sent, packet.getData());
    assertEquals(free, packet.getPort());
    assertEquals(free, udp.port());
  }

  /** No system broadcasts unasked, so nothing leaves this machine. */
  @Test
  void saysInWordsWhyNothingCanBeSent() throws Exception {
    InetSocketAddress everybody = new InetSocketAddress("255.255.255.255", 9);
    loop.execute(() -> udp.send(new byte[1], everybody, e -> received.add(e.getMessage())));
    String message = received.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertFalse(message.contains("failed"), message); // as in "sendToAddress(..) failed with"
  }

  @Test
  void aPreferredPortThatIsTakenGivesWayToAnother() throws Exception {
    udp.prefer(other.getLocalPort());
    openPort();
    assertNotEquals(0, udp.port());
    assertNotEquals(other.getLocalPort(), udp.port());
  }

  @Test
  void aPortThatMustBeIsNotReplaced() {
    int taken = other.getLocalPort();
    IOException refused = assertThrows(IOException.class, () -> udp.bind(taken, taken));
    assertEquals("UDP port: " + taken + " (expected: one that is free)", refused.getMessage());
  }
}
