package io.torrentstream.metainfo;

import static io.torrentstream.metainfo.TestTorrents.Sample.bad;
import static io.torrentstream.metainfo.TorrentBuilder.dict;
import static io.torrentstream.metainfo.TorrentBuilder.folder;
import static io.torrentstream.metainfo.TorrentBuilder.list;
import static io.torrentstream.metainfo.TorrentBuilder.num;
import static io.torrentstream.metainfo.TorrentBuilder.single;
import static io.torrentstream.metainfo.TorrentBuilder.str;
import static io.torrentstream.metainfo.TorrentBuilder.strings;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.TestTorrents.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Torrents that must be refused, each for one reason. */
final class BadSamples {
  private static final String MAX = "536854528";

  private BadSamples() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    samples.addAll(bencode());
    samples.addAll(required());
    samples.addAll(pieces());
    samples.addAll(lengths());
    samples.addAll(files());
    samples.addAll(versions());
    return samples;
  }

  private static TorrentBuilder plain() {
    return single("file.bin", 20_000).pieces();
  }

  private static Sample raw(String name, String why, String text, String error) {
    return bad(name, why, text.getBytes(US_ASCII), "bencode" + error);
  }

  private static Sample info(String name, String why, TorrentBuilder torrent, String error) {
    return bad(name, why, torrent.bytes(), "info " + error);
  }

  private static List<Sample> bencode() {
    byte[] good = plain().bytes();
    byte[] trailing = Arrays.copyOf(good, good.length + 1);
    return List.of(
        raw("empty", "no bytes at all", "", ": ends too early, after 0 bytes"),
        raw(
            "html",
            "a web page",
            "<html>Not found</html>",
            " value: '<' at byte 0 (expected: i, l, d or a digit)"),
        bad(
            "truncated",
            "the end is missing",
            Arrays.copyOf(good, good.length - 1),
            "bencode: ends too early, after " + (good.length - 1) + " bytes"),
        bad(
            "trailing",
            "a byte too many",
            trailing,
            "bencode: 1 bytes after the end (expected: none)"),
        raw(
            "deep_lists",
            "20,000 lists in each other",
            "l".repeat(20_000),
            " depth: over 100 at byte 100 (expected: <= 100)"),
        raw(
            "deep_dictionaries",
            "20,000 dictionaries in each other",
            "d1:a".repeat(20_000),
            " depth: over 100 at byte 400 (expected: <= 100)"),
        raw(
            "string_too_long",
            "a string longer than the file",
            "d4:info1000:xe",
            " string length: 1000 at byte 7 (expected: <= 2)"),
        raw(
            "string_2_32",
            "a string of 2^32 + 1 bytes",
            "d4:info4294967297:xe",
            " string length: 4294967297 at byte 7 (expected: <= 2)"),
        raw(
            "string_20_digits",
            "a string of 10^20 - 1 bytes",
            "d4:info99999999999999999999:xe",
            " number: over 63 bits at byte 25 (expected: <= 9223372036854775807)"),
        raw(
            "string_negative",
            "a string of -1 bytes",
            "d-1:xe",
            " number: '-' at byte 1 (expected: a digit or ':')"),
        raw(
            "integer_leading_zero",
            "an integer with a leading zero",
            "d4:infoi01ee",
            " integer: leading zero at byte 8 (expected: none)"),
        raw(
            "integer_negative_zero",
            "an integer that is -0",
            "d4:infoi-0ee",
            " integer: -0 at byte 7 (expected: 0)"),
        raw(
            "integer_empty",
            "an integer without digits",
            "d4:infoiee",
            " number: no digits at byte 8 (expected: at least one)"),
        raw(
            "integer_2_63",
            "an integer of 2^63",
            "d4:infoi9223372036854775808ee",
            " number: over 63 bits at byte 26 (expected: <= 9223372036854775807)"),
        raw(
            "integer_long",
            "an integer of 10,000 digits",
            "d4:infoi" + "9".repeat(10_000) + "ee",
            " number: over 63 bits at byte 26 (expected: <= 9223372036854775807)"),
        raw(
            "info_twice",
            "two info dictionaries: which one is it?",
            "d4:infode4:infodee",
            " key: twice in the dictionary at byte 0 (expected: once)"));
  }

  private static List<Sample> required() {
    String notInfo = " (expected: a dictionary)";
    return List.of(
        bad(
            "not_a_dictionary",
            "a list",
            "le".getBytes(US_ASCII),
            "torrent: no dictionary (expected: one with info)"),
        bad("no_info", "no info", "de".getBytes(US_ASCII), "info: missing" + notInfo),
        bad(
            "info_is_a_list",
            "info is a list",
            "d4:infolee".getBytes(US_ASCII),
            "info: a list" + notInfo),
        info(
            "no_name", "no name", plain().info("name", null), "name: missing (expected: a string)"),
        info(
            "name_is_a_list",
            "the name is a list",
            plain().info("name", strings("a", "b")),
            "name: a list (expected: a string)"),
        info(
            "no_piece_length",
            "no piece length",
            plain().info("piece length", null),
            "piece length: missing (expected: an integer)"),
        info(
            "piece_length_is_a_string",
            "the piece length is a string",
            plain().info("piece length", str("16384")),
            "piece length: a string (expected: an integer)"),
        info(
            "no_pieces",
            "no hashes",
            plain().info("pieces", null),
            "pieces: missing (expected: a string)"),
        info(
            "pieces_is_a_list",
            "the hashes are a list",
            plain().info("pieces", list()),
            "pieces: a list (expected: a string)"),
        info(
            "no_length",
            "neither length nor files",
            plain().info("length", null),
            "length: missing, and so is files (expected: one of them)"),
        info(
            "length_is_a_string",
            "the length is a string",
            plain().info("length", str("5")),
            "length: a string (expected: an integer)"));
  }

  private static Sample pieceLength(String name, long value) {
    return info(
        "piece_length_" + name,
        "a piece length of " + value,
        plain().info("piece length", num(value)),
        "piece length: " + value + " (expected: 1.." + MAX + ")");
  }

  private static List<Sample> pieces() {
    String twoPieces = " hashes (expected: 2 for 20000 bytes in pieces of 16384)";
    return List.of(
        pieceLength("zero", 0),
        pieceLength("negative", -16384),
        pieceLength("512_mib", 512 << 20),
        pieceLength("2_31", 1L << 31),
        pieceLength("2_62", 1L << 62),
        info(
            "pieces_not_of_20",
            "41 bytes of hashes",
            plain().info("pieces", str(new byte[41])),
            "pieces: 41 bytes (expected: a multiple of 20)"),
        info(
            "pieces_too_few",
            "a hash is missing",
            plain().info("pieces", str(new byte[20])),
            "pieces: 1" + twoPieces),
        info(
            "pieces_too_many",
            "a hash too many",
            plain().info("pieces", str(new byte[60])),
            "pieces: 3" + twoPieces),
        info(
            "pieces_empty",
            "no hash for 20,000 bytes",
            plain().info("pieces", str("")),
            "pieces: 0" + twoPieces));
  }

  private static List<Sample> lengths() {
    long max = Long.MAX_VALUE;
    return List.of(
        info(
            "length_negative",
            "a negative length",
            plain().info("length", num(-1)),
            "length: -1 (expected: >= 0)"),
        info(
            "length_2_63",
            "a length that overflows when rounded up to pieces",
            plain().info("length", num(max)),
            "pieces: 2 hashes (expected: 562949953421312 for "
                + max
                + " bytes in pieces of 16384)"),
        info(
            "file_length_negative",
            "a negative length that a positive one hides",
            folder("folder").file(-10, "a").file(30_000, "b").pieces(),
            "files[0] length: -10 (expected: 0.." + max + ")"),
        info(
            "file_lengths_overflow",
            "lengths whose sum is 10 again",
            folder("folder")
                .file(max, "a")
                .file(max, "b")
                .file(12, "c")
                .info("pieces", str(new byte[20]))
                .pieces(),
            "files[1] length: " + max + " (expected: 0..0)"));
  }

  private static Sample path(String name, String why, BValue path, String error) {
    BValue file = path == null ? dict("length", num(5)) : dict("length", num(5), "path", path);
    return info(
        name,
        why,
        folder("folder").file(5, "a").entry(5, file).pieces(),
        "files[1] path: " + error);
  }

  private static List<Sample> files() {
    String[] deep = new String[101];
    Arrays.fill(deep, "x");
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
        info(
            "files_is_a_dictionary",
            "files is a dictionary, and there is a length",
            plain().info("files", dict()),
            "files: a dictionary (expected: a list)"),
        info(
            "files_of_integers",
            "files are integers",
            folder("folder").info("files", list(num(5), num(6))).pieces(),
            "files[0] file: another type (expected: a dictionary)"),
        info(
            "file_without_length",
            "a file without a length",
            folder("folder").entry(0, dict("path", strings("a"))).pieces(),
            "files[0] length: missing (expected: an integer)"),
        path("file_without_path", "a file without a path", null, "missing (expected: a list)"),
        path("path_empty", "an empty path", list(), "empty (expected: at least one name)"),
        path(
            "path_is_a_string", "a path that is a string", str("a"), "a string (expected: a list)"),
        path(
            "path_of_integers",
            "a path of integers",
            list(str("a"), num(1)),
            "holds other types (expected: strings)"),
        path(
            "path_deep",
            "a path of 101 names",
            strings(deep),
            "101 names deep (expected: <= 100)"));
  }

  private static List<Sample> versions() {
    BValue leaf = dict("", dict("length", num(5), "pieces root", str(new byte[32])));
    return List.of(
        info(
            "v2_only",
            "a v2 torrent (BEP 52) without a v1 half",
            single("a", 5)
                .info("length", null)
                .info("meta version", num(2))
                .info("file tree", dict("a", leaf)),
            "version: v2-only torrents are not supported (expected: v1 or hybrid)"),
        info(
            "version_3",
            "a later version",
            plain().info("meta version", num(3)),
            "version: 3 is not supported (expected: 1, or 2 as a hybrid)"));
  }
}
