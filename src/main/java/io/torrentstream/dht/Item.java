package io.torrentstream.dht;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Something stored in the DHT (BEP 44): an immutable item, whose name is the hash of its value, or
 * a mutable one, whose name is the hash of its owner's public key (and salt) and which only the
 * owner can sign. Whoever reads an item does not change its arrays.
 *
 * @param value its bencoding, at most {@value #MAX_VALUE_BYTES} bytes
 * @param mutable null for an immutable item
 */
public record Item(byte[] value, Mutable mutable) {
  public static final int MAX_VALUE_BYTES = 1000;
  public static final int MAX_SALT_BYTES = 64;
  public static final int KEY_BYTES = Ed25519.PUBLIC_KEY_SIZE;
  public static final int SIGNATURE_BYTES = Ed25519.SIGNATURE_SIZE;

  /** Bytes of the secret from which a key pair is made. */
  public static final int SEED_BYTES = Ed25519.SECRET_KEY_SIZE;

  /**
   * What a mutable item has beside its value.
   *
   * @param publicKey 32 bytes
   * @param salt tells items of one key apart; empty for none
   * @param sequence grows with each version, 0 or more
   * @param signature 64 bytes
   */
  public record Mutable(byte[] publicKey, byte[] salt, long sequence, byte[] signature) {}

  public static Item immutable(BValue value) {
    return new Item(Bencode.write(value), null);
  }

  /**
   * Makes and signs a mutable item.
   *
   * @param seed the owner's secret, 32 bytes
   * @param salt empty for none
   */
  public static Item sign(BValue value, byte[] seed, byte[] salt, long sequence) {
    byte[] encoded = Bencode.write(value);
    byte[] signed = signedBytes(encoded, salt, sequence);
    byte[] signature = new byte[SIGNATURE_BYTES];
    Ed25519.sign(seed, 0, signed, 0, signed.length, signature, 0);
    return new Item(encoded, new Mutable(publicKey(seed), salt, sequence, signature));
  }

  /** The public key that belongs to a secret of 32 bytes. */
  public static byte[] publicKey(byte[] seed) {
    byte[] key = new byte[KEY_BYTES];
    Ed25519.generatePublicKey(seed, 0, key, 0);
    return key;
  }

  /** Where a mutable item of this key and salt is stored. */
  public static NodeId target(byte[] publicKey, byte[] salt) {
    MessageDigest sha1 = Digests.sha1();
    sha1.update(publicKey);
    return NodeId.of(sha1.digest(salt));
  }

  /** Where the item is stored. */
  public NodeId target() {
    return mutable == null
        ? NodeId.of(Digests.sha1().digest(value))
        : target(mutable.publicKey, mutable.salt);
  }

  /** Whether a mutable item is its owner's; an immutable one is what its name says. */
  boolean isAuthentic() {
    if (mutable == null) {
      return true;
    }
    byte[] signed = signedBytes(value, mutable.salt, mutable.sequence);
    return Ed25519.verify(mutable.signature, 0, mutable.publicKey, 0, signed, 0, signed.length);
  }

  /** The value as it is read from its bencoding. */
  public BValue decoded() {
    return decode(value);
  }

  static BValue decode(byte[] value) {
    try {
      return Bencode.read(value, Bencode.Limits.MESSAGE);
    } catch (ProtocolException e) {
      throw new IllegalStateException("items hold what was read or written as bencoding", e);
    }
  }

  /** The sequence number, or -1 for an immutable item. */
  public long sequence() {
    return mutable == null ? -1 : mutable.sequence;
  }

  boolean hasSameValue(Item other) {
    return Arrays.equals(value, other.value);
  }

  /** BEP 44: these parts of a bencoded dictionary, put together without an encoder. */
  private static byte[] signedBytes(byte[] value, byte[] salt, long sequence) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (salt.length > 0) {
      out.writeBytes(ascii("4:salt" + salt.length + ":"));
      out.writeBytes(salt);
    }
    out.writeBytes(ascii("3:seqi" + sequence + "e1:v"));
    out.writeBytes(value);
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
