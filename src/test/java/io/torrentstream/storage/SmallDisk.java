package io.torrentstream.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * A disk in memory that is soon full. Without root, or elsewhere than on Linux, tests are skipped.
 */
final class SmallDisk implements AutoCloseable {
  private final Path mount;

  SmallDisk(Path mount, int mebibytes) throws IOException {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "a small disk needs Linux");
    this.mount = Files.createDirectory(mount);
    run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tsl-test", mount.toString());
  }

  Path path() {
    return mount;
  }

  /** Another program takes the rest of the room. */
  void fill() throws IOException {
    Files.write(mount.resolve("other"), new byte[(int) Files.getFileStore(mount).getUsableSpace()]);
  }

  void makeReadOnly() throws IOException {
    run("mount", "-o", "remount,ro", mount.toString());
  }

  void makeRoom() throws IOException {
    Files.delete(mount.resolve("other"));
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", mount.toString());
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    int exit = process.onExit().join().exitValue();
    Assumptions.assumeTrue(exit == 0, () -> "a small disk needs root: " + output);
  }
}
