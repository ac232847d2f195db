package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.PooledByteBufAllocator;
import io.torrentstream.metainfo.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several reads that are confirmed by one look; whole uploads are in {@link SeedOpeningTest}. */
class ReadCheckTest {
  private static final int PIECE = 1024;

  @TempDir private Path dir;
  private final SampleTorrent torrent =
      SampleTorrent.folder("two", PIECE).file("one", 3 * PIECE).file("other", PIECE).build();

  private FileStorage storage;
  private ReadCheck check;
  private final List<FilledRead> reads = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    TorrentFiles files =
        new TorrentFiles(
            torrent.info(),
            new FileNames(torrent.info(), dir),
            null,
            torrent.allPieces(),
            null,
            Links.REFUSED);
    for (int file = 0; file < 2; file++) {
      torrent.writeFile(dir, file);
      files.adoptComplete(file, files.links().stamp(torrent.path(dir, file)));
    }
    storage = new FileStorage(files);
    check = new ReadCheck(torrent.info(), files, storage, 1);
  }

  @AfterEach
  void close() {
    reads.forEach(each -> each.data().release());
    storage.close();
  }

  private FilledRead read(int piece, int begin) throws StorageException {
    FilledRead read =
        FilledRead.of(
            new BlockRead(
                List.of(new Block(piece, begin, 100)),
                0,
                PooledByteBufAllocator.DEFAULT,
                data -> {}));
    reads.add(read);
    read.fill(storage);
    return read;
  }

  private List<FilledRead> again(FilledRead... which) throws StorageException {
    List<FilledRead> again = new ArrayList<>();
    check.confirm(List.of(which), again);
    return again;
  }

  @Test
  void whatWasReadBeforeAFileLookedDifferentIsReadAgain() throws IOException {
    FilledRead first = read(1, 0);
    FilledRead second = read(1, 500); // of the same piece, which is found right only once
    FilledRead third = read(3, 0);
    assertEquals(List.of(), again(first, second, third));
    Files.setLastModifiedTime(torrent.path(dir, 0), FileTime.fromMillis(1000));
    assertEquals(List.of(first, second), again(first, second, third));
    assertEquals(List.of(), again(first, second));
  }

  @Test
  void aPieceThatNobodyReadIsDoubtedUntilItIsRead() throws IOException {
    FilledRead first = read(0, 0);
    Files.setLastModifiedTime(torrent.path(dir, 0), FileTime.fromMillis(1000));
    assertEquals(List.of(first), again(first));
    FilledRead later = read(2, 0);
    assertEquals(List.of(later), again(first, later));
    assertEquals(List.of(), again(first, later));
  }
}
