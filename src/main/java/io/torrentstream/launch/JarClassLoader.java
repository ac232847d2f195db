package io.torrentstream.launch;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Loads the classes of one jar with as little Java code as can be, for that code is interpreted
 * while a program starts. The JVM's own loader makes an address, looks for a signature and asks the
 * manifest for each of the thousand classes of a download. All else, resources too, is left to the
 * parent, which has the same jar. Safe on any thread.
 */
final class JarClassLoader extends ClassLoader implements Closeable {
  static {
    registerAsParallelCapable();
  }

  private final ZipFile jar;

  private final String version;

  /**
   * @param version what the packages say of themselves; null for nothing
   * @throws IOException when there is no such jar
   */
  JarClassLoader(String jar, String version, ClassLoader parent) throws IOException {
    super(parent);
    this.jar = new ZipFile(jar);
    this.version = version;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("java.")) {
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        if (known != null) {
          return known;
        }
        ZipEntry entry = jar.getEntry(name.replace('.', '/').concat(".class"));
        if (entry != null) {
          return define(name, entry);
        }
      }
    }
    return super.loadClass(name, resolve);
  }

  private Class<?> define(String name, ZipEntry entry) throws ClassNotFoundException {
    definePackage(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
    byte[] bytes = new byte[(int) entry.getSize()];
    try (InputStream in = jar.getInputStream(entry)) {
      return defineClass(name, bytes, 0, in.readNBytes(bytes, 0, bytes.length));
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** Ends all loading; the program itself never does. */
  @Override
  public void close() throws IOException {
    jar.close();
  }

  private void definePackage(String name) {
    if (getDefinedPackage(name) == null) {
      try {
        definePackage(name, null, null, null, null, version, null, null);
      } catch (IllegalArgumentException e) {
        // Another thread did so just now, for a class beside this one.
      }
    }
  }
}
