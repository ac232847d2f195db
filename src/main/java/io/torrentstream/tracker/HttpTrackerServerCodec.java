package io.torrentstream.tracker;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.InfoHash;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tracker's side of {@link HttpTrackerCodec}: the bencoded answers (BEP 3, 7, 23, 24, 48). What
 * is asked is read by {@link HttpTrackerQuery}.
 */
public final class HttpTrackerServerCodec {
  private HttpTrackerServerCodec() {}

  /**
   * The answer to an announce.
   *
   * @param compact peers as bytes; else as a list of dictionaries, with ids where {@code answer}
   *     has them
   * @param asker the address that the announce came from (BEP 24)
   */
  public static byte[] announceAnswer(Announce.Answer answer, boolean compact, byte[] asker) {
    Map<String, BValue> dict = new TreeMap<>();
    dict.put("interval", new BValue.Int(answer.interval()));
    dict.put("min interval", new BValue.Int(answer.interval() / 2));
    dict.put("complete", new BValue.Int(answer.seeders()));
    dict.put("incomplete", new BValue.Int(answer.leechers()));
    dict.put("downloaded", new BValue.Int(answer.completed()));
    dict.put("external ip", new BValue.Str(asker));
    if (compact) {
      dict.put("peers", new BValue.Str(answer.ipv4().endpoints()));
      if (answer.ipv6().count() > 0) {
        dict.put("peers6", new BValue.Str(answer.ipv6().endpoints()));
      }
    } else {
      List<BValue> peers = new ArrayList<>();
      addDictionaries(answer.ipv4(), peers);
      addDictionaries(answer.ipv6(), peers);
      dict.put("peers", new BValue.Lst(peers));
    }
    return Bencode.write(BValue.Dict.of(dict));
  }

  private static void addDictionaries(CompactPeers peers, List<BValue> to) {
    ByteBuffer endpoints = ByteBuffer.wrap(peers.endpoints());
    byte[] address = new byte[peers.addressLength()];
    for (int i = 0; i < peers.count(); i++) {
      Map<String, BValue> peer = new TreeMap<>();
      endpoints.get(address);
      peer.put("ip", BValue.Str.of(text(address)));
      peer.put("port", new BValue.Int(endpoints.getShort() & 0xFFFF));
      int id = i * Announce.PEER_ID_LENGTH;
      if (peers.peerIds().length > id) {
        byte[] peerId = Arrays.copyOfRange(peers.peerIds(), id, id + Announce.PEER_ID_LENGTH);
        peer.put("peer id", new BValue.Str(peerId));
      }
      to.add(BValue.Dict.of(peer));
    }
  }

  private static String text(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address length: " + address.length, e);
    }
  }

  /**
   * The answer to a scrape.
   *
   * @param torrents those of the torrents asked for that the tracker knows
   * @param interval seconds before which the next scrape tells nothing new
   */
  public static byte[] scrapeAnswer(Map<InfoHash, Scrape.Response> torrents, int interval) {
    Map<String, BValue> files = new TreeMap<>();
    torrents.forEach(
        (infoHash, numbers) ->
            files.put(
                // Keys of dictionaries are held one character a byte.
                new String(infoHash.bytes(), StandardCharsets.ISO_8859_1),
                BValue.Dict.of(
                    Map.of(
                        "complete", new BValue.Int(numbers.seeders()),
                        "downloaded", new BValue.Int(numbers.downloaded()),
                        "incomplete", new BValue.Int(numbers.leechers())))));
    BValue flags = BValue.Dict.of(Map.of("min_request_interval", new BValue.Int(interval)));
    return Bencode.write(BValue.Dict.of(Map.of("files", BValue.Dict.of(files), "flags", flags)));
  }

  /** BEP 3: refusals are answers like any other, with this one key. */
  public static byte[] failure(String reason) {
    return Bencode.write(BValue.Dict.of(Map.of("failure reason", BValue.Str.of(reason))));
  }
}
