package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.session.TorrentState;
import io.torrentstream.session.TorrentStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusTextTest {
  private static final long MIB = 1024 * 1024;

  private static TorrentStatus status(TorrentState state, int peers, int known, String error) {
    return status(state, peers, 0, known, error);
  }

  private static TorrentStatus status(
      TorrentState state, int peers, int webSeeds, int known, String error) {
    return new TorrentStatus(
        state, 100 * MIB, 25 * MIB, 50 * MIB, 0, 3 * MIB, 0, 0, 5 * MIB, 0, peers, 1, webSeeds,
        known, error);
  }

  @Test
  void downloading() {
    assertEquals(
        "25% of 100.0 MiB, 5.0 MiB/s down, 2 peers, ETA 0:15",
        StatusText.line(status(TorrentState.DOWNLOADING, 2, 9, null)));
  }

  @Test
  void waiting() {
    assertEquals(
        "25% of 100.0 MiB, looking for peers",
        StatusText.line(status(TorrentState.DOWNLOADING, 0, 0, null)));
    assertEquals(
        "25% of 100.0 MiB, connecting to 1 peer",
        StatusText.line(status(TorrentState.DOWNLOADING, 0, 1, null)));
    assertEquals(
        "25% of 100.0 MiB, no peers: connection refused",
        StatusText.line(status(TorrentState.DOWNLOADING, 0, 0, "connection refused")));
  }

  @Test
  void webSeedsAreNamedBesideThePeers() {
    assertEquals(
        "25% of 100.0 MiB, 5.0 MiB/s down, 1 web seed, ETA 0:15",
        StatusText.line(status(TorrentState.DOWNLOADING, 0, 1, 0, "every tracker failed")));
    assertEquals(
        "25% of 100.0 MiB, 5.0 MiB/s down, 3 peers, 2 web seeds, ETA 0:15",
        StatusText.line(status(TorrentState.DOWNLOADING, 3, 2, 3, null)));
  }

  @Test
  void otherStates() {
    assertEquals(
        "50% checked of 100.0 MiB", StatusText.line(status(TorrentState.CHECKING, 0, 0, null)));
    assertEquals(
        "seeding, 3.0 MiB sent, 0 B/s up, 2 peers",
        StatusText.line(status(TorrentState.SEEDING, 2, 2, null)));
    assertEquals("stopping", StatusText.line(status(TorrentState.STOPPED, 2, 2, null)));
  }

  @Test
  void theBarShowsTheShare() {
    assertEquals(
        "[####################--------------------] 50% checked of 100.0 MiB",
        StatusText.live(status(TorrentState.CHECKING, 0, 0, null), 200));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 40, 60, 61, 62, 70, 80, 100, 200})
  void theBarTakesOnlyTheRoomThatIsLeft(int width) {
    TorrentStatus status = status(TorrentState.DOWNLOADING, 2, 9, null);
    String numbers = StatusText.line(status);

    String live = StatusText.live(status, width);

    assertTrue(live.endsWith(numbers), live);
    assertTrue(live.length() < width || live.equals(numbers), live);
  }
}
