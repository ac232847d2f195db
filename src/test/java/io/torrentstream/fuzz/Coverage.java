package io.torrentstream.fuzz;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/**
 * Which branches of some classes were taken. It reads the probes that the agent which measures the
 * tests' coverage has put into them; without that agent there are none, and fuzzing goes on blind.
 *
 * <p>Probes are cleared at first, so that what ran before in this JVM does not count, and what ran
 * before is put back by {@link #close}, so that the coverage report does not suffer.
 */
final class Coverage implements AutoCloseable {
  /** What JaCoCo calls its method in every class; it returns the class's probes. */
  private static final String PROBES = "$jacocoInit";

  private final List<boolean[]> probes = new ArrayList<>();
  private final List<boolean[]> before = new ArrayList<>();

  Coverage(List<Class<?>> classes) {
    classes.forEach(this::add);
    for (boolean[] each : probes) {
      before.add(each.clone());
      java.util.Arrays.fill(each, false);
    }
  }

  private void add(Class<?> type) {
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals(PROBES) && !type.isInterface()) {
        probes.add(probes(method));
      }
    }
    for (Class<?> nested : type.getDeclaredClasses()) {
      add(nested);
    }
  }

  private static boolean[] probes(Method method) {
    try {
      method.setAccessible(true);
      return (boolean[])
          (method.getParameterCount() == 0
              ? method.invoke(null)
              : method.invoke(null, MethodHandles.lookup(), PROBES, boolean[].class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("not the agent we know", e);
    }
  }

  /** Whether there is anything to be guided by. */
  boolean isMeasured() {
    return !probes.isEmpty();
  }

  /** Branches taken so far. */
  int taken() {
    int taken = 0;
    for (boolean[] each : probes) {
      for (boolean probe : each) {
        taken += probe ? 1 : 0;
      }
    }
    return taken;
  }

  /** Branches in all. */
  int size() {
    return probes.stream().mapToInt(each -> each.length).sum();
  }

  @Override
  public void close() {
    for (int i = 0; i < probes.size(); i++) {
      for (int j = 0; j < probes.get(i).length; j++) {
        probes.get(i)[j] |= before.get(i)[j];
      }
    }
  }
}
