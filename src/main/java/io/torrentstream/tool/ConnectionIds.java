package io.torrentstream.tool;

import java.util.Arrays;

/**
 * The connection ids of BEP 15: who can repeat the one that was sent to an address is there. It is
 * a keyed hash of the address and the minute, so none of them has to be remembered, and nobody can
 * make one up. An id is good for the minute in which it was made and the next. Immutable; time is
 * passed in.
 */
final class ConnectionIds {
  private static final int SLICE_SECONDS = 60;

  private final SipHash hash;

  ConnectionIds(SipHash hash) {
    this.hash = hash;
  }

  /** The id for an address at this time. */
  long idFor(byte[] address, int nowSeconds) {
    return idOfSlice(address, nowSeconds / SLICE_SECONDS);
  }

  /** Whether that address was given this id within the last two minutes. */
  boolean isGood(long id, byte[] address, int nowSeconds) {
    int slice = nowSeconds / SLICE_SECONDS;
    return id == idOfSlice(address, slice) || id == idOfSlice(address, slice - 1);
  }

  private long idOfSlice(byte[] address, int slice) {
    byte[] bytes = Arrays.copyOf(address, address.length + 4);
    for (int i = 0; i < 4; i++) {
      bytes[address.length + i] = (byte) (slice >> (8 * i));
    }
    return hash.hash(bytes, 0, bytes.length);
  }
}
