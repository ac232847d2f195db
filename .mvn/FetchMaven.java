import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Prints the home of the pinned Maven, fetched first when the user's cache does not have it.
 *
 * <p>Run from source by {@code mvnw} and {@code mvnw.cmd}, so that a JDK is all that is needed: no
 * curl, no unzip, and one place for the version and its checksum.
 */
final class FetchMaven {
  private static final String VERSION = "3.9.12";

  /** Of {@code apache-maven-3.9.12-bin.zip}, as its release announces it. */
  private static final String SHA_512 =
      "0ef0d074761a55e7b982fd7f2cd6ea2da028289c73156ebd488c0513efbff8a6"
          + "4ac5bc0c11c3b8bbced930ce15238ecef344b0e065ae54f7cdca8c86cf39e736";

  /** The release archive of the Apache Software Foundation; {@code MVNW_ARCHIVE} names a mirror. */
  private static final String ARCHIVE = "https://archive.apache.org/dist";

  private static final Duration LIMIT = Duration.ofMinutes(5);

  public static void main(String[] args) throws InterruptedException {
    try {
      Path home = cache(System.getenv()).resolve("apache-maven-" + VERSION);
      if (!Files.isDirectory(home)) {
        install(home);
      }
      System.out.println(home);
    } catch (IOException | GeneralSecurityException e) {
      System.err.println("mvnw: " + e.getMessage());
      System.exit(1);
    }
  }

  /** The folder for things that can be fetched again, where each platform keeps them. */
  private static Path cache(Map<String, String> env) {
    String os = System.getProperty("os.name");
    Path home = Path.of(env.getOrDefault("HOME", System.getProperty("user.home")));
    Path cache = home.resolve(".cache");
    if (env.containsKey("XDG_CACHE_HOME")) {
      cache = Path.of(env.get("XDG_CACHE_HOME"));
    } else if (os.startsWith("Windows") && env.containsKey("LOCALAPPDATA")) {
      cache = Path.of(env.get("LOCALAPPDATA"));
    } else if (os.startsWith("Mac")) {
      cache = home.resolve("Library/Caches");
    }
    return cache.resolve("tsl");
  }

  /** Fetches, checks and unpacks beside {@code home}, then renames: it is whole or not there. */
  private static void install(Path home)
      throws IOException, GeneralSecurityException, InterruptedException {
    Files.createDirectories(home.getParent());
    Path work = Files.createTempDirectory(home.getParent(), "fetch-");
    try {
      Path zip = work.resolve("maven.zip");
      fetch(zip);
      check(zip);
      unpack(zip, work);
      Path unpacked = work.resolve(home.getFileName());
      if (!unpacked.resolve("bin/mvn").toFile().setExecutable(true)) {
        throw new IOException("cannot make executable: " + unpacked.resolve("bin/mvn"));
      }
      try {
        Files.move(unpacked, home);
      } catch (FileAlreadyExistsException e) {
        // Another build fetched the same release meanwhile; theirs is as good as ours.
      }
    } finally {
      delete(work);
    }
  }

  private static void fetch(Path zip) throws IOException, InterruptedException {
    URI uri =
        URI.create(
            System.getenv().getOrDefault("MVNW_ARCHIVE", ARCHIVE)
                + "/maven/maven-3/%1$s/binaries/apache-maven-%1$s-bin.zip".formatted(VERSION));
    System.err.println("mvnw: fetching Maven " + VERSION + " from " + uri.getHost() + ", once");
    HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(30))
            .build();
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(LIMIT).build();
    int status;
    try {
      status = client.send(request, HttpResponse.BodyHandlers.ofFile(zip)).statusCode();
    } catch (IOException e) {
      throw new IOException("cannot fetch " + uri + ": " + e, e);
    }
    if (status != 200) {
      throw new IOException("cannot fetch " + uri + ": HTTP status " + status);
    }
  }

  private static void check(Path zip) throws IOException, GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(zip));
    String actual = HexFormat.of().formatHex(digest);
    if (!actual.equals(SHA_512)) {
      throw new IOException(
          "SHA-512 of Maven " + VERSION + ": " + actual + " (expected: " + SHA_512 + ")");
    }
  }

  /** Entries need no further check: the archive is the one whose digest is pinned above. */
  private static void unpack(Path zip, Path dir) throws IOException {
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream entries = new ZipInputStream(file)) {
      for (ZipEntry entry; (entry = entries.getNextEntry()) != null; ) {
        Path path = dir.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(entries, path);
        }
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      try (var children = Files.newDirectoryStream(path)) {
        for (Path child : children) {
          delete(child);
        }
      }
    }
    Files.deleteIfExists(path);
  }
}
