package io.torrentstream.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NameRulesTest {
  private static final String NAMES_ENCODING = "sun.jnu.encoding";

  @Test
  void windowsIsWindows() {
    assertEquals(new NameRules(true, StandardCharsets.UTF_8), NameRules.of("Windows 11", "Cp1252"));
  }

  @Test
  void elsewhereTheLocaleCounts() {
    assertEquals(NameRules.ANY, NameRules.of("Linux", "UTF-8"));
    assertEquals(NameRules.ANY, NameRules.of("Mac OS X", "UTF-8"));
    assertEquals(StandardCharsets.US_ASCII, NameRules.of("Linux", "ANSI_X3.4-1968").charset());
    assertEquals(StandardCharsets.ISO_8859_1, NameRules.of("Linux", "ISO-8859-1").charset());
  }

  @Test
  void anUnknownLocaleIsTakenForAscii() {
    assertEquals(StandardCharsets.US_ASCII, NameRules.of("Linux", "no-such-thing").charset());
    assertEquals(StandardCharsets.US_ASCII, NameRules.of("Linux", null).charset());
  }

  @Test
  void thisMachineHasRules() {
    NameRules rules = NameRules.ofThisMachine();
    assertEquals(System.getProperty("os.name").startsWith("Windows"), rules.windows());
    assertTrue(rules.windows() || System.getProperty(NAMES_ENCODING) != null);
  }
}
