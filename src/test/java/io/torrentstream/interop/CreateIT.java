package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.NameRules;
import io.torrentstream.metainfo.TorrentInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code tsl create} makes is what other programs make of the same files. */
@ExtendWith(Workspace.Provider.class)
class CreateIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Awkward to sort: case, and characters that come before the slash. In our order. */
  private static final List<String> AWKWARD =
      List.of(".dot/x", ".hidden", "B/z", "Zed", "a b", "a-b/y", "a.txt", "a/x", "b/q", "empty");

  /** What every program puts in the same order. */
  private static final List<String> PLAIN = List.of("a", "b/c", "b/d/e", "f");

  private final Workspace workspace;
  private Path home;

  CreateIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void makeHome() throws IOException {
    home = workspace.newFolder("create");
  }

  private Path file(long length) throws IOException {
    Path file = home.resolve("file.bin");
    new RandomFiles(7).write(file, length);
    return file;
  }

  private Path folder(List<String> paths) throws IOException {
    RandomFiles files = new RandomFiles(8);
    for (String path : paths) {
      Path file = home.resolve("folder").resolve(path);
      Files.createDirectories(file.getParent());
      files.write(file, path.equals("empty") ? 0 : 20_000 + 1_000L * path.length());
    }
    return home.resolve("folder");
  }

  private TorrentInfo tsl(Path content, int log2, String... options) throws Exception {
    Path torrent = home.resolve("tsl.torrent");
    List<String> arguments = new ArrayList<>(List.of("create", content.toString(), "--force"));
    arguments.addAll(List.of("-o", torrent.toString(), "-l", Integer.toString(1 << log2)));
    arguments.addAll(List.of(options));
    try (TslProcess tsl = TslProcess.start(workspace, arguments.toArray(String[]::new))) {
      tsl.assertExit(0);
      assertEquals(List.of(torrent.toString()), tsl.stdout().lines().toList());
    }
    return read(torrent);
  }

  private TorrentInfo other(TorrentTool tool, Path content, int log2, String... options)
      throws Exception {
    Path torrent = home.resolve(tool + ".torrent");
    Files.deleteIfExists(torrent);
    tool.make(torrent, content, log2, List.of("http://127.0.0.1:1/announce"), options);
    return read(torrent);
  }

  private TorrentInfo libtorrent(Path content, int log2, String... more) throws Exception {
    Path torrent = home.resolve("libtorrent.torrent");
    List<String> arguments = new ArrayList<>(List.of(torrent.toString(), content.toString()));
    arguments.add(Integer.toString(1 << log2));
    arguments.addAll(List.of(more));
    List<String> command =
        Libtorrent.script("libtorrent_create.py", arguments.toArray(String[]::new));
    try (ChildProcess process = ChildProcess.start("libtorrent-create", home, command)) {
      assertEquals(0, process.await(LIMIT), process::log);
    }
    return read(torrent);
  }

  private static TorrentInfo read(Path torrent) throws Exception {
    return Metainfo.parse(Files.readAllBytes(torrent), NameRules.ANY).info();
  }

  private static void assertSame(TorrentInfo expected, TorrentInfo actual) {
    assertEquals(expected.files(), actual.files());
    assertArrayEquals(expected.pieceHashes(), actual.pieceHashes());
    assertEquals(expected.infoHash(), actual.infoHash());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1 << 18, 5_000_001})
  void aFileIsTheSameForMktorrent(long length) throws Exception {
    TorrentTool.MKTORRENT.assumeInstalled();
    Path file = file(length);
    assertSame(other(TorrentTool.MKTORRENT, file, 18), tsl(file, 18));
  }

  @Test
  void aFileIsTheSameForLibtorrent() throws Exception {
    new Libtorrent().assumeInstalled();
    Path file = file(5_000_001);
    assertSame(libtorrent(file, 14), tsl(file, 14));
  }

  /** Its version 3 writes {@code private} into each torrent, also when it is not; so we compare. */
  @Test
  void aPrivateFileIsTheSameForTransmission() throws Exception {
    TorrentTool.TRANSMISSION_CREATE.assumeInstalled();
    Path file = file(5_000_001);
    TorrentInfo open = other(TorrentTool.TRANSMISSION_CREATE, file, 16);
    assertArrayEquals(open.pieceHashes(), tsl(file, 16).pieceHashes());
    assertSame(
        other(TorrentTool.TRANSMISSION_CREATE, file, 16, "-p"),
        tsl(file, 16, "--private", "-t", "http://127.0.0.1:1/announce"));
  }

  @Test
  void aFolderIsTheSameForMktorrent() throws Exception {
    TorrentTool.MKTORRENT.assumeInstalled();
    Path folder = folder(AWKWARD);
    assertSame(other(TorrentTool.MKTORRENT, folder, 15), tsl(folder, 15, "--include-hidden"));
    assertSame(
        other(TorrentTool.MKTORRENT, folder, 15, "-p", "-s", "SRC"),
        tsl(
            folder,
            15,
            "--include-hidden",
            "--private",
            "--source=SRC",
            "--tracker=http://127.0.0.1:1/announce"));
  }

  @Test
  void aFolderIsTheSameForLibtorrentInOurOrder() throws Exception {
    new Libtorrent().assumeInstalled();
    Path folder = folder(AWKWARD);
    assertSame(
        libtorrent(folder, 14, AWKWARD.toArray(String[]::new)),
        tsl(folder, 14, "--include-hidden"));
  }

  @Test
  void aPlainPrivateFolderIsTheSameForAll() throws Exception {
    TorrentTool.TRANSMISSION_CREATE.assumeInstalled();
    Path folder = folder(PLAIN);
    TorrentInfo ours = tsl(folder, 15, "--private", "-t", "http://127.0.0.1:1/announce");
    assertSame(other(TorrentTool.TRANSMISSION_CREATE, folder, 15, "-p"), ours);
    TorrentTool.MKTORRENT.assumeInstalled();
    assertSame(other(TorrentTool.MKTORRENT, folder, 15, "-p"), ours);
    new Libtorrent().assumeInstalled();
    List<String> inOrder = new ArrayList<>(PLAIN);
    inOrder.add("--private");
    assertSame(libtorrent(folder, 15, inOrder.toArray(String[]::new)), ours);
  }

  @Test
  void whatItMakesIsSeededByLibtorrentAndDownloaded() throws Exception {
    RealClient client = new Libtorrent();
    client.assumeInstalled();
    Path folder = Files.createDirectories(home.resolve("data"));
    new RandomFiles(9).writeMany(folder.resolve("many"), 100, 8 << 20);
    TorrentInfo info = tsl(folder.resolve("many"), 15);
    TestContent content =
        new TestContent("8 MiB, 100 files", folder, home.resolve("tsl.torrent"), info);
    Path dir = workspace.newFolder("download");
    try (Seed seed = Seed.start(client, content, workspace);
        TslProcess tsl =
            TslProcess.download(
                workspace, content, dir, "--no-trackers", "--peer", seed.address())) {
      tsl.assertDownloads(content, dir);
    }
  }
}
