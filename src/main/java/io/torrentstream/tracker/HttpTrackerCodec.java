package io.torrentstream.tracker;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Announces and scrapes as HTTP has them: parameters of a GET going out, a bencoded dictionary
 * coming back (BEP 3, 7, 23, 24, 31, 48). What is merely odd in an answer is passed over; only what
 * leaves nothing to use is an error. The other side is {@link HttpTrackerQuery} and {@link
 * HttpTrackerServerCodec}.
 */
public final class HttpTrackerCodec {
  /** Room for 10,000 peers written as dictionaries of seven values each, and some to spare. */
  public static final Bencode.Limits ANSWER_LIMITS = new Bencode.Limits(16, 100_000);

  private HttpTrackerCodec() {}

  /**
   * The address to GET for an announce; the parameters that the tracker's own address has stay in
   * front.
   *
   * @throws ProtocolException when that address already has an info_hash: it is then no tracker's
   *     but some other service that a torrent wants to aim its downloaders at
   */
  public static ServerUrl announceUrl(ServerUrl tracker, Announce.Request request)
      throws ProtocolException {
    requireNoInfoHash(tracker);
    StringBuilder query = new StringBuilder(300);
    query.append("info_hash=").append(percentEncode(request.infoHash().bytes()));
    query.append("&peer_id=").append(percentEncode(request.peerId()));
    query.append("&port=").append(request.port());
    query.append("&uploaded=").append(request.uploaded());
    query.append("&downloaded=").append(request.downloaded());
    query.append("&left=").append(request.left());
    query.append("&compact=1&no_peer_id=1");
    query.append(String.format("&key=%08X", request.key()));
    if (request.numWant() >= 0) {
      query.append("&numwant=").append(request.numWant());
    }
    if (request.event() != Announce.Event.NONE) {
      query.append("&event=").append(request.event().name().toLowerCase(Locale.ROOT));
    }
    if (request.trackerId() != null) {
      // Held one character a byte: what the tracker sent goes back byte for byte.
      byte[] id = request.trackerId().getBytes(StandardCharsets.ISO_8859_1);
      query.append("&trackerid=").append(percentEncode(id));
    }
    return tracker.withParameters(query.toString());
  }

  /**
   * The address to GET for a scrape.
   *
   * @throws ProtocolException when the tracker has none: BEP 48 finds it by putting "scrape" in the
   *     place of an "announce" that begins the last part of the path
   */
  public static ServerUrl scrapeUrl(ServerUrl tracker, InfoHash infoHash) throws ProtocolException {
    requireNoInfoHash(tracker);
    String path = tracker.path();
    int name = path.lastIndexOf('/') + 1;
    if (!path.startsWith("announce", name)) {
      throw new ProtocolException("scrape: not supported by this tracker's address");
    }
    String scrape = path.substring(0, name) + "scrape" + path.substring(name + "announce".length());
    return tracker.withPath(scrape).withParameters("info_hash=" + percentEncode(infoHash.bytes()));
  }

  /**
   * Reads the answer to an announce.
   *
   * @throws TrackerFailure when the tracker refuses
   * @throws ProtocolException when it is no answer at all
   */
  public static Announce.Response announceResponse(BValue answer)
      throws ProtocolException, TrackerFailure {
    BValue.Dict dict = acceptedDict(answer);
    int interval = Announce.clampInterval(dict.integer("interval", Announce.DEFAULT_INTERVAL));
    PeerAddresses peers = new PeerAddresses();
    if (dict.str("peers") != null) {
      peers.addCompact(ByteBuffer.wrap(dict.str("peers").bytes()), PeerAddresses.IPV4_LENGTH);
    } else if (dict.list("peers") != null) {
      peers.addDictionaries(dict.list("peers"));
    }
    if (dict.str("peers6") != null) {
      peers.addCompact(ByteBuffer.wrap(dict.str("peers6").bytes()), PeerAddresses.IPV6_LENGTH);
    }
    return new Announce.Response(
        interval,
        Announce.clampInterval(dict.integer("min interval", interval)),
        peers.toList(),
        Announce.clampCount(dict.integer("complete", -1)),
        Announce.clampCount(dict.integer("incomplete", -1)),
        trackerId(dict.str("tracker id")),
        warning(dict.str("warning message")),
        address(dict.str("external ip")));
  }

  /** Reads the answer to a scrape of one torrent; errors as for an announce. */
  public static Scrape.Response scrapeResponse(BValue answer, InfoHash infoHash)
      throws ProtocolException, TrackerFailure {
    BValue.Dict files = acceptedDict(answer).dict("files");
    String key = new String(infoHash.bytes(), StandardCharsets.ISO_8859_1);
    BValue.Dict torrent = files == null ? null : files.dict(key);
    if (torrent == null) {
      throw new ProtocolException("scrape: the tracker does not know this torrent");
    }
    return new Scrape.Response(
        Announce.clampCount(torrent.integer("complete", -1)),
        Announce.clampCount(torrent.integer("incomplete", -1)),
        Announce.clampCount(torrent.integer("downloaded", -1)));
  }

  /**
   * The address to GET after a redirect: one that has lost the parameters of the request gets them
   * back, since without them no tracker can answer.
   */
  public static ServerUrl redirected(ServerUrl from, ServerUrl to) {
    if (hasInfoHash(to)) {
      return to;
    }
    String asked = from.query();
    // An earlier redirect may have spelled it in capitals.
    int ours = asked.toLowerCase(Locale.ROOT).indexOf("info_hash=");
    // A tracker that names parameters of its own has thought of those in its first address.
    return to.withParameters(to.query().isEmpty() ? asked : asked.substring(ours));
  }

  private static boolean hasInfoHash(ServerUrl url) {
    return ("&" + url.query()).toLowerCase(Locale.ROOT).contains("&info_hash=");
  }

  private static void requireNoInfoHash(ServerUrl tracker) throws ProtocolException {
    if (hasInfoHash(tracker)) {
      throw new ProtocolException("tracker URL: has an info_hash of its own (expected: none)");
    }
  }

  private static BValue.Dict acceptedDict(BValue answer) throws ProtocolException, TrackerFailure {
    if (!(answer instanceof BValue.Dict dict)) {
      throw new ProtocolException("tracker answer: no dictionary");
    }
    if (dict.get("failure reason") != null) {
      BValue.Str reason = dict.str("failure reason");
      throw new TrackerFailure(reason == null ? "" : reason.utf8(), retryAfter(dict));
    }
    return dict;
  }

  /** BEP 31: minutes, as an integer or as text, or the word "never". */
  private static long retryAfter(BValue.Dict dict) {
    BValue.Str text = dict.str("retry in");
    if (text != null && text.utf8().equals("never")) {
      return TrackerFailure.NEVER;
    }
    long minutes = dict.integer("retry in", 0);
    if (text != null && text.utf8().matches("[0-9]{1,9}")) {
      minutes = Long.parseLong(text.utf8());
    }
    return minutes <= 0
        ? TrackerFailure.UNSPECIFIED
        : Announce.clampInterval(Math.min(minutes, Announce.MAX_INTERVAL) * 60);
  }

  private static String trackerId(BValue.Str id) {
    // An id is a handle of a few bytes; a long one would only blow up each of our requests.
    return id == null || id.bytes().length > 256
        ? null
        : new String(id.bytes(), StandardCharsets.ISO_8859_1);
  }

  private static String warning(BValue.Str text) {
    String clean = text == null ? "" : TrackerFailure.shown(text.utf8());
    return clean.isEmpty() ? null : clean;
  }

  private static InetAddress address(BValue.Str packed) {
    try {
      return packed == null ? null : InetAddress.getByAddress(packed.bytes());
    } catch (UnknownHostException e) {
      return null; // neither 4 nor 16 bytes
    }
  }

  /** RFC 3986: letters, digits and four signs as they are, any other byte as %XX. */
  private static String percentEncode(byte[] bytes) {
    StringBuilder out = new StringBuilder(3 * bytes.length);
    for (byte b : bytes) {
      char c = (char) (b & 0xFF);
      boolean plain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || "-._~".indexOf(c) >= 0;
      out.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return out.toString();
  }
}
