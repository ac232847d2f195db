package io.torrentstream.metainfo;

import static io.torrentstream.metainfo.TestTorrents.Sample.bad;
import static io.torrentstream.metainfo.TorrentBuilder.PIECE_LENGTH;
import static io.torrentstream.metainfo.TorrentBuilder.dict;
import static io.torrentstream.metainfo.TorrentBuilder.folder;
import static io.torrentstream.metainfo.TorrentBuilder.num;
import static io.torrentstream.metainfo.TorrentBuilder.single;
import static io.torrentstream.metainfo.TorrentBuilder.str;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.TestTorrents.Sample;
import java.util.ArrayList;
import java.util.List;

/** Torrents that must be refused, each for one reason. */
final class BadSamples {
  private static final String MAX = "536854528";

  private BadSamples() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    samples.addAll(BadBencode.all());
    samples.addAll(BadTypes.all());
    samples.addAll(pieces());
    samples.addAll(lengths());
    samples.addAll(BadFiles.all());
    samples.addAll(versions());
    return samples;
  }

  /** A good torrent of one file and two pieces, to be broken. */
  static TorrentBuilder plain() {
    return single("file.bin", 20_000).pieces();
  }

  /** One whose info dictionary is at fault. */
  static Sample info(String name, String why, TorrentBuilder torrent, String error) {
    return bad(name, why, torrent.bytes(), "info " + error);
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
        pieceLength("minus_1", -1),
        pieceLength("negative", -16384),
        pieceLength("over_limit", 536_854_529),
        pieceLength("512_mib", 512 << 20),
        pieceLength("2_31", 1L << 31),
        pieceLength("2_62", 1L << 62),
        info(
            "pieces_not_of_20",
            "41 bytes of hashes",
            plain().info("pieces", str(new byte[41])),
            "pieces: 41 bytes (expected: a multiple of 20)"),
        info(
            "pieces_of_19",
            "one byte short of a hash",
            single("file.bin", 5).info("pieces", str(new byte[19])),
            "pieces: 19 bytes (expected: a multiple of 20)"),
        info(
            "pieces_of_sha256",
            "SHA-256 hashes, of 32 bytes",
            plain().info("pieces", str(new byte[64])),
            "pieces: 64 bytes (expected: a multiple of 20)"),
        info(
            "pieces_in_hex",
            "hashes as hexadecimal digits",
            plain().info("pieces", str("0".repeat(80))),
            "pieces: 4" + twoPieces),
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
            "pieces: 0" + twoPieces),
        info(
            "pieces_for_nothing",
            "a hash for no bytes",
            single("empty", 0).info("pieces", str(new byte[20])),
            "pieces: 1 hashes (expected: 0 for 0 bytes in pieces of 16384)"),
        info(
            "pieces_for_each_file",
            "hashes that begin anew with each file",
            folder("folder").file(5, "a").file(5, "b").pieces().info("pieces", str(new byte[40])),
            "pieces: 2 hashes (expected: 1 for 10 bytes in pieces of 16384)"),
        info(
            "pieces_without_pads",
            "pad files that the hashes leave out",
            folder("folder")
                .file(5, "a")
                .pad(PIECE_LENGTH - 5)
                .file(5, "b")
                .pieces()
                .info("pieces", str(new byte[20])),
            "pieces: 1 hashes (expected: 2 for 16389 bytes in pieces of 16384)"));
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
            "length_least",
            "the least length of 64 bits that can be written",
            plain().info("length", num(-max)),
            "length: -" + max + " (expected: >= 0)"),
        info(
            "length_one_piece_more",
            "a byte more than the hashes are for",
            plain().info("length", num(2 * PIECE_LENGTH + 1)),
            "pieces: 2 hashes (expected: 3 for 32769 bytes in pieces of 16384)"),
        info(
            "length_one_piece_less",
            "a byte less than the hashes are for",
            plain().info("length", num(PIECE_LENGTH)),
            "pieces: 2 hashes (expected: 1 for 16384 bytes in pieces of 16384)"),
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
            "version: 3 is not supported (expected: 1, or 2 as a hybrid)"),
        info(
            "version_2_63",
            "the latest version of all",
            plain().info("meta version", num(Long.MAX_VALUE)),
            "version: 9223372036854775807 is not supported (expected: 1, or 2 as a hybrid)"),
        info(
            "hybrid_without_length",
            "a hybrid whose v1 half has no length",
            plain()
                .info("length", null)
                .info("meta version", num(2))
                .info("file tree", dict("a", leaf)),
            "length: missing, and so is files (expected: one of them)"));
  }
}
