package io.torrentstream.cli;

import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.HttpFetcher;
import io.torrentstream.net.Transport;
import io.torrentstream.net.TrustedTls;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;

/**
 * Fetches a .torrent from the web, and waits for it.
 *
 * @param bind the local address to connect from, or null
 * @param extraCa a PEM file with certificates to trust besides Java's, or null
 */
record WebFetch(InetAddress bind, Path extraCa) implements TorrentSource.Fetcher {
  @Override
  public byte[] fetch(String address, int maxBytes) throws IOException, InterruptedException {
    TrustedTls tls = TrustedTls.load(extraCa);
    try (Transport transport = Transport.open(1);
        BackgroundResolver resolver = new BackgroundResolver();
        HttpFetcher fetcher = new HttpFetcher(transport, resolver, bind, tls, maxBytes)) {
      return fetcher.fetch(ServerUrl.parse(address)).get();
    } catch (ProtocolException e) {
      throw new IOException(e.getMessage(), e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    }
  }
}
