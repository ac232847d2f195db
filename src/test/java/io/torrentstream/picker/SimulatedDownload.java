package io.torrentstream.picker;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * One download from peers with given rates and delays, in virtual time. Each peer answers its
 * requests one after the other; a cancel that comes before a block is under way saves it. Requests
 * are kept outstanding for a second's worth of the peer's rate; who owes blocks and sends none for
 * ten seconds is snubbed.
 */
final class SimulatedDownload {
  private static final double SNUB_SECONDS = 10;

  /** A peer with a link of its own. */
  final class Link {
    final FakeSource source;
    final double bytesPerSecond;
    final double delay;
    final Deque<Block> queue = new ArrayDeque<>();
    double freeAt;
    double lastReceived;
    boolean sending;
    boolean stalled;

    Link(FakeSource source, double bytesPerSecond, double delay) {
      this.source = source;
      this.bytesPerSecond = bytesPerSecond;
      this.delay = delay;
    }

    private int wantedRequests() {
      double second = source.rate * Math.max(1, 2 * delay) / PieceLayout.BLOCK_LENGTH;
      return (int) Math.max(4, Math.min(500, second));
    }
  }

  private record Event(double at, long number, Runnable action) {}

  private final PieceLayout layout;
  private final PiecePicker picker;
  private final List<Link> links = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          java.util.Comparator.comparingDouble(Event::at).thenComparingLong(Event::number));
  private long eventNumber;
  private double now;
  private long wasted;
  private double completedAt = Double.NaN;

  SimulatedDownload(PieceLayout layout, long seed) {
    this.layout = layout;
    this.picker =
        new PiecePicker(
            layout,
            new Bitfield(layout.pieceCount()),
            layout.piecesOf(null),
            PickOrder.RAREST,
            new Random(seed));
  }

  Link add(FakeSource source, double bytesPerSecond, double delay) {
    Link link = new Link(source, bytesPerSecond, delay);
    links.add(link);
    picker.onPeerPieces(source);
    return link;
  }

  /** Runs until everything is there, or until the time limit. */
  void run(double limitSeconds) {
    links.forEach(link -> at(link.delay, () -> fill(link)));
    at(1, this::tick);
    while (!picker.isComplete() && now < limitSeconds) {
      Event event = events.remove();
      now = event.at;
      event.action.run();
    }
    completedAt = picker.isComplete() ? now : Double.NaN;
  }

  /** Seconds, or NaN when it did not complete. */
  double completedAt() {
    return completedAt;
  }

  double wastedShare() {
    return (double) wasted / layout.length();
  }

  private void at(double time, Runnable action) {
    events.add(new Event(time, eventNumber++, action));
  }

  private void tick() {
    for (Link link : links) {
      boolean late = !link.queue.isEmpty() && now - link.lastReceived > SNUB_SECONDS;
      if (late && !link.source.snubbed) {
        link.source.snubbed = true;
        link.source.rate = 0;
        List.copyOf(link.queue).forEach(block -> picker.onAbandoned(link.source, block));
      }
    }
    links.forEach(this::fill);
    at(now + 1, this::tick);
  }

  private void fill(Link link) {
    int want = link.source.snubbed ? 1 : link.wantedRequests();
    if (link.queue.isEmpty()) {
      link.lastReceived = now;
    }
    picker.pick(link.source, want - link.queue.size(), link.queue::add);
    send(link);
  }

  private void send(Link link) {
    if (link.sending || link.stalled || link.queue.isEmpty()) {
      return;
    }
    link.sending = true;
    Block block = link.queue.peek();
    double start = Math.max(now + (now > link.freeAt ? 2 * link.delay : 0), link.freeAt);
    link.freeAt = start + block.length() / link.bytesPerSecond;
    at(link.freeAt, () -> receive(link));
  }

  private void receive(Link link) {
    link.sending = false;
    link.lastReceived = now;
    link.source.snubbed = false;
    link.source.rate = (long) link.bytesPerSecond;
    Block block = link.queue.remove();
    Receipt receipt = picker.onBlock(link.source, block);
    if (receipt == Receipt.UNWANTED) {
      wasted += block.length();
    } else {
      List<Source> others = picker.takeOtherRequesters(block, link.source);
      links.stream()
          .filter(l -> others.contains(l.source))
          .forEach(l -> at(now + l.delay, () -> cancel(l, block)));
    }
    if (receipt == Receipt.PIECE_RECEIVED) {
      picker.onVerified(block.piece());
    }
    fill(link);
  }

  private void cancel(Link link, Block block) {
    if (!(link.sending && block.equals(link.queue.peek()))) {
      link.queue.remove(block);
    }
  }
}
