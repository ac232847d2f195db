package io.torrentstream.util;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostsTest {
  private static InetAddress ip(String address) throws UnknownHostException {
    return InetAddress.getByName(address);
  }

  /** What nobody of the Internet may send us to. */
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.255.0.9, true",
    "::1, true",
    "::ffff:127.0.0.1, true",
    "0.0.0.0, true",
    "::, true",
    "10.1.2.3, true",
    "172.16.0.1, true",
    "192.168.1.1, true",
    "169.254.169.254, true",
    "100.64.0.1, true",
    "100.127.255.255, true",
    "fe80::1, true",
    "fd00::1, true",
    "fc00::1, true",
    "192.0.2.1, false",
    "172.32.0.1, false",
    "100.63.255.255, false",
    "100.128.0.1, false",
    "8.8.8.8, false",
    "2001:db8::1, false",
  })
  void knowsLocalAddresses(String address, boolean local) throws Exception {
    assertEquals(local, Hosts.isLocal(ip(address)));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, false",
    "0.1.2.3, false",
    "224.0.0.1, false",
    "239.255.255.250, false",
    "240.0.0.1, false",
    "255.255.255.255, false",
    "::, false",
    "ff02::1, false",
    "ff0e::101, false",
    "1.0.0.1, true",
    "223.255.255.255, true",
    "127.0.0.1, true",
    "::1, true",
    "2001:db8::1, true",
  })
  void knowsWhatCanBeAHosts(String address, boolean host) throws Exception {
    assertEquals(host, Hosts.isHost(ip(address)));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, 10.0.0.2, false",
    "2001:db8::1, 2001:db8::2:ffff, true",
    "2001:db8::1, 2001:db8:0:1::1, false",
    "::1, 0.0.0.0, false",
  })
  void halfAnIpv6AddressIsACustomer(String one, String other, boolean same) throws Exception {
    assertEquals(same, Hosts.customer(ip(one)) == Hosts.customer(ip(other)));
  }
}
