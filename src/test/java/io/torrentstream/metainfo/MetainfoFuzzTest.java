package io.torrentstream.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Torrents with random damage: each is refused with a {@link ProtocolException} of one line, or
 * gives values that the rest of the program can trust.
 */
class MetainfoFuzzTest {
  private static final int RUNS_PER_SAMPLE = 500;
  private static final NameRules WINDOWS = new NameRules(true, StandardCharsets.UTF_8);

  @Test
  void onlyProtocolExceptionsEscape() {
    int good = 0;
    List<TestTorrents.Sample> samples = TestTorrents.samples();
    for (TestTorrents.Sample sample : samples) {
      for (long seed = 0; seed < RUNS_PER_SAMPLE && sample.bytes().length < 20_000; seed++) {
        Random random = new Random(seed);
        byte[] other = samples.get(random.nextInt(samples.size())).bytes();
        byte[] torrent = damage(sample.bytes(), other, random);
        good += isGood(torrent, sample.name() + ", seed " + seed) ? 1 : 0;
      }
    }
    // Damage to a name or a hash leaves a good torrent; else the checks below were never run.
    assertTrue(good > 1000, "only " + good + " were good");
  }

  private static byte[] damage(byte[] original, byte[] other, Random random) {
    byte[] bytes = original.clone();
    int kind = random.nextInt(4);
    for (int i = random.nextInt(3); i >= 0 && bytes.length > 0 && kind != 3; i--) {
      int at = random.nextInt(bytes.length);
      switch (kind) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) ('0' + random.nextInt(10));
        default -> bytes[at] = (byte) "dlei:-0\u0000/.".charAt(random.nextInt(10));
      }
    }
    if (kind == 3) {
      // The beginning of one, the end of another.
      ByteArrayOutputStream spliced = new ByteArrayOutputStream();
      int from = random.nextInt(other.length + 1);
      spliced.write(bytes, 0, random.nextInt(bytes.length + 1));
      spliced.write(other, from, other.length - from);
      return spliced.toByteArray();
    }
    return bytes;
  }

  private static boolean isGood(byte[] torrent, String where) {
    try {
      check(Metainfo.parse(torrent, NameRules.ANY), where);
      check(Metainfo.parse(torrent, WINDOWS), where);
      return true;
    } catch (ProtocolException e) {
      assertTrue(e.getMessage().chars().allMatch(c -> c >= ' ' && c < 0x7F), where);
      assertFalse(e.getMessage().length() > 300, where);
      return false;
    }
  }

  private static void check(Metainfo metainfo, String where) {
    TorrentInfo info = metainfo.info();
    PieceLayout layout = info.layout();
    assertEquals(layout.pieceCount() * Digests.SHA1_BYTES, info.pieceHashes().length, where);
    assertTrue(layout.pieceLength() > 0, where);
    long offset = 0;
    for (FileEntry file : info.files()) {
      assertEquals(offset, file.offset(), where);
      assertTrue(file.length() >= 0, where);
      offset += file.length();
      assertEquals(info.name(), file.path().get(0), where);
      for (String part : file.path()) {
        assertTrue(isSafe(part), where + ": " + part);
      }
    }
    assertEquals(offset, layout.length(), where);
    assertTrue(MagnetLink.of(metainfo).startsWith("magnet:?xt=urn:btih:"), where);
    for (String warning : metainfo.warnings()) {
      assertTrue(warning.chars().allMatch(c -> c >= ' '), where);
    }
  }

  private static boolean isSafe(String part) {
    return !part.isEmpty()
        && !part.equals(".")
        && !part.equals("..")
        && part.chars().noneMatch(c -> c < ' ' || c == '/' || c == '\\' || c == 0x7F)
        && part.getBytes(StandardCharsets.UTF_8).length <= SafeNames.MAX_BYTES;
  }
}
