package io.torrentstream.cli;

import io.torrentstream.storage.StorageOptions;
import picocli.CommandLine.Option;

/** The options that say where and how data is stored. */
final class StorageArguments {
  /** When a file's blocks are written. */
  enum Allocation {
    SPARSE,
    FULL
  }

  @Option(
      names = {"-d", "--dir"},
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the data goes (the current folder).")
  private String dir;

  @Option(
      names = "--check",
      fallbackValue = "true",
      description = "Distrust resume data: hash all that is there.")
  private boolean check;

  @Option(
      names = "--allocate",
      paramLabel = "sparse|full",
      defaultValue = "sparse",
      description = "Reserve a file's space as it is needed, or all at the start (sparse).")
  private Allocation allocate;

  @Option(
      names = "--sync",
      fallbackValue = "true",
      description = "Force files to disk before they get their names.")
  private boolean sync;

  @Option(
      names = "--storage",
      paramLabel = "mmap|file",
      defaultValue = "mmap",
      description = "Write through mapped memory or plain calls (mmap).")
  private StorageOptions.Kind storage;

  StorageOptions storageOptions(Console console) throws CliException {
    return new StorageOptions(
        console.path(dir, "--dir"), storage, allocate == Allocation.FULL, sync, check);
  }
}
