package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk of a test's own, to be filled, or to lose its power. Needs Linux and root; tests are
 * skipped elsewhere.
 */
final class Mounted implements AutoCloseable {
  private final Path folder;
  private final Path image;

  private Mounted(Path folder, Path image) {
    this.folder = folder;
    this.image = image;
  }

  /** A disk in memory. */
  static Mounted tmpfs(Workspace workspace, int mebibytes) throws IOException {
    assumeLinux();
    Path folder = workspace.newFolder("tmpfs");
    assumeRun("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tsl", folder.toString());
    return new Mounted(folder, null);
  }

  /** A disk with ext4 in a file. */
  static Mounted ext4(Workspace workspace, int mebibytes) throws IOException {
    assumeLinux();
    Path image = workspace.newFolder("image").resolve("disk");
    try (RandomAccessFile disk = new RandomAccessFile(image.toFile(), "rw")) {
      disk.setLength((long) mebibytes << 20);
    }
    assumeRun("mkfs.ext4", "-q", "-F", image.toString());
    return mount(workspace, image);
  }

  private static Mounted mount(Workspace workspace, Path image) throws IOException {
    Path folder = workspace.newFolder("ext4");
    assumeRun("mount", "-o", "loop", image.toString(), folder.toString());
    return new Mounted(folder, image);
  }

  private static void assumeLinux() {
    Installed.assume(System.getProperty("os.name").equals("Linux"), "own disks need Linux");
  }

  /** Where it is. */
  Path folder() {
    return folder;
  }

  /** Changes the size of one in memory. */
  void resize(int mebibytes) throws IOException {
    assumeRun("mount", "-o", "remount,size=" + mebibytes + "m", folder.toString());
  }

  /** Another program takes all the room there is. */
  void fill() throws IOException {
    byte[] some = new byte[64 * 1024];
    try (OutputStream other = Files.newOutputStream(folder.resolve("other"))) {
      while (true) {
        other.write(some);
      }
    } catch (IOException full) {
      assertTrue(full.getMessage().contains("No space left"), full::toString);
    }
  }

  void makeRoom() throws IOException {
    Files.delete(folder.resolve("other"));
  }

  /**
   * The disk as it would come up if the power were cut now: what has been written to it, without
   * what the system still holds in memory.
   */
  Mounted afterPowerLoss(Workspace workspace) throws IOException {
    Path copy = workspace.newFolder("image").resolve("disk");
    assumeRun("cp", "--sparse=always", image.toString(), copy.toString());
    return mount(workspace, copy);
  }

  @Override
  public void close() throws IOException {
    run(List.of("umount", "-l", folder.toString()));
    if (image != null) {
      Files.delete(image);
    }
  }

  private static void assumeRun(String... command) throws IOException {
    String problem = run(List.of(command));
    Installed.assume(problem == null, "own disks need root: " + problem);
  }

  /** What it said, when it failed. */
  private static String run(List<String> command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      return process.waitFor() == 0 ? null : output.strip();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
