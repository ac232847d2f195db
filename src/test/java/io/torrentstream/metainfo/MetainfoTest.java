package io.torrentstream.metainfo;

import static io.torrentstream.metainfo.TorrentBuilder.dict;
import static io.torrentstream.metainfo.TorrentBuilder.folder;
import static io.torrentstream.metainfo.TorrentBuilder.list;
import static io.torrentstream.metainfo.TorrentBuilder.num;
import static io.torrentstream.metainfo.TorrentBuilder.single;
import static io.torrentstream.metainfo.TorrentBuilder.str;
import static io.torrentstream.metainfo.TorrentBuilder.strings;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetainfoTest {
  private static Metainfo parse(TorrentBuilder torrent) throws ProtocolException {
    return Metainfo.parse(torrent.bytes(), NameRules.ANY);
  }

  private static TorrentBuilder plain() {
    return single("file.bin", 20_000).pieces();
  }

  private static Metainfo sample(String name) throws IOException, ProtocolException {
    byte[] torrent = Files.readAllBytes(TestTorrents.FOLDER.resolve(name + ".torrent"));
    return Metainfo.parse(torrent, NameRules.ANY);
  }

  @Test
  void readsOneFile() throws ProtocolException {
    TorrentBuilder torrent = plain();
    Metainfo metainfo = parse(torrent);
    TorrentInfo info = metainfo.info();

    assertEquals("file.bin", info.name());
    assertFalse(info.folder());
    assertFalse(info.isPrivate());
    assertEquals(20_000, info.length());
    assertEquals(2, info.layout().pieceCount());
    assertEquals(List.of(new FileEntry(0, List.of("file.bin"), 20_000, 0, false)), info.files());
    assertArrayEquals(torrent.infoBytes(), info.raw());
    assertEquals("1", metainfo.version());
    assertNull(metainfo.infoHashV2());
    assertNull(metainfo.comment());
    assertNull(metainfo.createdBy());
    assertNull(metainfo.creationDate());
    assertEquals(List.of(), metainfo.trackers());
    assertEquals(List.of(), metainfo.webSeeds());
    assertEquals(List.of(), metainfo.nodes());
    assertEquals(List.of(), metainfo.warnings());
  }

  @Test
  void knowsThePiecesHashes() throws ProtocolException {
    TorrentInfo info = parse(plain()).info();
    assertTrue(info.isPieceHash(0, Digests.sha1().digest(new byte[16384])));
    assertTrue(info.isPieceHash(1, Digests.sha1().digest(new byte[20_000 - 16384])));
    assertFalse(info.isPieceHash(1, Digests.sha1().digest(new byte[16384])));
  }

  @Test
  void readsAFolderWithPads() throws IOException, ProtocolException {
    TorrentInfo info = sample("pad_files").info();
    assertTrue(info.folder());
    assertEquals(
        List.of(
            new FileEntry(0, List.of("folder", "a"), 16_000, 0, false),
            new FileEntry(1, List.of("folder", ".pad", "384"), 384, 16_000, true),
            new FileEntry(2, List.of("folder", "b"), 16_000, 16384, false),
            new FileEntry(3, List.of("folder", ".pad", "384"), 384, 32384, true),
            new FileEntry(4, List.of("folder", "c"), 1, 32768, false)),
        info.files());
  }

  @Test
  void aHybridHasBothInfoHashes() throws IOException, ProtocolException {
    Metainfo metainfo = sample("hybrid");
    assertEquals("hybrid", metainfo.version());
    assertEquals(
        HexFormat.of().formatHex(Digests.sha256().digest(metainfo.info().raw())),
        metainfo.infoHashV2());
  }

  @Test
  void readsTiersOfTrackers() throws IOException, ProtocolException {
    Metainfo metainfo = sample("trackers");
    assertEquals(
        List.of(
            List.of("http://a.example/announce", "udp://b.example:6969"),
            List.of("https://c.example/announce")),
        metainfo.trackers());
    assertEquals(
        List.of("announce-list: an entry that is no string (ignored)"), metainfo.warnings());
  }

  @Test
  void announceCountsWithoutAUsableList() throws ProtocolException {
    TorrentBuilder torrent = plain().root("announce", str(" http://a.example/ \n"));
    assertEquals(List.of(List.of("http://a.example/")), parse(torrent).trackers());
    torrent.root("announce-list", list(list(), list(str(""))));
    assertEquals(List.of(List.of("http://a.example/")), parse(torrent).trackers());
    torrent.root("announce-list", strings("udp://flat.example", "udp://list.example"));
    assertEquals(
        List.of(List.of("udp://flat.example"), List.of("udp://list.example")),
        parse(torrent).trackers());
    torrent.root("announce-list", null).root("announce", str(""));
    assertEquals(List.of(), parse(torrent).trackers());
  }

  @Test
  void addressesThatWouldBreakALineAreLeftOut() throws ProtocolException {
    for (String bad :
        List.of("http://a/\r\nX: y", "http://a/ b", "http://a/\u001B[31m", "http://a/\u202Eb")) {
      Metainfo metainfo =
          parse(plain().root("announce", str(bad)).root("url-list", strings(bad, "http://ok/")));
      assertEquals(List.of(), metainfo.trackers());
      assertEquals(List.of("http://ok/"), metainfo.webSeeds());
      assertEquals(
          List.of(
              "announce: an entry with characters that no address has (ignored)",
              "url-list: an entry with characters that no address has (ignored)"),
          metainfo.warnings());
    }
  }

  @Test
  void readsSeedsAndNodes() throws IOException, ProtocolException {
    Metainfo metainfo = sample("seeds_and_nodes");
    assertEquals(List.of("http://seed.example/", "http://two.example/f"), metainfo.webSeeds());
    assertEquals(List.of("http://seed.example/seed.php"), metainfo.httpSeeds());
    assertEquals(List.of("router.example:6881", "[2001:db8::1]:6882"), metainfo.nodes());
    assertEquals(
        List.of("nodes: an entry that is no host and port (ignored)"), metainfo.warnings());
    assertEquals(
        List.of("http://one.example/"),
        parse(plain().root("url-list", str("http://one.example/"))).webSeeds());
  }

  @Test
  void readsDescriptions() throws IOException, ProtocolException {
    Metainfo metainfo = sample("descriptions");
    assertEquals("Zeros, \u00E4nd nothing else", metainfo.comment());
    assertEquals("tsl", metainfo.createdBy());
    assertEquals(1_700_000_000, metainfo.creationDate());
    assertTrue(sample("private").info().isPrivate());
  }

  @Test
  void mistypedOptionalKeysAreIgnoredWithAWarningEach() throws IOException, ProtocolException {
    Metainfo metainfo = sample("mistyped_optionals");
    assertEquals("1", metainfo.version());
    assertFalse(metainfo.info().isPrivate());
    assertEquals(List.of(), metainfo.trackers());
    assertNull(metainfo.comment());
    assertNull(metainfo.createdBy());
    assertNull(metainfo.creationDate());
    String warnings = String.join("\n", metainfo.warnings());
    for (String key :
        List.of("private", "announce-list", "url-list", "httpseeds", "nodes", "comment")) {
      assertTrue(warnings.contains(key + ": "), key + " in " + warnings);
    }
  }

  @Test
  void linksAndRenamedFilesAreTold() throws IOException, ProtocolException {
    assertEquals(
        List.of(
            "file 2: a symbolic link (stored as an empty file)",
            "file 3: a symbolic link (stored as an empty file)",
            "file 3: renamed to \"evil.1\", which is safe here"),
        sample("symlinks").warnings());
    assertEquals(
        List.of("name: changed to \"_etc_passwd\", which is safe here"),
        sample("name_absolute").warnings());
  }

  @Test
  void warningsAreFewAndHarmless() throws ProtocolException {
    TorrentBuilder torrent = folder("folder");
    for (int i = 0; i < 1000; i++) {
      torrent.file(1, "\u001B[2J\n" + "x".repeat(500));
    }
    List<String> warnings = parse(torrent.pieces()).warnings();
    assertEquals(21, warnings.size());
    // Each file but the first is renamed twice: cleaned, then told from the others.
    assertEquals("and 1979 more warnings", warnings.get(20));
    for (String line : warnings) {
      assertTrue(line.length() < 400 && line.chars().allMatch(c -> c >= ' '), line);
    }
  }

  @Test
  void namesFollowTheRulesOfThePlatform() throws ProtocolException {
    TorrentBuilder torrent =
        folder("s\u00FCd").file(1, "NUL", "\u00E4").file(1, "NUL", "%C3%A4").pieces();
    Metainfo ascii = Metainfo.parse(torrent.bytes(), new NameRules(false, US_ASCII));
    assertEquals(List.of("s%C3%BCd", "NUL", "%C3%A4"), ascii.info().files().get(0).path());
    assertEquals(List.of("s%C3%BCd", "NUL", "%C3%A4.1"), ascii.info().files().get(1).path());
    assertEquals("s%C3%BCd", ascii.info().name());
    assertEquals(3, ascii.warnings().size());

    Metainfo windows =
        Metainfo.parse(torrent.bytes(), new NameRules(true, NameRules.ANY.charset()));
    assertEquals(List.of("s\u00FCd", "_NUL", "\u00E4"), windows.info().files().get(0).path());

    NameRules here = NameRules.ofThisMachine();
    assertEquals(
        Metainfo.parse(torrent.bytes(), here).info().files(),
        Metainfo.parse(torrent.bytes()).info().files());
  }

  @Test
  void theDeclaredEncodingMustBeKnown() throws ProtocolException {
    for (String encoding : List.of("", "no-such-thing", "../x", "\u0000", "x".repeat(1000))) {
      Metainfo metainfo =
          parse(
              single("x", 1)
                  .info("name", str(new byte[] {'a', (byte) 0xE4}))
                  .root("encoding", str(encoding))
                  .pieces());
      assertEquals("a_", metainfo.info().name());
    }
  }

  @Test
  void lengthsOfLinksDoNotCount() throws ProtocolException {
    Metainfo metainfo =
        parse(
            folder("f")
                .entry(0, dict("attr", str("l"), "length", num(99), "path", strings("a")))
                .file(3, "b")
                .pieces());
    assertEquals(3, metainfo.info().length());
  }

  @Test
  void anInfoDictionaryWithTwoPlacesForItsFilesIsAFolder() throws ProtocolException {
    Metainfo metainfo = parse(folder("f").file(3, "b").info("length", num(7)).pieces());
    assertTrue(metainfo.info().folder());
    assertEquals(3, metainfo.info().length());
  }

  @Test
  void nothingOfAnErrorCanBeMoreThanALine() {
    ProtocolException e =
        assertThrows(
            ProtocolException.class,
            () -> Metainfo.parse("d4:info\n\n".getBytes(US_ASCII), NameRules.ANY));
    assertEquals(
        "bencode value: byte 0x0a at byte 7 (expected: i, l, d or a digit)", e.getMessage());
  }
}
