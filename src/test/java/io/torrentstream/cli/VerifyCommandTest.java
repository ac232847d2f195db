package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
  /** Four pieces of 16 KiB, all zeros. */
  private static final String TORRENT =
      Path.of("test-torrents", "multi_file.torrent").toAbsolutePath().toString();

  @TempDir private Path dir;

  private Path folder;

  @BeforeEach
  void write() throws IOException {
    folder = dir.resolve("data").resolve("folder");
    Files.createDirectories(folder.resolve("sub"));
    Files.write(folder.resolve("a.txt"), new byte[20000]);
    Files.write(folder.resolve("sub").resolve("b.txt"), new byte[3]);
    Files.write(folder.resolve("c"), new byte[30000]);
  }

  private Program.Result verify(String... options) {
    List<String> args = new ArrayList<>(List.of("verify", TORRENT, "-d", "data"));
    args.addAll(List.of(options));
    return new Program(dir).run(args.toArray(new String[0]));
  }

  private void assertResult(int exit, String out, Program.Result result) {
    assertEquals("", result.err());
    assertEquals(out, result.out().replace("\r\n", "\n"));
    assertEquals(exit, result.exit());
  }

  @Test
  void goodDataIsComplete() {
    assertResult(ExitCode.OK, "folder: complete, 48.8 KiB verified\n", verify());
  }

  @Test
  void everyBadFileAndPieceIsNamed() throws IOException {
    byte[] bytes = new byte[30000];
    bytes[29999] = 1;
    Files.write(folder.resolve("c"), bytes);
    Files.delete(folder.resolve("sub").resolve("b.txt"));

    assertResult(
        ExitCode.BAD_DATA,
        """
        partial folder/a.txt
        missing folder/sub/b.txt
        bad folder/c
        bad pieces 1,3
        folder: not complete, 32.0 KiB of 48.8 KiB
        """,
        verify());
  }

  @Test
  void anEmptyDirectoryIsBadDataAndStaysEmpty() throws IOException {
    Files.createDirectory(dir.resolve("empty"));
    assertResult(
        ExitCode.BAD_DATA,
        """
        missing folder/a.txt
        missing folder/sub/b.txt
        missing folder/c
        bad pieces 0-3
        folder: not complete, 0 B of 48.8 KiB
        """,
        new Program(dir).run("verify", TORRENT, "--dir", "empty"));
    try (var files = Files.list(dir.resolve("empty"))) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void jsonIsOneObject() throws IOException {
    Files.write(folder.resolve("a.txt"), new byte[] {1});
    Program.Result result = verify("--json");
    assertEquals("", result.err());
    assertEquals(ExitCode.BAD_DATA, result.exit());
    JsonObject json = new Gson().fromJson(result.out(), JsonObject.class);
    assertEquals(List.of("complete", "verified", "size", "badPieces", "files"), names(json));
    assertEquals("false", json.get("complete").toString());
    assertEquals(50003 - 2 * 16384, json.get("verified").getAsInt());
    assertEquals(50003, json.get("size").getAsInt());
    assertEquals("[0,1]", json.get("badPieces").toString());
    List<String> files = new ArrayList<>();
    for (JsonElement file : json.get("files").getAsJsonArray()) {
      files.add(file.toString());
    }
    assertEquals(
        List.of(
            "{\"path\":\"folder/a.txt\",\"size\":20000,\"state\":\"partial\"}",
            "{\"path\":\"folder/sub/b.txt\",\"size\":3,\"state\":\"partial\"}",
            "{\"path\":\"folder/c\",\"size\":30000,\"state\":\"partial\"}"),
        files);
  }

  private static List<String> names(JsonObject json) {
    return List.copyOf(json.keySet());
  }

  @Test
  void jsonOfGoodDataSaysSo() {
    JsonObject json = new Gson().fromJson(verify("--json").out(), JsonObject.class);
    assertEquals("true", json.get("complete").toString());
    assertEquals("[]", json.get("badPieces").toString());
  }

  @Test
  void aTerminalSeesProgress() {
    Program.Result result =
        new Program(dir)
            .terminal(new Terminal(true, false, 80))
            .run("verify", TORRENT, "-d", "data");
    assertEquals(ExitCode.OK, result.exit());
    assertTrue(result.err().contains("\rchecked 100 %"), result.err());
    assertTrue(result.err().endsWith("\r"), "and it is cleared");
  }

  @Test
  void whatCannotBeReadIsAStorageError() throws IOException {
    Files.delete(folder.resolve("c"));
    Files.createDirectory(folder.resolve("c"));
    Program.Result result = verify();
    assertEquals(ExitCode.STORAGE, result.exit());
    assertEquals("", result.out());
    assertTrue(result.err().contains("is in the way (expected: a regular file)"), result.err());
  }

  /** Under another name it would be missing without a reason. */
  @Test
  void aNameThatWasChangedIsAWarning() {
    String named = Path.of("test-torrents", "name_absolute.torrent").toAbsolutePath().toString();

    Program.Result result = new Program(dir).run("verify", named);

    assertEquals(ExitCode.BAD_DATA, result.exit());
    assertTrue(result.out().startsWith("missing _etc_passwd"), result.out());
    assertTrue(result.err().startsWith("warning: name: changed to \"_etc_passwd\""), result.err());
    assertEquals("", new Program(dir).run("verify", "-q", named).err());
  }

  @Test
  void noTorrentIsAnInputError() {
    assertEquals(ExitCode.INPUT, new Program(dir).run("verify", "none.torrent").exit());
  }

  @Test
  void noArgumentIsAUsageError() {
    assertEquals(ExitCode.USAGE, new Program(dir).run("verify").exit());
  }
}
