package io.torrentstream.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The few files that one lane keeps open: a torrent may have more files than a process may have
 * descriptors. The least recently used one is closed first. Confined to one lane.
 */
final class OpenFiles {
  private static final int MAX_OPEN = 24;

  /** Opens a file by its number. */
  @FunctionalInterface
  interface Opener {
    FileChannel open(int target) throws IOException;
  }

  private final Opener opener;
  private final LinkedHashMap<Integer, FileChannel> channels = new LinkedHashMap<>(32, 0.75f, true);
  private int lastTarget = -1;
  private FileChannel last;

  OpenFiles(Opener opener) {
    this.opener = opener;
  }

  /** The open channel of a file; valid until the next call. */
  FileChannel get(int target) throws IOException {
    if (target == lastTarget) {
      return last;
    }
    FileChannel channel = channels.get(target);
    if (channel == null) {
      channel = open(target);
      channels.put(target, channel);
      closeEldest();
    }
    lastTarget = target;
    last = channel;
    return channel;
  }

  private FileChannel open(int target) throws IOException {
    try {
      return opener.open(target);
    } catch (FileSystemException e) {
      if (channels.isEmpty()) {
        throw e;
      }
      close(); // it may have been one descriptor too many: once more with none of ours
      return opener.open(target);
    }
  }

  private void closeEldest() throws IOException {
    if (channels.size() > MAX_OPEN) {
      Iterator<Map.Entry<Integer, FileChannel>> eldest = channels.entrySet().iterator();
      FileChannel channel = eldest.next().getValue();
      eldest.remove();
      channel.close();
    }
  }

  void close() throws IOException {
    lastTarget = -1;
    last = null;
    for (FileChannel channel : channels.values()) {
      channel.close();
    }
    channels.clear();
  }
}
