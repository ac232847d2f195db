package io.torrentstream.dht;

import io.torrentstream.util.Digests;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The tokens that whoever wants to store something must show (BEP 5). A token proves that its
 * holder receives what is sent to its address, so nobody can sign up others. It is a hash of a
 * secret, the address and what is to be stored; nothing is remembered for it. The secret changes
 * every five minutes and the one before it still counts, so a token is good for five to ten.
 */
final class Tokens {
  static final int LENGTH = 8;
  static final long ROTATION_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final int SECRET_BYTES = 16;

  private final RandomGenerator random;
  private final MessageDigest sha256 = Digests.sha256();
  private byte[] secret;
  private byte[] previous;
  private long rotateAt;

  /**
   * @param random a secure one: whoever guesses the secret can forge all tokens
   */
  Tokens(RandomGenerator random, long nowNanos) {
    this.random = random;
    this.secret = newSecret();
    this.previous = newSecret();
    this.rotateAt = nowNanos + ROTATION_NANOS;
  }

  byte[] create(InetAddress address, NodeId target) {
    return hash(secret, address, target);
  }

  boolean isValid(byte[] token, InetAddress address, NodeId target) {
    return MessageDigest.isEqual(token, hash(secret, address, target))
        || MessageDigest.isEqual(token, hash(previous, address, target));
  }

  void onTick(long nowNanos) {
    if (nowNanos - rotateAt >= 0) {
      // After a long sleep of the machine the old secret is too old, too.
      previous = nowNanos - rotateAt >= ROTATION_NANOS ? newSecret() : secret;
      secret = newSecret();
      rotateAt = nowNanos + ROTATION_NANOS;
    }
  }

  private byte[] hash(byte[] key, InetAddress address, NodeId target) {
    sha256.update(key);
    sha256.update(target.bytes());
    return Arrays.copyOf(sha256.digest(address.getAddress()), LENGTH);
  }

  private byte[] newSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }
}
