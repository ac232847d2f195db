package io.torrentstream.cli;

import java.util.Locale;

/** Why a run failed: the stable words of the JSON output, each with its exit code. */
enum Reason {
  NO_PEERS(ExitCode.NETWORK, Reason.RESUME),
  TRACKERS_FAILED(ExitCode.NETWORK, Reason.RESUME),
  STALLED(ExitCode.NETWORK, Reason.RESUME),
  METADATA_TIMEOUT(ExitCode.NETWORK, "A link that names trackers or peers may help."),
  DEADLINE(ExitCode.NETWORK, Reason.RESUME),
  DISK_FULL(ExitCode.STORAGE, "Free some space and run the same command again: it resumes."),
  PERMISSION(ExitCode.STORAGE, "Grant that and run the same command again: it resumes."),
  IO(ExitCode.STORAGE, "Put that right and run the same command again: it resumes."),
  BAD_DATA(ExitCode.BAD_DATA, "Download what is missing first, or share the rest with --partial."),
  INVALID_TORRENT(ExitCode.INPUT, null),
  INVALID_MAGNET(ExitCode.INPUT, null),
  INVALID_PATH(ExitCode.INPUT, null),
  HOOK_FAILED(ExitCode.HOOK, "The download itself is complete and verified."),
  USAGE(ExitCode.USAGE, null),
  INTERRUPTED(ExitCode.INTERRUPTED, Reason.RESUME),
  BUG(ExitCode.BUG, null);

  private static final String RESUME = "Run the same command again: it resumes.";

  private final int exitCode;
  private final String advice;

  Reason(int exitCode, String advice) {
    this.exitCode = exitCode;
    this.advice = advice;
  }

  int exitCode() {
    return exitCode;
  }

  /** What usually helps, one line, or null. */
  String advice() {
    return advice;
  }

  /** The word as JSON has it: {@code "disk-full"}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
