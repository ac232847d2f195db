package io.torrentstream.metainfo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Names as the torrent has them, however they are changed for the disk. */
class OriginalPathsTest {
  private static BValue.Lst list(String... names) {
    List<BValue> items = new ArrayList<>();
    for (String name : names) {
      items.add(BValue.Str.of(name));
    }
    return new BValue.Lst(items);
  }

  private static OriginalPaths of(Map<String, BValue> own) throws Exception {
    Map<String, BValue> info = new TreeMap<>(own);
    info.put("piece length", new BValue.Int(16384));
    info.put("pieces", new BValue.Str(new byte[20]));
    byte[] torrent = Bencode.write(BValue.Dict.of(Map.of("info", BValue.Dict.of(info))));
    return OriginalPaths.of(Metainfo.parse(torrent).info());
  }

  private static String text(byte[] name) {
    return new String(name, UTF_8);
  }

  @Test
  void keepsWhatTheDiskCannotHave() throws Exception {
    BValue file =
        BValue.Dict.of(Map.of("length", new BValue.Int(9), "path", list("x\u0007y", "ä:b")));
    OriginalPaths paths =
        of(Map.of("name", BValue.Str.of(".."), "files", new BValue.Lst(List.of(file))));
    assertEquals("..", text(paths.name()));
    assertEquals(
        List.of("x\u0007y", "ä:b"), paths.path(0).stream().map(OriginalPathsTest::text).toList());
  }

  @Test
  void prefersUtf8AndKeepsOtherBytes() throws Exception {
    byte[] latin = "ä".getBytes(ISO_8859_1);
    BValue both =
        BValue.Dict.of(
            Map.of(
                "length",
                new BValue.Int(4),
                "path",
                new BValue.Lst(List.of(new BValue.Str(latin))),
                "path.utf-8",
                list("ä")));
    BValue one =
        BValue.Dict.of(
            Map.of(
                "length",
                new BValue.Int(5),
                "path",
                new BValue.Lst(List.of(new BValue.Str(latin)))));
    OriginalPaths paths =
        of(
            Map.of(
                "name",
                new BValue.Str(latin),
                "name.utf-8",
                BValue.Str.of("ä"),
                "files",
                new BValue.Lst(List.of(both, one))));
    assertEquals("ä", text(paths.name()));
    assertEquals("ä", text(paths.path(0).get(0)));
    assertEquals("ä", new String(paths.path(1).get(0), ISO_8859_1));
  }

  @Test
  void oneFileHasNoPath() throws Exception {
    OriginalPaths paths = of(Map.of("name", BValue.Str.of("f"), "length", new BValue.Int(9)));
    assertEquals("f", text(paths.name()));
    assertEquals(List.of(), paths.path(0));
  }
}
