package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.interop.TestContent.Shape;
import io.torrentstream.util.Bitfield;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real disk that comes up again without what the system had not written to it yet. */
@ExtendWith(Workspace.Provider.class)
class PowerLossIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String SLOWLY = Integer.toString(16 << 20);
  private static final int DISK_MEBIBYTES = 200;

  private final Workspace workspace;
  private TestContent content;

  PowerLossIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void prepare() throws Exception {
    content = workspace.content(Shape.SINGLE_FILE, 64);
  }

  private TslProcess download(LibtorrentPeer seed, Path dir, String... options) throws Exception {
    String[] all = new String[options.length + 3];
    System.arraycopy(options, 0, all, 3, options.length);
    all[0] = "--no-trackers";
    all[1] = "--peer";
    all[2] = seed.address();
    return TslProcess.download(workspace, content, dir, all);
  }

  /** Data that is still in memory is lost, a resume file of the last run is not. */
  @Test
  void whatResumeDataListsIsOnTheDisk() throws Exception {
    try (Mounted disk = Mounted.ext4(workspace, DISK_MEBIBYTES);
        LibtorrentPeer seed =
            LibtorrentPeer.start(content, content.folder(), workspace, "--up", SLOWLY)) {
      Path dir = disk.folder();
      try (TslProcess tsl = download(seed, dir)) {
        tsl.awaitPieces(content, 20, LIMIT);
        tsl.terminate();
        tsl.assertExit(143);
      }
      try (Mounted after = disk.afterPowerLoss(workspace)) {
        BitSet right = content.rightPieces(part(after.folder()));
        BitSet missing = listed(after.folder());
        int kept = missing.cardinality();
        missing.andNot(right);
        assertEquals(new BitSet(), missing, "listed and not there");
        assertTrue(kept >= 20, "listed: " + kept);
        assertEndsRight(seed, after.folder(), kept);
      }
    }
  }

  /** Nothing was forced yet. */
  @Test
  void aRunThatIsCutOffIsGoneOnWith() throws Exception {
    try (Mounted disk = Mounted.ext4(workspace, DISK_MEBIBYTES);
        LibtorrentPeer seed =
            LibtorrentPeer.start(content, content.folder(), workspace, "--up", SLOWLY);
        TslProcess tsl = download(seed, disk.folder())) {
      tsl.awaitPieces(content, 20, LIMIT);
      try (Mounted after = disk.afterPowerLoss(workspace)) {
        tsl.kill();
        assertFalse(Files.exists(after.folder().resolve(content.info().name())));
        assertEndsRight(seed, after.folder(), 0);
      }
    }
  }

  /** With {@code --sync}, exit 0 says that no power loss can take it away. */
  @Test
  void whatWasForcedStays() throws Exception {
    try (Mounted disk = Mounted.ext4(workspace, DISK_MEBIBYTES);
        LibtorrentPeer seed = LibtorrentPeer.start(content, content.folder(), workspace);
        TslProcess tsl = download(seed, disk.folder(), "--sync")) {
      tsl.assertExit(0);
      try (Mounted after = disk.afterPowerLoss(workspace)) {
        assertTrue(content.isIn(after.folder()));
      }
    }
  }

  /** Also of what an earlier run had completed, and left to the system. */
  @Test
  void whatWasThereAlreadyIsForcedToo() throws Exception {
    try (Mounted disk = Mounted.ext4(workspace, DISK_MEBIBYTES);
        LibtorrentPeer seed = LibtorrentPeer.start(content, content.folder(), workspace)) {
      try (TslProcess tsl = download(seed, disk.folder())) {
        tsl.assertExit(0);
      }
      try (TslProcess tsl = download(seed, disk.folder(), "--sync")) {
        tsl.assertExit(0);
      }
      try (Mounted after = disk.afterPowerLoss(workspace)) {
        assertTrue(content.isIn(after.folder()));
      }
    }
  }

  private Path part(Path dir) {
    return dir.resolve(content.info().name() + ".part");
  }

  private BitSet listed(Path dir) throws Exception {
    Path resume = dir.resolve(".tsl").resolve(content.info().infoHash() + ".resume");
    byte[] bytes = Files.readAllBytes(resume);
    BValue.Dict root = (BValue.Dict) Bencode.read(bytes, Bencode.Limits.TORRENT);
    int count = content.info().layout().pieceCount();
    Bitfield pieces = Bitfield.fromBytes(root.dict("body").str("pieces").bytes(), count);
    BitSet listed = new BitSet();
    for (int p = pieces.nextSet(0); p >= 0; p = pieces.nextSet(p + 1)) {
      listed.set(p);
    }
    return listed;
  }

  private void assertEndsRight(LibtorrentPeer seed, Path dir, int kept) throws Exception {
    long sentBefore = seed.uploaded();
    try (TslProcess again = download(seed, dir)) {
      again.assertExit(0);
    }
    assertTrue(content.isIn(dir));
    long size = content.info().length();
    long most = size - (long) kept * content.info().layout().pieceLength() + size / 20;
    long sent = seed.uploaded() - sentBefore;
    assertTrue(sent <= most, () -> "sent: " + sent + " (expected: <= " + most + ")");
    Report.line("after power loss: " + kept + " pieces kept, " + sent + " bytes sent");
  }
}
