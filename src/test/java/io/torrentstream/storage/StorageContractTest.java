package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.StorageOptions.Kind;
import io.torrentstream.storage.TorrentStorage.Unflushed;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link TorrentStorage} does. */
class StorageContractTest {
  @TempDir private Path dir;

  private TorrentFiles files(TorrentInfo info) throws IOException {
    Bitfield all = new Bitfield(info.layout().pieceCount());
    all.setAll();
    TorrentFiles files =
        new TorrentFiles(info, new FileNames(info, dir), null, all, null, Links.REFUSED);
    Folders folders = new Folders(dir);
    for (FileEntry file : info.files()) {
      if (!file.padding()) {
        folders.ensure(files.part(file.index()).getParent());
        files.setLacking(file.index(), 1);
      }
    }
    return files;
  }

  private static TorrentStorage storage(Kind kind, TorrentFiles files) {
    return kind == Kind.MMAP ? new MappedStorage(files) : new FileStorage(files);
  }

  private static byte[] read(TorrentStorage storage, int piece, int begin, int length)
      throws StorageException {
    ByteBuf into = Unpooled.buffer(length, length);
    storage.read(piece, begin, length, into);
    return ByteBufUtil.getBytes(into);
  }

  private static byte[] digest(TorrentStorage storage, int piece, int begin, int length)
      throws StorageException {
    MessageDigest sha1 = Digests.sha1();
    storage.digest(piece, begin, length, sha1);
    return sha1.digest();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsWrittenInAnyOrderIsReadAndDigested(Kind kind) throws IOException {
    SampleTorrent torrent = TorrentDiskTest.mixed();
    PieceLayout layout = torrent.layout();
    TorrentStorage storage = storage(kind, files(torrent.info()));
    List<int[]> blocks = new ArrayList<>();
    for (int p = 0; p < layout.pieceCount(); p++) {
      for (int b = 0; b < layout.blockCount(p); b++) {
        blocks.add(new int[] {p, b * PieceLayout.BLOCK_LENGTH, layout.blockLength(p, b)});
      }
    }
    Collections.shuffle(blocks, new Random(7));
    for (int[] b : blocks) {
      ByteBuf data = Unpooled.wrappedBuffer(torrent.bytes(b[0], b[1], b[2]));
      storage.guard(() -> storage.write(b[0], b[1], data));
      assertEquals(0, data.readableBytes(), "all is written");
    }
    for (int[] b : blocks) {
      byte[] expected = torrent.bytes(b[0], b[1], b[2]);
      assertArrayEquals(expected, read(storage, b[0], b[1], b[2]));
      assertArrayEquals(Digests.sha1().digest(expected), digest(storage, b[0], b[1], b[2]));
    }
    Random random = new Random(8);
    for (int i = 0; i < 200; i++) {
      int piece = random.nextInt(layout.pieceCount());
      int begin = random.nextInt(layout.pieceLength(piece));
      int length = 1 + random.nextInt(layout.pieceLength(piece) - begin);
      assertArrayEquals(
          torrent.bytes(piece, begin, length), read(storage, piece, begin, length), "seed 8, " + i);
    }
    storage.close();
    for (FileEntry file : torrent.info().files()) {
      if (!file.padding() && file.length() > 0) {
        assertArrayEquals(
            torrent.fileBytes(file.index()), Files.readAllBytes(torrent.part(dir, file.index())));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void tellsWhichFilesAreToBeForced(Kind kind) throws IOException {
    SampleTorrent torrent = TorrentDiskTest.mixed();
    TorrentStorage storage = storage(kind, files(torrent.info()));
    assertEquals(List.of(), storage.takeUnflushed());
    // The first block holds all of "a/small" and the beginning of "large".
    storage.write(0, 0, Unpooled.wrappedBuffer(torrent.bytes(0, 0, 16384)));
    List<Unflushed> unflushed = storage.takeUnflushed();
    assertEquals(List.of(0, 2), unflushed.stream().map(Unflushed::target).sorted().toList());
    for (Unflushed bytes : unflushed) {
      bytes.force();
    }
    assertEquals(List.of(), storage.takeUnflushed());
    storage.write(0, 16384, Unpooled.wrappedBuffer(torrent.bytes(0, 16384, 16384)));
    assertEquals(List.of(2), storage.takeUnflushed().stream().map(Unflushed::target).toList());
    storage.close();
  }

  /** 5 GiB, none of which is there: offsets beyond 2^31 and 2^32, and blocks across two windows. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void offsetsHave64Bits(Kind kind) throws IOException {
    long length = 5L << 30;
    int pieceLength = (1 << 20) + (16 << 10); // no divisor of a window
    PieceLayout layout = new PieceLayout(pieceLength, new long[] {length});
    FileEntry file = new FileEntry(0, List.of("huge"), length, 0, false);
    TorrentInfo info =
        new TorrentInfo(
            InfoHash.of(new byte[20]),
            "huge",
            false,
            layout,
            List.of(file),
            new byte[layout.pieceCount() * 20],
            false,
            new byte[0]);
    TorrentFiles files = files(info);
    TorrentStorage storage = storage(kind, files);
    Random random = new Random(3);
    for (long position :
        new long[] {(1L << 30) - 5, (2L << 30) - 9000, (4L << 30) - 1, length - 9}) {
      int piece = (int) (position / pieceLength);
      int begin = (int) (position % pieceLength);
      byte[] data = new byte[Math.min(16384, layout.pieceLength(piece) - begin)];
      random.nextBytes(data);
      storage.write(piece, begin, Unpooled.wrappedBuffer(data));
      assertArrayEquals(data, read(storage, piece, begin, data.length));
      assertArrayEquals(Digests.sha1().digest(data), digest(storage, piece, begin, data.length));
      try (var channel = Files.newByteChannel(files.part(0), StandardOpenOption.READ)) {
        ByteBuffer seen = ByteBuffer.allocate(data.length);
        channel.position(position).read(seen);
        assertTrue(Arrays.equals(data, seen.array()), "at " + position);
      }
    }
    storage.close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aCompleteFileIsReadButNotWritten(Kind kind) throws IOException {
    SampleTorrent torrent = SampleTorrent.single("done", 1 << 20, 3 << 20);
    torrent.writeFile(dir, 0);
    TorrentFiles files =
        new TorrentFiles(
            torrent.info(),
            new FileNames(torrent.info(), dir),
            null,
            torrent.allPieces(),
            null,
            Links.REFUSED);
    files.adoptComplete(0, files.links().stamp(torrent.path(dir, 0)));
    TorrentStorage storage = storage(kind, files);
    assertArrayEquals(torrent.bytes(1, 100, 5000), read(storage, 1, 100, 5000));
    assertThrows(
        RuntimeException.class,
        () -> storage.write(1, 0, Unpooled.wrappedBuffer(new byte[16384])),
        "the file system would have to be asked to make it writable");
    assertArrayEquals(torrent.fileBytes(0), Files.readAllBytes(torrent.path(dir, 0)));
    storage.close();
  }

  /** Between the decision to give a file its name and the rename. */
  @Test
  void aFileIsFoundWhileItGetsItsName() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("done", 1 << 20, 3 << 20);
    Files.write(torrent.part(dir, 0), torrent.fileBytes(0));
    Files.write(torrent.path(dir, 0), new byte[1]); // what it will replace
    TorrentFiles files =
        new TorrentFiles(
            torrent.info(),
            new FileNames(torrent.info(), dir),
            null,
            torrent.allPieces(),
            null,
            Links.REFUSED);
    files.adoptPart(0, false);
    files.setLacking(0, -1);
    try (FileChannel found = files.open(0)) {
      assertEquals(3 << 20, found.size());
    }
    Files.delete(torrent.path(dir, 0));
    try (FileChannel found = files.open(0)) {
      assertEquals(3 << 20, found.size());
    }
  }

  /** More files than may be open at a time, all in use in turn. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void manySmallFilesShareFewChannels(Kind kind) throws IOException {
    SampleTorrent torrent = SampleTorrent.folder("many", 16 * 1024);
    for (int i = 0; i < 500; i++) {
      torrent.file("d" + i % 7 + "/f" + i, 100 + i);
    }
    torrent.build();
    TorrentStorage storage = storage(kind, files(torrent.info()));
    for (int round = 0; round < 2; round++) {
      for (int p = 0; p < torrent.layout().pieceCount(); p++) {
        byte[] data = torrent.bytes(p, 0, torrent.layout().pieceLength(p));
        if (round == 0) {
          storage.write(p, 0, Unpooled.wrappedBuffer(data));
        } else {
          assertArrayEquals(data, read(storage, p, 0, data.length));
        }
      }
    }
    storage.close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFileThatWasCutIsAnError(Kind kind) throws IOException {
    SampleTorrent torrent = SampleTorrent.folder("cut", 32 * 1024).file("small", 30_000).build();
    TorrentStorage storage = storage(kind, files(torrent.info()));
    storage.write(0, 0, Unpooled.wrappedBuffer(torrent.bytes(0, 0, 16384)));
    Files.write(torrent.part(dir, 0), new byte[0]); // truncates
    StorageException e =
        assertThrows(
            StorageException.class,
            () -> storage.write(0, 16384, Unpooled.wrappedBuffer(torrent.bytes(0, 16384, 13616))));
    assertEquals(torrent.part(dir, 0), e.path());
    assertEquals(0, Files.size(torrent.part(dir, 0)), "writing on would make it look whole");
    storage.close();
  }
}
