package io.torrentstream.metainfo;

import static io.torrentstream.metainfo.BadSamples.info;
import static io.torrentstream.metainfo.BadSamples.plain;
import static io.torrentstream.metainfo.TorrentBuilder.dict;
import static io.torrentstream.metainfo.TorrentBuilder.folder;
import static io.torrentstream.metainfo.TorrentBuilder.list;
import static io.torrentstream.metainfo.TorrentBuilder.num;
import static io.torrentstream.metainfo.TorrentBuilder.str;
import static io.torrentstream.metainfo.TorrentBuilder.strings;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.TestTorrents.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Torrents whose list of files is at fault. */
final class BadFiles {
  private static final String NO_FILE = "files[0] file: another type (expected: a dictionary)";
  private static final String NO_NAMES = "holds other types (expected: strings)";

  private BadFiles() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    samples.addAll(lists());
    samples.addAll(lengths());
    samples.addAll(paths());
    return samples;
  }

  private static Sample files(String name, String why, BValue files, String error) {
    return info(name, why, plain().info("files", files), error);
  }

  private static List<Sample> lists() {
    return List.of(
        info(
            "files_empty",
            "no files",
            folder("folder").info("files", list()).pieces(),
            "files: none (expected: at least one)"),
        info(
            "files_only_pads",
            "nothing but pad files",
            folder("folder").pad(5).pieces(),
            "files: none (expected: at least one)"),
        files(
            "files_is_a_dictionary",
            "files is a dictionary, and there is a length",
            dict(),
            "files: a dictionary (expected: a list)"),
        files(
            "files_is_a_string",
            "files is a string, and there is a length",
            str("file.bin"),
            "files: a string (expected: a list)"),
        files(
            "files_is_an_integer",
            "files is an integer, and there is a length",
            num(1),
            "files: an integer (expected: a list)"),
        files("files_of_integers", "files are integers", list(num(5), num(6)), NO_FILE),
        files("files_of_strings", "files are strings", strings("a", "b"), NO_FILE),
        files("files_of_lists", "files are lists", list(strings("a")), NO_FILE),
        files(
            "files_mixed",
            "a file and a string",
            list(dict("length", num(5), "path", strings("a")), str("b")),
            "files[1] file: another type (expected: a dictionary)"));
  }

  /** One file that is at fault, alone in its folder. */
  private static Sample file(String name, String why, BValue file, String error) {
    return info(name, why, folder("folder").entry(0, file).pieces(), "files[0] " + error);
  }

  private static List<Sample> lengths() {
    BValue path = strings("a");
    long max = Long.MAX_VALUE;
    return List.of(
        file(
            "file_without_length",
            "a file without a length",
            dict("path", path),
            "length: missing (expected: an integer)"),
        file(
            "file_length_is_a_string",
            "a file's length that is a string",
            dict("length", str("5"), "path", path),
            "length: a string (expected: an integer)"),
        file(
            "file_length_is_a_list",
            "a file's length that is a list",
            dict("length", list(num(5)), "path", path),
            "length: a list (expected: an integer)"),
        file(
            "file_is_empty",
            "a file without any key",
            dict(),
            "length: missing (expected: an integer)"),
        file(
            "pad_without_length",
            "a pad file without a length",
            dict("attr", str("p")),
            "length: missing (expected: an integer)"),
        file(
            "pad_length_negative",
            "a pad file of -1 bytes",
            dict("attr", str("p"), "length", num(-1)),
            "length: -1 (expected: 0.." + max + ")"),
        info(
            "pad_lengths_overflow",
            "a pad file with which the lengths are over 63 bits",
            folder("folder")
                .file(5, "a")
                .pieces()
                .info(
                    "files",
                    list(
                        dict("length", num(5), "path", path),
                        dict("attr", str("p"), "length", num(max)))),
            "files[1] length: " + max + " (expected: 0.." + (max - 5) + ")"));
  }

  private static Sample path(String name, String why, BValue path, String error) {
    BValue file = path == null ? dict("length", num(5)) : dict("length", num(5), "path", path);
    return info(
        name,
        why,
        folder("folder").file(5, "a").entry(5, file).pieces(),
        "files[1] path: " + error);
  }

  private static List<Sample> paths() {
    String[] deep = new String[101];
    Arrays.fill(deep, "x");
    return List.of(
        path("file_without_path", "a file without a path", null, "missing (expected: a list)"),
        path("path_empty", "an empty path", list(), "empty (expected: at least one name)"),
        path(
            "path_is_a_string", "a path that is a string", str("a"), "a string (expected: a list)"),
        path(
            "path_is_an_integer",
            "a path that is an integer",
            num(1),
            "an integer (expected: a list)"),
        path(
            "path_is_a_dictionary",
            "a path that is a dictionary",
            dict("a", str("b")),
            "a dictionary (expected: a list)"),
        path("path_of_integers", "a path of integers", list(str("a"), num(1)), NO_NAMES),
        path("path_of_lists", "a path of lists", list(strings("a", "b")), NO_NAMES),
        path("path_of_dictionaries", "a path of dictionaries", list(dict()), NO_NAMES),
        path(
            "path_deep", "a path of 101 names", strings(deep), "101 names deep (expected: <= 100)"),
        info(
            "symlink_without_path",
            "a symbolic link without a path of its own",
            folder("folder")
                .file(5, "a")
                .entry(0, dict("attr", str("l"), "symlink path", strings("a")))
                .pieces(),
            "files[1] path: missing (expected: a list)"));
  }
}
