package io.torrentstream.dht;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What a node remembers from one run to the next, so that it needs no bootstrap: its ids and the
 * good nodes it knows.
 *
 * @param id4 our id in the IPv4 DHT
 * @param id6 our id in the IPv6 DHT
 * @param nodes of both
 */
public record DhtState(NodeId id4, NodeId id6, List<NodeInfo> nodes) {
  /** A full table has some 200; more would only be asked in vain. */
  static final int MAX_NODES = 400;

  /** The same nodes, known to another one. */
  public DhtState withNewIds(RandomGenerator random) {
    return new DhtState(NodeId.random(random), NodeId.random(random), nodes);
  }

  /** Bencoded, for a file: {@code id4, id6, nodes, nodes6} as in the messages of BEP 5 and 32. */
  public byte[] encode() {
    Map<String, BValue> out = new HashMap<>();
    out.put("id4", new BValue.Str(id4.bytes()));
    out.put("id6", new BValue.Str(id6.bytes()));
    out.put("nodes", compact(Family.IPV4));
    out.put("nodes6", compact(Family.IPV6));
    return Bencode.write(BValue.Dict.of(out));
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws ProtocolException when it is anything else
   */
  public static DhtState decode(byte[] bytes) throws ProtocolException {
    if (!(Bencode.read(bytes, Bencode.Limits.MESSAGE) instanceof BValue.Dict state)) {
      throw new ProtocolException("dht state: no dictionary");
    }
    List<NodeInfo> nodes = new ArrayList<>();
    read(state.str("nodes"), Family.IPV4, nodes);
    read(state.str("nodes6"), Family.IPV6, nodes);
    return new DhtState(id(state.str("id4")), id(state.str("id6")), nodes);
  }

  private BValue.Str compact(Family family) {
    List<NodeInfo> ofFamily =
        nodes.stream()
            .filter(node -> Family.of(node.address()) == family)
            .limit(MAX_NODES)
            .toList();
    ByteBuffer out = ByteBuffer.allocate(ofFamily.size() * family.nodeBytes);
    for (NodeInfo node : ofFamily) {
      out.put(node.id().bytes()).put(Addresses.compact(node.address()));
    }
    return new BValue.Str(out.array());
  }

  private static void read(BValue.Str compact, Family family, List<NodeInfo> to)
      throws ProtocolException {
    if (compact == null || compact.bytes().length % family.nodeBytes != 0) {
      throw new ProtocolException("dht state: nodes are missing or cut");
    }
    ByteBuffer in = ByteBuffer.wrap(compact.bytes());
    for (int i = 0; i < MAX_NODES && in.hasRemaining(); i++) {
      NodeId id = NodeId.read(in);
      InetSocketAddress address = Addresses.read(in, family);
      if (address != null) {
        to.add(new NodeInfo(id, address));
      }
    }
  }

  private static NodeId id(BValue.Str id) throws ProtocolException {
    if (id == null || id.bytes().length != NodeId.LENGTH) {
      throw new ProtocolException("dht state: no id");
    }
    return NodeId.of(id.bytes());
  }
}
