package io.torrentstream.interop;

import io.torrentstream.interop.TestContent.Shape;
import java.nio.file.Path;
import java.time.Duration;
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
    downloadFrom(client, content);
  }

  @Test
  void downloadsOneGibibyte() throws Exception {
    RealClient client = new Libtorrent();
    client.assumeInstalled();
    Path folder = workspace.newFolder("gibibyte");
    downloadFrom(client, TestContent.create(folder, Shape.SINGLE_FILE, 1024));
    Workspace.deleteTree(folder);
  }

  private void downloadFrom(RealClient client, TestContent content) throws Exception {
    Path dir = workspace.newFolder("download");
    try (Seed seed = Seed.start(client, content, workspace);
        TslProcess tsl =
            TslProcess.download(
                workspace, content, dir, "--no-trackers", "--peer", seed.address())) {
      Duration took = tsl.assertDownloads(content, dir);
      Report.cell(client.name(), content, took);
    }
    Workspace.deleteTree(dir);
  }
}
