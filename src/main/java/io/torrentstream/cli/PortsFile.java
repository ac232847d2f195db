package io.torrentstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.stream.JsonWriter;
import io.torrentstream.storage.AtomicFile;
import io.torrentstream.storage.StorageException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;

/**
 * The file of {@code --ports-file}: {@code {"tcp":6881}}, or {@code {"http":6969,"udp":6969}} of a
 * tracker. A script that waits for it sees it whole or not at all.
 */
record PortsFile(Path path) {

  /**
   * @param tcp the port that peers are accepted on
   */
  void write(int tcp) throws CliException {
    write(Map.of("tcp", tcp));
  }

  /**
   * @param ports that are bound, by protocol, in the order in which they are written
   */
  void write(Map<String, Integer> ports) throws CliException {
    try {
      AtomicFile.prepare(path, true).write(json(ports).getBytes(UTF_8));
    } catch (IOException e) {
      StorageException failure = StorageException.of(path, e);
      throw new CliException(
          Reason.valueOf(failure.kind().name()), "--ports-file: " + failure.getMessage(), null, e);
    }
  }

  private static String json(Map<String, Integer> ports) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      for (Map.Entry<String, Integer> port : ports.entrySet()) {
        json.name(port.getKey()).value(port.getValue());
      }
      json.endObject();
    }
    return text.append('\n').toString();
  }
}
