package io.torrentstream.dht;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.InfoHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes {@link KrpcMessage}s. */
final class KrpcWriter {
  /** Our name and version as in our peer id (BEP 20), in every message. */
  private static final BValue.Str PROGRAM = new BValue.Str(new byte[] {'t', 'S', 1, 0});

  private static final BValue.Int ONE = new BValue.Int(1);

  private KrpcWriter() {}

  static byte[] write(KrpcMessage message) {
    Map<String, BValue> out = new HashMap<>();
    out.put("t", new BValue.Str(message.transactionId()));
    out.put("v", PROGRAM);
    if (message instanceof KrpcMessage.Query query) {
      out.put("y", BValue.Str.of("q"));
      out.put("q", BValue.Str.of(query.question().method()));
      out.put("a", arguments(query));
      if (query.readOnly()) {
        out.put("ro", ONE);
      }
    } else if (message instanceof KrpcMessage.Answer answer) {
      out.put("y", BValue.Str.of("r"));
      out.put("r", values(answer));
      if (answer.seenAs() != null) {
        out.put("ip", new BValue.Str(Addresses.compact(answer.seenAs())));
      }
    } else if (message instanceof KrpcMessage.Failure failure) {
      error(failure.code(), failure.text(), out);
    } else if (message instanceof KrpcMessage.BadQuery bad) {
      error(bad.code(), bad.text(), out);
    }
    return Bencode.write(BValue.Dict.of(out));
  }

  private static void error(long code, String text, Map<String, BValue> out) {
    out.put("y", BValue.Str.of("e"));
    out.put("e", new BValue.Lst(List.of(new BValue.Int(code), BValue.Str.of(text))));
  }

  private static BValue.Dict arguments(KrpcMessage.Query query) {
    Map<String, BValue> a = new HashMap<>();
    a.put("id", new BValue.Str(query.sender().bytes()));
    Question question = query.question();
    if (question instanceof Question.FindNode find) {
      point("target", find.target(), a);
      want(find.want(), a);
    } else if (question instanceof Question.GetPeers get) {
      a.put("info_hash", new BValue.Str(get.infoHash().bytes()));
      want(get.want(), a);
      flag("noseed", get.noSeed(), a);
      flag("scrape", get.scrape(), a);
    } else if (question instanceof Question.AnnouncePeer announce) {
      a.put("info_hash", new BValue.Str(announce.infoHash().bytes()));
      a.put("port", new BValue.Int(announce.port()));
      a.put("token", new BValue.Str(announce.token()));
      flag("implied_port", announce.impliedPort(), a);
      flag("seed", announce.seed(), a);
    } else if (question instanceof Question.Get get) {
      point("target", get.target(), a);
      want(get.want(), a);
      number("seq", get.newerThan(), a);
    } else if (question instanceof Question.Put put) {
      put(put, a);
    } else if (question instanceof Question.SampleInfohashes sample) {
      point("target", sample.target(), a);
      want(sample.want(), a);
    }
    return BValue.Dict.of(a);
  }

  private static void put(Question.Put put, Map<String, BValue> a) {
    a.put("token", new BValue.Str(put.token()));
    a.put("v", Item.decode(put.item().value()));
    Item.Mutable mutable = put.item().mutable();
    if (mutable != null) {
      a.put("k", new BValue.Str(mutable.publicKey()));
      a.put("seq", new BValue.Int(mutable.sequence()));
      a.put("sig", new BValue.Str(mutable.signature()));
      number("cas", put.expected(), a);
      if (mutable.salt().length > 0) {
        a.put("salt", new BValue.Str(mutable.salt()));
      }
    }
  }

  private static BValue.Dict values(KrpcMessage.Answer answer) {
    Reply reply = answer.reply();
    Map<String, BValue> r = new HashMap<>();
    r.put("id", new BValue.Str(answer.sender().bytes()));
    nodes("nodes", reply.nodes(), Family.IPV4, r);
    nodes("nodes6", reply.nodes6(), Family.IPV6, r);
    if (reply.token() != null) {
      r.put("token", new BValue.Str(reply.token()));
    }
    if (!reply.values().isEmpty()) {
      List<BValue> values = new ArrayList<>(reply.values().size());
      reply.values().forEach(peer -> values.add(new BValue.Str(Addresses.compact(peer))));
      r.put("values", new BValue.Lst(values));
    }
    if (reply.filters() != null) {
      r.put("BFsd", new BValue.Str(reply.filters().seeds().bytes()));
      r.put("BFpe", new BValue.Str(reply.filters().peers().bytes()));
    }
    stored(reply.stored(), r);
    samples(reply.samples(), r);
    return BValue.Dict.of(r);
  }

  private static void stored(Reply.Stored stored, Map<String, BValue> r) {
    if (stored == null) {
      return;
    }
    number("seq", stored.sequence(), r);
    if (stored.value() != null) {
      r.put("v", Item.decode(stored.value()));
    }
    if (stored.publicKey() != null) {
      r.put("k", new BValue.Str(stored.publicKey()));
      r.put("sig", new BValue.Str(stored.signature()));
    }
  }

  private static void samples(Reply.Samples samples, Map<String, BValue> r) {
    if (samples == null) {
      return;
    }
    List<InfoHash> infoHashes = samples.infoHashes();
    ByteBuffer bytes = ByteBuffer.allocate(infoHashes.size() * InfoHash.LENGTH);
    infoHashes.forEach(infoHash -> bytes.put(infoHash.bytes()));
    r.put("samples", new BValue.Str(bytes.array())); // BEP 51: even when there are none
    r.put("num", new BValue.Int(samples.total()));
    r.put("interval", new BValue.Int(samples.intervalSeconds()));
  }

  private static void nodes(
      String key, List<NodeInfo> nodes, Family family, Map<String, BValue> r) {
    if (nodes.isEmpty()) {
      return;
    }
    ByteBuffer out = ByteBuffer.allocate(nodes.size() * family.nodeBytes);
    for (NodeInfo node : nodes) {
      out.put(node.id().bytes()).put(Addresses.compact(node.address()));
    }
    r.put(key, new BValue.Str(out.array()));
  }

  private static void point(String key, NodeId id, Map<String, BValue> a) {
    a.put(key, new BValue.Str(id.bytes()));
  }

  private static void want(Question.Want want, Map<String, BValue> a) {
    if (want.unsaid()) {
      return;
    }
    List<BValue> list = new ArrayList<>();
    if (want.ipv4()) {
      list.add(BValue.Str.of("n4"));
    }
    if (want.ipv6()) {
      list.add(BValue.Str.of("n6"));
    }
    a.put("want", new BValue.Lst(list));
  }

  private static void flag(String key, boolean set, Map<String, BValue> a) {
    if (set) {
      a.put(key, ONE);
    }
  }

  private static void number(String key, long value, Map<String, BValue> out) {
    if (value >= 0) {
      out.put(key, new BValue.Int(value));
    }
  }
}
