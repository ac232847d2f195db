package io.torrentstream.metainfo;

import java.util.ArrayList;
import java.util.List;

/**
 * What was odd about a torrent but could be used, one line each. Only the first few are kept: a
 * torrent can hold a million oddities.
 */
final class Warnings {
  private static final int MAX_LINES = 20;

  private final List<String> lines = new ArrayList<>();
  private int more;

  void add(String line) {
    if (lines.size() < MAX_LINES) {
      lines.add(line);
    } else {
      more++;
    }
  }

  List<String> lines() {
    List<String> all = new ArrayList<>(lines);
    if (more > 0) {
      all.add("and " + more + " more warnings");
    }
    return List.copyOf(all);
  }
}
