package io.torrentstream.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network of neighbours that this machine is in, of one address family. Immutable.
 *
 * @param address ours in it
 */
record LocalNetwork(NetworkInterface device, InetAddress address) {
  private static final Logger LOG = LoggerFactory.getLogger(LocalNetwork.class);

  /**
   * The networks that multicast reaches: one for each interface that is up, and each family it has
   * an address of. A tunnel has no neighbours, and who uses one wants nobody besides to hear.
   *
   * @param bind the address to be used alone; null for all
   */
  static List<LocalNetwork> all(InetAddress bind) {
    List<LocalNetwork> networks = new ArrayList<>();
    try {
      for (NetworkInterface device : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (isUsable(device)) {
          add(device, StandardProtocolFamily.INET, bind, networks);
          add(device, StandardProtocolFamily.INET6, bind, networks);
        }
      }
    } catch (SocketException e) {
      LOG.debug("local discovery: no interfaces: {}", e.getMessage());
    }
    return networks;
  }

  private static boolean isUsable(NetworkInterface device) throws SocketException {
    return device.isUp()
        && device.supportsMulticast()
        && !device.isLoopback()
        && !device.isPointToPoint();
  }

  /** An address that others can connect to from elsewhere too is better than a link-local one. */
  private static void add(
      NetworkInterface device,
      StandardProtocolFamily family,
      InetAddress bind,
      List<LocalNetwork> networks) {
    device.getInterfaceAddresses().stream()
        .map(found -> new LocalNetwork(device, found.getAddress()))
        .filter(network -> network.family() == family)
        .filter(network -> bind == null || network.address.equals(bind))
        .min(Comparator.comparing(network -> network.address.isLinkLocalAddress()))
        .ifPresent(networks::add);
  }

  StandardProtocolFamily family() {
    return address instanceof Inet4Address
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  /** Whether an address is a neighbour's: in the network of any address of the interface. */
  boolean contains(InetAddress other) {
    return device.getInterfaceAddresses().stream()
        .anyMatch(ours -> isSameNetwork(ours.getAddress(), other, ours.getNetworkPrefixLength()));
  }

  /** Whether two addresses of one family have their first bits in common. */
  static boolean isSameNetwork(InetAddress one, InetAddress other, int prefixBits) {
    byte[] ours = one.getAddress();
    byte[] theirs = other.getAddress();
    if (ours.length != theirs.length || prefixBits <= 0) {
      return false; // some systems do not know the prefix of every address
    }
    int bytes = prefixBits / Byte.SIZE;
    int mask = 0xFF00 >> prefixBits % Byte.SIZE & 0xFF;
    return Arrays.equals(ours, 0, bytes, theirs, 0, bytes)
        && (mask == 0 || ((ours[bytes] ^ theirs[bytes]) & mask) == 0);
  }

  @Override
  public String toString() {
    return device.getName() + " " + address.getHostAddress();
  }
}
