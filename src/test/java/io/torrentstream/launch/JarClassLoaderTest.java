package io.torrentstream.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.util.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarClassLoaderTest {
  private static final String IN_JAR = Digests.class.getName();

  @TempDir Path dir;

  private Path jar;
  private JarClassLoader loader;

  @BeforeEach
  void makeAJarOfOneClass() throws IOException {
    jar = dir.resolve("one.jar");
    String entry = IN_JAR.replace('.', '/') + ".class";
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
        InputStream in = getClass().getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new ZipEntry(entry));
      in.transferTo(out);
      out.putNextEntry(new ZipEntry("broken/Broken.class"));
      out.write(1);
    }
    loader = new JarClassLoader(jar.toString(), "1.2.3", getClass().getClassLoader());
  }

  @AfterEach
  void close() throws IOException {
    loader.close();
  }

  @Test
  void loadsWhatTheJarHasAndLeavesTheRestToItsParent() throws ClassNotFoundException {
    Class<?> loaded = loader.loadClass(IN_JAR);

    assertSame(loader, loaded.getClassLoader());
    assertNotSame(Digests.class, loaded);
    assertSame(loaded, loader.loadClass(IN_JAR));
    assertSame(JarClassLoaderTest.class, loader.loadClass(JarClassLoaderTest.class.getName()));
    assertSame(String.class, loader.loadClass("java.lang.String"));
    assertThrows(ClassNotFoundException.class, () -> loader.loadClass("io.torrentstream.No"));
    assertThrows(ClassFormatError.class, () -> loader.loadClass("broken.Broken"));
  }

  @Test
  void packagesSayTheProgramsVersion() throws ClassNotFoundException {
    assertEquals("1.2.3", loader.loadClass(IN_JAR).getPackage().getImplementationVersion());
  }

  @Test
  void resourcesAreTheParents() {
    assertNotNull(loader.getResource(IN_JAR.replace('.', '/') + ".class"));
  }

  @Test
  void manyThreadsGetOneClass() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Class<?>>> tasks = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        tasks.add(() -> loader.loadClass(IN_JAR));
      }
      for (Future<Class<?>> task : threads.invokeAll(tasks)) {
        assertSame(loader.loadClass(IN_JAR), task.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatIsNoJarIsLeftToJavasLoader() throws IOException {
    ClassLoader standard = Launcher.class.getClassLoader();

    assertSame(standard, Launcher.loader("target/classes"));
    assertSame(standard, Launcher.loader(dir.resolve("missing.jar").toString()));
    assertSame(standard, Launcher.loader(jar + System.getProperty("path.separator") + jar));
    try (JarClassLoader ours = (JarClassLoader) Launcher.loader(jar.toString())) {
      assertNotSame(standard, ours);
    }
  }
}
