package io.torrentstream.metainfo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the folder {@code test-torrents}: small .torrent files, good and bad, with what is to be
 * expected of each. The result is checked in; {@link CorpusTest} reads it and checks that this
 * program still gives the same bytes.
 *
 * <p>Run {@code main} from the project's folder after changing a sample.
 */
final class TestTorrents {
  static final Path FOLDER = Path.of("test-torrents");

  /** Made and checked by the demo. */
  static final String DEMO = "demo.torrent";

  /**
   * One file of the folder.
   *
   * @param name without .torrent
   * @param why what is special, one line of the README
   * @param error the message it is refused with; null for a good one
   * @param infoHash of a good one, taken by the builder and never by the code under test
   * @param paths of a good one's files but the pads, as they would be on disk
   */
  record Sample(
      String name, String why, byte[] bytes, String error, String infoHash, String paths) {

    static Sample good(String name, String why, TorrentBuilder torrent, String... paths) {
      return good(name, why, torrent.bytes(), torrent.infoHash(), paths);
    }

    static Sample good(String name, String why, byte[] bytes, String infoHash, String... paths) {
      return new Sample(name, why, bytes, null, infoHash, String.join(" | ", paths));
    }

    static Sample bad(String name, String why, byte[] bytes, String error) {
      return new Sample(name, why, bytes, error, null, null);
    }

    String file() {
      return name + ".torrent";
    }
  }

  private TestTorrents() {}

  static List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    samples.addAll(GoodSamples.all());
    samples.addAll(NameSamples.all());
    samples.addAll(BadSamples.all());
    return samples;
  }

  /** One line a sample: file, good or bad, info-hash or message, paths. */
  static String expected() {
    StringBuilder lines = new StringBuilder();
    for (Sample sample : samples()) {
      lines.append(sample.file()).append('\t');
      if (sample.error() == null) {
        lines.append("good\t").append(sample.infoHash()).append('\t').append(sample.paths());
      } else {
        lines.append("bad\t").append(sample.error());
      }
      lines.append('\n');
    }
    return lines.toString();
  }

  static String readme() {
    StringBuilder text = new StringBuilder(INTRODUCTION);
    section(text, "Good", GoodSamples.all());
    section(text, "Good, with names that must be made safe", NameSamples.all());
    section(text, "Bad", BadSamples.all());
    return text.toString();
  }

  private static void section(StringBuilder text, String title, List<Sample> samples) {
    text.append("\n## ").append(title).append("\n\n| file | what it is |\n|---|---|\n");
    for (Sample sample : samples) {
      text.append("| `" + sample.file() + "` | " + sample.why() + " |\n");
    }
  }

  private static final String INTRODUCTION =
      """
      # Test torrents

      Tiny .torrent files, one for each defect and one for each thing that must work.
      `expected.tsv` says of each whether it is good or bad, then its info-hash and the paths of its
      files, or the message it is refused with. `CorpusTest` checks all of them, `BadTorrentsTest`
      that every command refuses the bad ones with that one line and exit code 3. The data they
      describe is all zeros.

      `demo.torrent` belongs to `tsl demo`. All others, `expected.tsv` and this file are written by
      `io.torrentstream.metainfo.TestTorrents` in `src/test/java`; after a change there:

          mvn test-compile
          java -cp target/classes:target/test-classes io.torrentstream.metainfo.TestTorrents

      Info-hashes of the good ones are those that libtorrent 2.0.8 gives, where it takes them: it
      refuses `zero_length`, `name_dotdot`, `name_empty` and `name_slash`.
      """;

  public static void main(String[] args) throws IOException {
    Files.createDirectories(FOLDER);
    for (Sample sample : samples()) {
      Files.write(FOLDER.resolve(sample.file()), sample.bytes());
    }
    Files.write(FOLDER.resolve("expected.tsv"), expected().getBytes(UTF_8));
    Files.write(FOLDER.resolve("README.md"), readme().getBytes(UTF_8));
  }
}
