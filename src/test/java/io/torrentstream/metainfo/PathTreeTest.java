package io.torrentstream.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PathTreeTest {
  private static List<List<String>> place(List<List<String>> paths) {
    PathTree tree = new PathTree(new SafeNames(NameRules.ANY));
    List<PathTree.Folder> folders = paths.stream().map(tree::folderOf).toList();
    List<List<String>> placed = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      placed.add(tree.place(paths.get(i), folders.get(i)));
    }
    return placed;
  }

  private static List<List<String>> names(String... names) {
    List<List<String>> paths = new ArrayList<>();
    for (String name : names) {
      paths.add(List.of(name.split("/")));
    }
    return paths;
  }

  @Test
  void whatDoesNotClashStays() {
    List<List<String>> paths = names("x/a", "x/b", "X/c", "y/a", "y/z/a", "y/a.partial");
    assertEquals(paths, place(paths));
  }

  @Test
  void foldersWinAlsoOverEarlierFiles() {
    assertEquals(names("x/a.1", "x/a/b", "x/A/c"), place(names("x/a", "x/a/b", "x/A/c")));
  }

  @Test
  void unfinishedFilesCountToo() {
    assertEquals(names("a.part", "a.1"), place(names("a.part", "a")));
    assertEquals(names("a", "a.1.part"), place(names("a", "a.part")));
    assertEquals(names("a.1", "a.part/b"), place(names("a", "a.part/b")));
    assertEquals(names("a.PART", "A.1"), place(names("a.PART", "A")));
  }

  @Test
  void countersGoBeforeTheExtension() {
    assertEquals(
        names("a.tar.gz", "a.tar.1.gz", "b", "B.1", ".c", ".c.1"),
        place(names("a.tar.gz", "a.tar.gz", "b", "B", ".c", ".c")));
  }

  @Test
  void renamedFilesStillFit() {
    String name = "\u00E4".repeat(123) + ".mkv";
    List<List<String>> placed = place(List.of(List.of(name), List.of(name)));

    assertEquals(name, placed.get(0).get(0));
    assertEquals("\u00E4".repeat(118) + ".1.mkv", placed.get(1).get(0));
  }

  @Test
  void noTwoFilesEverShareAPlace() {
    String[] words = {
      "a", "A", "b", "a.1", "a.part", "a.1.part", "a.part.part", "\u00E9", "e\u0301"
    };
    for (long seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      List<List<String>> paths = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        List<String> path = new ArrayList<>();
        for (int depth = random.nextInt(3); depth >= 0; depth--) {
          path.add(words[random.nextInt(words.length)]);
        }
        paths.add(path);
      }
      check(place(paths), "seed " + seed);
      assertEquals(place(paths), place(paths), "seed " + seed);
    }
  }

  /** The slow and obvious way. */
  private static void check(List<List<String>> paths, String where) {
    Set<String> files = new HashSet<>();
    Set<String> folders = new HashSet<>();
    for (List<String> path : paths) {
      String key = SafeNames.fold(String.join("/", path));
      assertTrue(files.add(key), where + ": " + path);
      assertTrue(files.add(key + ".part"), where + ": " + path);
      for (int i = 1; i < path.size(); i++) {
        folders.add(SafeNames.fold(String.join("/", path.subList(0, i))));
      }
    }
    folders.retainAll(files);
    assertTrue(folders.isEmpty(), where + ": " + folders);
    assertFalse(files.isEmpty());
  }

  @Test
  void fiftyThousandClashesTakeLinearTime() {
    List<List<String>> same = new ArrayList<>();
    List<List<String>> sameWhenCut = new ArrayList<>();
    String prefix = "p".repeat(240);
    for (int i = 0; i < 50_000; i++) {
      same.add(List.of("a.txt"));
      sameWhenCut.add(List.of(prefix + i / 2 + ".txt"));
    }
    // One probe for each earlier clash would be a billion.
    for (List<List<String>> paths : List.of(same, sameWhenCut)) {
      List<List<String>> placed = assertTimeout(Duration.ofSeconds(20), () -> place(paths));
      assertEquals(paths.size(), Set.copyOf(placed).size());
    }
  }
}
