package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.PeerMessageCodec;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;

/**
 * A peer that does exactly what a test tells it, over a plain socket: it listens or connects, sends
 * messages or any bytes, and expects messages. Every wait ends after {@link #TIMEOUT_MILLIS} with a
 * failure. Buffers are unpooled and on the heap, so a test need not release those it receives.
 *
 * <p>One connection at a time. Used by one thread.
 */
public final class ScriptedPeer implements AutoCloseable {
  public static final int TIMEOUT_MILLIS = 10_000;

  private final ServerSocket server;
  private Socket socket;
  private DataInputStream in;

  private ScriptedPeer(ServerSocket server) {
    this.server = server;
  }

  /** Listens on a free port of the loopback address; {@link #accept} takes the connections. */
  public static ScriptedPeer listen() throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    server.setSoTimeout(TIMEOUT_MILLIS);
    return new ScriptedPeer(server);
  }

  /** Connects to a port of the loopback address. */
  public static ScriptedPeer connect(int port) throws IOException {
    return connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
  }

  public static ScriptedPeer connect(InetSocketAddress address) throws IOException {
    return connect(new Socket(), address);
  }

  /** The same, but the system takes little in advance of what the test reads. */
  public static ScriptedPeer connectNarrow(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    return connect(socket, new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
  }

  private static ScriptedPeer connect(Socket socket, InetSocketAddress address) throws IOException {
    ScriptedPeer peer = new ScriptedPeer(null);
    socket.connect(address, TIMEOUT_MILLIS);
    peer.use(socket);
    return peer;
  }

  /** A peer for a connection that somebody else accepted; closing the peer closes the socket. */
  static ScriptedPeer of(Socket socket) throws IOException {
    ScriptedPeer peer = new ScriptedPeer(null);
    peer.use(socket);
    return peer;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Waits for the next connection, which replaces the one before. */
  public ScriptedPeer accept() throws IOException {
    closeConnection();
    use(server.accept());
    return this;
  }

  private void use(Socket connection) throws IOException {
    socket = connection;
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** This side's address of the connection. */
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  public void sendHandshake(Handshake handshake) throws IOException {
    ByteBuf bytes = Unpooled.buffer(Handshake.LENGTH);
    handshake.encode(bytes);
    sendRaw(bytes.array());
  }

  public Handshake expectHandshake() throws IOException {
    try {
      return Handshake.decode(Unpooled.wrappedBuffer(read(Handshake.LENGTH)));
    } catch (ProtocolException e) {
      return fail(e);
    }
  }

  /** Sends messages in one write; their buffers stay the caller's. */
  public void send(PeerMessage... messages) throws IOException {
    ByteBuf bytes = Unpooled.buffer();
    for (PeerMessage message : messages) {
      PeerMessageCodec.encode(message, bytes);
    }
    sendRaw(Arrays.copyOf(bytes.array(), bytes.readableBytes()));
  }

  public void sendRaw(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Waits for the next message, whatever it is. */
  public PeerMessage next() throws IOException {
    int length = in.readInt();
    byte[] body = read(length);
    try {
      return PeerMessageCodec.decode(length, Unpooled.wrappedBuffer(body));
    } catch (ProtocolException e) {
      return fail(e);
    }
  }

  /** Waits for the next message, which must be of a kind. */
  public <M extends PeerMessage> M expect(Class<M> kind) throws IOException {
    return assertInstanceOf(kind, next());
  }

  /** Waits for the next message, which must be this one. */
  public void expect(PeerMessage message) throws IOException {
    assertEquals(message, next());
  }

  /** Waits for the first message of a kind and leaves out those before it. */
  public <M extends PeerMessage> M await(Class<M> kind) throws IOException {
    while (true) {
      PeerMessage message = next();
      if (kind.isInstance(message)) {
        return kind.cast(message);
      }
    }
  }

  /** Waits for the other side to close; what it sends until then is read and left out. */
  public void expectClosed() throws IOException {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (SocketException reset) {
      return; // It closed with bytes of ours unread, which TCP tells us by a reset.
    }
  }

  private byte[] read(int count) throws IOException {
    byte[] bytes = new byte[count];
    try {
      in.readFully(bytes);
    } catch (EOFException e) {
      throw new EOFException("closed by the other side (expected: " + count + " more bytes)");
    }
    return bytes;
  }

  /** Ends the connection the hard way: the other side sees a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private void closeConnection() throws IOException {
    if (socket != null) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    closeConnection();
    if (server != null) {
      server.close();
    }
  }
}
