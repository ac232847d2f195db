package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.interop.TestContent.Shape;
import io.torrentstream.metainfo.Metainfo;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** nginx as a web seed, in good and bad ways, alone and beside libtorrent. */
@ExtendWith(Workspace.Provider.class)
class WebSeedIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Workspace workspace;
  private TestContent file;
  private Path dir;

  WebSeedIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void prepare() throws Exception {
    file = workspace.content(Shape.SINGLE_FILE, 64);
    dir = workspace.newFolder("download");
  }

  private TslProcess download(TestContent content, WebServer server, String... more)
      throws Exception {
    List<String> options = new ArrayList<>(List.of("--no-trackers", "--web-seed", server.url()));
    options.addAll(List.of(more));
    return TslProcess.download(workspace, content, dir, options.toArray(String[]::new));
  }

  private void assertDownloads(String label, TestContent content, WebServer server, String... more)
      throws Exception {
    try (TslProcess tsl = download(content, server, more)) {
      Report.cell(label, content, tsl.assertDownloads(content, dir));
    }
  }

  /** Ends by its stall timeout, and says why. */
  private void assertStalls(TestContent content, WebServer server, String reason) throws Exception {
    try (TslProcess tsl = download(content, server, "--stall-timeout", "4s")) {
      tsl.assertExit(4, LIMIT);
      assertTrue(tsl.stderr().contains(reason), tsl::log);
      assertTrue(tsl.stderr().contains("tsl: no new data for 4 s"), tsl::log);
    }
  }

  /** As if the .torrent had been made with these web seeds. */
  private TestContent listing(TestContent content, String url) throws Exception {
    Map<String, BValue> entries =
        new java.util.TreeMap<>(
            ((BValue.Dict)
                    Bencode.read(Files.readAllBytes(content.torrent()), Bencode.Limits.TORRENT))
                .entries());
    entries.put("url-list", new BValue.Lst(List.of(BValue.Str.of(url))));
    Path torrent = workspace.newFolder("torrent").resolve("web.torrent");
    byte[] bytes = Bencode.write(BValue.Dict.of(entries));
    Files.write(torrent, bytes);
    return new TestContent(
        content.label(), content.folder(), torrent, Metainfo.parse(bytes).info());
  }

  @Test
  void aloneInFewRequests() throws Exception {
    try (WebServer server = WebServer.start(file.folder(), workspace, "")) {
      assertDownloads("nginx", file, server);
      List<String> requests = server.requests();
      assertTrue(requests.size() < 12, requests.toString());
      assertTrue(requests.stream().allMatch(r -> r.contains(" 206 ")), requests.toString());
    }
  }

  @Test
  void manyFiles() throws Exception {
    TestContent files = workspace.content(Shape.MANY_FILES, 64);
    try (WebServer server = WebServer.start(files.folder(), workspace, "")) {
      TestContent listing = listing(files, server.url());
      try (TslProcess tsl = TslProcess.download(workspace, listing, dir, "--no-trackers")) {
        Report.cell("nginx, from url-list", listing, tsl.assertDownloads(listing, dir));
      }
      Set<String> paths = new HashSet<>();
      server.requests().forEach(request -> paths.add(request.split(" ")[1]));
      long notEmpty = files.info().files().stream().filter(f -> f.length() > 0).count();
      assertEquals(notEmpty, paths.size());
    }
  }

  @Test
  void overTls() throws Exception {
    try (WebServer server = WebServer.startTls(file.folder(), workspace)) {
      String ca = server.authority().toString();
      assertDownloads("nginx, TLS", file, server, "--tracker-ca", ca);
    }
  }

  @Test
  void distrustsUnknownAuthority() throws Exception {
    try (WebServer server = WebServer.startTls(file.folder(), workspace)) {
      assertStalls(file, server, "web seed https://127.0.0.1");
      assertEquals(List.of(), server.requests());
    }
  }

  @Test
  void followsRedirects() throws Exception {
    String elsewhere =
        "location = /%s { return 302 /there/%1$s; } location /there/ { alias %s/; }"
            .formatted(file.info().name(), file.folder());
    try (WebServer server = WebServer.start(workspace.newFolder("web"), workspace, elsewhere)) {
      assertDownloads("nginx, redirects", file, server);
    }
  }

  @Test
  void oneMissingFileComesFromPeers() throws Exception {
    TestContent files = workspace.content(Shape.MANY_FILES, 64);
    String missing = String.join("/", files.info().files().get(500).path());
    String directive = "location = /%s { return 404; }".formatted(missing);
    try (WebServer server = WebServer.start(files.folder(), workspace, directive)) {
      assertStalls(files, server, "HTTP status 404 for " + missing);
      try (Seed seed = Seed.start(new Libtorrent(), files, workspace)) {
        assertDownloads("nginx without one file", files, server, "--peer", seed.address());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Shape.class,
      names = {"SINGLE_FILE", "MANY_FILES"})
  void whereRangesAreIgnoredFilesComeWhole(Shape shape) throws Exception {
    TestContent files = workspace.content(shape, 256);
    try (WebServer server = WebServer.start(files.folder(), workspace, "max_ranges 0;")) {
      assertDownloads("nginx, no ranges", files, server);
      List<String> requests = server.requests();
      long notEmpty = files.info().files().stream().filter(f -> f.length() > 0).count();
      // One file twice: until it has answered, nobody knows that the server should begin in front.
      assertTrue(requests.size() <= notEmpty + 1, requests.size() + " requests");
      assertTrue(requests.stream().allMatch(r -> r.contains(" 200 ")), requests.toString());
    }
  }

  @Test
  void whereRangesAreIgnoredItHelpsAPeer() throws Exception {
    TestContent large = workspace.content(Shape.SINGLE_FILE, 256);
    try (WebServer server = WebServer.start(large.folder(), workspace, "max_ranges 0;");
        Seed seed = Seed.start(new Libtorrent(), large, workspace)) {
      assertDownloads("nginx, no ranges", large, server, "--peer", seed.address());
    }
  }

  @Test
  void wrongContentIsFoundOutAndThePeerIsNotBlamed() throws Exception {
    Path changed = workspace.newFolder("changed");
    Path copy = Files.copy(file.root(), changed.resolve(file.info().name()));
    byte[] other = new byte[file.info().layout().pieceLength()];
    Arrays.fill(other, (byte) 1);
    try (RandomAccessFile wrong = new RandomAccessFile(copy.toFile(), "rw")) {
      for (long at = 0; at < wrong.length() - other.length; at += 4L * other.length) {
        wrong.seek(at);
        wrong.write(other);
      }
    }
    try (WebServer server = WebServer.start(changed, workspace, "")) {
      assertStalls(file, server, "has a wrong hash; it is not used any more");
      try (Seed seed = Seed.start(new Libtorrent(), file, workspace)) {
        assertDownloads("nginx, wrong content", file, server, "--peer", seed.address());
      }
    }
  }

  @Test
  void aSlowServerHoldsUpNobody() throws Exception {
    try (WebServer server = WebServer.start(file.folder(), workspace, "limit_rate 100k;");
        Seed seed = Seed.start(new Libtorrent(), file, workspace);
        TslProcess tsl = download(file, server, "--peer", seed.address())) {
      Duration took = tsl.assertExit(0, LIMIT);
      file.assertEqualTo(dir);
      Report.cell("nginx, slow", file, took);
      // At 100 KiB/s it would be minutes.
      assertTrue(took.compareTo(Duration.ofSeconds(40)) < 0, took.toString());
    }
  }

  /** What the only peer lacks comes from the server, and most of the rest does not. */
  @Test
  void fillsUpWhatNoPeerHas() throws Exception {
    try (WebServer server = WebServer.start(file.folder(), workspace, "limit_rate 2m;");
        LibtorrentPeer peer = LibtorrentPeer.withPieces(piece -> piece % 8 != 3, file, workspace)) {
      assertDownloads("nginx beside a peer", file, server, "--peer", peer.address());
      assertTrue(peer.uploaded() > file.info().length() / 4, "from the peer: " + peer.uploaded());
    }
  }

  @Test
  void aTorrentsServersCanBeLeftOut() throws Exception {
    try (WebServer server = WebServer.start(file.folder(), workspace, "");
        TslProcess tsl =
            TslProcess.download(
                workspace,
                listing(file, server.url()),
                dir,
                "--no-trackers",
                "--no-web-seeds",
                "--stall-timeout",
                "1s")) {
      tsl.assertExit(4, LIMIT);
      assertTrue(tsl.stderr().contains("no peers found"), tsl::log);
      assertEquals(List.of(), server.requests());
    }
  }
}
