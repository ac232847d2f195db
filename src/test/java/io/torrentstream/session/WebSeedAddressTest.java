package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.OriginalPaths;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** BEP 19: what is asked for, for which url-list. */
class WebSeedAddressTest {
  private static TorrentInfo info(Map<String, BValue> own) {
    Map<String, BValue> info = new TreeMap<>(own);
    info.put("piece length", new BValue.Int(16384));
    info.put("pieces", new BValue.Str(new byte[20]));
    try {
      return Metainfo.parse(Bencode.write(BValue.Dict.of(Map.of("info", BValue.Dict.of(info)))))
          .info();
    } catch (ProtocolException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TorrentInfo file(String name) {
    return info(Map.of("name", BValue.Str.of(name), "length", new BValue.Int(9)));
  }

  private static TorrentInfo folder(String name, String... path) {
    List<BValue> parts = new ArrayList<>();
    for (String part : path) {
      parts.add(BValue.Str.of(part));
    }
    BValue file =
        BValue.Dict.of(Map.of("length", new BValue.Int(9), "path", new BValue.Lst(parts)));
    return info(Map.of("name", BValue.Str.of(name), "files", new BValue.Lst(List.of(file))));
  }

  private static String asked(String url, TorrentInfo info) throws ProtocolException {
    ServerUrl asked = new WebSeedAddress(url, info, OriginalPaths.of(info), false).of(0);
    return asked == null ? null : asked.scheme() + "://" + asked.authority() + asked.target();
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example/dir/x.iso, http://a.example/dir/x.iso",
    "http://a.example/dir/, http://a.example/dir/n.iso",
    "http://a.example, http://a.example/n.iso",
    "https://a.example:8443/get?id=7, https://a.example:8443/get?id=7",
    "http://a.example/d%20d/x y, http://a.example/d%20d/x%20y",
  })
  void ofOneFile(String url, String asked) throws ProtocolException {
    assertEquals(asked, asked(url, file("n.iso")));
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example/dir/, http://a.example/dir/n/s/f.txt",
    "http://a.example/dir, http://a.example/dir/n/s/f.txt",
    "http://a.example, http://a.example/n/s/f.txt",
  })
  void ofAFolder(String url, String asked) throws ProtocolException {
    assertEquals(asked, asked(url, folder("n", "s", "f.txt")));
  }

  @Test
  void namesAreEncodedByteByByte() throws ProtocolException {
    assertEquals(
        "http://a.example/%C3%A4%20%231/50%25%3F/%5B&;=+@~%5C%0A%7B",
        asked("http://a.example/", folder("ä #1", "50%?", "[&;=+@~\\\n{")));
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "a/../../b", "/etc/passwd", "x\u0000"})
  void noNameLeadsElsewhere(String name) throws ProtocolException {
    assertNull(asked("http://a.example/dir/", folder("n", name, "f")));
    assertNull(asked("http://a.example/dir/", folder(name, "f")));
    assertNull(asked("http://a.example/dir/", file(name)));
  }

  @Test
  void dotsAreNamesOtherwise() throws ProtocolException {
    assertEquals("http://a.example/n/.../.x", asked("http://a.example/", folder("n", "...", ".x")));
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example/get?x=1, true",
    "http://a.example/dir/?x=1, false",
  })
  void noNameGoesBehindAQuery(String url, boolean isFolder) {
    TorrentInfo info = isFolder ? folder("n", "f") : file("n");
    assertEquals(
        "URL: has a query (expected: none, for names are added to it)",
        assertThrows(ProtocolException.class, () -> asked(url, info)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://a.example/", "udp://a.example:1/", "file:///etc/", "x"})
  void refusesOtherSchemes(String url) {
    assertThrows(ProtocolException.class, () -> asked(url, file("n")));
  }

  @Test
  void showsNoSecret() throws ProtocolException {
    TorrentInfo info = file("n");
    String url = "http://a.example/key/secret";
    assertEquals(
        "http://a.example/...",
        new WebSeedAddress(url, info, OriginalPaths.of(info), false).toString());
  }
}
