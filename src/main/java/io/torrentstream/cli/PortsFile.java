package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
      StringWriter text = new StringWriter();
      try (JsonWriter json = new JsonWriter(text)) {
        json.beginObject();
        for (Map.Entry<String, Integer> port : ports.entrySet()) {
          json.name(port.getKey()).value(port.getValue());
        }
        json.endObject();
      }
      Path temporary = path.resolveSibling(path.getFileName() + ".new");
      Files.writeString(temporary, text.append('\n').toString());
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CliException(
          Reason.IO, "--ports-file: " + path + " (expected: a file to write)", null, e);
    }
  }
}
