package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.MagnetLink;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.TorrentInfo;
import java.io.IOException;
import java.util.List;

/** A torrent as {@code info --json} prints it; the names of the members are a contract. */
final class InfoJson {
  private InfoJson() {}

  /** Writes the members of the object that {@code json} is in. */
  static void write(Metainfo metainfo, JsonWriter json) throws IOException {
    TorrentInfo info = metainfo.info();
    json.name("name").value(info.name());
    json.name("infoHash").value(info.infoHash().toString());
    json.name("infoHashV2").value(metainfo.infoHashV2());
    json.name("version");
    if (metainfo.version().equals("1")) {
      json.value(1);
    } else {
      json.value(metainfo.version());
    }
    json.name("size").value(info.length());
    json.name("pieceLength").value(info.layout().pieceLength());
    json.name("pieces").value(info.layout().pieceCount());
    json.name("private").value(info.isPrivate());
    json.name("comment").value(metainfo.comment());
    json.name("createdBy").value(metainfo.createdBy());
    json.name("creationDate").value(metainfo.creationDate());
    json.name("trackers").beginArray();
    for (List<String> tier : metainfo.trackers()) {
      strings(tier, json);
    }
    json.endArray();
    strings(metainfo.webSeeds(), json.name("webSeeds"));
    strings(metainfo.nodes(), json.name("nodes"));
    files(info.files(), json.name("files"));
    json.name("magnet").value(MagnetLink.of(metainfo));
    strings(metainfo.warnings(), json.name("warnings"));
  }

  /** Writes a list of files, each an object. */
  static void files(List<FileEntry> files, JsonWriter json) throws IOException {
    json.beginArray();
    for (FileEntry file : files) {
      write(file, json);
    }
    json.endArray();
  }

  private static void write(FileEntry file, JsonWriter json) throws IOException {
    json.beginObject();
    // From 1, as --files counts.
    json.name("index").value(file.index() + 1L);
    strings(file.path(), json.name("path"));
    json.name("size").value(file.length());
    json.name("offset").value(file.offset());
    json.name("padding").value(file.padding());
    json.endObject();
  }

  private static void strings(List<String> strings, JsonWriter json) throws IOException {
    json.beginArray();
    for (String string : strings) {
      json.value(string);
    }
    json.endArray();
  }
}
