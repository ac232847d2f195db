package io.torrentstream.session;

import java.net.InetAddress;
import java.nio.file.Path;

/**
 * What a {@link Session} is started with. Immutable; {@link #DEFAULT} and the {@code with} methods
 * make others.
 *
 * @param bind the local address to listen on and connect from; null for any
 * @param firstPort of the range to try for listening, 0 for any free port
 * @param lastPort of that range, itself included
 * @param maxPeers connections in all
 * @param maxUploads peers of one torrent that may download from us at a time; 0 for as many as suit
 *     the upload rate
 * @param maxDownRate bytes per second, 0 for unlimited
 * @param maxUpRate bytes per second, 0 for unlimited
 * @param trackerCa a PEM file with certificates that HTTPS servers may also use, or null
 * @param dht null to take no part in the DHT
 */
public record SessionConfig(
    InetAddress bind,
    int firstPort,
    int lastPort,
    int maxPeers,
    int maxUploads,
    long maxDownRate,
    long maxUpRate,
    Path trackerCa,
    DhtSettings dht) {

  public static final SessionConfig DEFAULT =
      new SessionConfig(null, 6881, 6889, 200, 0, 0, 0, null, null);

  public SessionConfig withBind(InetAddress address) {
    return new SessionConfig(
        address, firstPort, lastPort, maxPeers, maxUploads, maxDownRate, maxUpRate, trackerCa, dht);
  }

  public SessionConfig withPorts(int first, int last) {
    return new SessionConfig(
        bind, first, last, maxPeers, maxUploads, maxDownRate, maxUpRate, trackerCa, dht);
  }

  public SessionConfig withMaxPeers(int peers) {
    return new SessionConfig(
        bind, firstPort, lastPort, peers, maxUploads, maxDownRate, maxUpRate, trackerCa, dht);
  }

  public SessionConfig withMaxUploads(int uploads) {
    return new SessionConfig(
        bind, firstPort, lastPort, maxPeers, uploads, maxDownRate, maxUpRate, trackerCa, dht);
  }

  public SessionConfig withRates(long down, long up) {
    return new SessionConfig(
        bind, firstPort, lastPort, maxPeers, maxUploads, down, up, trackerCa, dht);
  }

  public SessionConfig withTrackerCa(Path pem) {
    return new SessionConfig(
        bind, firstPort, lastPort, maxPeers, maxUploads, maxDownRate, maxUpRate, pem, dht);
  }

  public SessionConfig withDht(DhtSettings settings) {
    return new SessionConfig(
        bind,
        firstPort,
        lastPort,
        maxPeers,
        maxUploads,
        maxDownRate,
        maxUpRate,
        trackerCa,
        settings);
  }
}
