package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.torrentstream.storage.StorageException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ContentScanTest {
  @TempDir Path dir;

  private Path root;
  private boolean includeHidden;
  private boolean followLinks;
  private Predicate<String> excluded = path -> false;
  private Path output;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(dir.toRealPath().resolve("root"));
  }

  private Path write(String path, int length) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, new byte[length]);
  }

  private static void link(Path link, String target) {
    try {
      Files.createSymbolicLink(link, Path.of(target));
    } catch (IOException | UnsupportedOperationException e) {
      assumeTrue(false, "no symbolic links here: " + e);
    }
  }

  private Content scan() throws IOException {
    return ContentScan.scan(
        root, new ContentScan.Rules(includeHidden, followLinks, excluded, output));
  }

  private List<String> paths() throws IOException {
    return scan().files().stream().map(file -> String.join("/", file.parts())).toList();
  }

  @Test
  void oneFileHasNoPathOfItsOwn() throws IOException {
    Path file = write("one", 7);
    Content content =
        ContentScan.scan(file, new ContentScan.Rules(false, false, path -> false, null));
    assertEquals(List.of(new Content.File(file, List.of(), 7)), content.files());
    assertEquals(false, content.folder());
  }

  @Test
  void theOrderIsThatOfTheBytesOfWholePaths() throws IOException {
    for (String path : List.of("b/big", "a.txt", "a/x", "a-b/y", "Zed", "a b", "empty", "b/B")) {
      write(path, 1);
    }
    assertEquals(List.of("Zed", "a b", "a-b/y", "a.txt", "a/x", "b/B", "b/big", "empty"), paths());
  }

  @Test
  void theOrderIsThatOfUtf8AndNotOfUtf16() throws IOException {
    Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
    assumeTrue(names.newEncoder().canEncode("\u00E4\uD83D\uDE00\uFF5E"), "names: " + names);
    write("\uD83D\uDE00", 1); // U+1F600
    write("\uFF5E", 1);
    write("\u00E4", 1);
    assertEquals(List.of("\u00E4", "\uFF5E", "\uD83D\uDE00"), paths());
  }

  @Test
  void hiddenFilesAndFoldersAreTakenWhenTold() throws IOException {
    write(".a", 1);
    write(".b/c", 1);
    write("d/.e", 1);
    write("f", 1);
    assertEquals(List.of("f"), paths());
    includeHidden = true;
    assertEquals(List.of(".a", ".b/c", "d/.e", "f"), paths());
  }

  @Test
  void whatIsExcludedGoesWithAllInIt() throws IOException {
    write("a/b/c", 1);
    write("a/d", 1);
    excluded = path -> path.equals("a/b");
    assertEquals(List.of("a/d"), paths());
    assertEquals(List.of(), scan().emptyFolders());
  }

  @Test
  void theOutputIsNoPartOfTheTorrent() throws IOException {
    write("sub/x.torrent", 1);
    assertFalse(scan().holdsOutput());
    output = write("x.torrent", 1);
    assertEquals(List.of("sub/x.torrent"), paths());
    assertTrue(scan().holdsOutput());
    link(root.resolve("link"), "x.torrent");
    followLinks = true;
    assertEquals(List.of("sub/x.torrent"), paths());
  }

  @Test
  void emptyFoldersAreTold() throws IOException {
    write("a/b", 1);
    Files.createDirectories(root.resolve("a/c/d"));
    Files.createDirectories(root.resolve("e"));
    assertEquals(List.of("a/c/d", "e"), scan().emptyFolders().stream().sorted().toList());
  }

  @Test
  void aFolderWithoutFilesIsNoTorrent() throws IOException {
    Files.createDirectory(root.resolve("sub"));
    CreateException refused = assertThrows(CreateException.class, this::scan);
    assertEquals(root + ": no files to share (expected: at least one)", refused.getMessage());
  }

  @Test
  void linksAreLeftOutWithANote() throws IOException {
    write("a", 1);
    link(root.resolve("l1"), "a");
    link(root.resolve("l2"), "nowhere");
    assertEquals(List.of("a"), paths());
    String note = scan().notes().get(0);
    assertTrue(note.matches("l[12]: symbolic link left out \\(and 1 more\\)"), note);
  }

  @Test
  void linksAreFollowedWhenTold() throws IOException {
    Path outside = Files.write(dir.resolve("outside"), new byte[5]);
    write("a", 1);
    link(root.resolve("b"), outside.toString());
    link(root.resolve("c"), "nowhere");
    followLinks = true;
    assertEquals(List.of("a", "b"), paths());
    assertEquals(6, scan().length());
    assertEquals(List.of("c: symbolic link left out, it leads nowhere"), scan().notes());
  }

  @Test
  void aLoopOfLinksEnds() throws IOException {
    write("a/b", 1);
    link(root.resolve("a/up"), "..");
    link(root.resolve("a/here"), ".");
    followLinks = true;
    assertEquals(List.of("a/b"), paths());
    String note = scan().notes().get(0);
    assertTrue(note.endsWith("it leads to a folder that it lies in (and 1 more)"), note);
  }

  @Test
  void linksThatMultiplyFoldersEnd() throws IOException {
    followLinks = true;
    for (int i = 0; i < 40; i++) {
      Path folder = Files.createDirectories(root.resolve("f" + i));
      link(folder.resolve("a"), "../f" + (i + 1));
      link(folder.resolve("b"), "../f" + (i + 1));
    }
    CreateException refused = assertThrows(CreateException.class, this::scan);
    assertTrue(refused.getMessage().contains("more than 500000 files and folders"));
  }

  @Test
  void tooDeepIsRefused() throws IOException {
    write("a/".repeat(99) + "b", 1);
    assertEquals(1, paths().size());
    write("a/".repeat(100) + "b", 1);
    CreateException refused = assertThrows(CreateException.class, this::scan);
    assertTrue(refused.getMessage().endsWith("more than 100 names deep (expected: fewer)"));
  }

  @Test
  void aLinkThatIsNamedItselfIsFollowed() throws IOException {
    write("a", 1);
    Path link = dir.resolve("link");
    link(link, "root");
    root = link;
    assertEquals(List.of("a"), paths());
    assertEquals("link", ContentScan.name(link));
  }

  @Test
  void whatCannotBeReadIsAnErrorAtOnce() throws IOException {
    Path file = write("secret", 1);
    assumeTrue(file.toFile().setReadable(false), "no permissions here");
    assumeFalse(Files.isReadable(file), "this user reads everything");
    StorageException refused = assertThrows(StorageException.class, this::scan);
    assertEquals(StorageException.Kind.PERMISSION, refused.kind());
    assertEquals(file + ": permission denied", refused.getMessage());
  }

  @Test
  void whatIsNotThereIsRefused() {
    root = dir.resolve("none");
    CreateException refused = assertThrows(CreateException.class, this::scan);
    assertEquals(root + ": no such file or folder", refused.getMessage());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDeviceIsRefused() {
    root = Path.of("/dev/null");
    CreateException refused = assertThrows(CreateException.class, this::scan);
    assertEquals("/dev/null: a special file (expected: a file or folder)", refused.getMessage());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aNameThatIsNotUtf8IsRefused() throws Exception {
    shell("printf x > \"$(printf 'b\\377')\"");
    CreateException refused = assertThrows(CreateException.class, this::scan);
    assertTrue(
        refused.getMessage().endsWith(": name is not valid (expected: UTF-8)"),
        refused.getMessage());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aNameThatIsNotUtf8DoesNotMatterWhereItIsLeftOut() throws Exception {
    write("f", 1);
    shell("printf x > \"$(printf '.b\\377')\"");
    shell("printf x > \"$(printf 'c\\377.tmp')\"");
    shell("mkdir \"$(printf 'd\\377')\"; printf x > \"$(printf 'd\\377')/e.tmp\"");
    excluded = path -> path.endsWith(".tmp");
    assertEquals(List.of("f"), paths());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderWhoseNameIsNotUtf8IsRefusedWithAFileInIt() throws Exception {
    shell("mkdir \"$(printf 'd\\377')\"; printf x > \"$(printf 'd\\377')/e\"");
    CreateException refused = assertThrows(CreateException.class, this::scan);
    assertEquals(
        root.resolve("d\uFFFD") + ": name is not valid (expected: UTF-8)", refused.getMessage());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aReplacementCharacterIsAnOrdinaryOneInAName() throws Exception {
    shell("printf x > \"$(printf 'b\\357\\277\\275')\"");
    assertEquals(List.of("b\uFFFD"), paths());
  }

  /** Makes what Java cannot name. */
  private void shell(String script) throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", script).directory(root.toFile()).start();
    assertEquals(0, shell.waitFor());
  }

  @Test
  void theNameIsTheRealOneOfADot() throws IOException {
    assertEquals("root", ContentScan.name(root.resolve(".")));
    assertEquals("root", ContentScan.name(Files.createDirectory(root.resolve("a")).resolve("..")));
    String absolute = Path.of("").toAbsolutePath().getFileName().toString();
    assertEquals(absolute, ContentScan.name(Path.of("")));
  }

  @Test
  void theRootOfAFileSystemHasNoName() {
    Path top = Path.of(File.separator).toAbsolutePath().getRoot();
    CreateException refused = assertThrows(CreateException.class, () -> ContentScan.name(top));
    assertTrue(refused.getMessage().contains("has no name"), refused.getMessage());
  }
}
