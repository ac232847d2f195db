package io.torrentstream.metainfo;

import static io.torrentstream.metainfo.BadSamples.info;
import static io.torrentstream.metainfo.BadSamples.plain;
import static io.torrentstream.metainfo.TestTorrents.Sample.bad;
import static io.torrentstream.metainfo.TorrentBuilder.dict;
import static io.torrentstream.metainfo.TorrentBuilder.list;
import static io.torrentstream.metainfo.TorrentBuilder.num;
import static io.torrentstream.metainfo.TorrentBuilder.str;
import static io.torrentstream.metainfo.TorrentBuilder.strings;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.TestTorrents.Sample;
import java.util.ArrayList;
import java.util.List;

/** Torrents without a key that they need, or with a value of another type. */
final class BadTypes {
  private BadTypes() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    samples.addAll(roots());
    samples.addAll(missing());
    samples.addAll(types());
    return samples;
  }

  private static Sample root(String name, String why, String text, String error) {
    return bad(name, why, text.getBytes(US_ASCII), error);
  }

  private static List<Sample> roots() {
    String notTorrent = "torrent: no dictionary (expected: one with info)";
    String notInfo = " (expected: a dictionary)";
    return List.of(
        root("not_a_dictionary", "a list", "le", notTorrent),
        root("root_is_an_integer", "an integer", "i0e", notTorrent),
        root("root_is_a_string", "a string", "4:info", notTorrent),
        root("root_in_a_list", "a torrent in a list", "ld4:infodeee", notTorrent),
        root("no_info", "no info", "de", "info: missing" + notInfo),
        root("info_in_capitals", "no info, but Info", "d4:Infodee", "info: missing" + notInfo),
        root(
            "tracker_answer",
            "what a tracker answers to an announce",
            "d8:intervali1800e5:peers0:e",
            "info: missing" + notInfo),
        root(
            "tracker_failure",
            "what a tracker answers to a download without a login",
            "d14:failure reason9:not foride",
            "info: missing" + notInfo),
        root("info_is_a_list", "info is a list", "d4:infolee", "info: a list" + notInfo),
        root("info_is_a_string", "info is a string", "d4:info2:dee", "info: a string" + notInfo),
        root(
            "info_is_an_integer",
            "info is an integer",
            "d4:infoi1ee",
            "info: an integer" + notInfo),
        root(
            "info_empty",
            "info is empty",
            "d4:infodee",
            "info name: missing (expected: a string)"));
  }

  private static List<Sample> missing() {
    return List.of(
        info(
            "no_name", "no name", plain().info("name", null), "name: missing (expected: a string)"),
        info(
            "no_piece_length",
            "no piece length",
            plain().info("piece length", null),
            "piece length: missing (expected: an integer)"),
        info(
            "no_pieces",
            "no hashes",
            plain().info("pieces", null),
            "pieces: missing (expected: a string)"),
        info(
            "no_length",
            "neither length nor files",
            plain().info("length", null),
            "length: missing, and so is files (expected: one of them)"),
        info(
            "pieces_outside_info",
            "the hashes beside info, where no info-hash protects them",
            plain().info("pieces", null).root("pieces", str(new byte[40])),
            "pieces: missing (expected: a string)"));
  }

  /** A required key with a value of a type that it cannot have. */
  private static Sample type(String key, BValue value, String is, String expected) {
    return info(
        key.replace(' ', '_') + "_is_" + is.replace(' ', '_'),
        "the " + key + " is " + is,
        plain().info(key, value),
        key + ": " + is + " (expected: " + expected + ")");
  }

  private static List<Sample> types() {
    return List.of(
        type("name", strings("a", "b"), "a list", "a string"),
        type("name", num(5), "an integer", "a string"),
        type("name", dict(), "a dictionary", "a string"),
        type("piece length", str("16384"), "a string", "an integer"),
        type("piece length", list(), "a list", "an integer"),
        type("piece length", dict(), "a dictionary", "an integer"),
        type("pieces", list(), "a list", "a string"),
        type("pieces", num(40), "an integer", "a string"),
        type("pieces", dict(), "a dictionary", "a string"),
        type("length", str("5"), "a string", "an integer"),
        type("length", list(num(20_000)), "a list", "an integer"),
        type("length", dict(), "a dictionary", "an integer"));
  }
}
