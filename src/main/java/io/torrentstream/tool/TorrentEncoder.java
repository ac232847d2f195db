package io.torrentstream.tool;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a .torrent of version 1 (BEP 3). The encoding is canonical and has nothing that depends on
 * the machine, so equal input gives equal bytes. Pure functions.
 */
final class TorrentEncoder {
  private TorrentEncoder() {}

  /**
   * @param hashes 20 bytes a piece
   */
  static byte[] encode(Content content, TorrentSettings settings, byte[] hashes) {
    TorrentSettings.Contacts contacts = settings.contacts();
    TorrentSettings.About about = settings.about();
    Map<String, BValue> root = new HashMap<>();
    root.put("info", info(content, settings, hashes));
    if (!contacts.trackers().isEmpty()) {
      String first = contacts.trackers().get(0).get(0);
      root.put("announce", BValue.Str.of(first));
      if (!contacts.trackers().equals(List.of(List.of(first)))) {
        root.put("announce-list", list(contacts.trackers().stream().map(TorrentEncoder::strings)));
      }
    }
    if (!contacts.webSeeds().isEmpty()) {
      root.put("url-list", strings(contacts.webSeeds()));
    }
    if (!contacts.nodes().isEmpty()) {
      root.put("nodes", list(contacts.nodes().stream().map(TorrentEncoder::node)));
    }
    putText(root, "comment", about.comment());
    putText(root, "created by", about.createdBy());
    if (about.creationDate() != null) {
      root.put("creation date", new BValue.Int(about.creationDate()));
    }
    return Bencode.write(BValue.Dict.of(root));
  }

  /** No key more than other programs write, so that the info-hash is the same as theirs. */
  private static BValue info(Content content, TorrentSettings settings, byte[] hashes) {
    Map<String, BValue> info = new HashMap<>();
    info.put("name", BValue.Str.of(settings.name()));
    info.put("piece length", new BValue.Int(settings.pieceLength()));
    info.put("pieces", new BValue.Str(hashes));
    if (content.folder()) {
      info.put("files", list(content.files().stream().map(TorrentEncoder::file)));
    } else {
      info.put("length", new BValue.Int(content.length()));
    }
    if (settings.isPrivate()) {
      info.put("private", new BValue.Int(1));
    }
    putText(info, "source", settings.source());
    return BValue.Dict.of(info);
  }

  private static BValue file(Content.File file) {
    return BValue.Dict.of(
        Map.of("length", new BValue.Int(file.length()), "path", strings(file.parts())));
  }

  private static BValue node(InetSocketAddress node) {
    return new BValue.Lst(
        List.of(BValue.Str.of(node.getHostString()), new BValue.Int(node.getPort())));
  }

  private static BValue strings(List<String> texts) {
    return list(texts.stream().map(BValue.Str::of));
  }

  private static BValue list(Stream<? extends BValue> items) {
    return new BValue.Lst(items.collect(Collectors.toUnmodifiableList()));
  }

  private static void putText(Map<String, BValue> dict, String key, String text) {
    if (text != null) {
      dict.put(key, BValue.Str.of(text));
    }
  }
}
