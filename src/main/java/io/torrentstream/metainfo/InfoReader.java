package io.torrentstream.metainfo;

import io.torrentstream.bencode.BValue;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.util.List;

/**
 * Reads an info dictionary (BEP 3): checks all its numbers, so that the rest of the program can
 * compute with them, and has its files' names made safe.
 */
final class InfoReader {
  /**
   * What libtorrent takes too; real pieces have 16 KiB to 64 MiB. No memory is allocated by it:
   * that would let a torrent of a few bytes ask for half a gigabyte.
   */
  static final int MAX_PIECE_LENGTH = ((1 << 15) - 1) * PieceLayout.BLOCK_LENGTH;

  private final Fields info;
  private final Text text;
  private final SafeNames names;
  private final Warnings warnings;

  InfoReader(BValue.Dict info, Text text, NameRules rules, Warnings warnings) {
    this.info = new Fields(info, warnings);
    this.text = text;
    this.names = new SafeNames(rules);
    this.warnings = warnings;
  }

  /**
   * @param raw the dictionary's own bytes; the info-hash is taken over these
   */
  TorrentInfo read(byte[] raw) throws ProtocolException {
    checkVersion();
    InfoHash infoHash = InfoHash.of(Digests.sha1().digest(raw));
    String name = name(infoHash);
    int pieceLength = pieceLength();
    boolean folder = info.has("files");
    List<FileEntry> files =
        folder
            ? new FilesReader(name, text, names, warnings).read(info.list("files"))
            : List.of(new FileEntry(0, List.of(name), singleLength(), 0, false));
    byte[] hashes = hashes(pieceLength, files);
    return new TorrentInfo(
        infoHash,
        name,
        folder,
        new PieceLayout(pieceLength, lengths(files)),
        files,
        hashes,
        isPrivate(),
        raw);
  }

  /** Whether this is the v1 half of a hybrid (BEP 52); what is v2 alone was refused by read. */
  boolean isHybrid() {
    return metaVersion() == 2 && info.dict().dict("file tree") != null;
  }

  private void checkVersion() throws ProtocolException {
    // BEP 52: a later version must be recognised before anything else is validated.
    if (metaVersion() > 2) {
      throw new ProtocolException(
          "version: " + metaVersion() + " is not supported (expected: 1, or 2 as a hybrid)");
    }
    if (metaVersion() == 2 && !info.has("pieces")) {
      throw new ProtocolException(
          "version: v2-only torrents are not supported (expected: v1 or hybrid)");
    }
  }

  private long metaVersion() {
    return info.dict().integer("meta version", 1);
  }

  private String name(InfoHash infoHash) throws ProtocolException {
    String decoded = text.of(info.dict(), "name.utf-8", "name");
    if (decoded == null) {
      throw info.fault("name", "a string");
    }
    String name = names.torrent(decoded, infoHash.toString());
    if (!name.equals(decoded)) {
      warnings.add("name: changed to \"" + name + "\", which is safe here");
    }
    return name;
  }

  private int pieceLength() throws ProtocolException {
    long length = info.integer("piece length");
    if (length < 1 || length > MAX_PIECE_LENGTH) {
      throw new ProtocolException(
          "piece length: " + length + " (expected: 1.." + MAX_PIECE_LENGTH + ")");
    }
    return (int) length;
  }

  private long singleLength() throws ProtocolException {
    if (!info.has("length")) {
      throw new ProtocolException("length: missing, and so is files (expected: one of them)");
    }
    long length = info.integer("length");
    if (length < 0) {
      throw new ProtocolException("length: " + length + " (expected: >= 0)");
    }
    return length;
  }

  private static long[] lengths(List<FileEntry> files) {
    long[] lengths = new long[files.size()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = files.get(i).length();
    }
    return lengths;
  }

  private byte[] hashes(int pieceLength, List<FileEntry> files) throws ProtocolException {
    byte[] hashes = info.bytes("pieces");
    if (hashes.length % Digests.SHA1_BYTES != 0) {
      throw new ProtocolException(
          "pieces: "
              + hashes.length
              + " bytes (expected: a multiple of "
              + Digests.SHA1_BYTES
              + ")");
    }
    FileEntry last = files.get(files.size() - 1);
    long length = last.offset() + last.length();
    // Not (length + pieceLength - 1) / pieceLength, which can overflow.
    long pieces = length / pieceLength + (length % pieceLength == 0 ? 0 : 1);
    if (pieces != hashes.length / Digests.SHA1_BYTES) {
      throw new ProtocolException(
          "pieces: "
              + hashes.length / Digests.SHA1_BYTES
              + " hashes (expected: "
              + pieces
              + " for "
              + length
              + " bytes in pieces of "
              + pieceLength
              + ")");
    }
    return hashes;
  }

  private boolean isPrivate() {
    BValue.Int value = info.optional("private", BValue.Int.class);
    return value != null && value.value() != 0;
  }
}
