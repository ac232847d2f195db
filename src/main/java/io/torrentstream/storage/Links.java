package io.torrentstream.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether data may lie behind symbolic links: where it is written never, where it is read yes. */
enum Links {
  REFUSED(LinkOption.NOFOLLOW_LINKS),
  FOLLOWED;

  private final List<LinkOption> options;

  Links(LinkOption... options) {
    this.options = List.of(options);
  }

  /** For opening a file. */
  Set<OpenOption> with(OpenOption... others) {
    Set<OpenOption> all = new HashSet<>(options);
    all.addAll(List.of(others));
    return all;
  }

  /** A FIFO would block whoever opens it, and a link could lead anywhere. */
  BasicFileAttributes requireRegular(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, array());
    if (!attributes.isRegularFile()) {
      throw new StorageException(path, "is in the way (expected: a regular file)");
    }
    return attributes;
  }

  /** What a regular file looks like; null when there is none. */
  Stamp stamp(Path path) throws IOException {
    return Stamp.of(path, array());
  }

  private LinkOption[] array() {
    return options.toArray(new LinkOption[0]);
  }
}
