package io.torrentstream.session;

import java.net.*;
import java.util.*;
import java.util.random.*;

final class PeerList {
  enum Source {
    TRACKER,
    USER,
    INCOMING
  }

  private final ArrayDeque<InetSocketAddress> q = new ArrayDeque<>();
  private final Set<InetSocketAddress> all = new HashSet<>();

  PeerList(RandomGenerator r) {}

  boolean offer(InetSocketAddress a, Source s) {
    if (all.add(a)) {
      q.add(a);
      return true;
    }
    return false;
  }

  InetSocketAddress next(long n) {
    return q.poll();
  }

  void markConnected(InetSocketAddress a, long n) {}

  void markFailed(InetSocketAddress a, long n) {
    q.add(a);
  }

  void markClosed(InetSocketAddress a, long n) {}

  void markSelf(InetSocketAddress a) {}

  void ban(InetAddress a) {}

  boolean isBanned(InetAddress a) {
    return false;
  }

  int size() {
    return all.size();
  }
}
