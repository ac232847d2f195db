package io.torrentstream.metainfo;

import static io.torrentstream.metainfo.TestTorrents.Sample.bad;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.torrentstream.metainfo.TestTorrents.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Files that are no bencoding, or not one value of it. */
final class BadBencode {
  private static final String NO_VALUE = " (expected: i, l, d or a digit)";
  private static final String OVER_63_BITS =
      "number: over 63 bits at byte %d (expected: <= 9223372036854775807)";
  private static final String TWICE = "key: twice in the dictionary at byte %d (expected: once)";
  private static final String TOO_DEEP = "depth: over 100 at byte %d (expected: <= 100)";

  private BadBencode() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    samples.addAll(otherFiles());
    samples.addAll(ends());
    samples.addAll(nesting());
    samples.addAll(strings());
    samples.addAll(integers());
    samples.addAll(keys());
    return samples;
  }

  /** One character of {@code text} is one byte. */
  private static Sample raw(String name, String why, String text, String error) {
    return bad(name, why, text.getBytes(ISO_8859_1), "bencode " + error);
  }

  /** A file that begins with what no value begins with. */
  private static Sample other(String name, String why, String text, String first) {
    return raw(name, why, text, "value: " + first + " at byte 0" + NO_VALUE);
  }

  /** What people and servers hand over instead of a torrent. */
  private static List<Sample> otherFiles() {
    String good = new String(BadSamples.plain().bytes(), ISO_8859_1);
    return List.of(
        bad("empty", "no bytes at all", new byte[0], "bencode: ends too early, after 0 bytes"),
        other("html", "a web page", "<html>Not found</html>", "'<'"),
        other("json", "JSON", "{\"failure\": \"no such torrent\"}", "'{'"),
        other("magnet", "a magnet link", "magnet:?xt=urn:btih:" + "0".repeat(40), "'m'"),
        other("gzip", "a compressed torrent", "\u001f\u008b\b\0\0\0\0\0\0\3", "byte 0x1f"),
        other("zip", "an archive", "PK\3\4\24\0\0\0", "'P'"),
        other("base64", "a torrent in base64", "ZDQ6aW5mb2Rl", "'Z'"),
        other("zeros", "512 zero bytes: the disk lost it", "\0".repeat(512), "byte 0x00"),
        other(
            "utf8_bom",
            "a byte order mark of UTF-8 first",
            "\u00ef\u00bb\u00bf" + good,
            "byte 0xef"),
        other("utf16", "in UTF-16", "\u00ff\u00fed\0004\0:\0", "byte 0xff"),
        other("leading_newline", "an empty line first", "\n" + good, "byte 0x0a"),
        other("leading_blank", "a blank first", " " + good, "byte 0x20"),
        other("upper_case", "types in upper case", "D4:INFODEE", "'D'"));
  }

  private static List<Sample> ends() {
    byte[] good = BadSamples.plain().bytes();
    String text = new String(good, ISO_8859_1);
    return List.of(
        bad(
            "truncated",
            "the end is missing",
            Arrays.copyOf(good, good.length - 1),
            "bencode: ends too early, after " + (good.length - 1) + " bytes"),
        bad(
            "truncated_to_d",
            "nothing but its first byte",
            Arrays.copyOf(good, 1),
            "bencode: ends too early, after 1 bytes"),
        raw(
            "truncated_in_pieces",
            "cut off within the hashes",
            text.substring(0, good.length - 22),
            "string length: 40 at byte 69 (expected: <= 20)"),
        bad(
            "truncated_in_integer",
            "cut off within an integer",
            "d4:infod6:lengthi12".getBytes(ISO_8859_1),
            "bencode: ends too early, after 19 bytes"),
        bad(
            "truncated_after_key",
            "cut off after a key",
            "d4:info".getBytes(ISO_8859_1),
            "bencode: ends too early, after 7 bytes"),
        bad(
            "trailing",
            "a byte too many",
            Arrays.copyOf(good, good.length + 1),
            "bencode: 1 bytes after the end (expected: none)"),
        bad(
            "trailing_newline",
            "a line break at the end",
            (text + "\n").getBytes(ISO_8859_1),
            "bencode: 1 bytes after the end (expected: none)"),
        bad(
            "two_torrents",
            "two torrents in one file",
            (text + text).getBytes(ISO_8859_1),
            "bencode: " + good.length + " bytes after the end (expected: none)"));
  }

  private static List<Sample> nesting() {
    return List.of(
        raw(
            "deep_lists",
            "20,000 lists in each other",
            "l".repeat(20_000),
            TOO_DEEP.formatted(100)),
        raw(
            "deep_dictionaries",
            "20,000 dictionaries in each other",
            "d1:a".repeat(20_000),
            TOO_DEEP.formatted(400)),
        raw(
            "deep_mixture",
            "lists and dictionaries in each other",
            "d1:al".repeat(60),
            TOO_DEEP.formatted(250)),
        raw(
            "deep_unknown_key",
            "well-formed, 101 deep, under a key that nobody reads",
            "d1:x" + "l".repeat(100) + "e".repeat(101),
            TOO_DEEP.formatted(103)));
  }

  private static List<Sample> strings() {
    return List.of(
        raw(
            "string_too_long",
            "a string longer than the file",
            "d4:info1000:xe",
            "string length: 1000 at byte 7 (expected: <= 2)"),
        raw(
            "string_2_31",
            "a string of 2^31 bytes",
            "d4:info2147483648:xe",
            "string length: 2147483648 at byte 7 (expected: <= 2)"),
        raw(
            "string_2_32",
            "a string of 2^32 + 1 bytes",
            "d4:info4294967297:xe",
            "string length: 4294967297 at byte 7 (expected: <= 2)"),
        raw(
            "string_2_63",
            "a string of 2^63 - 1 bytes",
            "d4:info9223372036854775807:xe",
            "string length: 9223372036854775807 at byte 7 (expected: <= 2)"),
        raw(
            "string_20_digits",
            "a string of 10^20 - 1 bytes",
            "d4:info99999999999999999999:xe",
            OVER_63_BITS.formatted(25)),
        raw(
            "string_negative",
            "a string of -1 bytes",
            "d-1:xe",
            "number: '-' at byte 1 (expected: a digit or ':')"),
        raw(
            "string_leading_zero",
            "a string's length with a leading zero",
            "d04:infodee",
            "string length: leading zero at byte 1 (expected: none)"),
        raw(
            "string_without_colon",
            "a blank for a colon",
            "d4 infodee",
            "number: byte 0x20 at byte 2 (expected: a digit or ':')"));
  }

  /** An info that is an integer written as {@code text}. */
  private static Sample integer(String name, String why, String text, String error) {
    return raw("integer_" + name, why, "d4:infoi" + text + "ee", error);
  }

  private static List<Sample> integers() {
    String digit = " (expected: a digit or 'e')";
    return List.of(
        integer(
            "leading_zero",
            "an integer with a leading zero",
            "01",
            "integer: leading zero at byte 8 (expected: none)"),
        integer(
            "negative_leading_zero",
            "a negative integer with a leading zero",
            "-01",
            "integer: leading zero at byte 9 (expected: none)"),
        integer(
            "negative_zero", "an integer that is -0", "-0", "integer: -0 at byte 7 (expected: 0)"),
        integer(
            "empty",
            "an integer without digits",
            "",
            "number: no digits at byte 8 (expected: at least one)"),
        integer(
            "minus",
            "an integer that is only its sign",
            "-",
            "number: no digits at byte 9 (expected: at least one)"),
        integer("two_signs", "an integer with two signs", "--1", "number: '-' at byte 9" + digit),
        integer("plus", "an integer with a plus", "+1", "number: '+' at byte 8" + digit),
        integer("blank", "an integer after a blank", " 1", "number: byte 0x20 at byte 8" + digit),
        integer("fraction", "a number that is no integer", "1.5", "number: '.' at byte 9" + digit),
        integer("comma", "an integer with a comma", "1,000", "number: ',' at byte 9" + digit),
        integer("hexadecimal", "a hexadecimal integer", "0x10", "number: 'x' at byte 9" + digit),
        integer("2_63", "an integer of 2^63", "9223372036854775808", OVER_63_BITS.formatted(26)),
        integer(
            "minus_2_63",
            "an integer of -2^63, the one of 64 bits that no client needs",
            "-9223372036854775808",
            OVER_63_BITS.formatted(27)),
        integer(
            "long", "an integer of 10,000 digits", "9".repeat(10_000), OVER_63_BITS.formatted(26)));
  }

  /** The good torrent with one of its keys there twice, with the same value or another. */
  private static Sample twice(String name, String key, String value) {
    byte[] torrent = BadSamples.plain().bytesWith(key, key + value + key);
    return bad(name, "the key twice: which one counts?", torrent, "bencode " + TWICE.formatted(7));
  }

  private static List<Sample> keys() {
    return List.of(
        raw(
            "info_twice",
            "two info dictionaries: which one is it?",
            "d4:infode4:infodee",
            TWICE.formatted(0)),
        twice("length_twice", "6:length", "i5e"),
        twice("name_twice", "4:name", "4:evil"),
        twice("piece_length_twice", "12:piece length", "i16384e"),
        twice("pieces_twice", "6:pieces", "0:"),
        raw(
            "key_is_an_integer",
            "a key that is an integer",
            "di1e4:infoe",
            "number: 'i' at byte 1 (expected: a digit or ':')"),
        raw(
            "key_is_a_list",
            "a key that is a list",
            "dle4:infoe",
            "number: 'l' at byte 1 (expected: a digit or ':')"),
        raw(
            "key_without_value",
            "a key without a value",
            "d4:infoe",
            "value: 'e' at byte 7" + NO_VALUE));
  }
}
