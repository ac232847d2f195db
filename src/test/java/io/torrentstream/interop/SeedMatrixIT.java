package io.torrentstream.interop;

import io.torrentstream.interop.TestContent.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every client as the one seed, with every kind of content. */
@ExtendWith(Workspace.Provider.class)
class SeedMatrixIT {
  private final Workspace workspace;

  SeedMatrixIT(Workspace workspace) {
    this.workspace = workspace;
  }

  static Stream<Arguments> cells() {
    return RealClient.all().stream()
        .flatMap(
            client ->
                Stream.of(Shape.values())
                    .map(shape -> Arguments.of(Named.of(client.name(), client), shape)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cells")
  void downloadsFrom(RealClient client, Shape shape) throws Exception {
    client.assumeInstalled();
    boolean large = shape == Shape.SINGLE_FILE && !(client instanceof Transmission);
    TestContent content = workspace.content(shape, large ? 256 : 64);
    downloadFrom(client, client.name(), content);
  }

  @Test
  void downloadsOneGibibyte() throws Exception {
    RealClient client = new Libtorrent();
    client.assumeInstalled();
    Path folder = workspace.newFolder("gibibyte");
    downloadFrom(client, client.name(), TestContent.create(folder, Shape.SINGLE_FILE, 1024));
    Workspace.deleteTree(folder);
  }

  @Test
  void downloadsWithoutMappedFiles() throws Exception {
    TestContent content = workspace.content(Shape.MANY_FILES, 64);
    downloadFrom(new Libtorrent(), "--storage file", content, "--storage", "file");
  }

  private void downloadFrom(
      RealClient client, String label, TestContent content, String... moreOptions)
      throws Exception {
    Path dir = workspace.newFolder("download");
    try (Seed seed = Seed.start(client, content, workspace)) {
      List<String> options = new ArrayList<>(List.of("--no-trackers", "--peer", seed.address()));
      options.addAll(List.of(moreOptions));
      try (TslProcess tsl =
          TslProcess.download(workspace, content, dir, options.toArray(String[]::new))) {
        Report.cell(label, content, tsl.assertDownloads(content, dir));
      }
    }
    Workspace.deleteTree(dir);
  }
}
