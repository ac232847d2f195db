package io.torrentstream.util;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The JDK's own SHA-1 and SHA-256: compiled code uses the CPU's SHA instructions, on heap, direct
 * and mapped memory alike. Each call returns a new digest; digests are not thread-safe, so every
 * disk lane keeps its own.
 */
public final class Digests {
  public static final int SHA1_BYTES = 20;

  private Digests() {}

  public static MessageDigest sha1() {
    return digest("SHA-1");
  }

  public static MessageDigest sha256() {
    return digest("SHA-256");
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
