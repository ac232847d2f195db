package io.torrentstream.metainfo;

import static io.torrentstream.metainfo.TestTorrents.Sample.good;
import static io.torrentstream.metainfo.TorrentBuilder.dict;
import static io.torrentstream.metainfo.TorrentBuilder.folder;
import static io.torrentstream.metainfo.TorrentBuilder.list;
import static io.torrentstream.metainfo.TorrentBuilder.num;
import static io.torrentstream.metainfo.TorrentBuilder.single;
import static io.torrentstream.metainfo.TorrentBuilder.str;
import static io.torrentstream.metainfo.TorrentBuilder.strings;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.TestTorrents.Sample;
import io.torrentstream.util.Digests;
import java.util.HexFormat;
import java.util.List;

/** Torrents that must work. */
final class GoodSamples {
  private static final String TRACKER = "http://tracker.example/announce";

  private GoodSamples() {}

  static List<Sample> all() {
    return List.of(
        good("single_file", "one file, two pieces, the last one short", plain(), "file.bin"),
        good(
            "multi_file",
            "a folder; the second piece spans three files",
            folder("folder")
                .file(20_000, "a.txt")
                .file(3, "sub", "b.txt")
                .file(30_000, "c")
                .pieces(),
            "folder/a.txt",
            "folder/sub/b.txt",
            "folder/c"),
        good(
            "empty_files",
            "empty files first, in between and last",
            folder("folder").file(0, "a").file(5, "b").file(0, "c").file(0, "d").pieces(),
            "folder/a",
            "folder/b",
            "folder/c",
            "folder/d"),
        good("zero_length", "one empty file, no pieces", single("empty", 0).pieces(), "empty"),
        good("one_byte", "one byte", single("byte", 1).pieces(), "byte"),
        good(
            "piece_length_1",
            "pieces of one byte",
            single("tiny", 3).info("piece length", num(1)).pieces(),
            "tiny"),
        good(
            "piece_length_odd",
            "pieces whose last block is short",
            single("odd", 100_000).info("piece length", num(40_000)).pieces(),
            "odd"),
        good(
            "piece_length_64_mib",
            "pieces of 64 MiB",
            single("big", 10).info("piece length", num(64 << 20)).pieces(),
            "big"),
        pads(),
        good(
            "pad_without_path",
            "a pad file without the path that BEP 47 makes optional",
            folder("folder")
                .file(10, "a")
                .entry(5, dict("attr", str("p"), "length", num(5)))
                .file(10, "b")
                .pieces(),
            "folder/a",
            "folder/b"),
        symlinks(),
        good(
            "attributes",
            "executable, hidden and unknown attributes",
            folder("folder")
                .entry(4, dict("attr", str("xhq"), "length", num(4), "path", strings("run.sh")))
                .pieces(),
            "folder/run.sh"),
        hybrid(),
        good(
            "unsorted_keys",
            "keys of the info dictionary in the wrong order",
            unsorted("d4:info" + UNSORTED_INFO + "e"),
            HexFormat.of().formatHex(Digests.sha1().digest(unsorted(UNSORTED_INFO))),
            "x"),
        good(
            "unknown_keys",
            "keys nobody knows, nested 50 deep, inside and outside of info",
            plain().info("zzz", nested(50)).root("aaa", nested(50)).root("", num(1)),
            "file.bin"),
        good("private", "a private torrent (BEP 27)", plain().info("private", num(1)), "file.bin"),
        good(
            "trackers",
            "tiers of trackers (BEP 12) with a repeated, an empty and a mistyped entry",
            plain()
                .root("announce", str("http://unused.example/announce"))
                .root(
                    "announce-list",
                    list(
                        strings("http://a.example/announce", "udp://b.example:6969"),
                        list(str(""), num(5)),
                        strings("http://a.example/announce", "https://c.example/announce"))),
            "file.bin"),
        good(
            "seeds_and_nodes",
            "web seeds (BEP 19, 17) and DHT nodes (BEP 5)",
            plain()
                .root("url-list", strings("http://seed.example/", "http://two.example/f"))
                .root("httpseeds", strings("http://seed.example/seed.php"))
                .root(
                    "nodes",
                    list(
                        list(str("router.example"), num(6881)),
                        list(str("2001:db8::1"), num(6882)),
                        list(str("bad.example"), num(0)))),
            "file.bin"),
        good(
            "descriptions",
            "comment, creator and date",
            plain()
                .root("announce", str(TRACKER))
                .root("comment", str("Zeros, \u00e4nd nothing else"))
                .root("created by", str("tsl"))
                .root("creation date", num(1_700_000_000)),
            "file.bin"),
        good("mistyped_optionals", "every optional key with a wrong type", mistyped(), "file.bin"));
  }

  private static TorrentBuilder plain() {
    return single("file.bin", 20_000).pieces();
  }

  private static Sample pads() {
    return good(
        "pad_files",
        "pad files (BEP 47), two of them under one name",
        folder("folder")
            .file(16_000, "a")
            .pad(384)
            .file(16_000, "b")
            .pad(384)
            .file(1, "c")
            .pieces(),
        "folder/a",
        "folder/b",
        "folder/c");
  }

  private static Sample symlinks() {
    BValue outside = strings("..", "..", "etc", "passwd");
    return good(
        "symlinks",
        "symbolic links (BEP 47), one out of the folder and without a length; then a file below it",
        folder("folder")
            .file(4, "target")
            .entry(
                0,
                dict(
                    "attr", str("l"),
                    "length", num(0),
                    "path", strings("link"),
                    "symlink path", strings("target")))
            .entry(0, dict("attr", str("l"), "path", strings("evil"), "symlink path", outside))
            .file(4, "evil", "x")
            .pieces(),
        "folder/target",
        "folder/link",
        "folder/evil.1",
        "folder/evil/x");
  }

  /** Files of one block, whose merkle root is the SHA-256 of their zeros (BEP 52). */
  private static Sample hybrid() {
    int pad = TorrentBuilder.PIECE_LENGTH - 1000;
    return good(
        "hybrid",
        "v1 and v2 in one (BEP 52)",
        folder("folder")
            .file(1000, "a")
            .pad(pad)
            .file(2000, "b")
            .info("meta version", num(2))
            .info("file tree", dict("a", leaf(1000), "b", leaf(2000)))
            .root("piece layers", dict())
            .pieces(),
        "folder/a",
        "folder/b");
  }

  private static BValue leaf(int length) {
    BValue root = str(Digests.sha256().digest(new byte[length]));
    return dict("", dict("length", num(length), "pieces root", root));
  }

  private static final String UNSORTED_INFO =
      "d6:pieces20:"
          + new String(Digests.sha1().digest(new byte[5]), ISO_8859_1)
          + "4:name1:x12:piece lengthi16384e6:lengthi5ee";

  private static byte[] unsorted(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static BValue nested(int depth) {
    BValue value = num(1);
    for (int i = 0; i < depth; i++) {
      value = i % 2 == 0 ? list(value) : dict("k", value);
    }
    return value;
  }

  private static TorrentBuilder mistyped() {
    return plain()
        .info("private", str("1"))
        .info("meta version", str("2"))
        .info("name.utf-8", num(1))
        .root("announce", num(1))
        .root("announce-list", str(TRACKER))
        .root("url-list", num(1))
        .root("httpseeds", dict())
        .root("nodes", str("router.example"))
        .root("comment", list())
        .root("comment.utf-8", num(1))
        .root("created by", num(1))
        .root("creation date", str("yesterday"))
        .root("encoding", num(1))
        .root("piece layers", num(1));
  }
}
