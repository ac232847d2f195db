package io.torrentstream.cli;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.session.TorrentFailure;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Which files of a torrent are wanted: terms between commas, each a number as {@code tsl info}
 * shows it, a range of numbers, or a glob; {@code !} before a term takes files away. Terms are
 * applied from left to right, to nothing at first, or to all files when the first term takes away.
 * A {@link Glob} is compared with the path inside the torrent's folder.
 */
final class FileSpec {
  private static final Pattern NUMBERS = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

  private record Term(boolean exclude, Predicate<FileEntry> matches) {}

  private final String text;
  private final List<Term> terms = new ArrayList<>();

  private FileSpec(String text) {
    this.text = text;
  }

  /** Reads the form above. */
  static final class Converter implements ITypeConverter<FileSpec> {
    @Override
    public FileSpec convert(String value) {
      FileSpec spec = new FileSpec(value);
      for (String part : value.split(",", -1)) {
        boolean exclude = part.startsWith("!");
        String term = part.substring(exclude ? 1 : 0).strip();
        if (term.isEmpty()) {
          throw new TypeConversionException(value + " (expected: as 1,3-5,'*.pdf','!*.txt')");
        }
        spec.terms.add(new Term(exclude, matcher(term)));
      }
      return spec;
    }
  }

  private static Predicate<FileEntry> matcher(String term) {
    Matcher numbers = NUMBERS.matcher(term);
    if (numbers.matches()) {
      int first = Integer.parseInt(numbers.group(1));
      int last = numbers.group(2) == null ? first : Integer.parseInt(numbers.group(2));
      return file -> file.index() + 1 >= first && file.index() + 1 <= last;
    }
    Predicate<String> glob = Glob.of(term);
    return file -> glob.test(pathInFolder(file));
  }

  private static String pathInFolder(FileEntry file) {
    List<String> path = file.path();
    return String.join("/", path.size() == 1 ? path : path.subList(1, path.size()));
  }

  /**
   * The indices, from 0, of the wanted files; pad files are never among them.
   *
   * @throws CliException when none is left
   */
  BitSet select(TorrentInfo info) throws CliException {
    BitSet wanted = new BitSet();
    for (FileEntry file : info.files()) {
      boolean in = terms.get(0).exclude();
      for (Term term : terms) {
        in = term.matches().test(file) ? !term.exclude() : in;
      }
      wanted.set(file.index(), in && !file.padding());
    }
    if (wanted.isEmpty()) {
      throw new CliException(
          Reason.USAGE,
          "--files: " + text + " (expected: one of the " + info.files().size() + " files or more)",
          "tsl info lists the files with their numbers.",
          null);
    }
    return wanted;
  }

  /** The same for a torrent that is known only while it runs. */
  BitSet choose(TorrentInfo info) throws TorrentFailure {
    try {
      return select(info);
    } catch (CliException e) {
      throw new TorrentFailure(TorrentFailure.Reason.USAGE, e.getMessage(), e);
    }
  }
}
