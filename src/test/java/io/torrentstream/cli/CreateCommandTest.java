package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateCommandTest {
  /** Of the folder below, computed by another program. */
  private static final String HASH = "dffbf42fb93f7eb397cf26d0cfbcb0441889994b";

  @TempDir private Path temp;

  private Path dir;
  private Path torrent;

  @BeforeEach
  void write() throws IOException {
    dir = temp.toRealPath();
    torrent = dir.resolve("folder.torrent");
    Path folder = Files.createDirectories(dir.resolve("folder").resolve("sub")).getParent();
    Files.write(folder.resolve("a.txt"), new byte[20000]);
    Files.write(folder.resolve("sub").resolve("b.txt"), new byte[3]);
    Files.write(folder.resolve("c"), new byte[30000]);
    Files.write(folder.resolve(".hidden"), new byte[1]);
  }

  private Program.Result create(String... args) {
    return create(new Program(dir), args);
  }

  private static Program.Result create(Program program, String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "create";
    System.arraycopy(args, 0, all, 1, args.length);
    return program.run(all);
  }

  private void assertPrints(String out, Program.Result result) {
    assertEquals(0, result.exit(), result.err());
    assertEquals(out, result.out().replace("\r\n", "\n"));
  }

  private void assertFails(int exit, String firstLine, Program.Result result) {
    assertEquals(firstLine, result.err().lines().findFirst().orElse(""));
    assertEquals("", result.out());
    assertEquals(exit, result.exit());
  }

  private Metainfo read(Path file) throws IOException, ProtocolException {
    return Metainfo.parse(Files.readAllBytes(file));
  }

  @Test
  void printsThePathOfTheTorrentAlone() throws Exception {
    Program.Result result = create("folder");

    assertPrints(torrent + "\n", result);
    List<String> lines = result.err().lines().toList();
    assertEquals("folder: 48.8 KiB, 3 files, 4 pieces of 16.0 KiB", lines.get(0));
    assertTrue(lines.get(1).startsWith("48.8 KiB hashed in "), lines.get(1));
    assertEquals(2, lines.size());
    Metainfo metainfo = read(torrent);
    assertEquals("folder", metainfo.info().name());
    assertEquals(Tsl.nameAndVersion(), metainfo.createdBy());
    assertEquals(
        List.of("a.txt", "c", "sub/b.txt"),
        metainfo.info().files().stream()
            .map(file -> String.join("/", file.path().subList(1, file.path().size())))
            .toList());
  }

  @Test
  void whatItMakesIsVerified() {
    create("folder", "-q");
    assertEquals(0, new Program(dir).run("verify", torrent.toString()).exit());
  }

  @Test
  void magnetPrintsTheLinkToo() {
    assertPrints(
        torrent + "\nmagnet:?xt=urn:btih:" + HASH + "&dn=folder&tr=http%3A%2F%2Fa%2F\n",
        create("folder", "--magnet", "-q", "-t", "http://a/"));
  }

  @Test
  void jsonIsOneObject() {
    Program.Result result = create("folder", "--json", "-q");
    assertEquals("", result.err());
    JsonObject json = new Gson().fromJson(result.out(), JsonObject.class);
    assertEquals(
        List.of("name", "infoHash", "size", "pieceLength", "pieces", "files", "output", "magnet"),
        List.copyOf(json.keySet()));
    assertEquals("folder", json.get("name").getAsString());
    assertEquals(HASH, json.get("infoHash").getAsString());
    assertEquals(50003, json.get("size").getAsLong());
    assertEquals(16384, json.get("pieceLength").getAsInt());
    assertEquals(4, json.get("pieces").getAsInt());
    assertEquals(3, json.get("files").getAsJsonArray().size());
    assertEquals(
        "{\"index\":2,\"path\":[\"folder\",\"c\"],\"size\":30000,\"offset\":20000,"
            + "\"padding\":false}",
        json.get("files").getAsJsonArray().get(1).toString());
    assertEquals(torrent.toString(), json.get("output").getAsString());
    assertEquals("magnet:?xt=urn:btih:" + HASH + "&dn=folder", json.get("magnet").getAsString());
  }

  @Test
  void aDryRunShowsWhatItWouldHoldAndWritesNothing() {
    assertPrints(
        """
        name        folder
        size        48.8 KiB (50003 bytes) in 3 files
        pieces      1 of 64.0 KiB
        comment     hello
        created by  %s
        files
          1   19.5 KiB  folder/a.txt
          2   29.3 KiB  folder/c
          3        3 B  folder/sub/b.txt
        """
            .formatted(Tsl.nameAndVersion()),
        create("folder", "--dry-run", "--no-date", "-l", "64K", "-c", "hello"));
    JsonObject json =
        new Gson().fromJson(create("folder", "--dry-run", "--json").out(), JsonObject.class);
    assertTrue(json.get("infoHash") == null || json.get("infoHash").isJsonNull());
    assertEquals(4, json.get("pieces").getAsInt());
    assertFalse(Files.exists(torrent));
  }

  @Test
  void theTorrentItselfGoesToStdout() throws Exception {
    create("folder", "--no-date", "-q");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Console console =
        new Console(
            new PrintStream(out, false),
            nowhere,
            InputStream.nullInputStream(),
            dir,
            Map.of(),
            Terminal.NONE);
    assertEquals(0, Tsl.run(console, "create", "folder", "--no-date", "-o", "-"));
    assertArrayEquals(Files.readAllBytes(torrent), out.toByteArray());
  }

  @Test
  void stdoutTakesOneThingOnly() {
    String refused = "tsl: --output: - (expected: a file, with --json or --magnet)";
    assertFails(ExitCode.USAGE, refused, create("folder", "-o", "-", "--json"));
    assertFails(ExitCode.USAGE, refused, create("folder", "-o", "-", "--magnet"));
  }

  @Test
  void anExistingFileIsReplacedByForceAlone() throws Exception {
    Files.writeString(torrent, "precious");
    Program.Result refused = create("folder");
    assertFails(
        ExitCode.STORAGE, "tsl: " + torrent + ": exists already (expected: no such file)", refused);
    assertEquals("--force replaces it.", refused.err().lines().toList().get(1));
    assertEquals("precious", Files.readString(torrent));

    assertPrints(torrent + "\n", create("folder", "--force"));
    assertEquals(HASH, read(torrent).info().infoHash().toString());
  }

  @Test
  void theSameInputGivesTheSameBytes() throws Exception {
    Program program = new Program(dir).env("SOURCE_DATE_EPOCH", "1700000000");
    create(program, "folder", "-o", "1");
    create(program, "folder", "-o", "2");
    assertArrayEquals(Files.readAllBytes(dir.resolve("1")), Files.readAllBytes(dir.resolve("2")));
    assertEquals(1700000000L, read(dir.resolve("1")).creationDate());
    create(program, "folder", "-o", "3", "--no-date");
    assertEquals(null, read(dir.resolve("3")).creationDate());
  }

  @Test
  void aDateThatIsNoneIsAUsageError() {
    assertFails(
        ExitCode.USAGE,
        "tsl: SOURCE_DATE_EPOCH: today (expected: seconds since 1970)",
        create(new Program(dir).env("SOURCE_DATE_EPOCH", "today"), "folder"));
  }

  @Test
  void theOutputInTheFolderIsNoPartOfIt() throws Exception {
    Program inside = new Program(dir.resolve("folder"));
    Path output = dir.resolve("folder").resolve("folder.torrent");
    assertPrints(output + "\n", create(inside, "."));
    assertPrints(output + "\n", create(inside, ".", "--force"));
    assertEquals(HASH, read(output).info().infoHash().toString());
  }

  @Test
  void theDataIsNotReplacedByItsTorrent() throws Exception {
    Path data = Files.writeString(dir.resolve("a.torrent"), "data");
    assertFails(
        ExitCode.USAGE,
        "tsl: --output: " + data + " (expected: not PATH itself)",
        create("a.torrent", "--name=a", "--force"));
    assertEquals("data", Files.readString(data));
  }

  @Test
  void aFileOfTheDataIsNotReplacedByTheTorrent() throws Exception {
    Path data = dir.resolve("folder").resolve("c");
    assertFails(
        ExitCode.USAGE,
        "tsl: --output: " + data + ": a file of PATH (expected: a new file or a .torrent)",
        create("folder", "--output=folder/c", "--force"));
    assertArrayEquals(new byte[30000], Files.readAllBytes(data));

    assertPrints(data + "\n", create("folder", "--output=folder/c", "--force", "--exclude=c"));
    assertPrints(data + "\n", create("folder", "--output=folder/c", "--force"));
    assertEquals(2, read(data).info().files().size());
  }

  @Test
  void allOptionsReachTheTorrent() throws Exception {
    assertPrints(
        dir.resolve("x") + "\n",
        create(
            "folder",
            "--output=x",
            "--name=other",
            "--piece-length=32K",
            "--tracker=http://a/announce,udp://b:80",
            "--tracker=http://c/announce",
            "--web-seed=https://w/",
            "--node=h:1",
            "--node=[::1]:2",
            "--private",
            "--source=S",
            "--comment=C",
            "--exclude=*.txt",
            "--include-hidden"));
    Metainfo metainfo = read(dir.resolve("x"));
    assertEquals("other", metainfo.info().name());
    assertEquals(32 * 1024, metainfo.info().layout().pieceLength());
    assertEquals(
        List.of(List.of("http://a/announce", "udp://b:80"), List.of("http://c/announce")),
        metainfo.trackers());
    assertEquals(List.of("https://w/"), metainfo.webSeeds());
    assertEquals(List.of("h:1", "[::1]:2"), metainfo.nodes());
    assertTrue(metainfo.info().isPrivate());
    assertEquals("C", metainfo.comment());
    assertEquals(
        List.of(List.of("other", ".hidden"), List.of("other", "c")),
        metainfo.info().files().stream().map(file -> file.path()).toList());
  }

  @Test
  void likelyMistakesAreRefusedUnlessAllowed() throws Exception {
    Program.Result refused = create("folder", "--private", "-l", "20000");
    assertFails(
        ExitCode.USAGE,
        "tsl: private: without a tracker (expected: one, or peers cannot find each other)",
        refused);
    assertEquals(
        "--allow private-trackerless makes it all the same.",
        refused.err().lines().toList().get(1));
    assertFails(
        ExitCode.USAGE,
        "tsl: piece length: 20000 (expected: a power of two)",
        create("folder", "--private", "-l", "20000", "--allow", "private-trackerless"));
    assertPrints(
        torrent + "\n",
        create(
            "folder", "--private", "-l20000", "--allow=private-trackerless,uneven-piece-length"));
    assertEquals(20000, read(torrent).info().layout().pieceLength());
  }

  @Test
  void whatHasNoDataIsRefusedUnlessAllowed() throws Exception {
    Path empty = Files.createFile(dir.resolve("empty"));
    assertFails(
        ExitCode.USAGE,
        "tsl: " + empty + ": 0 bytes, which most clients refuse (expected: some data)",
        create("empty"));
    assertPrints(dir.resolve("empty.torrent") + "\n", create("empty", "--allow", "no-data"));
    assertEquals(0, read(dir.resolve("empty.torrent")).info().length());
  }

  @Test
  void anEmptyFolderIsRefused() throws Exception {
    Path empty = Files.createDirectory(dir.resolve("empty"));
    assertFails(
        ExitCode.INPUT,
        "tsl: " + empty + ": no files to share (expected: at least one)",
        create("empty"));
    Path inside = Files.createDirectory(dir.resolve("folder").resolve("nothing"));
    assertFails(
        ExitCode.USAGE,
        "tsl: " + inside + ": an empty folder, which would be lost (expected: a file in it)",
        create("folder"));
    assertPrints(torrent + "\n", create("folder", "--allow=empty-folder"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-l 10 | --piece-length: 10 (expected: 16K to 256M, as 256K or 1M)",
        "-l 1G | --piece-length: 1G (expected: 16K to 256M, as 256K or 1M)",
        "-l 1T | --piece-length: 1T (expected: 16K to 256M, as 256K or 1M)",
        "-n a/b | --name: a/b (expected: one name, without / and \\)",
        "-n a\\b | --name: a\\b (expected: one name, without / and \\)",
        "-n .. | --name: .. (expected: one name, without / and \\)",
        "-n= | --name:  (expected: one name, without / and \\)",
        "-c \uFFFD | --comment: \uFFFD (expected: text in the encoding of the locale,"
            + " LC_ALL=C.UTF-8 helps)",
        "-t ftp://x | --tracker: URL scheme: ftp (expected: http, https or udp)",
        "-t http://a/,x | --tracker: URL: (no address) (expected: http, https or udp)",
        "-w udp://x:1 | --web-seed: udp://x:1/... (expected: http or https)",
        "-w ftp://x/y | --web-seed: ftp://x/... (expected: http or https)",
        "-w httpx://x/y | --web-seed: httpx://x/... (expected: http or https)",
        "-w foo | --web-seed: (no address) (expected: http or https)",
        "-w https://x:0/ | --web-seed: URL port: 0 (expected: 1..65535)",
        "--node x | --node: x (expected: host:port, as 192.0.2.1:6881 or [2001:db8::1]:6881)",
        "--allow x | --allow: x (expected: private-trackerless, uneven-piece-length,"
            + " empty-folder, no-data)"
      })
  void badValuesAreUsageErrors(String options, String expected) {
    String[] args = ("folder " + options).split(" ");
    assertFails(ExitCode.USAGE, "tsl: " + expected, create(args));
    assertFalse(Files.exists(torrent));
  }

  @Test
  void anEmptyPathIsNotTheCurrentFolder() {
    assertFails(ExitCode.USAGE, "tsl: PATH: empty (expected: a path)", create(""));
  }

  @Test
  void whatIsNotThereIsAnInputError() {
    Program.Result result = create("none");
    assertFails(ExitCode.INPUT, "tsl: " + dir.resolve("none") + ": no such file or folder", result);
  }

  @Test
  void aFolderThatIsNotThereIsAStorageError() {
    Program.Result result = create("folder", "-o", "no/x.torrent");
    assertFails(ExitCode.STORAGE, "tsl: " + dir.resolve("no") + ": no such file or folder", result);
  }

  @Test
  void namesThatOthersWouldChangeAreTold() throws Exception {
    Files.write(dir.resolve("folder").resolve("A.TXT"), new byte[1]);
    boolean caseCounts = Files.size(dir.resolve("folder").resolve("a.txt")) == 20000;
    Program.Result result = create("folder", "--dry-run");
    assertEquals(0, result.exit());
    assertEquals(
        caseCounts ? "warning: file 2: renamed to \"a.1.txt\", which is safe here" : "",
        result.err().strip());
  }
}
