package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file of {@code --ports-file}: {@code {"tcp":6881}}. A script that waits for it sees it whole
 * or not at all.
 */
record PortsFile(Path path) {

  /**
   * @param tcp the port that peers are accepted on
   */
  void write(int tcp) throws CliException {
    try {
      StringWriter text = new StringWriter();
      try (JsonWriter json = new JsonWriter(text)) {
        json.beginObject().name("tcp").value(tcp).endObject();
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
