package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.torrentstream.metainfo.InfoHash;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptInfoTest {
  @TempDir private Path dir;

  private final SampleTorrent torrent = SampleTorrent.single("t", 100, 1000).build();
  private final InfoHash infoHash = torrent.info().infoHash();

  private byte[] read() {
    return KeptInfo.read(dir, infoHash);
  }

  private Path keep() throws Exception {
    StateDirectory state = StateDirectory.lock(dir, infoHash, dir.resolve("name"));
    state.writeFirstResume(ResumeFile.empty(torrent.info(), 2).encode(torrent.info()));
    Path file = state.resume();
    state.close(false);
    return file;
  }

  @Test
  void whatIsKeptIsFound() throws Exception {
    assertNull(read());
    keep();
    assertArrayEquals(torrent.info().raw(), read());
    assertNull(KeptInfo.read(dir.resolve("nowhere"), infoHash));
  }

  @Test
  void resumeDataThatIsThereStays() throws Exception {
    Path file = keep();
    Files.writeString(file, "other");
    keep();
    assertArrayEquals("other".getBytes(), Files.readAllBytes(file));
  }

  @Test
  void nothingIsFoundInWhatIsDamagedOrTooLarge() throws Exception {
    Path file = keep();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2]++;
    Files.write(file, bytes);
    assertNull(read());
    Files.writeString(file, "de");
    assertNull(read());
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    assertNull(read());
  }

  @Test
  void anotherTorrentsInfoIsNotTakenForIt() throws Exception {
    Path file = keep();
    InfoHash other = InfoHash.of(new byte[20]);
    Files.move(file, StateDirectory.resume(dir, other.toString()));
    assertNull(KeptInfo.read(dir, other));
  }
}
