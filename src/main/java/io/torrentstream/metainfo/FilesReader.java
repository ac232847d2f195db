package io.torrentstream.metainfo;

import io.torrentstream.bencode.BValue;
import io.torrentstream.util.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code files} list of an info dictionary (BEP 3, attributes of BEP 47). */
final class FilesReader {
  /** As libtorrent; no honest torrent comes near, and each level is a folder to make. */
  private static final int MAX_DEPTH = 100;

  private static final String PAD = ".pad";

  private final String name;
  private final Text text;
  private final SafeNames names;
  private final Warnings warnings;
  private final PathTree tree;

  /**
   * @param name of the torrent, made safe: all files go below it
   */
  FilesReader(String name, Text text, SafeNames names, Warnings warnings) {
    this.name = name;
    this.text = text;
    this.names = names;
    this.warnings = warnings;
    this.tree = new PathTree(names);
  }

  List<FileEntry> read(List<BValue> items) throws ProtocolException {
    List<FileEntry> files = new ArrayList<>(items.size());
    long offset = 0;
    boolean anyData = false;
    PathTree.Folder[] folders = new PathTree.Folder[items.size()];
    for (BValue item : items) {
      FileEntry file = fileAt(files.size(), item, offset);
      if (!file.padding()) {
        anyData = true;
        folders[files.size()] = tree.folderOf(file.path());
      }
      files.add(file);
      offset += file.length();
    }
    if (!anyData) {
      throw new ProtocolException("files: none (expected: at least one)");
    }
    for (int i = 0; i < folders.length; i++) {
      if (folders[i] != null) {
        files.set(i, place(files.get(i), folders[i]));
      }
    }
    return List.copyOf(files);
  }

  private FileEntry fileAt(int index, BValue item, long offset) throws ProtocolException {
    try {
      if (!(item instanceof BValue.Dict dict)) {
        throw new ProtocolException("file: another type (expected: a dictionary)");
      }
      return file(index, new Fields(dict, warnings), offset);
    } catch (ProtocolException e) {
      throw new ProtocolException("files[" + index + "] " + e.getMessage());
    }
  }

  private FileEntry file(int index, Fields file, long offset) throws ProtocolException {
    String attributes = attributes(file);
    if (attributes.indexOf('l') >= 0) {
      // BEP 47 symbolic links are never made: later files of the torrent, or of another one, could
      // be led out of the download directory by them. They hold no bytes, so an empty file does.
      warnings.add("file " + (index + 1) + ": a symbolic link (stored as an empty file)");
      return new FileEntry(index, path(index, file), 0, offset, false);
    }
    long length = file.integer("length");
    if (length < 0 || length > Long.MAX_VALUE - offset) {
      throw new ProtocolException(
          "length: " + length + " (expected: 0.." + (Long.MAX_VALUE - offset) + ")");
    }
    if (attributes.indexOf('p') >= 0) {
      // Never written, so its own name does not matter (BEP 47: it may even be missing).
      return new FileEntry(index, List.of(name, PAD, Long.toString(length)), length, offset, true);
    }
    return new FileEntry(index, path(index, file), length, offset, false);
  }

  private static String attributes(Fields file) {
    BValue.Str attributes = file.optional("attr", BValue.Str.class);
    return attributes == null ? "" : attributes.utf8();
  }

  private List<String> path(int index, Fields file) throws ProtocolException {
    List<String> parts = text.listOf(file.dict(), "path.utf-8", "path");
    if (parts == null) {
      throw file.list("path").isEmpty()
          ? new ProtocolException("path: empty (expected: at least one name)")
          : new ProtocolException("path: holds other types (expected: strings)");
    }
    if (parts.size() > MAX_DEPTH) {
      throw new ProtocolException(
          "path: " + parts.size() + " names deep (expected: <= " + MAX_DEPTH + ")");
    }
    String[] path = new String[parts.size() + 1];
    path[0] = name;
    boolean changed = false;
    for (int i = 1; i < path.length; i++) {
      String part = parts.get(i - 1);
      path[i] = names.component(part);
      changed |= !path[i].equals(part);
    }
    if (changed) {
      warnRenamed(index, List.of(path));
    }
    return List.of(path);
  }

  private FileEntry place(FileEntry file, PathTree.Folder folder) {
    List<String> path = tree.place(file.path(), folder);
    if (path == file.path()) {
      return file;
    }
    warnRenamed(file.index(), path);
    return new FileEntry(file.index(), path, file.length(), file.offset(), false);
  }

  private void warnRenamed(int index, List<String> path) {
    warnings.add(
        "file "
            + (index + 1)
            + ": renamed to \""
            + path.get(path.size() - 1)
            + "\", which is safe here");
  }
}
