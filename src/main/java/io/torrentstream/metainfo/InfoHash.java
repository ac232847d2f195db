package io.torrentstream.metainfo;

import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-1 of a torrent's raw info dictionary: the swarm's name (BEP 3). Immutable. */
public final class InfoHash {
  public static final int LENGTH = Digests.SHA1_BYTES;

  private final byte[] bytes;

  private InfoHash(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies {@code bytes}, which must be 20. */
  public static InfoHash of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "info-hash length: " + bytes.length + " (expected: " + LENGTH + ")");
    }
    return new InfoHash(bytes.clone());
  }

  /** Reads 40 hexadecimal digits of either case. */
  public static InfoHash fromHex(String hex) throws ProtocolException {
    if (!hex.matches("[0-9a-fA-F]{40}")) {
      throw new ProtocolException("info-hash: " + hex + " (expected: 40 hexadecimal digits)");
    }
    return new InfoHash(HexFormat.of().parseHex(hex));
  }

  /** A copy of the 20 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** 40 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof InfoHash other && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
