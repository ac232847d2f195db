package io.torrentstream.fuzz;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What the fuzzer must find, it finds. */
class FuzzerTest {
  /** A decoder with bugs to choose from. */
  private static final class Decoder {
    private final int bug;
    private final List<byte[]> leaked = new ArrayList<>();

    Decoder(int bug) {
      this.bug = bug;
    }

    /** Behind three bytes that chance alone finds once in sixteen million. */
    void read(byte[] input) throws ProtocolException {
      if (input.length < 4 || input[0] != 'h') {
        throw new ProtocolException("not ours");
      }
      if (input[1] == 'i') {
        if (input[2] == '!') {
          fail(input[3]);
        }
      }
    }

    private void fail(int number) {
      switch (bug) {
        case 0 -> leaked.get(number);
        case 1 -> leaked.add(new byte[1 << 20]);
        case 2 -> overflow();
        default -> leaked.clear();
      }
    }

    private void overflow() {
      overflow();
    }
  }

  private static Fuzzer fuzzer() {
    return new Fuzzer("self-test", Decoder.class)
        .seed(new byte[] {'h', 0, 0, 0})
        .seed(new byte[4])
        .inputs(200_000);
  }

  private static String found(int bug) {
    return assertThrows(AssertionError.class, () -> fuzzer().run(new Decoder(bug)::read))
        .getMessage();
  }

  @Test
  void findsWhatHidesBehindChecks() {
    try (Coverage coverage = new Coverage(List.of(Decoder.class))) {
      Assumptions.assumeTrue(coverage.isMeasured(), "no agent measures coverage");
    }
    assertTrue(found(0).contains("IndexOutOfBoundsException"), found(0));
    assertTrue(found(1).contains("Cost[bytes="), found(1));
    assertTrue(found(2).contains("StackOverflowError"), found(2));
  }

  @Test
  void aDecoderThatNeverRefusesIsNotTested() {
    AssertionError e =
        assertThrows(AssertionError.class, () -> fuzzer().inputs(100).run(input -> {}));
    assertTrue(e.getMessage().contains("0 refused"), e.getMessage());
  }
}
