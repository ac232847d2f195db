package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.util.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoContentTest {
  private static final Path TORRENT = Path.of("test-torrents", "demo.torrent");
  private static final int PIECE_LENGTH = 256 * 1024;

  @TempDir Path dir;

  @Test
  void theTorrentIsMadeOfTheContent() throws IOException {
    DemoContent.write(dir, bytes -> {});

    byte[] expected = torrent();

    assertArrayEquals(expected, Files.readAllBytes(TORRENT), "test-torrents/demo.torrent");
  }

  @Test
  void theInfoHashIsFixed() throws Exception {
    Metainfo metainfo = Metainfo.parse(Files.readAllBytes(TORRENT));

    assertEquals("3cbbc79c568104a67469ea93fd2c72c03bb1ed77", metainfo.info().infoHash().toString());
    assertEquals(DemoContent.LENGTH, metainfo.info().length());
    assertEquals(DemoContent.NAME, metainfo.info().name());
  }

  /** The .torrent file, from the files alone. */
  private byte[] torrent() throws IOException {
    MessageDigest sha1 = Digests.sha1();
    ByteArrayOutputStream data = new ByteArrayOutputStream(DemoContent.LENGTH);
    List<BValue> files = new ArrayList<>();
    for (String path : List.of("welcome.txt", "sea.bin", "more/sky.bin")) {
      byte[] file = Files.readAllBytes(dir.resolve(DemoContent.NAME).resolve(path));
      data.writeBytes(file);
      files.add(
          BValue.Dict.of(
              Map.of("length", new BValue.Int(file.length), "path", strings(path.split("/")))));
    }
    byte[] all = data.toByteArray();
    ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    for (int from = 0; from < all.length; from += PIECE_LENGTH) {
      sha1.update(all, from, Math.min(PIECE_LENGTH, all.length - from));
      pieces.writeBytes(sha1.digest());
    }
    BValue info =
        BValue.Dict.of(
            Map.of(
                "files", new BValue.Lst(files),
                "name", BValue.Str.of(DemoContent.NAME),
                "piece length", new BValue.Int(PIECE_LENGTH),
                "pieces", new BValue.Str(pieces.toByteArray())));
    return Bencode.write(
        BValue.Dict.of(Map.of("comment", BValue.Str.of("What tsl demo shares"), "info", info)));
  }

  private static BValue strings(String... strings) {
    return new BValue.Lst(
        Arrays.stream(strings).map(string -> (BValue) BValue.Str.of(string)).toList());
  }
}
