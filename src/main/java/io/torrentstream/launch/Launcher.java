package io.torrentstream.launch;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

/**
 * Where {@code java -jar} begins: has the program's classes loaded the quick way, and goes on in
 * {@code Tsl}. Without a jar, or when Java is told that class to begin with, nothing is different
 * but the time it takes (docs/decisions/010).
 */
public final class Launcher {
  /** By name: were it linked here, the JVM's own loader would load it. */
  private static final String PROGRAM = "io.torrentstream.cli.Tsl";

  private Launcher() {}

  public static void main(String[] args) throws Throwable {
    ClassLoader loader = loader(System.getProperty("java.class.path"));
    Thread.currentThread().setContextClassLoader(loader);
    try {
      Class.forName(PROGRAM, true, loader)
          .getMethod("main", String[].class)
          .invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /**
   * @param classPath which {@code java -jar} makes of the one jar
   */
  static ClassLoader loader(String classPath) {
    ClassLoader standard = Launcher.class.getClassLoader();
    if (!classPath.endsWith(".jar")) {
      return standard;
    }
    try {
      String version = Launcher.class.getPackage().getImplementationVersion();
      return new JarClassLoader(classPath, version, standard);
    } catch (IOException e) {
      return standard; // a path of several jars, perhaps
    }
  }
}
