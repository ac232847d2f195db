package io.torrentstream.metainfo;

import java.util.List;

/**
 * One file of a torrent.
 *
 * @param index from 0, in the torrent's order, pad files counted
 * @param path where the file goes below the download directory: safe here ({@link NameRules}),
 *     different from every other file's path, never empty, and beginning with the torrent's name
 *     when the torrent is a folder; made up for a pad file, and shared by those
 * @param length in bytes, 0 or more
 * @param offset of its first byte in the torrent's one stream of bytes
 * @param padding a pad file (BEP 47): never written, known to be zeros
 */
public record FileEntry(int index, List<String> path, long length, long offset, boolean padding) {}
