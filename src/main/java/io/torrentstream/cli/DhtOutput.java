package io.torrentstream.cli;

import io.torrentstream.bencode.BValue;
import io.torrentstream.dht.DhtEvent;
import io.torrentstream.dht.Item;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.dht.NodeInfo;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.session.DhtService;
import io.torrentstream.util.PrintableText;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/** The results of {@code tsl dht}, as text or as one JSON object each. */
record DhtOutput(Console console, boolean json) {
  private static final int MAX_TEXT = 1000;

  void node(NodeInfo node, long millis) {
    if (!json) {
      console.result(node.id() + " " + text(node.address()) + " " + millis + " ms");
      return;
    }
    console.json(
        out -> {
          out.name("id").value(node.id().toString());
          out.name("address").value(text(node.address()));
          out.name("milliseconds").value(millis);
        });
  }

  /** A peer was found; JSON has it at the end. */
  void peer(String peer) {
    if (!json) {
      console.result(peer);
    }
  }

  void peers(
      InfoHash infoHash, Collection<String> peers, DhtService.PeersFound found, boolean scrape) {
    if (!json) {
      if (scrape) {
        console.note("seeds about " + found.seeds() + ", leechers about " + found.leechers());
      }
      return;
    }
    console.json(
        out -> {
          out.name("infoHash").value(infoHash.toString());
          out.name("peers").beginArray();
          for (String peer : peers) {
            out.value(peer);
          }
          out.endArray();
          out.name("seeders").value(scrape ? found.seeds() : null);
          out.name("leechers").value(scrape ? found.leechers() : null);
          out.name("asked").value(found.lookup().asked());
          out.name("answered").value(found.lookup().answered());
        });
  }

  /** What was stored: its text, or its bencoding if it is no text. */
  void item(Item item) {
    String text =
        item.decoded() instanceof BValue.Str s
            ? s.utf8()
            : new String(item.value(), StandardCharsets.ISO_8859_1);
    if (!json) {
      console.result(PrintableText.of(text, MAX_TEXT));
      return;
    }
    console.json(
        out -> {
          out.name("target").value(item.target().toString());
          out.name("value").value(text);
          out.name("bencoded").value(HexFormat.of().formatHex(item.value()));
          out.name("seq").value(item.mutable() == null ? null : item.sequence());
        });
  }

  /** The name that an item can be had by: its hash, or its owner's public key. */
  void stored(Item item, LookupResult result) {
    String name =
        item.mutable() == null
            ? item.target().toString()
            : HexFormat.of().formatHex(item.mutable().publicKey());
    if (!json) {
      console.result(name);
      return;
    }
    console.json(
        out -> {
          out.name("name").value(name);
          out.name("target").value(item.target().toString());
          out.name("seq").value(item.mutable() == null ? null : item.sequence());
          out.name("stored").value(result.stored());
        });
  }

  /** How a running node is; as text it is no result but a note. */
  void status(DhtService.Status status, int port, boolean quiet) {
    if (!json) {
      if (!quiet) {
        console.note(
            String.format(
                "%s port %d nodes %d torrents %d peers %d items %d",
                status.id(),
                port,
                status.nodes(),
                status.torrents(),
                status.peers(),
                status.items()));
      }
      return;
    }
    console.json(
        out -> {
          out.name("id").value(status.id().toString());
          out.name("port").value(port);
          out.name("nodes").value(status.nodes());
          out.name("torrents").value(status.torrents());
          out.name("peers").value(status.peers());
          out.name("items").value(status.items());
          out.name("counts").beginObject();
          for (Map.Entry<DhtEvent, Long> count : status.counts().entrySet()) {
            out.name(count.getKey().name().toLowerCase(Locale.ROOT)).value(count.getValue());
          }
          out.endObject();
        });
  }

  /** {@code 192.0.2.1:6881} or {@code [2001:db8::7]:6881}. */
  static String text(InetSocketAddress address) {
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }
}
