package io.torrentstream.tracker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a tracker answers, and the addresses that lead to one. */
class TrackerAnswerFuzzTest {
  private static final InfoHash TORRENT = InfoHash.of("a".repeat(20).getBytes(ISO_8859_1));

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @Test
  void overHttp() {
    new Fuzzer("tracker-http", HttpTrackerCodec.class, PeerAddresses.class, IpLiteral.class)
        .declares(TrackerFailure.class)
        .tokens("8:interval", "5:peers", "6:peers6", "2:ip", "4:port", "7:peer id", "d", "l", "e")
        .tokens("i0e", "i65536e", "6:abcdef", "2:ip3:::1", "14:failure reason", "8:retry in5:never")
        .seed(
            bytes(
                "d8:completei5e10:incompletei7e8:intervali1800e12:min intervali60e5:peers12:"
                    + "\u007f\0\0\1\u001a\u00e1\n\0\0\1\u001a\u00e16:peers618:"
                    + "x".repeat(18)
                    + "10:tracker id3:abc15:warning message2:hie"))
        .seed(
            bytes(
                "d8:intervali1800e5:peersld2:ip9:127.0.0.17:peer id20:aaaaaaaaaaaaaaaaaaaa"
                    + "4:porti6881eed2:ip3:::14:porti1eed2:ip4:host4:porti1eeee"))
        .seed(bytes("d14:failure reason4:gone8:retry ini5ee"))
        .seed(bytes("d5:filesd20:" + "a".repeat(20) + "d8:completei5e10:incompletei7eeee"))
        .run(
            input -> {
              BValue answer = Bencode.read(input, HttpTrackerCodec.ANSWER_LIMITS);
              check(HttpTrackerCodec.announceResponse(answer));
              HttpTrackerCodec.scrapeResponse(answer, TORRENT);
            });
  }

  @Test
  void overUdp() {
    new Fuzzer("tracker-udp", UdpTrackerCodec.class, PeerAddresses.class)
        .declares(TrackerFailure.class)
        .tokens("\0\0\0\0", "\0\0\0\1", "\0\0\0\2", "\0\0\0\3", "abcdef")
        .seed(bytes("\0\0\0\0abcd12345678"))
        .seed(bytes("\0\0\0\1abcd\0\0\7\10\0\0\0\1\0\0\0\2" + "abcdefghijkl"))
        .seed(bytes("\0\0\0\2abcd\0\0\0\1\0\0\0\2\0\0\0\3"))
        .seed(bytes("\0\0\0\3abcdgo away"))
        .run(
            input -> {
              UdpTrackerCodec.Reply reply = UdpTrackerCodec.reply(input);
              switch (reply.action()) {
                case UdpTrackerCodec.CONNECT -> UdpTrackerCodec.connectionId(reply);
                case UdpTrackerCodec.ANNOUNCE -> {
                  check(UdpTrackerCodec.announceResponse(reply, false));
                  check(UdpTrackerCodec.announceResponse(reply, true));
                }
                default -> UdpTrackerCodec.scrapeResponse(reply);
              }
            });
  }

  private static void check(Announce.Response response) {
    assertTrue(response.interval() >= Announce.MIN_INTERVAL, "interval: " + response.interval());
    List<InetSocketAddress> peers = response.peers();
    assertTrue(peers.size() <= PeerAddresses.MAX_PEERS, "peers: " + peers.size());
    for (InetSocketAddress peer : peers) {
      assertTrue(peer.getPort() > 0, peer.toString());
    }
  }

  @Test
  void addresses() {
    new Fuzzer("server-url", ServerUrl.class, IpLiteral.class)
        .tokens("http://", "https://", "udp://", "://", "//", "[::1]", "@", ":", "/", "?", "#", "%")
        .tokens("..", "\r\n", "xn--", "\u00fc", "info_hash=", "&", " ", ":0", ":65536")
        .seed(bytes("http://tracker.example:6969/announce?key=1#x"))
        .seed(bytes("udp://[2001:db8::1]:80/announce"))
        .seed(bytes("https://b\u00fccher.example"))
        .run(
            input -> {
              String text = new String(input, ISO_8859_1);
              ServerUrl url = ServerUrl.parse(text);
              check(url);
              check(url.resolve(text.substring(text.length() / 2)));
              check(url.withParameters("a=b").withPath("/x"));
              assertEquals(
                  url.host(), ServerUrl.parse(url.scheme() + "://" + url.authority()).host());
            });
  }

  /** It stands in a request line and in a Host header. */
  private static void check(ServerUrl url) throws ProtocolException {
    String all = url.target() + url.authority() + url;
    assertTrue(all.chars().allMatch(c -> c > ' ' && c < 0x7F), all);
    assertTrue(url.port() > 0 && url.port() < 65536, "port: " + url.port());
  }
}
