package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StampTest {
  @TempDir private Path dir;

  private Path file() throws IOException {
    return Files.write(dir.resolve("file"), new byte[100]);
  }

  @Test
  void bothWaysSeeTheSame() throws IOException {
    Path file = file();
    for (int second = 0; second < 50; second++) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(second * 1001L));
      Stamp stamp = Stamp.of(file);
      assertEquals(100, stamp.size());
      assertEquals(second * 1_001_000_000L, stamp.modifiedNanos());
      assertEquals(Stamp.byName(file), stamp);
    }
  }

  @Test
  void aTimeThatWasSetBackShows() throws IOException {
    Path file = file();
    FileTime longAgo = FileTime.fromMillis(1000);
    Files.setLastModifiedTime(file, longAgo);
    Stamp before = Stamp.of(file);
    while (before.equals(Stamp.of(file))) { // until the clock of the file system has gone on
      Files.write(file, new byte[100]);
      Files.setLastModifiedTime(file, longAgo);
    }
    assertNotEquals(before.changedNanos(), Stamp.of(file).changedNanos());
    assertEquals(before.modifiedNanos(), Stamp.of(file).modifiedNanos());
  }

  @Test
  void onlyARegularFileHasOne() throws IOException {
    assertNull(Stamp.of(dir));
    assertNull(Stamp.byName(dir));
    assertNull(Stamp.of(dir.resolve("none")));
  }

  @Test
  void aLinkIsFollowedWhereThatIsAllowed() throws IOException {
    Path link = Files.createSymbolicLink(dir.resolve("link"), file());
    assertNull(Stamp.of(link));
    assertNull(Stamp.byName(link, LinkOption.NOFOLLOW_LINKS));
    assertNotNull(Stamp.of(link, new LinkOption[0]));
    assertEquals(Stamp.of(file()), Stamp.of(link, new LinkOption[0]));
  }
}
