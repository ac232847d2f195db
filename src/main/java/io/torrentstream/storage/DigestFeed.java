package io.torrentstream.storage;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Brings memory outside the heap to a digest, through an array. The JDK does so by itself when it
 * is given such a buffer, but in code that is not compiled yet when a download begins, and in small
 * parts; {@link HashWarmUp} has made the way of arrays ready. Confined to a thread.
 */
final class DigestFeed {
  /** Little enough to stay in the processor's nearest cache but one. */
  private final byte[] bytes = new byte[32 * 1024];

  /** Digests what remains of {@code data}. */
  void update(MessageDigest digest, ByteBuffer data) {
    while (data.hasRemaining()) {
      int length = Math.min(bytes.length, data.remaining());
      data.get(bytes, 0, length);
      digest.update(bytes, 0, length);
    }
  }
}
