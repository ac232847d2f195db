package io.torrentstream.tool;

import io.torrentstream.tracker.CompactPeers;
import java.util.Arrays;

/**
 * Peers of one swarm with addresses of one kind, as rows of a table without gaps, seeds first. So
 * counting costs nothing, and one of them is drawn with one random number. A peer is its address
 * and port: a second client behind the same address has another port.
 *
 * <p>There is no object for a peer, only bytes in arrays that grow by half: an address, a port, a
 * peer id, a time and a place in the index. Not thread-safe.
 */
final class PeerRows {
  private static final int FEWEST = 2;
  private static final int ID_LENGTH = 20;

  private final SipHash hash;
  private final RowIndex index;
  private final int endpointLength;

  private byte[] endpoints;
  private byte[] peerIds;
  private int[] seenSeconds;
  private int size;
  private int seeds;

  /**
   * @param endpointLength bytes of an address and a port
   */
  PeerRows(int endpointLength, SipHash hash) {
    this.endpointLength = endpointLength;
    this.hash = hash;
    this.endpoints = new byte[FEWEST * endpointLength];
    this.peerIds = new byte[FEWEST * ID_LENGTH];
    this.seenSeconds = new int[FEWEST];
    this.index = new RowIndex(row -> hash(endpoints, row * endpointLength));
  }

  private int hash(byte[] bytes, int offset) {
    return (int) hash.hash(bytes, offset, endpointLength);
  }

  int size() {
    return size;
  }

  /** Rows below this are seeds. */
  int seeds() {
    return seeds;
  }

  /**
   * The row of a peer.
   *
   * @param endpoint its address and port
   * @return -1 when it is not here
   */
  int find(byte[] endpoint) {
    return index.find(
        hash(endpoint, 0),
        row -> {
          int at = row * endpointLength;
          return Arrays.equals(endpoints, at, at + endpointLength, endpoint, 0, endpointLength);
        });
  }

  /**
   * Adds a peer that is not here, as a leecher seen never.
   *
   * @return its row
   */
  int add(byte[] endpoint) {
    if (size == seenSeconds.length) {
      resize(size + (size >> 1));
    }
    System.arraycopy(endpoint, 0, endpoints, size * endpointLength, endpointLength);
    index.add(size);
    return size++;
  }

  /**
   * A peer announced itself.
   *
   * @param row where it is now; it may move
   * @param nowSeconds of a clock that never goes back
   * @return where it is then
   */
  int update(int row, byte[] peerId, boolean seed, int nowSeconds) {
    System.arraycopy(peerId, 0, peerIds, row * ID_LENGTH, ID_LENGTH);
    seenSeconds[row] = nowSeconds;
    if (seed == isSeed(row)) {
      return row;
    }
    int border = seed ? seeds++ : --seeds;
    swap(row, border);
    return border;
  }

  boolean isSeed(int row) {
    return row < seeds;
  }

  void remove(int row) {
    int gone = row;
    if (isSeed(row)) {
      gone = --seeds;
      swap(row, gone);
    }
    swap(gone, size - 1);
    index.remove(size - 1);
    size--;
  }

  /** Removes those that have been silent since before {@code deadlineSeconds}. */
  void expire(int deadlineSeconds) {
    // Downwards: what a removal moves into a row comes from one that was looked at already.
    for (int row = size - 1; row >= 0; row--) {
      if (seenSeconds[row] < deadlineSeconds) {
        remove(row);
      }
    }
    int room = seenSeconds.length;
    if (room > FEWEST && 4 * size < room) {
      resize(Math.max(FEWEST, room / 2));
      index.trim();
    }
  }

  /** Writes a peer as number {@code place} of a list; its id too if the list has room for ids. */
  void copy(int row, CompactPeers list, int place) {
    int endpoint = row * endpointLength;
    System.arraycopy(endpoints, endpoint, list.endpoints(), place * endpointLength, endpointLength);
    if (list.peerIds().length > 0) {
      System.arraycopy(peerIds, row * ID_LENGTH, list.peerIds(), place * ID_LENGTH, ID_LENGTH);
    }
  }

  private void swap(int a, int b) {
    if (a == b) {
      return;
    }
    index.swap(a, b);
    swap(endpoints, a, b, endpointLength);
    swap(peerIds, a, b, ID_LENGTH);
    int seen = seenSeconds[a];
    seenSeconds[a] = seenSeconds[b];
    seenSeconds[b] = seen;
  }

  private static void swap(byte[] bytes, int a, int b, int width) {
    for (int i = 0; i < width; i++) {
      byte moved = bytes[a * width + i];
      bytes[a * width + i] = bytes[b * width + i];
      bytes[b * width + i] = moved;
    }
  }

  private void resize(int rows) {
    endpoints = Arrays.copyOf(endpoints, rows * endpointLength);
    peerIds = Arrays.copyOf(peerIds, rows * ID_LENGTH);
    seenSeconds = Arrays.copyOf(seenSeconds, rows);
  }
}
