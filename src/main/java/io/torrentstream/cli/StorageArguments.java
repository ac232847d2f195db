package io.torrentstream.cli;

import io.torrentstream.storage.StorageOptions;

/** The options that say where and how data is stored. */
final class StorageArguments {
  /** When a file's blocks are written. */
  enum Allocation {
    SPARSE,
    FULL
  }

  private final Opt<String> dir =
      Opt.text("-d, --dir", "DIR", "Where the data goes (the current folder).").orElse(".");

  private final Opt<Boolean> check =
      Opt.flag("--check", "Distrust resume data: hash all that is there.");

  private final Opt<Allocation> allocate =
      Opt.word(
              "--allocate",
              "sparse|full",
              Allocation.class,
              "Reserve a file's space as it is needed, or all at the start (sparse).")
          .orElse("sparse");

  private final Opt<Boolean> sync =
      Opt.flag("--sync", "Force files to disk before they get their names.");

  private final Opt<StorageOptions.Kind> storage =
      Opt.word(
              "--storage",
              "mmap|file",
              StorageOptions.Kind.class,
              "Write through mapped memory or plain calls (mmap).")
          .orElse("mmap");

  Opt<?>[] all() {
    return new Opt<?>[] {dir, check, allocate, sync, storage};
  }

  StorageOptions storageOptions(Console console) throws CliException {
    return new StorageOptions(
        console.path(dir.get(), "--dir"),
        storage.get(),
        allocate.get() == Allocation.FULL,
        sync.get(),
        check.get());
  }
}
