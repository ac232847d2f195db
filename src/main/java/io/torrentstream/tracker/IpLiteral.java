package io.torrentstream.tracker;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Reads addresses written in digits; never asks a name server. */
final class IpLiteral {
  private IpLiteral() {}

  /** The address, or null when {@code text} is not one written in digits. */
  static InetAddress parse(String text) {
    try {
      if (text.indexOf(':') >= 0) {
        // In brackets Java takes it for an IPv6 address or nothing, and never for a name. A scope
        // (%eth0) would make it look at this machine's interfaces.
        return text.matches("[0-9a-fA-F:.]{2,45}") ? InetAddress.getByName("[" + text + "]") : null;
      }
      return ipv4(text.split("\\.", -1));
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static InetAddress ipv4(String[] parts) throws UnknownHostException {
    byte[] bytes = new byte[4];
    if (parts.length != bytes.length) {
      return null;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (!parts[i].matches("[0-9]{1,3}") || Integer.parseInt(parts[i]) > 255) {
        return null;
      }
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return InetAddress.getByAddress(bytes);
  }
}
