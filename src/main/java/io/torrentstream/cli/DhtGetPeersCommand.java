package io.torrentstream.cli;

import io.torrentstream.dht.DhtNode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.session.DhtService;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl dht get-peers}: who has a torrent. */
final class DhtGetPeersCommand implements Callable<Integer> {
  private final Param<String> hash = Param.text("HASH", "The info-hash, 40 hexadecimal digits.");

  private final Opt<Boolean> scrape =
      Opt.flag(
          "--scrape",
          "Estimate how many seeds and leechers there are; some nodes then name no peers.");

  private final CommonOptions common = new CommonOptions();

  private final DhtOptions dht;

  DhtGetPeersCommand(DhtOptions dht) {
    this.dht = dht;
  }

  CommandSpec spec() {
    return new CommandBuilder(
            "get-peers", this, "Print who has a torrent, one peer a line, as they are found.")
        .takes(hash, scrape)
        .takes(common.all())
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    InfoHash infoHash = DhtOptions.infoHash(hash.get());
    Set<String> peers = new ConcurrentSkipListSet<>();
    try (DhtService service = dht.open(common, true, dht.nodes())) {
      DhtService.PeersFound found =
          DhtOptions.await(
              service.findPeers(
                  new DhtNode.PeerQuery(
                      infoHash, DhtNode.PeerQuery.NO_ANNOUNCE, false, false, scrape.get()),
                  fresh ->
                      fresh.stream()
                          .map(DhtOutput::text)
                          .filter(peers::add)
                          .forEach(dht.output()::peer)),
              "search");
      DhtOptions.requireAnswers(found.lookup());
      dht.output().peers(infoHash, peers, found, scrape.get());
      return ExitCode.OK;
    }
  }
}
