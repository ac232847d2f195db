package io.torrentstream.tracker;

import io.torrentstream.bencode.BValue;
import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Collects the peers of one tracker answer from any of their three spellings. An entry that cannot
 * be a peer is passed over and the others kept: one broken client in a swarm must not hide the
 * rest. Not thread-safe.
 *
 * <pre>
 *   compact, BEP 23:  | IPv4 address (4) | port (2) |  again and again
 *   compact, BEP 7:   | IPv6 address (16)           | port (2) |  again and again
 *   BEP 3:            list of { "ip": text, "port": integer, "peer id": 20 bytes }
 * </pre>
 */
final class PeerAddresses {
  /** More than any client connects to; a longer list only costs memory. */
  static final int MAX_PEERS = 2000;

  static final int IPV4_LENGTH = 4;
  static final int IPV6_LENGTH = 16;

  /** With a letter in it: 999.0.0.1 is a broken address, not a name to ask a server about. */
  private static final Pattern HOST_NAME =
      Pattern.compile("(?=.{1,253}$)(?=.*[A-Za-z])[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*");

  private final Set<InetSocketAddress> found = new LinkedHashSet<>();

  /** Adds compact entries; a last one that is cut short is ignored. */
  void addCompact(ByteBuffer bytes, int addressLength) {
    byte[] address = new byte[addressLength];
    while (bytes.remaining() >= addressLength + 2 && !isFull()) {
      bytes.get(address);
      int port = bytes.getShort() & 0xFFFF;
      try {
        add(InetAddress.getByAddress(address), port);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("address length: " + addressLength, e);
      }
    }
  }

  /** Adds the entries of BEP 3. */
  void addDictionaries(List<BValue> entries) {
    for (BValue entry : entries) {
      if (isFull()) {
        return;
      }
      if (entry instanceof BValue.Dict peer && peer.str("ip") != null) {
        long port = peer.integer("port", 0);
        addText(peer.str("ip").utf8(), port < 1 || port > 65535 ? 0 : (int) port);
      }
    }
  }

  List<InetSocketAddress> toList() {
    return List.copyOf(found);
  }

  private boolean isFull() {
    return found.size() >= MAX_PEERS;
  }

  private void addText(String host, int port) {
    InetAddress address = IpLiteral.parse(host);
    if (address != null) {
      add(address, port);
    } else if (port != 0 && HOST_NAME.matcher(host).matches()) {
      found.add(InetSocketAddress.createUnresolved(host, port)); // BEP 3 allows DNS names
    }
  }

  private void add(InetAddress address, int port) {
    if (port != 0 && Hosts.isHost(address)) {
      found.add(new InetSocketAddress(address, port));
    }
  }
}
