package io.torrentstream.storage;

import io.torrentstream.util.Digests;
import java.security.MessageDigest;

/**
 * Hashes a little throw-away data, so that hashing is fast when it matters. Only the JVM's second
 * compiler knows the processor's SHA instructions, and it looks at what has run often: the first
 * tenth of a second is some thirty times slower than the rest. Started with the program, on a
 * thread of its own, that time passes while options are read and peers are looked for.
 */
public final class HashWarmUp implements Runnable {
  /** Until the compiler has begun; what it is given after that, it does not need. */
  private static final int STEPS = 2_048;

  /** Few enough blocks a step that the methods around the hash count as often used, too. */
  private static final int STEP_BYTES = 2_048;

  private HashWarmUp() {}

  /**
   * Begins, and returns at once.
   *
   * @return the thread: a daemon, which ends by itself
   */
  public static Thread start() {
    Thread thread = new Thread(new HashWarmUp(), "tsl-warm-up");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public void run() {
    MessageDigest digest = Digests.sha1();
    byte[] data = new byte[STEP_BYTES];
    for (int step = 0; step < STEPS; step++) {
      digest.update(data);
    }
  }
}
