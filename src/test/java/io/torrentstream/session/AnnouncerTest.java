package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.TrackerFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The announcer in virtual time, with trackers that answer when the test says so. */
class AnnouncerTest {
  private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 5);
  private static final byte[] PEER_ID = new byte[20];

  private record Asked(
      ServerUrl tracker, Announce.Request request, CompletableFuture<Announce.Response> answer) {
    @Override
    public String toString() {
      return tracker.host() + ":" + request.event();
    }
  }

  private final MockTicker time = Ticker.newMockTicker();
  private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(time).build();
  private final List<Asked> asked = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private long left = 1000;

  private final Announcer.Mediator mediator =
      new Announcer.Mediator() {
        @Override
        public long uploaded() {
          return 11;
        }

        @Override
        public long downloaded() {
          return 22;
        }

        @Override
        public long left() {
          return left;
        }

        @Override
        public void onPeers(List<InetSocketAddress> addresses, String source) {
          heard.add(addresses.size() + " from " + source);
        }

        @Override
        public void onWarning(String warning) {
          heard.add(warning);
        }

        @Override
        public void onTrackerFailed(String failure) {
          failed.add(failure);
        }
      };

  private Announcer announcer(String... tiers) {
    List<List<String>> trackers = new ArrayList<>();
    for (String tier : tiers) {
      trackers.add(List.of(tier.split(",")));
    }
    return new Announcer(
        channel.eventLoop(),
        (tracker, request) -> {
          Asked one = new Asked(tracker, request, new CompletableFuture<>());
          asked.add(one);
          return one.answer();
        },
        new Announcer.Identity(InfoHash.of(new byte[20]), PEER_ID, 6881, 7),
        trackers,
        mediator,
        new SplittableRandom(1));
  }

  private void pass(long millis) {
    time.advanceMillis(millis);
    channel.runPendingTasks();
  }

  private void answer(int index, int interval, String warning, InetSocketAddress... peers) {
    asked
        .get(index)
        .answer()
        .complete(
            new Announce.Response(interval, interval, List.of(peers), 1, 1, null, warning, null));
    channel.runPendingTasks();
  }

  private void fail(int index, Exception failure) {
    asked.get(index).answer().completeExceptionally(failure);
    channel.runPendingTasks();
  }

  @AfterEach
  void nothingIsLeftInTheLoop() {
    assertFalse(channel.finish());
  }

  @Test
  void tellsTheTrackerWhoWeAre() {
    announcer("http://a.example/announce").start();
    Announce.Request request = asked.get(0).request();
    assertEquals(Announce.Event.STARTED, request.event());
    assertEquals(200, request.numWant());
    assertEquals(6881, request.port());
    assertEquals(11, request.uploaded());
    assertEquals(22, request.downloaded());
    assertEquals(1000, request.left());
    assertEquals(7, request.key());
    assertNull(request.trackerId());
  }

  @Test
  void reportsPeersAndAnnouncesAgain() {
    Announcer announcer = announcer("http://a.example/x/announce");
    announcer.start();
    answer(0, 1800, null, PEER);
    assertEquals(List.of("1 from http://a.example/..."), heard);
    pass(1_799_000);
    assertEquals(1, asked.size());
    pass(1_000);
    assertEquals("[a.example:STARTED, a.example:NONE]", asked.toString());
  }

  @Test
  void asksTheNextBesideASilentOne() {
    Announcer announcer = announcer("udp://a.example:1", "udp://b.example:1");
    announcer.start();
    pass(2_999);
    assertEquals(1, asked.size());
    pass(1);
    assertEquals("[a.example:STARTED, b.example:STARTED]", asked.toString());
    answer(1, 1800, null, PEER);
    answer(0, 1800, null, PEER);
    assertEquals(2, heard.size());
  }

  @Test
  void goesOnAtOnceWhenOneFails() {
    Announcer announcer = announcer("udp://a.example:1", "udp://b.example:1");
    announcer.start();
    asked.get(0).answer().completeExceptionally(new IOException("connection refused"));
    channel.runPendingTasks();
    assertEquals("[a.example:STARTED, b.example:STARTED]", asked.toString());
    assertFalse(announcer.allFailed());
    asked.get(1).answer().completeExceptionally(new TrackerFailure("no", TrackerFailure.NEVER));
    channel.runPendingTasks();
    assertTrue(announcer.allFailed());
    assertEquals("udp://b.example:1: refused: no", announcer.lastError());
    pass(3_600_000 * 24);
    assertTrue(asked.stream().skip(2).allMatch(one -> one.tracker().host().equals("a.example")));
  }

  /** It is down for an hour: asked now and then, and heard again soon after it is back. */
  @Test
  void aTrackerThatWasAwayForAnHourIsHeardAgain() {
    Announcer announcer = announcer("udp://a.example:1");
    announcer.start();
    answer(0, 60, null, PEER);
    int failed = 1;
    for (int minute = 0; minute < 60; minute++) {
      pass(60_000);
      announcer.hurry(); // as a download without peers does
      for (; failed < asked.size(); failed++) {
        asked.get(failed).answer().completeExceptionally(new IOException("connection refused"));
        channel.runPendingTasks();
      }
    }
    assertTrue(failed >= 5 && failed <= 10, () -> "announces: " + asked);
    assertTrue(announcer.allFailed());
    for (int minute = 0; minute < 60 && asked.size() == failed; minute++) {
      pass(60_000);
      announcer.hurry();
    }
    answer(failed, 1800, null, PEER);
    assertEquals(2, heard.size());
    assertFalse(announcer.allFailed());
  }

  /** The timers of a suspended machine are all due at once. */
  @Test
  void aNightOfSleepIsMadeUpForByOneAnnounce() {
    Announcer announcer = announcer("udp://a.example:1");
    announcer.start();
    answer(0, 1800, null, PEER);
    pass(TimeUnit.HOURS.toMillis(8));
    announcer.hurry();
    pass(10_000);
    assertEquals("[a.example:STARTED, a.example:NONE]", asked.toString());
  }

  @Test
  void neverAnnouncesMoreThanOnceAMinute() {
    Announcer announcer = announcer("udp://a.example:1");
    announcer.start();
    for (int minute = 0; minute < 60; minute++) {
      answer(asked.size() - 1, Announce.MIN_INTERVAL, null);
      announcer.hurry();
      pass(60_000);
    }
    assertEquals(61, asked.size());
  }

  @Test
  void aWarningIsPassedOnOnce() {
    Announcer announcer = announcer("udp://a.example:1");
    announcer.start();
    answer(0, 60, "old client");
    pass(60_000);
    answer(1, 60, "old client");
    pass(60_000);
    answer(2, 60, "very old client");
    assertEquals(
        List.of("udp://a.example:1: old client", "udp://a.example:1: very old client"), heard);
  }

  @Test
  void aFailureIsToldOnceUntilTheTrackerWorksAgain() {
    Announcer announcer = announcer("udp://a.example:1");
    announcer.start();
    fail(0, new IOException("connection refused"));
    pass(60_000);
    fail(1, new TrackerFailure("closed", TrackerFailure.UNSPECIFIED));
    assertEquals(List.of("udp://a.example:1: connection refused"), failed);
    pass(120_000);
    answer(2, 60, null);
    pass(60_000);
    fail(3, new TrackerFailure("closed", TrackerFailure.UNSPECIFIED));
    assertEquals(
        List.of("udp://a.example:1: connection refused", "udp://a.example:1: refused: closed"),
        failed);
    assertEquals(4, asked.size());
  }

  @Test
  void saysCompletedThenStopped() {
    Announcer announcer = announcer("udp://a.example:1");
    announcer.start();
    answer(0, 1800, null, PEER);
    left = 0;
    announcer.onComplete();
    CompletableFuture<Void> stopped = announcer.stop();
    assertEquals("[a.example:STARTED, a.example:COMPLETED]", asked.toString());
    assertEquals(0, asked.get(1).request().left());
    answer(1, 1800, null, PEER);
    assertEquals("a.example:STOPPED", asked.get(2).toString());
    assertEquals(0, asked.get(2).request().numWant());
    assertFalse(stopped.isDone());
    answer(2, 1800, null, PEER);
    assertTrue(stopped.isDone());
    assertEquals(2, heard.size()); // peers that come with the farewell are of no use
  }

  @Test
  void stoppingTakesTwoSecondsAtMost() {
    Announcer announcer = announcer("udp://a.example:1");
    announcer.start();
    answer(0, 1800, null, PEER);
    CompletableFuture<Void> stopped = announcer.stop();
    pass(1_999);
    assertFalse(stopped.isDone());
    pass(1);
    assertTrue(stopped.isDone());
    assertEquals(stopped, announcer.stop());
    pass(TimeUnit.DAYS.toMillis(1));
    assertEquals("[a.example:STARTED, a.example:STOPPED]", asked.toString());
  }

  @Test
  void stoppingIsImmediateWhenNobodyKnowsUs() {
    Announcer announcer = announcer("udp://a.example:1");
    announcer.start();
    assertTrue(announcer.stop().isDone());
    assertTrue(announcer("").stop().isDone());
  }

  @Test
  void leavesOutAddressesItCannotAsk() {
    Announcer announcer =
        announcer("wss://w.example,http://[bad,udp://a.example:1", "file:///x", "");
    announcer.start();
    assertEquals("[a.example:STARTED]", asked.toString());
    assertEquals(3, failed.size(), failed::toString);
    assertEquals(
        "wss://w.example/...: URL scheme: wss (expected: http, https or udp)", failed.get(0));
    assertFalse(announcer.allFailed());
    asked.get(0).answer().completeExceptionally(new IOException("gone"));
    channel.runPendingTasks();
    assertTrue(announcer.allFailed());
  }

  @Test
  void saysWhyNoneCanBeAsked() {
    Announcer announcer = announcer("wss://w.example/x");
    announcer.start();
    assertTrue(announcer.allFailed());
    assertEquals(failed.get(0), announcer.lastError());
  }

  @Test
  void namesAFewOfThoseItCannotAsk() {
    announcer(IntStream.range(0, 999).mapToObj(n -> "wss://w" + n).toArray(String[]::new)).start();
    assertEquals(20, failed.size());
  }

  @Test
  void withoutTrackersNothingHappens() {
    Announcer announcer = announcer(new String[0]);
    announcer.start();
    pass(TimeUnit.DAYS.toMillis(1));
    assertEquals(List.of(), asked);
    assertFalse(announcer.allFailed());
    assertNull(announcer.lastError());
  }
}
