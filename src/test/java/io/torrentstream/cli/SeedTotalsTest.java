package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code seed} says it has sent when it ends in the middle of sending. */
class SeedTotalsTest {
  private static final int BLOCK = 16 * 1024;
  private static final byte INTERESTED = 2;
  private static final byte UNCHOKE = 1;
  private static final byte REQUEST = 6;
  private static final byte PIECE = 7;

  @TempDir Path dir;

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void theTotalHasWhatWasSentInTheLastMoment() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "x", 40 * BLOCK);
    Path ports = dir.resolve("ports.json");
    String[] args = {
      "seed",
      torrent.file().toString(),
      "--dir=" + torrent.seedDir(),
      "--bind=127.0.0.1",
      "--port=0",
      "--ports-file=" + ports,
      "--no-trackers",
      "--no-lsd",
      "--json",
      "--max-up=4M",
      "--seed-ratio=1"
    };
    CompletableFuture<Program.Result> seed =
        CompletableFuture.supplyAsync(() -> new Program(dir).run(args));

    long received = 0;
    while (received == 0) { // it takes no peers while it checks its data
      assertFalse(seed.isDone(), () -> seed.join().err());
      received = Files.exists(ports) ? receive(port(ports), torrent) : 0;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }

    Program.Result result = seed.get();
    assertEquals(0, result.exit(), result.err());
    String last = result.out().lines().reduce((before, line) -> line).orElseThrow();
    JsonObject seeded = JsonParser.parseString(last).getAsJsonObject();
    assertEquals("seeded", seeded.get("event").getAsString());
    long uploaded = seeded.get("uploaded").getAsLong();
    assertTrue(received > 40 * BLOCK, "received: " + received);
    assertTrue(uploaded >= received, "said: " + uploaded + ", received: " + received);
  }

  private static int port(Path ports) throws IOException {
    return JsonParser.parseString(Files.readString(ports)).getAsJsonObject().get("tcp").getAsInt();
  }

  /** Asks for one block after the other, round and round; the bytes of those that came. */
  private static long receive(int port, TestTorrent torrent) throws IOException {
    long received = 0;
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      out.write("\u0013BitTorrent protocol".getBytes(StandardCharsets.ISO_8859_1));
      out.write(new byte[8]);
      out.write(torrent.metainfo().info().infoHash().bytes());
      out.write("-XX0001-123456789012".getBytes(StandardCharsets.ISO_8859_1));
      out.write(new byte[] {0, 0, 0, 1, INTERESTED});
      in.readFully(new byte[68]);
      for (int next = 0; ; ) {
        byte[] message = new byte[in.readInt()];
        in.readFully(message);
        if (message.length > 0 && (message[0] == UNCHOKE || message[0] == PIECE)) {
          received += message[0] == PIECE ? message.length - 9 : 0;
          request(out, next++ % 40);
        }
      }
    } catch (EOFException | SocketException e) {
      return received; // the seed has left
    }
  }

  /** The blocks are as long as the pieces. */
  private static void request(DataOutputStream out, int piece) throws IOException {
    out.writeInt(13);
    out.writeByte(REQUEST);
    out.writeInt(piece);
    out.writeInt(0);
    out.writeInt(BLOCK);
  }
}
