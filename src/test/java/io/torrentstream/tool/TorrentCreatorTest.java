package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Metainfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorrentCreatorTest {
  private static final TorrentSettings.About NOTHING_ABOUT =
      new TorrentSettings.About(null, null, null);

  @TempDir Path dir;

  private static TorrentSettings plain(int pieceLength) {
    return new TorrentSettings(
        "name", pieceLength, false, null, TorrentSettings.Contacts.NONE, NOTHING_ABOUT);
  }

  private Content oneFile(long length) {
    return new Content(
        dir,
        false,
        List.of(new Content.File(dir.resolve("f"), List.of(), length)),
        List.of(),
        false,
        false,
        List.of());
  }

  private static String text(TorrentCreator creator) throws IOException {
    return new String(creator.create(hashed -> {}).bytes(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theBareMinimumIsWhatEveryProgramWrites() throws IOException {
    Files.write(dir.resolve("f"), "abc".getBytes(StandardCharsets.US_ASCII));
    String sha1 =
        new String(
            java.util.HexFormat.of().parseHex("a9993e364706816aba3e25717850c26c9cd0d89d"),
            StandardCharsets.ISO_8859_1);
    assertEquals(
        "d4:infod6:lengthi3e4:name4:name12:piece lengthi16384e6:pieces20:" + sha1 + "ee",
        text(new TorrentCreator(oneFile(3), plain(PieceLength.MIN))));
  }

  @Test
  void everySettingIsReadBack() throws IOException {
    Files.write(dir.resolve("f"), new byte[20_000]);
    TorrentSettings settings =
        new TorrentSettings(
            "n\u00E4me",
            PieceLength.MIN,
            true,
            "SRC",
            new TorrentSettings.Contacts(
                List.of(List.of("http://a/announce", "udp://b:80"), List.of("http://c/announce")),
                List.of("http://w/1", "http://w/2"),
                List.of(
                    InetSocketAddress.createUnresolved("node", 1),
                    InetSocketAddress.createUnresolved("::1", 2))),
            new TorrentSettings.About("comm\u00E9nt", "tsl", 1234L));
    TorrentCreator.Created created =
        new TorrentCreator(oneFile(20_000), settings).create(hashed -> {});
    Metainfo metainfo = created.metainfo();
    assertEquals("n\u00E4me", metainfo.info().name());
    assertTrue(metainfo.info().isPrivate());
    assertEquals(settings.contacts().trackers(), metainfo.trackers());
    assertEquals(settings.contacts().webSeeds(), metainfo.webSeeds());
    assertEquals(List.of("node:1", "[::1]:2"), metainfo.nodes());
    assertEquals("comm\u00E9nt", metainfo.comment());
    assertEquals("tsl", metainfo.createdBy());
    assertEquals(1234, metainfo.creationDate());
    assertEquals(List.of(), metainfo.warnings());
    String bytes = new String(created.bytes(), StandardCharsets.ISO_8859_1);
    assertTrue(bytes.startsWith("d8:announce17:http://a/announce13:announce-listl"), bytes);
    assertTrue(
        bytes.endsWith(
            "7:privatei1e6:source3:SRCe5:nodesll4:nodei1eel3:::1i2eee"
                + "8:url-listl10:http://w/110:http://w/2ee"),
        bytes);
  }

  @Test
  void oneTrackerNeedsNoList() throws IOException {
    Files.write(dir.resolve("f"), new byte[1]);
    TorrentSettings settings =
        new TorrentSettings(
            "n",
            PieceLength.MIN,
            false,
            null,
            new TorrentSettings.Contacts(List.of(List.of("http://a/")), List.of(), List.of()),
            NOTHING_ABOUT);
    String bytes = text(new TorrentCreator(oneFile(1), settings));
    assertTrue(bytes.startsWith("d8:announce9:http://a/4:info"), bytes);
  }

  @Test
  void theSameInputGivesTheSameBytes() throws IOException {
    Files.write(dir.resolve("f"), new byte[100_000]);
    TorrentCreator creator = new TorrentCreator(oneFile(100_000), plain(PieceLength.MIN));
    assertArrayEquals(creator.create(hashed -> {}).bytes(), creator.create(hashed -> {}).bytes());
  }

  @Test
  void aDraftReadsNoFile() throws CreateException {
    Metainfo draft = new TorrentCreator(oneFile(40_000), plain(PieceLength.MIN)).draft();
    assertEquals(3, draft.info().layout().pieceCount());
    assertEquals(40_000, draft.info().length());
  }

  @Test
  void tooManyPiecesAreRefusedBeforeAnythingIsHashed() {
    long length = PieceLength.MIN * 1_700_000L;
    CreateException refused =
        assertThrows(
            CreateException.class,
            () -> new TorrentCreator(oneFile(length), plain(PieceLength.MIN)).draft());
    assertEquals(
        dir + ": 1700000 pieces (expected: <= 1677721; longer pieces are fewer)",
        refused.getMessage());
  }

  @Test
  void aTorrentThatNobodyReadsIsRefused() {
    long length = PieceLength.MIN * 1_677_721L;
    CreateException refused =
        assertThrows(
            CreateException.class,
            () -> new TorrentCreator(oneFile(length), plain(PieceLength.MIN)).draft());
    assertTrue(refused.getMessage().contains("bytes (expected: <= 33554432"));
  }

  private static List<String> lints(Content content, TorrentSettings settings) {
    return new TorrentCreator(content, settings)
        .findings().stream().map(finding -> finding.lint().toString()).toList();
  }

  @Test
  void nothingIsWrongWithAnOrdinaryTorrent() {
    assertEquals(List.of(), lints(oneFile(1), plain(PieceLength.MIN)));
  }

  @Test
  void likelyMistakesAreFound() {
    TorrentSettings alone =
        new TorrentSettings("n", 20_000, true, null, TorrentSettings.Contacts.NONE, NOTHING_ABOUT);
    Content content =
        new Content(dir, true, oneFile(0).files(), List.of("sub"), false, false, List.of());
    assertEquals(
        List.of("private-trackerless", "uneven-piece-length", "empty-folder", "no-data"),
        lints(content, alone));
  }
}
