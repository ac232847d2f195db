package io.torrentstream.metainfo;

import static io.torrentstream.metainfo.TorrentBuilder.list;
import static io.torrentstream.metainfo.TorrentBuilder.single;
import static io.torrentstream.metainfo.TorrentBuilder.str;
import static io.torrentstream.metainfo.TorrentBuilder.strings;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class MagnetLinkTest {
  @Test
  void holdsHashNameAndAllTrackers() throws ProtocolException {
    TorrentBuilder torrent =
        single("a b&c=\u00E4+~.txt", 1)
            .pieces()
            .root(
                "announce-list",
                list(strings("http://a.example:80/x?y=1&z"), strings("udp://[::1]:6969")));
    assertEquals(
        "magnet:?xt=urn:btih:"
            + torrent.infoHash()
            + "&dn=a%20b%26c%3D%C3%A4%2B~.txt"
            + "&tr=http%3A%2F%2Fa.example%3A80%2Fx%3Fy%3D1%26z"
            + "&tr=udp%3A%2F%2F%5B%3A%3A1%5D%3A6969",
        MagnetLink.of(Metainfo.parse(torrent.bytes(), NameRules.ANY)));
  }

  @Test
  void aPlainTorrentHasAShortLink() throws ProtocolException {
    TorrentBuilder torrent = single("x", 1).pieces().root("comment", str("no part of it"));
    assertEquals(
        "magnet:?xt=urn:btih:" + torrent.infoHash() + "&dn=x",
        MagnetLink.of(Metainfo.parse(torrent.bytes(), NameRules.ANY)));
  }

  @Test
  void aHybridHasTwoHashes() throws IOException, ProtocolException {
    byte[] torrent = Files.readAllBytes(TestTorrents.FOLDER.resolve("hybrid.torrent"));
    Metainfo metainfo = Metainfo.parse(torrent, NameRules.ANY);
    assertEquals(
        "magnet:?xt=urn:btih:"
            + metainfo.info().infoHash()
            + "&xt=urn:btmh:1220"
            + metainfo.infoHashV2()
            + "&dn=folder",
        MagnetLink.of(metainfo));
  }
}
