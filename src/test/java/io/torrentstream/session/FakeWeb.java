package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.torrentstream.net.RangeFailure;
import io.torrentstream.net.RangeFetcher;
import java.util.ArrayList;
import java.util.List;

/** Web servers as a test plays them: what is asked for, and what is answered. */
final class FakeWeb {
  /** One request. */
  static final class Request implements RangeFetcher.Transfer {
    final RangeFetcher.Range range;
    private final RangeFetcher.Receiver receiver;
    boolean paused;
    boolean cancelled;
    private boolean answered;
    private long position;
    private long end;

    Request(RangeFetcher.Range range, RangeFetcher.Receiver receiver) {
      this.range = range;
      this.receiver = receiver;
    }

    /** Begins the answer: the range, or the whole file for it. */
    void answer(boolean wholeFile) {
      answered = true;
      position = wholeFile ? 0 : range.from();
      end = wholeFile ? range.fileLength() : range.from() + range.length();
      receiver.onAnswer(wholeFile);
    }

    /** Path, first byte and length. */
    String text() {
      return range.url().target() + " " + range.from() + "+" + range.length();
    }

    @Override
    public void pause(boolean pause) {
      paused = pause;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    /** Sends the next bytes of a file: of the range, unless something else was answered. */
    void send(byte[] file, int length) {
      assertFalse(cancelled, "sends to nobody");
      if (!answered) {
        answer(false);
      }
      ByteBuf bytes = PooledByteBufAllocator.DEFAULT.buffer();
      bytes.writeBytes(file, (int) position, length);
      position += length;
      receiver.onBytes(bytes);
      bytes.release();
    }

    /** Sends what is left, and ends it. */
    void finish(byte[] file) {
      if (!answered) {
        answer(false);
      }
      send(file, (int) (end - position));
      if (!cancelled) {
        receiver.onDone();
      }
    }

    /** Whether all of the answer was sent. */
    boolean isWhole() {
      return position == end;
    }

    void fail(RangeFailure failure) {
      assertFalse(cancelled, "fails for nobody");
      receiver.onFailed(failure);
    }

    void fail(RangeFailure.Kind kind) {
      fail(new RangeFailure(kind, "no luck"));
    }
  }

  final List<Request> requests = new ArrayList<>();
  private int taken;

  RangeFetcher.Transfer fetch(RangeFetcher.Range range, RangeFetcher.Receiver receiver) {
    Request request = new Request(range, receiver);
    requests.add(request);
    return request;
  }

  /** How many requests the test has not looked at yet. */
  int waiting() {
    return requests.size() - taken;
  }

  /** The next request, which must be there. */
  Request next() {
    assertFalse(waiting() == 0, "nothing was asked for");
    return requests.get(taken++);
  }

  /** The next request, which must be this one. */
  Request next(String text) {
    Request request = next();
    assertEquals(text, request.text());
    return request;
  }
}
