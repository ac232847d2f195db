package io.torrentstream.tool;

import io.torrentstream.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Finds the files of a torrent that is to be made. Confined to one thread.
 *
 * <p>A loop of symbolic links ends because a folder is not entered again inside itself. Links can
 * also lead to the same folders on ever more ways (two a level are a million after twenty), so the
 * number of entries is bounded, too.
 */
public final class ContentScan {
  /** No .torrent that tsl reads has so many; each takes 60 bytes of it or more. */
  private static final int MAX_ENTRIES = 500_000;

  /** What readers take at most ({@code FilesReader}). */
  private static final int MAX_DEPTH = 100;

  /**
   * Which files to take.
   *
   * @param includeHidden whether names that begin with a dot are taken, too
   * @param followLinks whether symbolic links stand for what they lead to, or are left out
   * @param excluded says of the path of a file or folder below the root, parts between slashes,
   *     whether to leave it out with all in it
   * @param output never taken: the .torrent, which may lie in the folder; or null
   */
  public record Rules(
      boolean includeHidden, boolean followLinks, Predicate<String> excluded, Path output) {}

  /** What is left out though nobody said so. */
  private enum LeftOut {
    LINK("symbolic link left out"),
    DANGLING("symbolic link left out, it leads nowhere"),
    LOOP("symbolic link left out, it leads to a folder that it lies in"),
    SPECIAL("neither a file nor a folder, left out");

    private final String text;

    LeftOut(String text) {
      this.text = text;
    }
  }

  private final Path root;
  private final Rules rules;
  private final SortedMap<byte[], Content.File> files = new TreeMap<>(Arrays::compareUnsigned);
  private final List<String> emptyFolders = new ArrayList<>();
  private final Map<LeftOut, List<String>> leftOut = new EnumMap<>(LeftOut.class);
  private int entries;
  private boolean holdsOutput;

  private ContentScan(Path root, Rules rules) {
    this.root = root;
    this.rules = rules;
  }

  /**
   * The name of a file or folder as it was called; the real one of {@code .} and the like.
   *
   * @throws CreateException when it has none that a torrent could have
   */
  public static String name(Path path) throws CreateException, StorageException {
    try {
      Path last = path.getFileName();
      boolean isNone = last == null || Set.of("", ".", "..").contains(last.toString());
      Path named = isNone ? realPath(path) : path;
      if (named.getFileName() == null) {
        throw new CreateException(path + ": has no name (expected: one for the torrent)");
      }
      return FileName.of(named);
    } catch (CreateException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(path, e);
    }
  }

  /**
   * Looks through a file or folder; a link that is named itself is always followed.
   *
   * @throws CreateException when what is there cannot become a torrent
   * @throws StorageException when it cannot be read
   */
  public static Content scan(Path path, Rules rules) throws CreateException, StorageException {
    try {
      return new ContentScan(realPath(path), rules).run();
    } catch (CreateException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(path, e);
    }
  }

  private static Path realPath(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (NoSuchFileException e) {
      throw new CreateException(path + ": no such file or folder");
    }
  }

  private Content run() throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(root, BasicFileAttributes.class);
    if (attributes.isDirectory()) {
      walk();
      if (files.isEmpty()) {
        throw new CreateException(root + ": no files to share (expected: at least one)");
      }
    } else if (attributes.isRegularFile()) {
      add(root, List.of(), attributes.size());
    } else {
      throw new CreateException(root + ": a special file (expected: a file or folder)");
    }
    return new Content(
        root,
        attributes.isDirectory(),
        List.copyOf(files.values()),
        List.copyOf(emptyFolders),
        rules.followLinks(),
        holdsOutput,
        notes());
  }

  private void walk() throws IOException {
    Set<FileVisitOption> options =
        rules.followLinks()
            ? EnumSet.of(FileVisitOption.FOLLOW_LINKS)
            : EnumSet.noneOf(FileVisitOption.class);
    Files.walkFileTree(root, options, Integer.MAX_VALUE, new Visitor());
  }

  private void add(Path file, List<String> parts, long length) throws IOException {
    for (Path named = file; !named.equals(root); named = named.getParent()) {
      FileName.of(named); // throws unless it is UTF-8
    }
    // Found out now, and not after hours of hashing.
    if (!Files.isReadable(file)) {
      throw new AccessDeniedException(file.toString());
    }
    byte[] key = String.join("/", parts).getBytes(StandardCharsets.UTF_8);
    files.put(key, new Content.File(file, parts, length));
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    leftOut.forEach(
        (kind, paths) -> {
          int more = paths.size() - 1;
          notes.add(
              paths.get(0) + ": " + kind.text + (more == 0 ? "" : " (and " + more + " more)"));
        });
    return List.copyOf(notes);
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    /** The names of the folders that the walk is in, below the root. */
    private final Deque<String> folders = new ArrayDeque<>();

    /** The folder that was entered last, until something is found in it. */
    private Path untouched;

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      if (!folder.equals(root)) {
        List<String> parts = parts(folder);
        if (isUnwanted(parts)) {
          return FileVisitResult.SKIP_SUBTREE;
        }
        folders.addLast(parts.get(parts.size() - 1));
      }
      untouched = folder;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      if (failure != null) {
        throw failure;
      }
      if (!folder.equals(root)) {
        if (folder.equals(untouched)) {
          emptyFolders.add(String.join("/", folders));
        }
        folders.removeLast();
      }
      untouched = null;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      List<String> parts = parts(file);
      if (isUnwanted(parts)) {
        return FileVisitResult.CONTINUE;
      }
      if (isOutput(file)) {
        holdsOutput = true;
      } else if (attributes.isRegularFile()) {
        add(file, parts, attributes.size());
      } else if (attributes.isSymbolicLink()) {
        leaveOut(rules.followLinks() ? LeftOut.DANGLING : LeftOut.LINK, parts);
      } else {
        leaveOut(LeftOut.SPECIAL, parts);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (file.equals(root)) {
        throw failure;
      }
      List<String> parts = parts(file);
      if (!isUnwanted(parts)) {
        if (!(failure instanceof FileSystemLoopException)) {
          throw failure;
        }
        leaveOut(LeftOut.LOOP, parts);
      }
      return FileVisitResult.CONTINUE;
    }

    /**
     * The names from below the root to an entry of the folder that the walk is in, as they are
     * shown: only those of files that are taken must be UTF-8.
     */
    private List<String> parts(Path entry) throws CreateException {
      untouched = null;
      if (++entries > MAX_ENTRIES) {
        throw new CreateException(
            root + ": more than " + MAX_ENTRIES + " files and folders (expected: fewer)");
      }
      if (folders.size() >= MAX_DEPTH) {
        throw new CreateException(
            entry + ": more than " + MAX_DEPTH + " names deep (expected: fewer)");
      }
      List<String> parts = new ArrayList<>(folders);
      parts.add(FileName.shown(entry));
      return List.copyOf(parts);
    }

    private boolean isUnwanted(List<String> parts) {
      boolean hidden = parts.get(parts.size() - 1).startsWith(".");
      return hidden && !rules.includeHidden() || rules.excluded().test(String.join("/", parts));
    }

    private boolean isOutput(Path file) throws IOException {
      Path output = rules.output();
      return output != null
          // Only a link can be the same file under another name.
          && (rules.followLinks() || file.getFileName().equals(output.getFileName()))
          && file.toRealPath().equals(output);
    }

    private void leaveOut(LeftOut kind, List<String> parts) {
      leftOut.computeIfAbsent(kind, k -> new ArrayList<>()).add(String.join("/", parts));
    }
  }
}
