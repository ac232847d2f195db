package io.torrentstream.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MagnetUriTest {
  private static final String HEX = "616263646566676869707172737475767778797a";
  private static final String BASE32 = "MFRGGZDFMZTWQ2LQOFZHG5DVOZ3XQ6L2";
  private static final String LINK = "magnet:?xt=urn:btih:" + HEX;
  private static final String V2 = "ab".repeat(32);

  private static MagnetUri parse(String more) throws ProtocolException {
    return MagnetUri.parse(LINK + more);
  }

  private static String refusal(String link) {
    return assertThrows(ProtocolException.class, () -> MagnetUri.parse(link)).getMessage();
  }

  @Test
  void aLinkOfAllThatThereIs() throws ProtocolException {
    MagnetUri magnet =
        parse(
            "&xt=urn:btmh:1220"
                + V2
                + "&dn=A%20file+%c3%a4&tr=udp%3A%2F%2Fa.example%3A80&tr.1=http://b.example/a?x=1%2B1"
                + "&ws=https%3A%2F%2Fw.example%2F&x.pe=192.0.2.1:6881&x.pe=[2001:db8::1]:80"
                + "&x.pe=host.example:1&so=0,2,4-6&xl=1&kt=words");
    assertEquals(HEX, magnet.infoHash().toString());
    assertEquals(V2, magnet.infoHashV2());
    assertEquals("A file \u00e4", magnet.name());
    assertEquals(List.of("udp://a.example:80", "http://b.example/a?x=1+1"), magnet.trackers());
    assertEquals(List.of("https://w.example/"), magnet.webSeeds());
    assertEquals(
        List.of(peer("192.0.2.1", 6881), peer("2001:db8::1", 80), peer("host.example", 1)),
        magnet.peers());
    assertEquals(BitSet.valueOf(new long[] {0b1110101}), magnet.files());
    assertEquals(List.of(), magnet.warnings());
  }

  private static InetSocketAddress peer(String host, int port) {
    return InetSocketAddress.createUnresolved(host, port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "magnet:?xt=urn:btih:" + HEX,
        "MAGNET:?XT=URN:BTIH:616263646566676869707172737475767778797A",
        "magnet:?xt=urn:btih:" + BASE32,
        "magnet:?dn=x&xt=urn%3Abtih%3amfrggzdfmztwq2lqofzhg5dvoz3xq6l2",
        "magnet:?xt.1=urn:sha1:X&xt.2=urn:btih:" + HEX + "&xt=urn:btih:" + BASE32,
        "magnet:?&&=&x&xt=urn:btih:" + HEX + "&",
      })
  void theSameTorrentInManyWords(String link) throws ProtocolException {
    MagnetUri magnet = MagnetUri.parse(link);
    assertEquals(HEX, magnet.infoHash().toString());
    assertNull(magnet.infoHashV2());
    assertNull(magnet.files());
  }

  @Test
  void anInfoHashAlone() throws ProtocolException {
    assertEquals(HEX, MagnetUri.ofInfoHash(HEX).infoHash().toString());
    assertEquals(HEX, MagnetUri.ofInfoHash(BASE32).infoHash().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "magnet:xt=urn:btih:x           | magnet link: magnet:xt=urn:btih:x (expected: magnet:?xt=...)",
        "magnet:?dn=x                   | magnet link: no xt (expected: xt=urn:btih:INFO-HASH)",
        "magnet:?xt=urn:sha1:abc        | magnet link: no xt (expected: xt=urn:btih:INFO-HASH)",
        "magnet:?xt=urn:btih:            | magnet xt: btih , 0 characters (expected:",
        "magnet:?xt=urn:btih:616         | magnet xt: btih 616, 3 characters (expected:",
        "magnet:?xt=urn:btih:MFRGGZDFMZTWQ2LQOFZHG5DVOZ3XQ6L1 | magnet xt: btih mfrggzdfmztwq2lqofzhg5dvoz3xq6l1, 32",
        "magnet:?xt=urn:btmh:1120ab      | magnet xt: btmh 1120ab (expected: 1220 and 64",
        "magnet:?xt=urn%3btih            | magnet link: no xt",
        "magnet:?xt=%                    | magnet xt: % (expected: two hex digits after each %)",
        "magnet:?so=%g0                  | magnet so: %g0 (expected:",
        "magnet:?so=1-                   | magnet so: 1- (expected: file indices from 0",
        "magnet:?so=5-4                  | magnet so: 5-4 (expected:",
        "magnet:?so=0-999999999          | magnet so: 0-999999999 (expected:",
        "magnet:?so=                     | magnet so:  (expected:",
      })
  void refusesInOneLine(String link, String begin) {
    String message = refusal(link);
    assertTrue(message.startsWith(begin), message);
    assertTrue(message.length() < 250, message);
  }

  @Test
  void refusesWhatNamesNoV1Torrent() {
    assertTrue(refusal("magnet:?xt=urn:btmh:1220" + V2).contains("v2-only"));
    assertTrue(refusal(LINK + "&xt=urn:btih:" + "0".repeat(40)).contains("(expected: one btih)"));
  }

  @Test
  void namesAndAddressesAreHarmless() throws ProtocolException {
    MagnetUri magnet =
        parse(
            "&dn=a%1b%5D0;x%07%e2%80%ae%0Ab&tr=http://a/%0D%0AX:%20y&tr=&tr=http://b/%e2%80%ae"
                + "&x.pe=nix&x.pe=h:0&x.pe=h:99999&x.pe=a%0Ab:1&x.pe=:1&dn=");
    assertEquals("a]0;x b", magnet.name());
    assertEquals(List.of(), magnet.trackers());
    assertEquals(List.of(), magnet.peers());
    assertEquals(7, magnet.warnings().size());
    assertTrue(parse("&dn=" + "x".repeat(5000)).name().length() <= 258);
  }

  @Test
  void whatIsNotNeededAndCannotBeDecodedIsLeftOut() throws ProtocolException {
    MagnetUri magnet =
        parse("&dn=100% real&tr=http://a/%&tr=http://b/&ws=http://a/%&x.pe=%:1&dn=%g0");
    assertNull(magnet.name());
    assertEquals(List.of("http://b/"), magnet.trackers());
    assertEquals(List.of(), magnet.webSeeds());
    assertEquals(List.of(), magnet.peers());
    String why = ": left out (expected: two hex digits after each %)";
    assertEquals(
        List.of(
            "magnet dn" + why,
            "magnet tr" + why,
            "magnet ws" + why,
            "magnet x.pe" + why,
            "magnet dn" + why),
        magnet.warnings());
    assertEquals("b", parse("&dn=%&dn=b").name());
  }

  @Test
  void tenThousandTrackersAreAHundred() throws ProtocolException {
    StringBuilder more = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      more.append("&tr=udp://t").append(i).append(".example:80&x.pe=h").append(i).append(":1");
      more.append("&ws=http://w").append(i).append(".example/");
    }
    MagnetUri magnet = parse(more.toString());
    assertEquals(MagnetReader.MAX_TRACKERS, magnet.trackers().size());
    assertEquals(MagnetReader.MAX_PEERS, magnet.peers().size());
    assertEquals(MagnetReader.MAX_WEB_SEEDS, magnet.webSeeds().size());
    assertEquals(3, magnet.warnings().size());
    String tooLong = refusal(LINK + "&dn=" + "x".repeat(MagnetReader.MAX_LENGTH));
    assertTrue(tooLong.startsWith("magnet link: 1048"), tooLong);
  }

  @Test
  void makesATorrentWithTheInfoUntouched() throws Exception {
    // Keys out of order: written anew in order, the hash would be another.
    byte[] info =
        ("d6:pieces20:aaaaaaaaaaaaaaaaaaaa12:piece lengthi16384e4:name1:x6:lengthi1ee")
            .getBytes(StandardCharsets.US_ASCII);
    MagnetUri magnet = parse("&tr=http://a/&tr=http://b/&ws=http://w/");
    byte[] torrent = magnet.torrent(info);
    BValue.Dict root = (BValue.Dict) Bencode.read(torrent, Bencode.Limits.TORRENT);
    Metainfo metainfo = Metainfo.parse(torrent);
    assertEquals(List.of(List.of("http://a/"), List.of("http://b/")), metainfo.trackers());
    assertEquals("http://a/", root.str("announce").utf8());
    assertEquals(List.of("http://w/"), metainfo.webSeeds());
    assertEquals(
        new String(info, StandardCharsets.US_ASCII),
        new String(metainfo.info().raw(), StandardCharsets.US_ASCII));
    assertEquals(List.of(), Metainfo.parse(parse("").torrent(info)).trackers());
  }

  @Test
  void filesThatAreNotThereAreNotWanted() throws Exception {
    TorrentInfo info =
        Metainfo.parse(Files.readAllBytes(Path.of("test-torrents/hybrid.torrent"))).info();
    // Its second is a pad file.
    assertEquals(BitSet.valueOf(new long[] {0b101}), parse("&so=0-99").filesOf(info));
    assertTrue(parse("&so=1,7").filesOf(info).isEmpty());
    assertNull(parse("").filesOf(info));
  }
}
