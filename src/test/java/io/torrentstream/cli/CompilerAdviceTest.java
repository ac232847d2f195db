package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import javax.management.JMException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompilerAdviceTest {
  @BeforeEach
  void hotSpotHasACompilerToAdvise() {
    String vm = System.getProperty("java.vm.name");
    assumeTrue(vm.contains("HotSpot") || vm.contains("OpenJDK"), vm);
  }

  /** What the JVM has been told, and not taken back. */
  private static String directives() throws JMException {
    return CompilerAdvice.command("compilerDirectivesPrint");
  }

  @AfterEach
  void takeItBack() throws JMException {
    CompilerAdvice.command("compilerDirectivesClear");
  }

  @Test
  void theCompilerTakesTheAdvice() throws JMException {
    CompilerAdvice.give();

    assertTrue(directives().contains("sun/security/*.*"), directives());
  }
}
