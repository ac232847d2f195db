package io.torrentstream.cli;

import java.util.Locale;

/** Why a run failed: the stable words of the JSON output, each with its exit code. */
enum Reason {
  NO_PEERS(ExitCode.NETWORK),
  TRACKERS_FAILED(ExitCode.NETWORK),
  STALLED(ExitCode.NETWORK),
  DEADLINE(ExitCode.NETWORK),
  DISK_FULL(ExitCode.STORAGE),
  PERMISSION(ExitCode.STORAGE),
  IO(ExitCode.STORAGE),
  INVALID_TORRENT(ExitCode.INPUT),
  INVALID_MAGNET(ExitCode.INPUT),
  HOOK_FAILED(ExitCode.HOOK),
  USAGE(ExitCode.USAGE),
  INTERRUPTED(ExitCode.INTERRUPTED),
  BUG(ExitCode.BUG);

  private final int exitCode;

  Reason(int exitCode) {
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }

  /** The word as JSON has it: {@code "disk-full"}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
