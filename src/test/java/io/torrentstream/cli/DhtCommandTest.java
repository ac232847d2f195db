package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.session.DhtService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, against two nodes in this process. */
class DhtCommandTest {
  private static final String HASH = "00112233445566778899aabbccddeeff00112233";

  @TempDir private Path dir;

  private DhtService first;
  private DhtService second;

  private static DhtService node(List<InetSocketAddress> nodes) throws Exception {
    return DhtService.open(
        new DhtService.Options(
            InetAddress.getLoopbackAddress(), 0, 0, DhtConfig.DEFAULT, nodes, null));
  }

  @BeforeEach
  void startNodes() throws Exception {
    first = node(List.of());
    second = node(List.of(new InetSocketAddress("127.0.0.1", first.port())));
    // It ends when the second has found the first, and has announced a peer there.
    DhtNode.PeerQuery announce =
        new DhtNode.PeerQuery(InfoHash.fromHex(HASH), 7777, true, false, false);
    assertEquals(
        1, second.findPeers(announce, peers -> {}).get(30, TimeUnit.SECONDS).lookup().stored());
  }

  @AfterEach
  void stopNodes() {
    first.close();
    second.close();
  }

  private String address() {
    return "127.0.0.1:" + first.port();
  }

  private Program.Result dht(String... arguments) {
    String[] args = new String[arguments.length + 5];
    args[0] = "dht";
    System.arraycopy(arguments, 0, args, 1, arguments.length);
    System.arraycopy(
        new String[] {"--bind", "127.0.0.1", "--dht-node", address()}, 0, args, args.length - 4, 4);
    return new Program(dir).env("XDG_STATE_HOME", dir.resolve("state").toString()).run(args);
  }

  private static String line(Program.Result result) {
    assertEquals(0, result.exit(), result.err());
    assertEquals("", result.err());
    assertEquals(1, result.out().lines().count(), result.out());
    return result.out().strip();
  }

  @Test
  void pingSaysWhoIsThere() throws Exception {
    String id = first.status().get(10, TimeUnit.SECONDS).id().toString();
    assertTrue(line(dht("ping", address())).matches(id + " " + address() + " [0-9]+ ms"));
    assertTrue(
        line(dht("ping", "--json", address()))
            .startsWith("{\"id\":\"" + id + "\",\"address\":\"" + address() + "\",\"millis"));
  }

  @Test
  void pingFailsWhereNobodyIs() {
    Program.Result result = dht("ping", "127.0.0.1:" + closedPort());
    assertEquals(ExitCode.NETWORK, result.exit());
    assertTrue(result.err().endsWith(": no answer" + System.lineSeparator()), result.err());
  }

  /** Our own port answers no queries of the DHT: it is closed again. */
  private int closedPort() {
    try (DhtService closed = node(List.of())) {
      return closed.port();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void getPeersNamesThePeer() {
    assertEquals("127.0.0.1:7777", line(dht("get-peers", HASH)));
    String json = line(dht("get-peers", "--json", "--scrape", HASH));
    assertTrue(
        json.startsWith(
            "{\"infoHash\":\""
                + HASH
                + "\",\"peers\":[\"127.0.0.1:7777\"],\"seeders\":0,"
                + "\"leechers\":1,\"asked\":2,\"answered\":2}"),
        json);
  }

  @Test
  void whatWasPutIsThere() {
    String name = line(dht("put", "Hello World!"));
    assertEquals("e5f96f6f38320f0f33959cb4d3d656452117aadb", name, "as in BEP 44");
    assertEquals("Hello World!", line(dht("get", name)));
    assertEquals(
        "{\"target\":\""
            + name
            + "\",\"value\":\"Hello World!\","
            + "\"bencoded\":\"31323a48656c6c6f20576f726c6421\",\"seq\":null}",
        line(dht("get", "--json", name)));
  }

  @Test
  void anItemWithAKeyCanBeChanged() throws Exception {
    String name = line(dht("put", "--key", "secret", "--salt", "s", "one"));
    assertEquals(64, name.length());
    String secret = Files.readString(dir.resolve("secret"));
    String json = line(dht("put", "--json", "--key", "secret", "--salt", "s", "two"));
    assertTrue(json.contains("\"seq\":1,\"stored\":2"), json);
    assertEquals(secret, Files.readString(dir.resolve("secret")), "the file is kept");
    assertEquals("two", line(dht("get", "--salt", "s", name)));
    Program.Result other = dht("get", name);
    assertEquals(ExitCode.NETWORK, other.exit());
    assertEquals("", other.out());
  }

  @Test
  void nodesAreRememberedForTheNextRun() throws Exception {
    line(dht("get-peers", HASH));
    Path state = dir.resolve("state/tsl/dht");
    assertTrue(Files.exists(state));
    String[] elsewhere = {
      "dht", "get-peers", HASH, "--bind", "127.0.0.1", "--dht-node", "127.0.0.1:" + closedPort()
    };
    Program again = new Program(dir).env("XDG_STATE_HOME", dir.resolve("state").toString());
    assertEquals("127.0.0.1:7777", line(again.run(elsewhere)));

    Files.write(state, "d3:id4".getBytes(StandardCharsets.US_ASCII));
    Program.Result damaged = dht("get-peers", HASH);
    assertEquals(0, damaged.exit());
    assertEquals(1, damaged.err().lines().count(), damaged.err());
    assertTrue(damaged.err().contains("not used"), damaged.err());
    assertTrue(Files.size(state) > 100, "saved anew");
  }

  @Test
  void badInputIsOneLine() throws Exception {
    assertFails(ExitCode.INPUT, "info-hash: abc (expected", "get-peers", "abc");
    assertFails(ExitCode.INPUT, "info-hash: abc (expected", "get", "abc");
    assertFails(ExitCode.INPUT, "public key: ", "get", "z".repeat(64));
    assertFails(ExitCode.USAGE, "text: too long (expected", "put", "x".repeat(997));
    assertFails(ExitCode.USAGE, "--salt: ", "put", "--salt", "s".repeat(65), "x");
    assertFails(ExitCode.USAGE, "--key: ", "put", "--key", ".", "x");
    String nowhere = dir.resolve("nix").resolve("key").toString();
    assertFails(
        ExitCode.USAGE,
        "--key: " + nowhere + ": no such file or folder",
        "put",
        "--key",
        nowhere,
        "x");
    Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff});
    assertFails(
        ExitCode.USAGE,
        "--key: " + dir.resolve("binary") + " (expected: 64 hexadecimal digits)",
        "put",
        "--key",
        "binary",
        "x");
    assertFails(ExitCode.USAGE, "command: none (expected");
    assertFails(ExitCode.USAGE, "HOST:PORT: nonsense (expected", "ping", "nonsense");
  }

  private void assertFails(int exit, String beginning, String... arguments) {
    Program.Result result = dht(arguments);
    assertEquals(exit, result.exit(), result.err());
    assertTrue(result.err().startsWith("tsl: " + beginning), result.err());
    assertEquals("", result.out());
    assertFalse(result.err().contains("\tat "), result.err());
  }
}
