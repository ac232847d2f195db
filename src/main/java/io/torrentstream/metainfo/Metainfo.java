package io.torrentstream.metainfo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.torrentstream.util.ProtocolException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A whole .torrent file (BEP 3): the info dictionary and, around it, where to find peers.
 * Immutable.
 *
 * @param info what the data is
 * @param trackers tiers of tracker addresses (BEP 12), as written but free of blanks and control
 *     characters; no tier is empty, no address is there twice; empty for none
 * @param webSeeds of BEP 19 (url-list)
 * @param httpSeeds of BEP 17 (httpseeds)
 * @param nodes DHT nodes as host:port (BEP 5)
 * @param comment any text, not fit for a terminal as it is; or null
 * @param createdBy like comment; or null
 * @param creationDate seconds since 1970 as written, any number, or null
 * @param version "1" or "hybrid"
 * @param infoHashV2 64 hexadecimal digits, null unless a hybrid
 * @param warnings one line for everything that was odd but could be used: renamed files, ignored
 *     keys; fit for a terminal, at most 21
 */
public record Metainfo(
    TorrentInfo info,
    List<List<String>> trackers,
    List<String> webSeeds,
    List<String> httpSeeds,
    List<String> nodes,
    String comment,
    String createdBy,
    Long creationDate,
    String version,
    String infoHashV2,
    List<String> warnings) {

  /**
   * A .torrent file larger than this is refused unread. The largest real ones, with 300,000 files,
   * take about half; reading takes up to three times the file in memory.
   */
  public static final int MAX_BYTES = 32 * 1024 * 1024;

  /**
   * Reads a .torrent file, names made safe for this machine.
   *
   * @throws ProtocolException when it is malformed, or v2 only
   */
  public static Metainfo parse(byte[] torrent) throws ProtocolException {
    return parse(torrent, NameRules.ofThisMachine());
  }

  /**
   * Reads an info dictionary that has no .torrent file around it.
   *
   * @param info its own bytes
   * @throws ProtocolException when it is malformed, or v2 only
   */
  public static Metainfo ofInfo(byte[] info) throws ProtocolException {
    ByteBuffer torrent = ByteBuffer.allocate(info.length + 8);
    return parse(torrent.put("d4:info".getBytes(US_ASCII)).put(info).put((byte) 'e').array());
  }

  /**
   * Reads a .torrent file.
   *
   * @param rules what names its files can have
   * @throws ProtocolException when it is malformed, or v2 only
   */
  public static Metainfo parse(byte[] torrent, NameRules rules) throws ProtocolException {
    return MetainfoReader.read(torrent, rules);
  }
}
