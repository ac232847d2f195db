package io.torrentstream.tool;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The bytes of a tracker's answers (BEP 3, 7, 23). */
final class AnnounceAnswer {
  private AnnounceAnswer() {}

  /** An answer with peers. */
  static byte[] encode(SwarmTable.Answer answer, boolean compact) {
    Map<String, BValue> dict = new TreeMap<>();
    dict.put("interval", new BValue.Int(SwarmTable.INTERVAL));
    dict.put("complete", new BValue.Int(answer.seeders()));
    dict.put("incomplete", new BValue.Int(answer.leechers()));
    if (compact) {
      dict.put("peers", new BValue.Str(compact(answer.peers(), true)));
      byte[] ipv6 = compact(answer.peers(), false);
      if (ipv6.length > 0) {
        dict.put("peers6", new BValue.Str(ipv6));
      }
    } else {
      dict.put("peers", new BValue.Lst(answer.peers().stream().map(AnnounceAnswer::dict).toList()));
    }
    return Bencode.write(BValue.Dict.of(dict));
  }

  /** BEP 3: refusals are answers like any other, with this one key. */
  static byte[] failure(String reason) {
    return Bencode.write(BValue.Dict.of(Map.of("failure reason", BValue.Str.of(reason))));
  }

  private static byte[] compact(List<SwarmTable.Peer> peers, boolean ipv4) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (SwarmTable.Peer peer : peers) {
      if (peer.address() instanceof Inet4Address == ipv4) {
        bytes.writeBytes(peer.address().getAddress());
        bytes.write(peer.port() >> 8);
        bytes.write(peer.port());
      }
    }
    return bytes.toByteArray();
  }

  private static BValue dict(SwarmTable.Peer peer) {
    return BValue.Dict.of(
        Map.of(
            "ip", BValue.Str.of(peer.address().getHostAddress()),
            "peer id", new BValue.Str(peer.peerId()),
            "port", new BValue.Int(peer.port())));
  }
}
