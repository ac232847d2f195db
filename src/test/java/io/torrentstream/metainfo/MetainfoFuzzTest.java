package io.torrentstream.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Damaged torrents: each is refused with a {@link ProtocolException} of one line, or gives values
 * that the rest of the program can trust.
 */
class MetainfoFuzzTest {
  private static final NameRules WINDOWS = new NameRules(true, StandardCharsets.UTF_8);
  private static final int LARGE = 20_000;

  @Test
  void aTorrentIsRefusedInOneLineOrCanBeTrusted() {
    Fuzzer fuzzer =
        new Fuzzer(
                "metainfo",
                MetainfoReader.class,
                InfoReader.class,
                FilesReader.class,
                Fields.class,
                Text.class,
                SafeNames.class,
                WindowsNames.class,
                PathTree.class,
                Warnings.class)
            .tokens("e", "0:", "2:..", "1:/", "i-1e", "i0e", "le", "de", "4:attr1:p", "4:attr1:l")
            .tokens("6:lengthi0e", "d6:lengthi1e4:pathl1:aee", "\0", "\u00ff", "8:encoding3:GBK");
    for (TestTorrents.Sample sample : TestTorrents.samples()) {
      if (sample.bytes().length < LARGE) {
        fuzzer.seed(sample.bytes());
      }
    }
    fuzzer.run(MetainfoFuzzTest::parse);
  }

  private static void parse(byte[] torrent) throws ProtocolException {
    try {
      check(Metainfo.parse(torrent, NameRules.ANY));
      check(Metainfo.parse(torrent, WINDOWS));
    } catch (ProtocolException e) {
      assertTrue(e.getMessage().chars().allMatch(c -> c >= ' ' && c < 0x7F), e.getMessage());
      assertFalse(e.getMessage().length() > 300, e.getMessage());
      throw e;
    }
  }

  private static void check(Metainfo metainfo) {
    TorrentInfo info = metainfo.info();
    PieceLayout layout = info.layout();
    assertEquals(layout.pieceCount() * Digests.SHA1_BYTES, info.pieceHashes().length);
    assertTrue(layout.pieceLength() > 0);
    long offset = 0;
    for (FileEntry file : info.files()) {
      assertEquals(offset, file.offset());
      assertTrue(file.length() >= 0);
      offset += file.length();
      assertEquals(info.name(), file.path().get(0));
      for (String part : file.path()) {
        assertTrue(isSafe(part), part);
      }
    }
    assertEquals(offset, layout.length());
    assertTrue(MagnetLink.of(metainfo).startsWith("magnet:?xt=urn:btih:"));
    for (String warning : metainfo.warnings()) {
      assertTrue(warning.chars().allMatch(c -> c >= ' '), warning);
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
