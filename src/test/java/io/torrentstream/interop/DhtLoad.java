package io.torrentstream.interop;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.dht.DhtConfig;
import io.torrentstream.session.DhtService;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures what a {@code get_peers} costs a node of the DHT, tsl's and libtorrent's in turn, in one
 * run. No test: a program that docs/benchmarks.md says how to start. Both nodes run without limits
 * of rate, and know the sixteen nodes that ask.
 */
final class DhtLoad {
  private static final int ASKERS = 16;
  private static final int UNDER_WAY = 8;
  private static final int ROUNDS = 7;
  private static final Duration ROUND = Duration.ofSeconds(3);
  private static final Duration WARM_UP = Duration.ofSeconds(12);
  private static final int SILENCE_MILLIS = 100;
  private static final int MAX_DATAGRAM = 2048;
  private static final int ASKER_PORT = 7777;

  /** So far above what comes that none of it is ever dropped. */
  private static final int NO_LIMIT = 100_000_000;

  private DhtLoad() {}

  /** Without arguments the measurement; {@code node PORT} runs tsl's node for it. */
  public static void main(String[] args) throws Exception {
    if (args.length == 2) {
      runNode(Integer.parseInt(args[1]));
      return;
    }
    Path home = Files.createDirectories(Path.of("target", "dht-load"));
    int tslPort = Workspace.freePort();
    int libtorrentPort = Workspace.freePort();
    List<String> ours =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            DhtLoad.class.getName(),
            "node",
            Integer.toString(tslPort));
    List<String> theirs =
        Libtorrent.script("libtorrent_dht.py", Integer.toString(libtorrentPort), "127.0.0.1");
    try (Candidate tsl = new Candidate("tsl", ours, home, new Flood("127.0.2.", tslPort));
        Candidate libtorrent =
            new Candidate("libtorrent", theirs, home, new Flood("127.0.3.", libtorrentPort))) {
      for (int round = -1; round < ROUNDS; round++) {
        tsl.measure(round);
        libtorrent.measure(round);
      }
      tsl.report();
      libtorrent.report();
      System.out.printf(
          "queries per core and second, tsl / libtorrent: %.2f%n",
          libtorrent.median() / tsl.median());
    }
  }

  private static void runNode(int port) throws Exception {
    DhtConfig config = new DhtConfig(false, NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (DhtService node =
        DhtService.open(new DhtService.Options(loopback, port, port, config, List.of(), null))) {
      System.out.println("listening on " + node.port());
      while (System.in.read() >= 0) {} // until the measurement ends
    }
  }

  /** A running node and what a query cost it in each round, in microseconds of CPU time. */
  private static final class Candidate implements AutoCloseable {
    private final String name;
    private final Flood flood;
    private final Process process;
    private final double[] micros = new double[ROUNDS];

    Candidate(String name, List<String> command, Path home, Flood flood) throws IOException {
      this.name = name;
      this.flood = flood;
      this.process =
          new ProcessBuilder(command)
              .directory(Path.of("").toAbsolutePath().toFile())
              .redirectOutput(home.resolve(name + ".out").toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    }

    /** Loads it for a while, then measures for a while; round -1 only warms it up. */
    void measure(int round) throws IOException {
      flood.asking = true;
      LockSupport.parkNanos((round < 0 ? WARM_UP : ROUND.dividedBy(3)).toNanos());
      long cpu = cpuNanos();
      long answers = flood.answers.get();
      long bytes = flood.answerBytes.get();
      long begin = System.nanoTime();
      LockSupport.parkNanos(ROUND.toNanos());
      long answered = flood.answers.get() - answers;
      double seconds = (System.nanoTime() - begin) / 1e9;
      double cpuMicros = (cpuNanos() - cpu) / 1e3;
      flood.asking = false;
      if (answered == 0) {
        throw new IOException(name + " does not answer");
      }
      if (round >= 0) {
        micros[round] = cpuMicros / answered;
        System.out.printf(
            "%-10s %7.0f queries/s, %6.2f us of CPU each, %d bytes an answer%n",
            name, answered / seconds, micros[round], (flood.answerBytes.get() - bytes) / answered);
      }
    }

    private long cpuNanos() {
      return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    double median() {
      double[] sorted = micros.clone();
      Arrays.sort(sorted);
      return sorted[ROUNDS / 2];
    }

    void report() {
      double[] sorted = micros.clone();
      Arrays.sort(sorted);
      System.out.printf(
          "%-10s us of CPU a query: least %.2f, median %.2f, most %.2f; %.0f queries/s a core%n",
          name, sorted[0], median(), sorted[ROUNDS - 1], 1e6 / median());
    }

    @Override
    public void close() {
      flood.close();
      process.destroyForcibly();
    }
  }

  /** Nodes that answer what they are asked and, when told to, ask as fast as answers come. */
  private static final class Flood implements AutoCloseable {
    final AtomicLong answers = new AtomicLong();
    final AtomicLong answerBytes = new AtomicLong();
    volatile boolean asking;
    private final List<Thread> threads = new ArrayList<>();
    private final List<DatagramSocket> sockets = new ArrayList<>();
    private final InetSocketAddress node;

    /**
     * @param network such as {@code 127.0.2.}; each has an address of its own there
     */
    Flood(String network, int port) throws IOException {
      this.node = new InetSocketAddress("127.0.0.1", port);
      for (int i = 0; i < ASKERS; i++) {
        DatagramSocket socket =
            new DatagramSocket(new InetSocketAddress(network + (i + 1), ASKER_PORT));
        socket.setSoTimeout(SILENCE_MILLIS);
        sockets.add(socket);
        Random random = new Random(i);
        threads.add(new Thread(() -> run(socket, random), "asker-" + i));
      }
      threads.forEach(Thread::start);
    }

    private void run(DatagramSocket socket, Random random) {
      byte[] id = new byte[20];
      random.nextBytes(id); // the same in every round
      DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);
      try {
        while (!socket.isClosed()) {
          try {
            packet.setLength(MAX_DATAGRAM);
            socket.receive(packet);
            onDatagram(socket, id, random, Arrays.copyOf(packet.getData(), packet.getLength()));
          } catch (SocketTimeoutException silence) {
            for (int i = 0; i < UNDER_WAY; i++) { // to begin with, or since all got lost
              ask(socket, id, random);
            }
          }
        }
      } catch (IOException | ProtocolException e) {
        if (!socket.isClosed()) {
          throw new IllegalStateException(e);
        }
      }
    }

    private void onDatagram(DatagramSocket socket, byte[] id, Random random, byte[] datagram)
        throws IOException, ProtocolException {
      BValue.Dict message = (BValue.Dict) Bencode.read(datagram, Bencode.Limits.MESSAGE);
      if (message.str("y").equals(BValue.Str.of("q"))) {
        send(
            socket,
            Map.of(
                "r",
                BValue.Dict.of(Map.of("id", new BValue.Str(id))),
                "t",
                message.str("t"),
                "y",
                BValue.Str.of("r")));
        return;
      }
      answers.incrementAndGet();
      answerBytes.addAndGet(datagram.length);
      ask(socket, id, random);
    }

    private void ask(DatagramSocket socket, byte[] id, Random random) throws IOException {
      if (!asking) {
        return;
      }
      byte[] infoHash = new byte[20];
      random.nextBytes(infoHash);
      byte[] transaction = ByteBuffer.allocate(4).putInt(random.nextInt()).array();
      send(
          socket,
          Map.of(
              "a",
              BValue.Dict.of(
                  Map.of("id", new BValue.Str(id), "info_hash", new BValue.Str(infoHash))),
              "q",
              new BValue.Str("get_peers".getBytes(StandardCharsets.US_ASCII)),
              "t",
              new BValue.Str(transaction),
              "y",
              BValue.Str.of("q")));
    }

    private void send(DatagramSocket socket, Map<String, BValue> message) throws IOException {
      byte[] datagram = Bencode.write(BValue.Dict.of(message));
      socket.send(new DatagramPacket(datagram, datagram.length, node));
    }

    @Override
    public void close() {
      sockets.forEach(DatagramSocket::close);
      threads.forEach(Flood::join); // only then are the ports free
    }

    private static void join(Thread thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
