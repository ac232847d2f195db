package io.torrentstream.net;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/**
 * A web server on loopback that answers each request with whatever bytes a test wants to send,
 * however wrong. Connections stay open until the script or the client closes them.
 */
final class ScriptedTracker implements Closeable {
  /** Answers the request with a number, counted from 0; runs on the connection's thread. */
  @FunctionalInterface
  interface Script {
    void answer(int request, OutputStream out) throws IOException;
  }

  /** Ends the connection, from within a script. */
  static final class Hangup extends IOException {
    private static final long serialVersionUID = 1;
  }

  /** Ends the connection with a reset, from within a script. */
  static final class Reset extends IOException {
    private static final long serialVersionUID = 1;
  }

  private final ServerSocket server;
  private final Script script;
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  ScriptedTracker(Script script) throws IOException {
    this(ServerSocketFactory.getDefault(), script);
  }

  ScriptedTracker(ServerSocketFactory sockets, Script script) throws IOException {
    this.script = script;
    this.server = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  /** A script that sends the same text to every request, one byte for a character. */
  static Script always(String text) {
    return (request, out) -> out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A whole response with a body and its length. */
  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  int port() {
    return server.getLocalPort();
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/announce";
  }

  /** The heads of all requests so far. */
  List<String> requests() {
    return requests;
  }

  /** Where the connections came from. */
  List<InetAddress> clients() {
    return connections.stream().map(Socket::getInetAddress).toList();
  }

  /** How many connections were ever made. */
  int connectionCount() {
    return connections.size();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "scripted-tracker");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = server.accept();
        connections.add(connection);
        start(() -> serve(connection));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = connection.getInputStream();
      OutputStream out = connection.getOutputStream();
      for (String head = head(in); head != null; head = head(in)) {
        int number;
        synchronized (requests) {
          number = requests.size();
          requests.add(head);
        }
        answer(number, connection);
        out.flush();
      }
    } catch (IOException gone) {
      // The client hung up, or the script did.
    }
  }

  private void answer(int number, Socket connection) throws IOException {
    try {
      script.answer(number, connection.getOutputStream());
    } catch (Reset reset) {
      connection.setSoLinger(true, 0); // what was not sent is dropped, and the other side told so
      throw reset;
    }
  }

  /** Everything up to an empty line; null at the end of the connection. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return null;
      }
      head.append((char) c);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
