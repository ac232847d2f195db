package io.torrentstream.cli;

import io.torrentstream.bencode.BValue;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.Item;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.session.DhtService;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl dht put}: stores a text, under a key or under its own hash (BEP 44). */
final class DhtPutCommand implements Callable<Integer> {
  private final Param<String> text = Param.text("TEXT", "At most 996 bytes.");

  private final Opt<String> key =
      Opt.text(
          "--key",
          "FILE",
          "Sign it with the secret in this file, so that it can be changed later;"
              + " a file that is not there is made.");

  private final Opt<String> salt =
      Opt.text("--salt", "TEXT", "Tells several items of one key apart.").orElse("");

  private final CommonOptions common = new CommonOptions();

  private final DhtOptions dht;

  DhtPutCommand(DhtOptions dht) {
    this.dht = dht;
  }

  CommandSpec spec() {
    return new CommandBuilder("put", this, "Store a text and print the name to get it by (BEP 44).")
        .takes(text, key, salt)
        .takes(common.all())
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    BValue value = BValue.Str.of(text.get());
    if (Item.immutable(value).value().length > Item.MAX_VALUE_BYTES) {
      throw new CliException(Reason.USAGE, "text: too long (expected: <= 996 bytes)");
    }
    byte[] saltBytes = DhtKey.salt(salt.get());
    byte[] seed = key.get() == null ? null : DhtKey.read(dht.console().path(key.get(), "--key"));
    try (DhtService service = dht.open(common, true, dht.nodes())) {
      long before = seed == null ? -1 : sequence(service, Item.publicKey(seed), saltBytes);
      Item item =
          seed == null ? Item.immutable(value) : Item.sign(value, seed, saltBytes, before + 1);
      LookupResult result = DhtOptions.await(service.put(item, before), "search");
      DhtOptions.requireAnswers(result);
      if (result.stored() == 0) {
        throw new CliException(Reason.NO_PEERS, "item: not stored: " + result.error());
      }
      dht.output().stored(item, result);
      return ExitCode.OK;
    }
  }

  /** The sequence number of what is stored now; -1 for nothing. */
  private static long sequence(DhtService service, byte[] publicKey, byte[] salt)
      throws CliException, InterruptedException {
    DhtNode.ItemQuery query = new DhtNode.ItemQuery(Item.target(publicKey, salt), salt);
    Item stored = DhtOptions.await(service.get(query), "search");
    return stored == null ? -1 : stored.sequence();
  }
}
