package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.interop.TestContent.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code kill -9} at random moments, again and again until a download is complete: what was
 * verified stays, and what is fetched twice is what was on its way. {@code -Dtsl.kills=200} is the
 * long form; {@code -Dtsl.seed} repeats a run as far as its moments go.
 */
@ExtendWith(Workspace.Provider.class)
class KillIT {
  private static final int KILLS = Integer.getInteger("tsl.kills", 10);

  /** 64 MiB take 4 s, so that a life ends in the middle. */
  private static final String SLOWLY = Integer.toString(16 << 20);

  private static final int LONGEST_LIFE_MILLIS = 1_200;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** A run that is told to end saves its resume data in about this time. */
  private static final int LONGEST_GOODBYE_MILLIS = 60;

  /** What a kill costs at the very most: what may be asked for, and parts of pieces. */
  private static final long MOST_IN_FLIGHT = 20 << 20;

  /** What kills cost each on the average of a download, on a machine as busy as can be. */
  private static final long IN_FLIGHT = 4 << 20;

  private static final Pattern PIECE = Pattern.compile("\"event\":\"piece\".*\"piece\":(\\d+)}\n");

  private final Workspace workspace;
  private final TestContent content;
  private final long randomSeed = Long.getLong("tsl.seed", new Random().nextLong());
  private final Random random = new Random(randomSeed);
  private int kills;
  private int downloads;
  private int livesThatGained;
  private long mostLost;

  KillIT(Workspace workspace) throws Exception {
    this.workspace = workspace;
    this.content = workspace.content(Shape.SINGLE_FILE, 64);
  }

  @Test
  @Timeout(value = 25, unit = TimeUnit.MINUTES) // for the long form
  void killedAtRandomMomentsNothingVerifiedIsLost() throws Exception {
    long fetched = 0;
    try (LibtorrentPeer seed =
        LibtorrentPeer.start(content, content.folder(), workspace, "--up", SLOWLY)) {
      while (kills < KILLS) {
        Path dir = workspace.newFolder("killed");
        fetched += download(seed, dir);
        content.assertEqualTo(dir);
        Workspace.deleteTree(dir);
        downloads++;
      }
    }
    assertTrue(livesThatGained > 0, () -> "no kill hit a download" + again());
    Report.line(
        String.format(
            "kill -9, %d times (%d while data flowed) in %d downloads: %.3f of the size fetched, at"
                + " most %d KiB lost by one (seed %d)",
            kills,
            livesThatGained,
            downloads,
            (double) fetched / downloads / content.info().length(),
            mostLost / 1024,
            randomSeed));
  }

  /** Starts tsl until it gets to the end; returns what the seed has sent. */
  private long download(LibtorrentPeer seed, Path dir) throws Exception {
    long sentBefore = seed.uploaded();
    int killsBefore = kills;
    BitSet right = new BitSet();
    long sentToThisLife = sentBefore;
    BitSet verified = liveOnce(seed, dir);
    while (verified != null) {
      BitSet now = rightOnDisk(dir);
      assertNothingLost(right, verified, now);
      assertLittleLost(seed.uploaded() - sentToThisLife, right, now);
      right = now;
      sentToThisLife = seed.uploaded();
      verified = liveOnce(seed, dir);
    }
    long fetched = seed.uploaded() - sentBefore;
    long size = content.info().length();
    long most = size + size / 20 + (kills - killsBefore) * IN_FLIGHT;
    assertTrue(fetched <= most, () -> "fetched " + fetched + " of " + size + again());
    return fetched;
  }

  /** One run: the pieces that it said it had verified when it was killed, or null at the end. */
  private BitSet liveOnce(LibtorrentPeer seed, Path dir) throws Exception {
    try (TslProcess tsl =
        TslProcess.download(
            workspace,
            content,
            dir,
            "--no-trackers",
            "--json",
            "--trace=/dev/null", // makes each piece an event
            "--peer",
            seed.address())) {
      // Some die while Java starts, some while the data is checked, most while data flows.
      String since = List.of("", "\"start\"", "\"piece\"", "\"piece\"").get(random.nextInt(4));
      Poll.until(
          () -> tsl.stdout().contains(since) || tsl.endsWithin(Duration.ZERO),
          START_LIMIT,
          tsl::log);
      int life = random.nextInt(LONGEST_LIFE_MILLIS);
      if (kills == KILLS || tsl.endsWithin(Duration.ofMillis(life))) {
        tsl.assertExit(0);
        return null;
      }
      if (random.nextBoolean()) { // in the middle of its last checkpoint
        tsl.terminate();
        tsl.endsWithin(Duration.ofMillis(random.nextInt(LONGEST_GOODBYE_MILLIS)));
      }
      tsl.kill();
      kills++;
      return verified(tsl);
    }
  }

  private static BitSet verified(TslProcess tsl) {
    BitSet verified = new BitSet();
    Matcher events = PIECE.matcher(tsl.stdout());
    while (events.find()) {
      verified.set(Integer.parseInt(events.group(1)));
    }
    return verified;
  }

  private BitSet rightOnDisk(Path dir) throws IOException {
    Path name = dir.resolve(content.info().name());
    if (!Files.exists(name)) {
      return content.rightPieces(name.resolveSibling(name.getFileName() + ".part"));
    }
    BitSet right = content.rightPieces(name);
    int all = content.info().layout().pieceCount();
    assertEquals(all, right.cardinality(), () -> "a name for what is not complete" + again());
    return right;
  }

  /**
   * What is on the disk after a life.
   *
   * @param before what was there when it began
   * @param verified what it said it had got
   */
  private void assertNothingLost(BitSet before, BitSet verified, BitSet now) {
    BitSet lost = (BitSet) before.clone();
    lost.or(verified);
    lost.andNot(now);
    assertEquals(new BitSet(), lost, () -> "verified and lost" + again());
    BitSet twice = (BitSet) verified.clone();
    twice.and(before);
    assertEquals(new BitSet(), twice, () -> "fetched though it was there" + again());
  }

  private void assertLittleLost(long sent, BitSet before, BitSet now) {
    BitSet gained = (BitSet) now.clone();
    gained.andNot(before);
    long lost = sent - gained.stream().mapToLong(content.info().layout()::pieceLength).sum();
    livesThatGained += gained.isEmpty() ? 0 : 1;
    mostLost = Math.max(mostLost, lost);
    assertTrue(lost <= MOST_IN_FLIGHT, () -> "on its way: " + lost + again());
  }

  private String again() {
    return " (-Dtsl.seed=" + randomSeed + ")";
  }
}
