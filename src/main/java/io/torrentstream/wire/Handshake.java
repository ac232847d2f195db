package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The first 68 bytes that each side sends (BEP 3). Immutable by convention: whoever reads the peer
 * id does not change it.
 *
 * <pre>
 *  0    1                     20         28          48        68
 *  +----+---------------------+----------+-----------+---------+
 *  | 19 | BitTorrent protocol | reserved | info-hash | peer id |
 *  +----+---------------------+----------+-----------+---------+
 * </pre>
 *
 * @param infoHash of the torrent this connection is about
 * @param peerId 20 bytes that name the sender
 * @param reserved eight bytes of flags, the first byte highest
 */
public record Handshake(InfoHash infoHash, byte[] peerId, long reserved) {
  public static final int LENGTH = 68;

  /** Bytes up to the end of the info-hash: enough to know the torrent and to answer. */
  public static final int INFO_HASH_END = 48;

  public static final int PEER_ID_LENGTH = 20;

  /** BEP 6: {@code reserved[7] & 0x04}. */
  public static final long FAST = 0x04;

  /** BEP 10: {@code reserved[5] & 0x10}. */
  public static final long EXTENSIONS = 0x10_0000;

  /** BEP 5: {@code reserved[7] & 0x01}. */
  public static final long DHT = 0x01;

  private static final byte[] PROTOCOL =
      "\u0013BitTorrent protocol".getBytes(StandardCharsets.US_ASCII);

  private static final int RESERVED_AT = PROTOCOL.length;
  private static final int INFO_HASH_AT = RESERVED_AT + Long.BYTES;

  private static final String PEER_ID_PREFIX = "-tS0100-";
  private static final String PEER_ID_ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  public Handshake {
    if (peerId.length != PEER_ID_LENGTH) {
      throw new IllegalArgumentException(
          "peer id length: " + peerId.length + " (expected: " + PEER_ID_LENGTH + ")");
    }
  }

  /** Our kind of peer id (BEP 20): {@code -tS0100-} and 12 random letters and digits. */
  public static byte[] newPeerId(RandomGenerator random) {
    StringBuilder id = new StringBuilder(PEER_ID_PREFIX);
    while (id.length() < PEER_ID_LENGTH) {
      id.append(PEER_ID_ALPHABET.charAt(random.nextInt(PEER_ID_ALPHABET.length())));
    }
    return id.toString().getBytes(StandardCharsets.US_ASCII);
  }

  public boolean supportsFast() {
    return (reserved & FAST) != 0;
  }

  public boolean supportsExtensions() {
    return (reserved & EXTENSIONS) != 0;
  }

  public boolean supportsDht() {
    return (reserved & DHT) != 0;
  }

  /** The peer id for a person to read: bytes that are not printable ASCII become dots. */
  public String peerIdText() {
    StringBuilder text = new StringBuilder(PEER_ID_LENGTH);
    for (byte b : peerId) {
      text.append(b > 0x20 && b < 0x7F ? (char) b : '.');
    }
    return text.toString();
  }

  /** Appends the 68 bytes to {@code out}. */
  public void encode(ByteBuf out) {
    out.writeBytes(PROTOCOL).writeLong(reserved).writeBytes(infoHash.bytes()).writeBytes(peerId);
  }

  /**
   * Reads 68 bytes, which must be there.
   *
   * @throws ProtocolException when they do not begin with the protocol's name
   */
  public static Handshake decode(ByteBuf in) throws ProtocolException {
    checkProtocol(in);
    InfoHash infoHash = infoHash(in);
    long reserved = in.getLong(in.readerIndex() + RESERVED_AT);
    byte[] peerId = new byte[PEER_ID_LENGTH];
    in.skipBytes(INFO_HASH_END).readBytes(peerId);
    return new Handshake(infoHash, peerId, reserved);
  }

  /**
   * Compares as much of the protocol's name as has arrived, so that a stranger's first byte is
   * enough to be rid of it.
   */
  public static void checkProtocol(ByteBuf in) throws ProtocolException {
    int arrived = Math.min(in.readableBytes(), PROTOCOL.length);
    for (int i = 0; i < arrived; i++) {
      byte b = in.getByte(in.readerIndex() + i);
      if (b != PROTOCOL[i]) {
        throw new ProtocolException(
            String.format(
                "handshake byte %d: 0x%02x (expected: 0x%02x)", i, b & 0xFF, PROTOCOL[i]));
      }
    }
  }

  /** The info-hash of a handshake of which the first 48 bytes are there; nothing is consumed. */
  public static InfoHash infoHash(ByteBuf in) {
    byte[] hash = new byte[InfoHash.LENGTH];
    in.getBytes(in.readerIndex() + INFO_HASH_AT, hash);
    return InfoHash.of(hash);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Handshake other
        && infoHash.equals(other.infoHash)
        && Arrays.equals(peerId, other.peerId)
        && reserved == other.reserved;
  }

  @Override
  public int hashCode() {
    return 31 * infoHash.hashCode() + Arrays.hashCode(peerId);
  }

  @Override
  public String toString() {
    return String.format(
        "handshake info-hash=%s peer-id=%s reserved=%016x", infoHash, peerIdText(), reserved);
  }
}
