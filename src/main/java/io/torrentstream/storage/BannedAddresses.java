package io.torrentstream.storage;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who has sent wrong data of one torrent, for as long as that is unfinished: its resume data has
 * them, so that a new start is none for a liar. Port 0 stands for every port of an address. Safe on
 * any thread.
 */
public final class BannedAddresses {
  /** Whoever has more addresses than this is not kept out by a list; the oldest goes. */
  static final int MAX_BANNED = 1000;

  private final Set<InetSocketAddress> addresses = new LinkedHashSet<>();

  BannedAddresses(List<InetSocketAddress> known) {
    for (InetSocketAddress address : known) {
      add(address);
    }
  }

  /** Nobody yet, and kept nowhere. */
  public static BannedAddresses none() {
    return new BannedAddresses(List.of());
  }

  public synchronized void add(InetSocketAddress address) {
    if (addresses.size() >= MAX_BANNED) {
      addresses.remove(addresses.iterator().next());
    }
    addresses.add(address);
  }

  /** All of them, as they are now; the oldest first. */
  public synchronized List<InetSocketAddress> all() {
    return new ArrayList<>(addresses);
  }
}
