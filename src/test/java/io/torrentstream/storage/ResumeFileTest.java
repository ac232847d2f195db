package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeFileTest {
  @TempDir private Path dir;

  private final SampleTorrent torrent =
      SampleTorrent.folder("t", 100).file("a", 1000).file("b", 50).build();
  private final Bitfield flushed = new Bitfield(11);
  private final Stamp[] stamps = {new Stamp(1000, 123_456_789, -5), null, null};
  private final List<InetSocketAddress> banned =
      List.of(new InetSocketAddress("192.0.2.1", 0), new InetSocketAddress("2001:db8::1", 6881));
  private Path path;

  @BeforeEach
  void write() throws IOException {
    path = dir.resolve("x.resume");
    flushed.set(2);
    flushed.set(10);
    Files.write(path, encoded());
  }

  private byte[] encoded() {
    return new ResumeFile(flushed, stamps, banned).encode(torrent.info());
  }

  private ResumeFile read() throws IOException, ProtocolException {
    return ResumeFile.read(path, torrent.info(), 3);
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    ResumeFile resume = read();
    assertEquals(flushed, resume.flushed());
    assertArrayEquals(stamps, resume.stamps());
    assertEquals(banned, resume.banned());
  }

  @Test
  void theInfoDictionaryIsInIt() throws Exception {
    BValue.Dict root = (BValue.Dict) Bencode.read(encoded(), Bencode.Limits.TORRENT);
    assertArrayEquals(torrent.info().raw(), root.dict("body").str("info").bytes());
  }

  @Test
  void noneIsNoError() throws Exception {
    Files.delete(path);
    assertNull(read());
  }

  @Test
  void everyCutIsNoticed() throws IOException {
    byte[] bytes = encoded();
    for (int length = 0; length < bytes.length; length++) {
      Files.write(path, Arrays.copyOf(bytes, length));
      assertThrows(ProtocolException.class, this::read, "cut to " + length);
    }
  }

  @Test
  void everyFlippedBitIsNoticed() throws Exception {
    byte[] bytes = encoded();
    for (int i = 0; i < bytes.length * 8; i++) {
      byte[] flipped = bytes.clone();
      flipped[i / 8] ^= (byte) (1 << i % 8);
      Files.write(path, flipped);
      assertThrows(ProtocolException.class, this::read, "bit " + i);
    }
  }

  @Test
  void muchMoreThanThereCanBeIsNotRead() throws IOException {
    Files.write(path, new byte[100_000]);
    ProtocolException e = assertThrows(ProtocolException.class, this::read);
    assertEquals(true, e.getMessage().startsWith("size: 100000 "), e.getMessage());
  }

  @Test
  void anotherTorrentsIsNotUsed() {
    SampleTorrent other = SampleTorrent.folder("other", 100).file("a", 1050).build();
    assertThrows(ProtocolException.class, () -> ResumeFile.read(path, other.info(), 3));
  }

  @Test
  void anotherNumberOfFilesIsNotUsed() {
    assertThrows(ProtocolException.class, () -> ResumeFile.read(path, torrent.info(), 4));
  }

  private void rewrite(String key, BValue value) throws Exception {
    BValue.Dict root = (BValue.Dict) Bencode.read(encoded(), Bencode.Limits.TORRENT);
    Map<String, BValue> fields = new HashMap<>(root.dict("body").entries());
    fields.compute(key, (name, old) -> value);
    BValue.Dict body = BValue.Dict.of(fields);
    BValue sha1 = new BValue.Str(Digests.sha1().digest(Bencode.write(body)));
    Files.write(path, Bencode.write(BValue.Dict.of(Map.of("body", body, "sha1", sha1))));
  }

  /** As tsl wrote it before it kept bans, under the same version. */
  @Test
  void nobodyIsBannedWhereNothingIsSaid() throws Exception {
    rewrite("banned", null);
    assertEquals(List.of(), read().banned());
  }

  @Test
  void asManyBansAsAreKeptAreRead() throws Exception {
    BannedAddresses many = new BannedAddresses(banned);
    for (int i = 0; i <= BannedAddresses.MAX_BANNED; i++) {
      many.add(new InetSocketAddress("2001:db8::2", i));
    }
    assertEquals(BannedAddresses.MAX_BANNED, many.all().size());
    Files.write(path, new ResumeFile(flushed, stamps, many.all()).encode(torrent.info()));
    assertEquals(many.all(), read().banned());
  }

  @Test
  void aNewerVersionIsNotUsed() throws Exception {
    rewrite("version", new BValue.Int(2));
    ProtocolException e = assertThrows(ProtocolException.class, this::read);
    assertEquals("version: 2 (expected: 1)", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "pieces", "files", "info-hash", "banned"})
  void aRightChecksumOverWrongFieldsIsNotEnough(String key) throws Exception {
    BValue wrong = new BValue.Str(new byte[1]);
    rewrite(
        key,
        switch (key) {
          case "version" -> new BValue.Int(0);
          case "banned" -> new BValue.Lst(List.of(wrong));
          default -> wrong;
        });
    assertThrows(ProtocolException.class, this::read);
  }
}
