package io.torrentstream;

import java.io.File;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets go of mapped files before a test's temporary folder is deleted. Windows deletes no file that
 * is mapped, and only the garbage collector ends a mapping. Registered for every test class, in
 * META-INF/services.
 */
public final class MappingGuard implements AfterEachCallback {
  private static final int MAX_COLLECTIONS = 20;

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    if (File.separatorChar == '\\') {
      for (int i = 0; i < MAX_COLLECTIONS && mappings() > 0; i++) {
        LeakGuard.collectGarbage();
      }
    }
  }

  private static long mappings() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("mapped"))
        .mapToLong(BufferPoolMXBean::getCount)
        .sum();
  }
}
