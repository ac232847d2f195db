package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import io.torrentstream.metainfo.MagnetUri;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.List;

/**
 * What {@code info} shows of a magnet link that it does not follow. Everything in a {@link
 * MagnetUri} is fit for a terminal.
 */
final class MagnetInfo {
  private MagnetInfo() {}

  /** For people; the lines, each ended. */
  static String text(MagnetUri magnet) {
    StringBuilder text = new StringBuilder();
    line(text, "name", magnet.name() == null ? List.of() : List.of(magnet.name()));
    line(text, "info-hash", List.of(magnet.infoHash().toString()));
    line(text, "v2", magnet.infoHashV2() == null ? List.of() : List.of(magnet.infoHashV2()));
    line(text, "files", magnet.files() == null ? List.of() : List.of(numbers(magnet.files())));
    line(text, "trackers", magnet.trackers());
    line(text, "web seeds", magnet.webSeeds());
    line(text, "peers", peers(magnet));
    return text.toString();
  }

  /**
   * The members of {@code info --json} that a link tells, the others null. Each tracker is a tier.
   */
  static void write(MagnetUri magnet, String link, JsonWriter json) throws IOException {
    json.name("name").value(magnet.name());
    json.name("infoHash").value(magnet.infoHash().toString());
    json.name("infoHashV2").value(magnet.infoHashV2());
    for (String unknown :
        List.of(
            "version",
            "size",
            "pieceLength",
            "pieces",
            "private",
            "comment",
            "createdBy",
            "creationDate")) {
      json.name(unknown).nullValue();
    }
    json.name("trackers").beginArray();
    for (String tracker : magnet.trackers()) {
      json.beginArray().value(tracker).endArray();
    }
    json.endArray();
    strings(magnet.webSeeds(), json.name("webSeeds"));
    json.name("nodes").beginArray().endArray();
    json.name("files").nullValue();
    json.name("wantedFiles");
    if (magnet.files() == null) {
      json.nullValue();
    } else {
      json.value(numbers(magnet.files()));
    }
    strings(peers(magnet), json.name("peers"));
    json.name("magnet").value(link);
    strings(magnet.warnings(), json.name("warnings"));
  }

  private static void strings(List<String> strings, JsonWriter json) throws IOException {
    json.beginArray();
    for (String string : strings) {
      json.value(string);
    }
    json.endArray();
  }

  private static List<String> peers(MagnetUri magnet) {
    return magnet.peers().stream().map(MagnetInfo::peer).toList();
  }

  private static String peer(InetSocketAddress peer) {
    String host = peer.getHostString();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + peer.getPort();
  }

  /** As {@code --files} takes them: from 1, {@code 1,3-5}. */
  static String numbers(BitSet files) {
    StringBuilder text = new StringBuilder();
    for (int first = files.nextSetBit(0); first >= 0; ) {
      int end = files.nextClearBit(first);
      text.append(text.isEmpty() ? "" : ",").append(first + 1);
      text.append(end == first + 1 ? "" : "-" + end);
      first = files.nextSetBit(end);
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String label, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      text.append(String.format("%-12s%s\n", i == 0 ? label : "", values.get(i)));
    }
  }
}
