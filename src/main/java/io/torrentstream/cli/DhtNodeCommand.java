package io.torrentstream.cli;

import io.torrentstream.session.DhtService;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl dht node}: a node of the DHT, until it is interrupted. */
final class DhtNodeCommand implements Callable<Integer> {
  private static final long STATUS_SECONDS = 10;

  private final CommonOptions common = new CommonOptions();

  private final DhtOptions dht;

  DhtNodeCommand(DhtOptions dht) {
    this.dht = dht;
  }

  CommandSpec spec() {
    return new CommandBuilder(
            "node", this, "Run a node until it is interrupted; print how it is every 10 seconds.")
        .takes(common.all())
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicInteger exit = new AtomicInteger();
    Interrupts signals =
        Interrupts.listen(
            code -> {
              exit.set(code);
              interrupted.countDown();
            });
    try (DhtService service = dht.open(common, false, dht.nodes())) {
      do {
        dht.output()
            .status(DhtOptions.await(service.status(), "node"), service.port(), common.quiet());
      } while (!interrupted.await(STATUS_SECONDS, TimeUnit.SECONDS));
    } finally {
      signals.close();
    }
    return exit.get();
  }
}
