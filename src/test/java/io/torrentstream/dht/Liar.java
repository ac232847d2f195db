package io.torrentstream.dht;

import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node that answers pings and lies about all else: it names eight nodes that do not exist, as
 * close to the target as can be. Half of them have ids that fit their made-up addresses.
 */
final class Liar implements SimulatedNetwork.Host {
  private final SimulatedNetwork network;
  private final Nowhere nowhere;
  private final InetSocketAddress address;
  private final NodeId id;
  private int lies;

  Liar(SimulatedNetwork network, Nowhere nowhere, InetSocketAddress address) {
    this.network = network;
    this.nowhere = nowhere;
    this.address = address;
    this.id = SecureId.create(address.getAddress(), network.random);
  }

  NodeId id() {
    return id;
  }

  int lies() {
    return lies;
  }

  /** Makes itself known, as an honest node would. */
  void greet(InetSocketAddress node) {
    KrpcMessage query = new KrpcMessage.Query(new byte[] {1, 2}, id, false, new Question.Ping());
    network.send(query.encode(), address, node);
  }

  @Override
  public void onDatagram(byte[] datagram, InetSocketAddress from, long nowNanos) {
    KrpcMessage message;
    try {
      message = KrpcMessage.decode(datagram);
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
    if (!(message instanceof KrpcMessage.Query query)) {
      return;
    }
    Reply reply = Reply.EMPTY;
    if (query.question() instanceof Question.FindNode find) {
      reply = reply.withNodes(bogus(find.target()), List.of());
    } else if (query.question() instanceof Question.GetPeers get) {
      reply = reply.withNodes(bogus(NodeId.of(get.infoHash())), List.of());
    }
    KrpcMessage answer = new KrpcMessage.Answer(query.transactionId(), id, from, reply);
    network.send(answer.encode(), address, from);
  }

  private List<NodeInfo> bogus(NodeId target) {
    lies++;
    List<NodeInfo> nodes = new ArrayList<>(nowhere.near(target, RoutingTable.BUCKET_SIZE / 2));
    while (nodes.size() < RoutingTable.BUCKET_SIZE) {
      nodes.add(new NodeInfo(target.randomNear(24, false, network.random), network.newAddress()));
    }
    return nodes;
  }

  /** Many nodes that do not exist, with ids that fit their addresses. */
  static final class Nowhere {
    private static final int COUNT = 50_000;

    private final TreeMap<String, NodeInfo> byId = new TreeMap<>();

    Nowhere(SimulatedNetwork network) {
      for (int i = 0; i < COUNT; i++) {
        InetSocketAddress address = network.newAddress();
        NodeId id = SecureId.create(address.getAddress(), network.random);
        byId.put(id.toString(), new NodeInfo(id, address));
      }
    }

    List<NodeInfo> near(NodeId target, int count) {
      List<NodeInfo> near = new ArrayList<>();
      Map.Entry<String, NodeInfo> next = byId.ceilingEntry(target.toString());
      while (next != null && near.size() < count) {
        near.add(next.getValue());
        next = byId.higherEntry(next.getKey());
      }
      return near;
    }
  }
}
