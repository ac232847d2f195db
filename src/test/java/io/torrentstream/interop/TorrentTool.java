package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes .torrent files with a program that is not tsl. */
enum TorrentTool {
  MKTORRENT("mktorrent", "-a") {
    @Override
    List<String> pieceLengthOption(int log2) {
      return List.of("-l", Integer.toString(log2));
    }
  },
  TRANSMISSION_CREATE("transmission-create", "-t") {
    @Override
    List<String> pieceLengthOption(int log2) {
      return List.of("-s", Integer.toString((1 << log2) / 1024));
    }
  };

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int MKTORRENT_SMALLEST_LOG2 = 15;

  private final String program;
  private final String trackerOption;

  TorrentTool(String program, String trackerOption) {
    this.program = program;
    this.trackerOption = trackerOption;
  }

  abstract List<String> pieceLengthOption(int log2);

  /**
   * The installed tool (or the test is skipped). transmission-create leaves out empty files, so it
   * is only for what mktorrent cannot do.
   */
  static TorrentTool assumeInstalled(int pieceLengthLog2) {
    TorrentTool tool = pieceLengthLog2 >= MKTORRENT_SMALLEST_LOG2 ? MKTORRENT : TRANSMISSION_CREATE;
    tool.assumeInstalled();
    return tool;
  }

  /** Skips the test where the tool is not installed. */
  void assumeInstalled() {
    Installed.assumeProgram(program);
  }

  /**
   * Hashes the file or folder {@code content}.
   *
   * @param trackers one tier each
   * @param options more of the tool's own
   */
  void make(
      Path torrent, Path content, int pieceLengthLog2, List<String> trackers, String... options)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(pieceLengthOption(pieceLengthLog2));
    for (String tracker : trackers) {
      command.addAll(List.of(trackerOption, tracker));
    }
    command.addAll(List.of(options));
    command.addAll(List.of("-o", torrent.toString(), content.toString()));
    try (ChildProcess process = ChildProcess.start(program, torrent.getParent(), command)) {
      assertEquals(0, process.await(LIMIT), process::log);
    }
  }
}
