package io.torrentstream.cli;

import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.Item;
import io.torrentstream.dht.NodeId;
import io.torrentstream.session.DhtService;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl dht get}: the item that is stored under a name (BEP 44). */
final class DhtGetCommand implements Callable<Integer> {
  private final Param<String> name =
      Param.text("NAME", "What put has printed: 40 hexadecimal digits, or the 64 of a public key.");

  private final Opt<String> salt =
      Opt.text("--salt", "TEXT", "Which of the key's items; none: the one without a salt.")
          .orElse("");

  private final CommonOptions common = new CommonOptions();

  private final DhtOptions dht;

  DhtGetCommand(DhtOptions dht) {
    this.dht = dht;
  }

  CommandSpec spec() {
    return new CommandBuilder("get", this, "Print the item that is stored under a name (BEP 44).")
        .takes(name, salt)
        .takes(common.all())
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    byte[] saltBytes = DhtKey.salt(salt.get());
    NodeId target =
        name.get().length() == 2 * Item.KEY_BYTES
            ? Item.target(DhtKey.publicKey(name.get()), saltBytes)
            : NodeId.of(DhtOptions.infoHash(name.get()));
    try (DhtService service = dht.open(common, true, dht.nodes())) {
      Item item = DhtOptions.await(service.get(new DhtNode.ItemQuery(target, saltBytes)), "search");
      if (item == null) {
        throw new CliException(
            Reason.NO_PEERS, "item: " + name.get() + " (expected: one that is stored)");
      }
      dht.output().item(item);
      return ExitCode.OK;
    }
  }
}
