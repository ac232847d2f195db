package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.Block;
import io.torrentstream.storage.StorageOptions.Kind;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole downloads through {@link TorrentDisk}. */
class TorrentDiskTest {
  @TempDir private Path dir;

  /** Files below and above the size from which they are mapped, empty ones, a pad file. */
  static SampleTorrent mixed() {
    return SampleTorrent.folder("mixed", 64 * 1024)
        .file("a/small", 1000)
        .file("a/empty", 0)
        .file("large", 3 * 1024 * 1024 + 17)
        .padding(5000)
        .file("b/c/tiny", 1)
        .file("last", 200_000)
        .build();
  }

  private StorageOptions options(Kind kind) {
    return new StorageOptions(dir, kind, false, false, false);
  }

  private void assertContent(SampleTorrent torrent) throws IOException {
    for (var file : torrent.info().files()) {
      Path path = torrent.path(dir, file.index());
      if (file.padding()) {
        assertFalse(Files.exists(path), "a pad file is never written");
      } else {
        assertArrayEquals(torrent.fileBytes(file.index()), Files.readAllBytes(path));
      }
    }
  }

  private List<String> listing() throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      return all.filter(Files::isRegularFile)
          .map(path -> dir.relativize(path).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void downloadsEverything(Kind kind) throws IOException {
    SampleTorrent torrent = mixed();
    try (DiskFixture disk = new DiskFixture(torrent, options(kind))) {
      Bitfield have = disk.open();
      assertTrue(have.isEmpty());
      disk.writeMissing(have);
      assertEquals(dir.resolve("mixed"), disk.finish());
      assertNull(disk.error());
      assertEquals(0, disk.disk().queuedBytes());
      assertArrayEquals(torrent.bytes(3, 16384, 16384), disk.read(new Block(3, 16384, 16384)));
      byte[] two = disk.read(List.of(new Block(3, 16384, 5), new Block(3, 100, 7)), 13);
      assertEquals(13 + 5 + 13 + 7, two.length);
      assertArrayEquals(torrent.bytes(3, 16384, 5), Arrays.copyOfRange(two, 13, 18));
      assertArrayEquals(torrent.bytes(3, 100, 7), Arrays.copyOfRange(two, 31, 38));
    }
    assertContent(torrent);
    assertFalse(Files.exists(dir.resolve(".tsl")), "nothing is left over");
    assertEquals(
        List.of("mixed/a/empty", "mixed/a/small", "mixed/b/c/tiny", "mixed/large", "mixed/last"),
        listing());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void blocksMayComeInAnyOrderAndTwice(Kind kind) throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 1 << 20, (3 << 20) + 12345);
    try (DiskFixture disk = new DiskFixture(torrent, options(kind))) {
      disk.open();
      for (int p = 0; p < torrent.layout().pieceCount(); p++) {
        List<Integer> order = new ArrayList<>(disk.blocks(p));
        Collections.shuffle(order, new Random(p));
        assertTrue(disk.writePiece(p, order));
        // A late copy with other bytes, as endgame and evil peers send them.
        disk.writeBlock(p, 0, new byte[16384]);
      }
      disk.finish();
    }
    assertContent(torrent);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void blocksMayComeManyAtATime(Kind kind) throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 1 << 20, (3 << 20) + 12345);
    List<Block> blocks = new ArrayList<>();
    for (int p = 0; p < torrent.layout().pieceCount(); p++) {
      for (int b = 0; b < torrent.layout().blockCount(p); b++) {
        blocks.add(torrent.layout().block(p, b));
      }
    }
    List<Block> given = new ArrayList<>();
    Random random = new Random(1);
    for (int from = 0; from < blocks.size(); ) {
      int to = Math.min(blocks.size(), from + 1 + random.nextInt(40));
      given.addAll(blocks.subList(from, to));
      if (random.nextBoolean()) {
        given.addAll(blocks.subList(from, to)); // again, as endgame may
      }
      from = to;
    }
    try (DiskFixture disk = new DiskFixture(torrent, options(kind))) {
      disk.open();
      disk.writeTogether(given);
      for (int p = 0; p < torrent.layout().pieceCount(); p++) {
        assertTrue(disk.awaitPiece(p), "piece " + p);
      }
      disk.finish();
    }
    assertContent(torrent);
  }

  @Test
  void aWrongPieceIsToldAndWrittenAgain() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 200_000);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      Bitfield have = disk.open();
      disk.writeBlock(1, 0, new byte[16384]);
      assertFalse(disk.writePiece(1, List.of(3, 2, 1)));
      assertFalse(Files.exists(torrent.path(dir, 0)));
      disk.writeMissing(have);
      disk.finish();
    }
    assertContent(torrent);
  }

  @Test
  void aFileGetsItsNameWhenItsLastPieceIsVerifiedAndNotBefore() throws IOException {
    SampleTorrent torrent =
        SampleTorrent.folder("t", 32 * 1024).file("a", 40_000).file("b", 60_000).build();
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.open();
      assertEquals(List.of(), dataFiles());
      disk.writePiece(0);
      disk.writePiece(2);
      disk.writePiece(3);
      disk.read(new Block(0, 0, 1)); // after all that was done before
      assertEquals(List.of("t/a.part", "t/b.part"), dataFiles());
      disk.writePiece(1); // the end of a and the beginning of b
      disk.finish();
      assertEquals(List.of("t/a", "t/b"), dataFiles());
      assertEquals(List.of(torrent.path(dir, 0), torrent.path(dir, 1)), disk.completedFiles());
    }
  }

  private List<String> dataFiles() throws IOException {
    return listing().stream().filter(path -> !path.startsWith(".tsl/")).toList();
  }

  @Test
  void whatWasForcedIsNotHashedAgain() throws IOException {
    SampleTorrent torrent = mixed();
    Bitfield have;
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.open();
      for (int p = 0; p < 40; p++) {
        disk.writePiece(p);
      }
      disk.checkpoint();
      disk.writePiece(45);
    }
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      have = disk.open();
      assertEquals(41, have.count());
      // Only what is not in the resume data, of which most is a hole.
      assertTrue(disk.checked() <= torrent.info().length() - 41L * 64 * 1024, "" + disk.checked());
      disk.writeMissing(have);
      disk.finish();
    }
    assertContent(torrent);
  }

  @Test
  void aKilledRunIsFoundAgainByHashing() throws IOException {
    SampleTorrent torrent = mixed();
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.open();
      for (int p = 0; p < 30; p++) {
        disk.writePiece(p);
      }
    }
    Files.delete(resume(torrent)); // as if it had never come to a checkpoint
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      Bitfield have = disk.open();
      assertEquals(30, have.count());
      assertEquals(-1, have.nextSet(30));
      disk.writeMissing(have);
      disk.finish();
    }
    assertContent(torrent);
  }

  private Path resume(SampleTorrent torrent) {
    return dir.resolve(".tsl").resolve(torrent.info().infoHash() + ".resume");
  }

  @Test
  void whatAnotherProgramChangedIsHashedAgain() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 1 << 20);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.open();
      for (int p = 0; p < 10; p++) {
        disk.writePiece(p);
      }
    }
    Path part = torrent.part(dir, 0);
    byte[] bytes = Files.readAllBytes(part);
    bytes[5 * 64 * 1024] ^= 1;
    var before = Files.getLastModifiedTime(part);
    Files.write(part, bytes);
    if (File.separatorChar == '/') {
      Files.setLastModifiedTime(part, before); // the time of the change itself still tells
    }
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      Bitfield have = disk.open();
      assertEquals(9, have.count());
      assertFalse(have.get(5));
    }
  }

  @Test
  void checkDistrustsResumeData() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 1 << 20);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.open();
      disk.writePiece(3);
    }
    StorageOptions distrust = new StorageOptions(dir, Kind.MMAP, false, false, true);
    try (DiskFixture disk = new DiskFixture(torrent, distrust)) {
      assertEquals(1, disk.open().count());
      assertEquals(torrent.info().length(), disk.checked());
    }
  }

  /** Ways in which resume data can be wrong, each made of data that was right. */
  enum BadResume {
    DAMAGED {
      @Override
      byte[] of(byte[] good) {
        good[good.length / 2] ^= 1;
        return good;
      }
    },
    TRUNCATED {
      @Override
      byte[] of(byte[] good) {
        return Arrays.copyOf(good, good.length / 2);
      }
    },
    EMPTY {
      @Override
      byte[] of(byte[] good) {
        return new byte[0];
      }
    },
    FOREIGN {
      @Override
      byte[] of(byte[] good) {
        SampleTorrent other = SampleTorrent.single("y", 64 * 1024, 1 << 20);
        Bitfield all = new Bitfield(16);
        all.setAll();
        return new ResumeFile(all, new Stamp[2], List.of()).encode(other.info());
      }
    },
    NEWER {
      @Override
      byte[] of(byte[] good) {
        return signed(Map.of("version", new BValue.Int(2)));
      }
    };

    abstract byte[] of(byte[] good);
  }

  private static byte[] signed(Map<String, BValue> fields) {
    BValue body = BValue.Dict.of(fields);
    BValue sha1 = new BValue.Str(Digests.sha1().digest(Bencode.write(body)));
    return Bencode.write(BValue.Dict.of(Map.of("body", body, "sha1", sha1)));
  }

  @ParameterizedTest
  @EnumSource
  void badResumeDataIsSetAsideAndCostsACheckAndAWarning(BadResume how) throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 1 << 20);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.open();
      disk.writePiece(3);
    }
    Path resume = resume(torrent);
    byte[] bad = how.of(Files.readAllBytes(resume));
    Files.write(resume, bad);
    Path aside = resume.resolveSibling(resume.getFileName() + ".aside");
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      Bitfield have = disk.open();
      assertEquals(1, have.count());
      assertEquals(torrent.info().length(), disk.checked());
      assertEquals(1, disk.warnings().size(), disk.warnings().toString());
      String warning = "resume data set aside as " + aside + ", all is checked: ";
      assertTrue(disk.warnings().get(0).startsWith(warning), disk.warnings().toString());
      assertArrayEquals(bad, Files.readAllBytes(aside));
      disk.writeMissing(have);
      disk.finish();
    }
    assertContent(torrent);
    assertEquals(List.of("x"), listing(), "nothing is left");
  }

  /** What cannot be moved aside is the disk's fault, named, and no bug of ours. */
  @Test
  void aFailureWhileOpeningIsAStorageError() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 100_000);
    Path resume = resume(torrent);
    Path aside = resume.resolveSibling(resume.getFileName() + ".aside");
    Files.createDirectories(aside.resolve("full"));
    Files.write(resume, signed(Map.of("version", new BValue.Int(2))));
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      StorageException e = assertThrows(StorageException.class, disk::open);
      assertTrue(e.getMessage().startsWith(aside.toString()), e.getMessage());
    }
  }

  /** Downloaded just now, or found complete at the start. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCompleteFileThatSomebodyChangesIsNotHandedOut(boolean found) throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 1 << 20);
    if (found) {
      torrent.writeFile(dir, 0);
    }
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.writeMissing(disk.open());
      disk.finish();
      assertArrayEquals(torrent.bytes(5, 0, 100), disk.read(new Block(5, 0, 100)));
      try (var file = Files.newByteChannel(torrent.path(dir, 0), StandardOpenOption.WRITE)) {
        file.position(5 * 64 * 1024).write(ByteBuffer.allocate(100));
      }
      disk.startReading(List.of(new Block(5, 0, 100)), 0, bytes -> {});
      assertTrue(disk.awaitError().getMessage().contains("was changed after it had been checked"));
    }
  }

  @Test
  void aCompleteFileIsUsedAndNotTouched() throws IOException {
    SampleTorrent torrent = mixed();
    for (var file : torrent.info().files()) {
      if (!file.padding()) {
        torrent.writeFile(dir, file.index());
      }
    }
    Path large = torrent.path(dir, 2);
    Stamp before = Stamp.of(large);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      assertTrue(disk.open().isFull());
      assertEquals(dir.resolve("mixed"), disk.finish());
      assertEquals(List.of(), disk.completedFiles());
    }
    assertEquals(before, Stamp.of(large));
    assertContent(torrent);
  }

  /** A file under its own name is good in parts, too short, or too long. */
  @ParameterizedTest
  @ValueSource(ints = {-100_000, 0, 5000})
  void goodBytesOfAnIncompleteFileAreUsedAndTheFileIsNotWrittenTo(int longer) throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 1 << 20);
    byte[] bytes = Arrays.copyOf(torrent.fileBytes(0), (1 << 20) + longer);
    bytes[200_000] ^= 1; // piece 3
    Files.write(torrent.path(dir, 0), bytes);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      Bitfield have = disk.open();
      assertEquals(longer < 0 ? 13 : 15, have.count());
      assertFalse(have.get(3));
      assertArrayEquals(torrent.bytes(2, 0, 100), disk.read(new Block(2, 0, 100)));
      for (int p = 15; p >= 0; p--) {
        if (!have.get(p)) {
          assertArrayEquals(bytes, Files.readAllBytes(torrent.path(dir, 0)), "not yet");
          disk.writePiece(p);
        }
      }
      disk.finish();
    }
    assertContent(torrent);
    assertEquals(List.of("x"), listing());
  }

  @Test
  void bothNamesAtOnceAreUsed() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 1 << 20);
    byte[] name = torrent.fileBytes(0);
    byte[] part = torrent.fileBytes(0);
    Arrays.fill(name, 0, 500_000, (byte) 7);
    Arrays.fill(part, 500_000, 1 << 20, (byte) 7);
    Files.write(torrent.path(dir, 0), name);
    Files.write(torrent.part(dir, 0), part);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      Bitfield have = disk.open();
      assertEquals(15, have.count(), "all but the one that is torn");
      disk.writeMissing(have);
      disk.finish();
    }
    assertContent(torrent);
    assertEquals(List.of("x"), listing());
  }

  @Test
  void aCompleteFileWinsOverALeftOverPart() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 1 << 20);
    torrent.writeFile(dir, 0);
    Files.write(torrent.part(dir, 0), new byte[100]);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      assertTrue(disk.open().isFull());
      disk.finish();
    }
    assertEquals(List.of("x"), listing());
  }

  @Test
  void aVerifiedPartOnlyLacksItsName() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 1 << 20);
    Files.write(torrent.part(dir, 0), torrent.fileBytes(0));
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      assertTrue(disk.open().isFull());
      disk.finish();
      assertEquals(List.of(dir.resolve("x")), disk.completedFiles());
    }
    assertContent(torrent);
  }

  @Test
  void aPieceOfZerosIsToldFromAHole() throws IOException {
    byte[] data = new byte[300_000];
    data[299_999] = 1;
    SampleTorrent torrent = SampleTorrent.folder("z", 64 * 1024).file("zeros", data).build();
    Files.createDirectories(dir.resolve("z"));
    Files.write(torrent.part(dir, 0), new byte[300_000]);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      Bitfield have = disk.open();
      assertEquals(4, have.count());
      assertFalse(have.get(4));
    }
  }

  @Test
  void unwantedFilesDoNotAppear() throws IOException {
    SampleTorrent torrent =
        SampleTorrent.folder("t", 64 * 1024)
            .file("one", 100_000)
            .file("two", 10)
            .file("three", 2_000_000)
            .file("four", 50_000)
            .build();
    BitSet wanted = new BitSet();
    wanted.set(0);
    wanted.set(3);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP), wanted)) {
      Bitfield have = disk.open();
      assertTrue(have.isEmpty());
      disk.writePiece(0);
      disk.writePiece(1);
      assertArrayEquals(torrent.bytes(1, 16384, 16384), disk.read(new Block(1, 16384, 16384)));
    }
    assertEquals(List.of("t/one"), dataFiles());
    assertTrue(
        Files.size(dir.resolve(".tsl").resolve(torrent.info().infoHash() + ".edges")) < 140_000);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP), wanted)) {
      Bitfield have = disk.open();
      assertEquals(2, have.count(), "edges are found again");
      Bitfield needed = torrent.piecesOf(wanted);
      for (int p = needed.nextSet(0); p >= 0; p = needed.nextSet(p + 1)) {
        if (!have.get(p)) {
          disk.writePiece(p);
        }
      }
      assertEquals(dir.resolve("t"), disk.finish());
    }
    assertEquals(List.of("t/four", "t/one"), listing());
    assertArrayEquals(torrent.fileBytes(3), Files.readAllBytes(torrent.path(dir, 3)));
  }

  @Test
  void anotherChoiceOfFilesKeepsWhatIsThere() throws IOException {
    SampleTorrent torrent =
        SampleTorrent.folder("t", 64 * 1024).file("one", 100_000).file("two", 500_000).build();
    BitSet one = new BitSet();
    one.set(0);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP), one)) {
      disk.open();
      disk.writePiece(0);
      disk.writePiece(1);
      disk.finish();
    }
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      Bitfield have = disk.open();
      assertTrue(have.get(0));
      assertFalse(have.get(1), "its bytes in the second file were dropped");
      disk.writeMissing(have);
      disk.finish();
    }
    assertContent(torrent);
  }

  @Test
  void resumeDataOfFilesThatAreNotWantedAnyMoreIsPassedOver() throws IOException {
    SampleTorrent torrent =
        SampleTorrent.folder("t", 64 * 1024).file("one", 300_000).file("two", 300_000).build();
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.open();
      for (int p = 0; p < torrent.layout().pieceCount() - 1; p++) {
        disk.writePiece(p);
      }
    }
    BitSet two = new BitSet();
    two.set(1);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP), two)) {
      Bitfield have = disk.open();
      assertEquals(torrent.layout().pieceLength(9), disk.checked(), "what never was verified");
      assertEquals(4, have.count(), "all of its own but for the first, an edge, and the last");
      disk.writePiece(4);
      disk.writePiece(9);
      disk.finish();
    }
    assertArrayEquals(torrent.fileBytes(1), Files.readAllBytes(torrent.path(dir, 1)));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void allocatedAndForcedFilesEndTheSame(Kind kind) throws IOException {
    SampleTorrent torrent = mixed();
    try (DiskFixture disk =
        new DiskFixture(torrent, new StorageOptions(dir, kind, true, true, false))) {
      disk.writeMissing(disk.open());
      disk.finish();
      assertEquals(5, disk.completedFiles().size());
    }
    assertContent(torrent);
    assertFalse(Files.exists(dir.resolve(".tsl")));
  }

  @Test
  void theLockIsHeldWhileOpen() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 100_000);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.open();
      try (DiskFixture second = new DiskFixture(torrent, options(Kind.MMAP))) {
        StorageException e = assertThrows(StorageException.class, second::open);
        assertTrue(e.getMessage().contains("another tsl"), e.getMessage());
      }
      disk.writePiece(0);
    }
    try (DiskFixture third = new DiskFixture(torrent, options(Kind.MMAP))) {
      assertEquals(1, third.open().count());
    }
  }

  @Test
  void theLanesSayWhenTheyHaveCaughtUp() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 1 << 20, 24 << 20);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP))) {
      disk.open();
      CountDownLatch gate = new CountDownLatch(1);
      disk.holdLanes(gate);
      for (int p = 0; p < 12; p++) {
        disk.blocks(p).forEach(b -> disk.writeBlock(0, 0));
      }
      assertEquals(12 << 20, disk.disk().queuedBytes());
      gate.countDown();
      disk.awaitDrained();
    }
  }

  @Test
  void closingEarlyIsNoError() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 100_000);
    new DiskFixture(torrent, options(Kind.MMAP)).close();
    DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP));
    disk.openAndClose();
    disk.close();
    assertFalse(Files.exists(dir.resolve(".tsl")), "no lock, no resume data of nothing");
  }
}
