package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code tsl dht} among libtorrent's nodes. */
@ExtendWith(Workspace.Provider.class)
class DhtCommandIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String HASH = "aabbccddeeff00112233445566778899aabbcc03";

  private final Workspace workspace;
  private LibtorrentDht libtorrent;
  private String router;

  DhtCommandIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void startNodes() throws Exception {
    libtorrent = LibtorrentDht.start("127.0.9.", 4, workspace);
    router = text(0);
  }

  @AfterEach
  void stopNodes() {
    if (libtorrent != null) {
      libtorrent.close();
    }
  }

  private String text(int node) {
    return "127.0.9." + (node + 1) + ":" + libtorrent.address(node).getPort();
  }

  private List<String> dht(String... arguments) throws Exception {
    try (TslProcess tsl = start(arguments)) {
      tsl.assertExit(0);
      return tsl.stdout().lines().toList();
    }
  }

  private TslProcess start(String... arguments) throws Exception {
    String[] args = new String[arguments.length + 5];
    args[0] = "dht";
    System.arraycopy(arguments, 0, args, 1, arguments.length);
    args[args.length - 4] = "--bind";
    args[args.length - 3] = "127.0.0.1";
    args[args.length - 2] = "--dht-node";
    args[args.length - 1] = router;
    return TslProcess.start(workspace, args);
  }

  @Test
  void findsAndStoresWhatTheOthersHave() throws Exception {
    assertTrue(dht("ping", text(2)).get(0).contains(" " + text(2) + " "));
    libtorrent.say("announce 2 " + HASH);
    libtorrent.await(
        "tsl finds libtorrent's peer", LIMIT, () -> dht("get-peers", HASH).contains(text(2)));
    String name = dht("put", "from-the-command").get(0);
    libtorrent.say("get 3 " + name);
    libtorrent.await(
        "libtorrent reads the item",
        LIMIT,
        () -> libtorrent.hasSaid("item " + name, "from-the-command"));
    assertEquals(List.of("from-the-command"), dht("get", name));
  }

  @Test
  void aNodeOfOursIsOneOfThem() throws Exception {
    try (TslProcess node = start("node", "--json")) {
      libtorrent.await(
          "our node knows the others", LIMIT, () -> node.stdout().contains("\"nodes\":4,"));
      node.terminate();
      node.assertExit(143);
    }
  }
}
