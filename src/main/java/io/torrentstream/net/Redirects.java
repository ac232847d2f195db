package io.torrentstream.net;

import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.Hosts;
import io.torrentstream.util.ProtocolException;
import java.net.InetAddress;
import java.util.List;

/** Where the redirects of one request may lead (RFC 9110, 15.4). Confined to the client's loop. */
final class Redirects {
  private static final int MAX_REDIRECTS = 5;

  private int followed;

  /**
   * The address to ask instead.
   *
   * @param location what the answer says, or null
   * @throws ProtocolException when it says nothing usable, or there were too many before
   */
  ServerUrl target(ServerUrl from, String location, int status) throws ProtocolException {
    if (location == null) {
      throw new ProtocolException("HTTP status " + status + ": names no other address");
    }
    if (++followed > MAX_REDIRECTS) {
      throw new ProtocolException("redirects: over " + MAX_REDIRECTS);
    }
    ServerUrl to = from.resolve(location);
    // What was asked with a passkey over TLS is not repeated for everyone on the way to read.
    if (to.isUdp() || from.isSecure() && !to.isSecure()) {
      throw new ProtocolException("redirect from " + from.scheme() + " to " + to.scheme());
    }
    return to;
  }

  /**
   * Whether a server at the first addresses may lead to the others: else any server on the Internet
   * could have this machine ask those next to it.
   */
  static boolean isAllowed(List<InetAddress> from, List<InetAddress> to) {
    return from.stream().allMatch(Hosts::isLocal) || to.stream().noneMatch(Hosts::isLocal);
  }
}
