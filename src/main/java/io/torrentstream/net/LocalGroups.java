package io.torrentstream.net;

import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.LocalAnnouncement;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two multicast groups in which the clients of a local network find each other (BEP 14). Each
 * announcement goes to both, on every network that this machine is in at that moment.
 *
 * <p>A thread of its own does it all: to look at the network's interfaces and to join groups takes
 * tens of milliseconds, and Netty's kqueue transport cannot do the latter. What fails (no network,
 * a container, a port taken) is a debug line and no more. The methods may be called from any
 * thread.
 */
public final class LocalGroups implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalGroups.class);

  static final int PORT = 6771;

  /** What is announced faster than this, by all together, is dropped. */
  static final int MAX_PER_SECOND = 100;

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The groups, as they are called in BEP 14. */
  private enum Group {
    IPV4(StandardProtocolFamily.INET, "239.192.152.143"),
    IPV6(StandardProtocolFamily.INET6, "[ff15::efc0:988f]");

    final StandardProtocolFamily family;
    final String name;

    Group(StandardProtocolFamily family, String name) {
      this.family = family;
      this.name = name;
    }

    /** An address, which no server is asked about. */
    InetSocketAddress address() {
      return new InetSocketAddress(name.replaceAll("[\\[\\]]", ""), PORT);
    }
  }

  /** Takes what others announce; called on the thread of the groups. */
  @FunctionalInterface
  public interface Receiver {
    /**
     * @param from a neighbour in a network of this machine's, link-local addresses with their
     *     interface
     */
    void onAnnouncement(LocalAnnouncement heard, InetAddress from);
  }

  private final InetAddress bind;
  private final Receiver receiver;
  private final Selector selector;
  private final Queue<LocalAnnouncement> outgoing = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /** Confined to the thread, as all below. */
  private final Map<Group, DatagramChannel> listeners = new EnumMap<>(Group.class);

  private final ByteBuffer buffer = ByteBuffer.allocate(LocalAnnouncement.MAX_BYTES + 1);
  private List<LocalNetwork> networks = List.of();
  private final Flood flood = new Flood(System.nanoTime());

  private LocalGroups(InetAddress bind, Receiver receiver) throws IOException {
    this.bind = bind;
    this.receiver = receiver;
    this.selector = Selector.open();
  }

  /**
   * Begins to listen, in the background, with the first announcement.
   *
   * @param bind the local address to be used alone; null for all. With a loopback address nothing
   *     is announced or heard: nobody in the network could connect to it
   * @throws IOException when there are no file descriptors left
   */
  public static LocalGroups open(InetAddress bind, Receiver receiver) throws IOException {
    LocalGroups groups = new LocalGroups(bind, receiver);
    Thread thread = new Thread(groups::run, "tsl-lsd");
    thread.setDaemon(true);
    thread.start();
    return groups;
  }

  /** Sends an announcement to both groups in every network. Does not wait. */
  public void send(LocalAnnouncement announcement) {
    outgoing.add(announcement);
    selector.wakeup();
  }

  /** Leaves the groups. Does not wait. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }

  // --- on the thread ---

  private void run() {
    try {
      while (!closed) {
        announceAll();
        selector.select();
        hearAll();
      }
    } catch (RejectedExecutionException e) {
      LOG.debug("local discovery: the session has ended");
    } catch (IOException | RuntimeException e) {
      LOG.warn("local discovery has stopped", e);
    } finally {
      listeners.values().forEach(LocalGroups::closeQuietly);
      closeQuietly(selector);
    }
  }

  private void announceAll() {
    for (LocalAnnouncement next = outgoing.poll(); next != null; next = outgoing.poll()) {
      networks = LocalNetwork.all(bind); // they come and go
      for (Group group : Group.values()) {
        List<LocalNetwork> own =
            networks.stream().filter(network -> network.family() == group.family).toList();
        listen(group, own);
        for (LocalNetwork network : own) {
          announce(next, group, network);
        }
      }
    }
  }

  /** Opens the port anew, if there is a network to hear, and joins the group in each. */
  private void listen(Group group, List<LocalNetwork> own) {
    closeQuietly(listeners.remove(group));
    if (own.isEmpty()) {
      return;
    }
    DatagramChannel listener = null;
    try {
      listener = DatagramChannel.open(group.family);
      // Every client of the machine listens on this port.
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(new InetSocketAddress(PORT));
      listener.configureBlocking(false);
      for (LocalNetwork network : own) {
        join(listener, group, network);
      }
      listener.register(selector, SelectionKey.OP_READ, group);
      listeners.put(group, listener);
    } catch (IOException | RuntimeException e) {
      LOG.debug("local discovery: cannot listen to {}: {}", group.name, e.toString());
      closeQuietly(listener);
    }
  }

  private static void join(DatagramChannel listener, Group group, LocalNetwork network) {
    try {
      listener.join(group.address().getAddress(), network.device());
      LOG.debug("local discovery: {} on {}", group.name, network);
    } catch (IOException | RuntimeException e) {
      LOG.debug("local discovery: no {} on {}: {}", group.name, network, e.toString());
    }
  }

  /** From the network's own address: it is where others will connect to. */
  private static void announce(LocalAnnouncement next, Group group, LocalNetwork network) {
    byte[] datagram = next.encode(group.name + ":" + PORT);
    try (DatagramChannel sender = DatagramChannel.open(group.family)) {
      sender.bind(new InetSocketAddress(network.address(), 0));
      sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, network.device());
      sender.send(ByteBuffer.wrap(datagram), group.address());
      LOG.debug("local discovery: announced on {}", network);
    } catch (IOException | RuntimeException e) {
      LOG.debug("local discovery: cannot announce on {}: {}", network, e.toString());
    }
  }

  private void hearAll() {
    for (SelectionKey key : selector.selectedKeys()) {
      if (key.isValid()) {
        hear((DatagramChannel) key.channel(), (Group) key.attachment());
      }
    }
    selector.selectedKeys().clear();
  }

  private void hear(DatagramChannel listener, Group group) {
    try {
      buffer.clear();
      InetSocketAddress from = (InetSocketAddress) listener.receive(buffer);
      if (from != null
          && isNeighbour(from.getAddress(), group)
          && !flood.hasOneMore(System.nanoTime())) {
        byte[] datagram = new byte[buffer.flip().remaining()];
        buffer.get(datagram);
        receiver.onAnnouncement(LocalAnnouncement.decode(datagram), from.getAddress());
      }
    } catch (ProtocolException e) {
      LOG.debug("local discovery: dropped what is no announcement");
    } catch (IOException e) {
      LOG.debug("local discovery: {}", e.toString());
    }
  }

  /**
   * Whether a datagram comes from a network that we announce in: anybody on the Internet could send
   * one to this port. Some systems give a datagram to the socket of the other family too.
   */
  private boolean isNeighbour(InetAddress from, Group group) {
    return networks.stream()
        .anyMatch(network -> network.family() == group.family && network.contains(from));
  }

  /** Counts what is heard in a second. */
  static final class Flood {
    private long secondNanos;
    private int heardInSecond;

    Flood(long nowNanos) {
      this.secondNanos = nowNanos;
    }

    /** Whether one more, heard now, is too many. */
    boolean hasOneMore(long nowNanos) {
      if (nowNanos - secondNanos > SECOND_NANOS) {
        secondNanos = nowNanos;
        heardInSecond = 0;
      }
      return ++heardInSecond > MAX_PER_SECOND;
    }
  }

  private static void closeQuietly(Closeable channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.debug("local discovery: {}", e.toString());
    }
  }
}
