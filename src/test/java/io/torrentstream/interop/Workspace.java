package io.torrentstream.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The folder {@code target/interop} and what tests share in it: one for the whole test run, made at
 * the first test that asks for it and deleted at the end.
 */
final class Workspace implements AutoCloseable {
  private final Path root = Path.of("target", "interop").toAbsolutePath();
  private final Map<TestContent.Shape, Map<Integer, TestContent>> contents =
      new EnumMap<>(TestContent.Shape.class);
  private int folders;

  Workspace() throws IOException {
    deleteTree(root);
    Files.createDirectories(root);
  }

  /** Gives the one workspace to the tests that name it as a parameter. */
  static final class Provider implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Workspace.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      // The store of the root context closes what is in it after the last test of the run.
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.create(Workspace.class))
          .getOrComputeIfAbsent(Workspace.class, key -> open(), Workspace.class);
    }

    private static Workspace open() {
      try {
        return new Workspace();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /** Content that several tests use; made once, never changed. */
  TestContent content(TestContent.Shape shape, int mebibytes) throws Exception {
    Map<Integer, TestContent> sizes = contents.computeIfAbsent(shape, key -> new HashMap<>());
    TestContent content = sizes.get(mebibytes);
    if (content == null) {
      content = TestContent.create(newFolder("content"), shape, mebibytes);
      sizes.put(mebibytes, content);
    }
    return content;
  }

  /** An empty folder of its own; the caller may delete it early. */
  Path newFolder(String name) throws IOException {
    return Files.createDirectories(root.resolve(++folders + "-" + name));
  }

  /** A port of 127.0.0.1 that was free a moment ago, for TCP and (as good as surely) for UDP. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Deletes a folder with all in it; a folder that is not there is fine. */
  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            found.add(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure) {
            found.add(visited);
            return FileVisitResult.CONTINUE;
          }
        });
    for (Path path : found) {
      Files.deleteIfExists(path);
    }
  }

  @Override
  public void close() throws IOException {
    deleteTree(root);
  }
}
