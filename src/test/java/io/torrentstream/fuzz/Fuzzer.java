package io.torrentstream.fuzz;

import com.sun.management.ThreadMXBean;
import io.torrentstream.util.ProtocolException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Feeds a decoder with mutations of a corpus. Of each input it may make a value, or leave with one
 * of its declared exceptions; anything else that leaves it, more memory than the input is worth, or
 * too much time, fails the test with the seed and the input.
 *
 * <p>Inputs that take a branch which none before took are mutated further ({@link Coverage}), so
 * that it finds its way behind checks that chance does not pass.
 *
 * <p>System properties, all optional: {@code tsl.fuzz.seconds}, how much processor time each test
 * takes instead of its fixed number of inputs; {@code tsl.fuzz.seed}; {@code tsl.fuzz.save=true} to
 * replace the corpus in the repository with what this run found.
 */
public final class Fuzzer {
  private static final int INPUTS = 20_000;
  private static final long SEED = 1;
  private static final int MAX_LENGTH = 16 * 1024;
  private static final int MOST_KEPT = 2_000;

  /** Of processor time, so that a busy machine is no failure. */
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Allocated for one input, whatever it is, and for each of its bytes. */
  private static final long MAX_BYTES = 256 * 1024;

  private static final long MAX_BYTES_A_BYTE = 400;

  /** A decoder under test. */
  @FunctionalInterface
  public interface Target {
    /**
     * Decodes, and checks what came of it.
     *
     * @param input its own
     */
    void feed(byte[] input) throws Exception;
  }

  private final String name;
  private final List<Class<?>> decoders;
  private final Set<Class<?>> declared = new LinkedHashSet<>(Set.of(ProtocolException.class));
  private final List<byte[]> seeds = new ArrayList<>();
  private final List<byte[]> kept = new ArrayList<>();
  private final List<byte[]> tokens = new ArrayList<>();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long seed = Long.getLong("tsl.fuzz.seed", SEED);
  private final long seconds = Long.getLong("tsl.fuzz.seconds", 0);
  private long inputs = INPUTS;
  private long maxBytes = MAX_BYTES;
  private long accepted;
  private long refused;
  private long mostBytes;
  private long mostNanos;
  private int taken;

  /**
   * @param name of the corpus
   * @param decoders the classes whose branches are to be taken
   */
  public Fuzzer(String name, Class<?>... decoders) {
    this.name = name;
    this.decoders = List.of(decoders);
  }

  /** An exception that may leave the decoder, beside {@link ProtocolException}. */
  public Fuzzer declares(Class<? extends Exception> type) {
    declared.add(type);
    return this;
  }

  /** An input to begin with, beside those of the corpus. */
  public Fuzzer seed(byte[] input) {
    seeds.add(input);
    return this;
  }

  /** What the format is made of; one character a byte. */
  public Fuzzer tokens(String... texts) {
    tokens.addAll(Mutator.texts(texts));
    return this;
  }

  /** How many inputs the short form has. */
  public Fuzzer inputs(int count) {
    inputs = count;
    return this;
  }

  /** What one input may allocate, beside some hundred bytes for each of its own. */
  public Fuzzer maxBytes(long bytes) {
    maxBytes = bytes;
    return this;
  }

  /**
   * Runs, and prints what it did.
   *
   * @throws AssertionError for the first input that the decoder does not stand
   */
  public void run(Target target) {
    long start = threads.getCurrentThreadCpuTime();
    long number = 0;
    int branches;
    try (Coverage coverage = new Coverage(decoders)) {
      seeds.addAll(Corpus.read(name));
      for (byte[] input : seeds) {
        feed(target, input, number++, coverage);
      }
      SplittableRandom random = new SplittableRandom(seed);
      Mutator mutator = new Mutator(tokens, MAX_LENGTH);
      while (isGoingOn(number, start)) {
        feed(target, mutator.mutate(pick(random), pick(random), random), number++, coverage);
      }
      branches = coverage.size();
    }
    report(number, threads.getCurrentThreadCpuTime() - start, branches);
    if (accepted == 0 || refused == 0) {
      throw new AssertionError(name + ": " + accepted + " accepted, " + refused + " refused");
    }
    if (Boolean.getBoolean("tsl.fuzz.save")) {
      Corpus.write(name, kept);
    }
  }

  private boolean isGoingOn(long number, long start) {
    return seconds > 0
        ? threads.getCurrentThreadCpuTime() - start < TimeUnit.SECONDS.toNanos(seconds)
        : number < inputs;
  }

  /** One that was given, or one that took a new branch; of these the last ones more often. */
  private byte[] pick(SplittableRandom random) {
    if (kept.isEmpty() || random.nextInt(4) == 0) {
      return seeds.get(random.nextInt(seeds.size()));
    }
    int from = random.nextBoolean() ? 0 : kept.size() / 2;
    return kept.get(random.nextInt(from, kept.size()));
  }

  /** What one input cost. */
  private record Cost(long bytes, long nanos) {}

  private void feed(Target target, byte[] input, long number, Coverage coverage) {
    Cost cost = cost(target, input, number);
    if (isTooMuch(cost, input)) {
      cost = cost(target, input, number); // the first may have loaded a class, or a table
    }
    if (isTooMuch(cost, input)) {
      throw failure(cost.toString(), number, input, null);
    }
    mostBytes = Math.max(mostBytes, cost.bytes);
    mostNanos = Math.max(mostNanos, cost.nanos);
    int now = coverage.taken();
    if (now > taken && kept.size() < MOST_KEPT) {
      kept.add(input);
    }
    taken = now;
  }

  private boolean isTooMuch(Cost cost, byte[] input) {
    return cost.bytes > maxBytes + MAX_BYTES_A_BYTE * input.length || cost.nanos > MAX_NANOS;
  }

  private Cost cost(Target target, byte[] input, long number) {
    long bytes = threads.getCurrentThreadAllocatedBytes();
    long nanos = threads.getCurrentThreadCpuTime();
    try {
      target.feed(input.clone());
      accepted++;
    } catch (Throwable e) {
      if (!declared.contains(e.getClass())) {
        throw failure(e.toString(), number, input, e);
      }
      refused++;
    }
    return new Cost(
        threads.getCurrentThreadAllocatedBytes() - bytes,
        threads.getCurrentThreadCpuTime() - nanos);
  }

  private AssertionError failure(String what, long number, byte[] input, Throwable cause) {
    return new AssertionError(
        String.format(
            "%s: %s; seed %d, input %d: %s",
            name, what, seed, number, HexFormat.of().formatHex(input)),
        cause);
  }

  private void report(long number, long nanos, int branches) {
    System.out.printf(
        Locale.ROOT,
        "fuzz %s: seed %d, %,d inputs in %.1f s (%,d a second), %,d accepted, %,d refused,"
            + " %d of %d branches, %d kept; at most %,d KiB and %d ms for one%n",
        name,
        seed,
        number,
        nanos / 1e9,
        number * 1_000_000_000L / Math.max(1, nanos),
        accepted,
        refused,
        taken,
        branches,
        kept.size(),
        mostBytes / 1024,
        mostNanos / 1_000_000);
  }
}
