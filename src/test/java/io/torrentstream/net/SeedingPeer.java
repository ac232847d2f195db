package io.torrentstream.net;

import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A seed in a few lines, for tests: it listens on the loopback address and serves an array. Every
 * step is a method to override, which is how a test gets a seed that lies, stalls or corrupts:
 *
 * <pre>
 * new SeedingPeer(infoHash, layout, content) {
 *   protected byte[] bytes(Block block) {
 *     byte[] bytes = super.bytes(block);
 *     bytes[0] ^= block.piece() == 3 ? 1 : 0;    // piece 3 is wrong
 *     return bytes;
 *   }
 *   protected void onInterested(ScriptedPeer peer) {}    // never unchokes
 *   protected void onRequest(ScriptedPeer peer, Block block) {}    // never answers
 * }
 * </pre>
 *
 * One daemon thread a connection; methods to override are called on it.
 */
public class SeedingPeer implements AutoCloseable {
  private final InfoHash infoHash;
  private final PieceLayout layout;
  private final byte[] content;
  private final byte[] peerId = Handshake.newPeerId(new Random());
  private final ServerSocket server;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();

  /** Listens on 127.0.0.1 at once. */
  public SeedingPeer(InfoHash infoHash, PieceLayout layout, byte[] content) throws IOException {
    this("127.0.0.1", infoHash, layout, content);
  }

  /** Listens on a loopback address at once; bans are by address, so a test may need several. */
  @SuppressWarnings("this-escape") // The thread is only started; a subclass has no state to miss.
  public SeedingPeer(String address, InfoHash infoHash, PieceLayout layout, byte[] content)
      throws IOException {
    this.infoHash = infoHash;
    this.layout = layout;
    this.content = content;
    this.server = new ServerSocket(0, 50, InetAddress.getByName(address));
    start("accept", this::acceptAll);
  }

  public final InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Connections so far, refused handshakes included. */
  public final int connections() {
    return connections.get();
  }

  /** Requests received so far. */
  public final int requests() {
    return requests.get();
  }

  /** Makes a connection instead of waiting for one. */
  public final void connectTo(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    start("serve", () -> serve(socket, true));
  }

  /** What it says first; override for other reserved bits, another info-hash, another peer id. */
  protected Handshake handshake() {
    return new Handshake(infoHash, peerId.clone(), 0);
  }

  /** The handshakes are done: it says what it has. */
  protected void onOpen(ScriptedPeer peer, Handshake remote) throws IOException {
    Bitfield all = new Bitfield(layout.pieceCount());
    all.setAll();
    peer.send(new PeerMessage.BitfieldMessage(all.toBytes()));
  }

  protected void onInterested(ScriptedPeer peer) throws IOException {
    peer.send(new PeerMessage.Unchoke());
  }

  protected void onRequest(ScriptedPeer peer, Block block) throws IOException {
    peer.send(
        new PeerMessage.Piece(block.piece(), block.begin(), Unpooled.wrappedBuffer(bytes(block))));
  }

  /** Any other message. */
  protected void onMessage(ScriptedPeer peer, PeerMessage message) throws IOException {}

  /** A copy of a block's bytes. */
  protected byte[] bytes(Block block) {
    int from = Math.toIntExact(layout.pieceOffset(block.piece()) + block.begin());
    return Arrays.copyOfRange(content, from, from + block.length());
  }

  private void acceptAll() throws IOException {
    while (true) {
      Socket socket = server.accept();
      start("serve", () -> serve(socket, false));
    }
  }

  private void serve(Socket socket, boolean outgoing) throws IOException {
    connections.incrementAndGet();
    sockets.add(socket);
    try (ScriptedPeer peer = ScriptedPeer.of(socket)) {
      socket.setSoTimeout(0); // A seed waits for as long as the test runs.
      if (outgoing) {
        peer.sendHandshake(handshake());
      }
      Handshake remote = peer.expectHandshake();
      if (!outgoing) {
        peer.sendHandshake(handshake());
      }
      onOpen(peer, remote);
      while (true) {
        dispatch(peer, peer.next());
      }
    }
  }

  private void dispatch(ScriptedPeer peer, PeerMessage message) throws IOException {
    switch (message.type()) {
      case INTERESTED -> onInterested(peer);
      case REQUEST -> {
        requests.incrementAndGet();
        onRequest(peer, ((PeerMessage.Request) message).block());
      }
      default -> onMessage(peer, message);
    }
  }

  private interface Task {
    void run() throws IOException;
  }

  private void start(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                return; // The other side or the test has closed the socket.
              }
            },
            "seeding-peer-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
