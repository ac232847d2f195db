package io.torrentstream.metainfo;

import static io.torrentstream.metainfo.TestTorrents.Sample.good;
import static io.torrentstream.metainfo.TorrentBuilder.dict;
import static io.torrentstream.metainfo.TorrentBuilder.folder;
import static io.torrentstream.metainfo.TorrentBuilder.list;
import static io.torrentstream.metainfo.TorrentBuilder.num;
import static io.torrentstream.metainfo.TorrentBuilder.single;
import static io.torrentstream.metainfo.TorrentBuilder.str;
import static io.torrentstream.metainfo.TorrentBuilder.strings;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.TestTorrents.Sample;
import java.nio.charset.Charset;
import java.util.List;

/** Torrents whose names must be changed before they are put on a disk. */
final class NameSamples {
  private static final byte[] LATIN_1 = {'s', (byte) 0xFC, 'd'};

  private NameSamples() {}

  static List<Sample> all() {
    return List.of(
        name("name_dotdot", "the name is ..", "..", null),
        name("name_empty", "the name is empty", "", null),
        name("name_slash", "the name is /", "/", "_"),
        name("name_absolute", "the name is an absolute path", "/etc/passwd", "_etc_passwd"),
        name("name_own_folder", "the name is that of tsl's own folder", ".TSL", "_.TSL"),
        name(
            "name_emoji", "a name outside the basic plane", "\uD83C\uDF0A.txt", "\uD83C\uDF0A.txt"),
        name("name_bidi", "a name that reads exe.txt", "\u202Etxt.exe", "txt.exe"),
        name(
            "name_long",
            "a name of 300 two-byte letters",
            "\u00E4".repeat(300) + ".mkv",
            "\u00E4".repeat(123) + ".mkv"),
        files("path_dotdot", "paths with .. and .", path("..", "..", "a"), path(".", "a"))
            .at("folder/_/_/a", "folder/_/a"),
        files("path_slash", "separators inside names", path("../../a"), path("..\\..\\b"))
            .at("folder/.._.._a", "folder/.._.._b"),
        files("path_empty_name", "an empty name in the path", path("a", "", "b"))
            .at("folder/a/_/b"),
        files("path_control", "control characters", path("a\u001B[31m\u0007\n\u0085b"))
            .at("folder/a_[31m___b"),
        files("path_nul", "a NUL in a name", path("a\u0000.txt")).at("folder/a_.txt"),
        files("path_hidden", "zero width letters that leave ..", path(".\u200B.", "\uFEFF"))
            .at("folder/_/_"),
        files("path_windows", "what is special on Windows only", path("NUL.txt", "a:b", "c. "))
            .at("folder/NUL.txt/a:b/c. "),
        files("duplicates", "three files of one name", path("a.txt"), path("a.txt"), path("a.txt"))
            .at("folder/a.txt", "folder/a.1.txt", "folder/a.2.txt"),
        files(
                "duplicates_taken",
                "the name for a duplicate is taken",
                path("a"),
                path("a"),
                path("a.1"))
            .at("folder/a", "folder/a.1", "folder/a.1.1"),
        files("case_clash", "names that differ in case", path("Read.me"), path("READ.ME"))
            .at("folder/Read.me", "folder/READ.1.ME"),
        files("unicode_clash", "one name, composed and not", path("\u00E9"), path("e\u0301"))
            .at("folder/\u00E9", "folder/e\u0301.1"),
        files("file_is_folder", "a file where a folder is", path("a"), path("A", "b"))
            .at("folder/a.1", "folder/A/b"),
        files("part_clash", "a file where another is while unfinished", path("a"), path("a.part"))
            .at("folder/a", "folder/a.1.part"),
        files("cleaned_clash", "names that are one after cleaning", path("a/b"), path("a_b"))
            .at("folder/a_b", "folder/a_b.1"),
        latin1(),
        utf8Keys(),
        encoding());
  }

  /** A single file; without {@code safe} it gets the info-hash for a name. */
  private static Sample name(String file, String why, String name, String safe) {
    TorrentBuilder torrent = single(name, 5).pieces();
    return good(file, why, torrent, safe == null ? torrent.infoHash() : safe);
  }

  private static String[] path(String... parts) {
    return parts;
  }

  /** A folder of files that waits for its safe paths. */
  private record Unsafe(String file, String why, TorrentBuilder torrent) {
    Sample at(String... paths) {
      return good(file, why, torrent, paths);
    }
  }

  private static Unsafe files(String file, String why, String[]... paths) {
    TorrentBuilder torrent = folder("folder");
    for (String[] path : paths) {
      torrent.file(5, path);
    }
    return new Unsafe(file, why, torrent.pieces());
  }

  private static Sample latin1() {
    return good(
        "not_utf8",
        "names that are no UTF-8, nothing said of their encoding; two are equal when cleaned",
        folder("folder")
            .entry(5, file(LATIN_1))
            .entry(5, file(new byte[] {'s', (byte) 0xE4, 'd'}))
            // "/" in two bytes, which UTF-8 forbids, and half a surrogate pair.
            .entry(5, file(new byte[] {(byte) 0xC0, (byte) 0xAF}))
            .entry(5, file(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80, 'x'}))
            .pieces(),
        "folder/s_d",
        "folder/s_d.1",
        "folder/__",
        "folder/_x");
  }

  private static BValue file(byte[] name) {
    return dict("length", num(5), "path", list(str(name)));
  }

  private static Sample utf8Keys() {
    return good(
        "utf8_keys",
        "Latin 1 names with name.utf-8 and path.utf-8 beside them; one of the latter malformed",
        folder("unused")
            .info("name", str(LATIN_1))
            .info("name.utf-8", str("s\u00FCd"))
            .entry(
                5,
                dict(
                    "length", num(5),
                    "path", list(str(LATIN_1)),
                    "path.utf-8", strings("s\u00FCd")))
            .entry(
                5,
                dict(
                    "length", num(5),
                    "path", strings("plain"),
                    "path.utf-8", list(str(LATIN_1))))
            .pieces(),
        "s\u00FCd/s\u00FCd",
        "s\u00FCd/plain");
  }

  private static Sample encoding() {
    byte[] gbk = "\u6587\u4EF6".getBytes(Charset.forName("GBK"));
    return good(
        "encoding",
        "names in GBK, as the key encoding says",
        folder("folder").root("encoding", str("GBK")).entry(5, file(gbk)).pieces(),
        "folder/\u6587\u4EF6");
  }
}
