package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.net.TrustedTls;
import io.torrentstream.session.DhtSettings;
import io.torrentstream.session.TrackerSurvey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl peers}: who is in the swarm, by the word of each tracker and of the DHT. */
final class PeersCommand implements Callable<Integer> {
  private final Param<String> source =
      Param.text(
          "SOURCE",
          "A .torrent file, - for stdin, an http(s) address of one, a magnet link, or an",
          "info-hash.");

  private final Opt<Boolean> scrape =
      Opt.flag("--scrape", "Ask only for the numbers of seeders and leechers, not for peers.");

  private final Opt<List<String>> trackers =
      Opt.values(
          "--tracker",
          "URL",
          new OptionValues.TrackerUrl(),
          "Ask this tracker too; may be repeated.");

  private final Opt<String> trackerCa =
      Opt.text(
          "--tracker-ca",
          "FILE",
          "Trust the certificates in this PEM file for https trackers too.");

  private final Opt<List<InetSocketAddress>> dhtNodes =
      Opt.values(
          "--dht-node",
          "HOST:PORT",
          new OptionValues.HostPort(),
          "Begin with this node of the DHT instead of well-known ones; may be repeated.");

  private final Opt<Boolean> noDht = Opt.flag("--no-dht", "Do not ask the DHT.");

  private final Opt<InetAddress> bind =
      Opt.value(
          "--bind",
          "ADDR",
          new OptionValues.LocalAddress(),
          "Ask from this address of this machine.");

  private final Opt<Boolean> json = Opt.flag("--json", "Print one JSON object instead of text.");

  private final CommonOptions common = new CommonOptions();

  private final Console console;

  PeersCommand(Console console) {
    this.console = console;
  }

  /** What picocli is to know. */
  CommandSpec spec() {
    return new CommandBuilder(
            "peers",
            this,
            "Ask each tracker of a torrent, and the DHT, who is in its swarm.",
            "Prints one line for each tracker and the DHT, then one line for each peer.")
        .takes(source, scrape, trackers, trackerCa, dhtNodes, noDht, bind, json)
        .takes(common.all())
        .footer(
            "All trackers are asked at the same time. tsl does not join the swarm: it takes",
            "its leave from each tracker as soon as that has answered. Until then a tracker",
            "may count tsl itself as a leecher.")
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), null));
    Path pem = trackerCa.get() == null ? null : console.path(trackerCa.get(), "--tracker-ca");
    TrustedTls tls = tls(pem);
    Set<String> urls = new LinkedHashSet<>();
    Sought sought = read(new TorrentSource(console, new WebFetch(bind.get(), pem)), urls);
    urls.addAll(trackers.get());
    DhtSettings dht = dht(sought);
    if (urls.isEmpty() && dht == null) {
      throw new CliException(
          Reason.TRACKERS_FAILED,
          "trackers: none in the torrent (expected: at least one)",
          "The option --tracker adds one.",
          null);
    }
    Answers answers = ask(sought.infoHash, urls, tls, dht);
    Set<String> peers = new LinkedHashSet<>();
    answers.trackers.forEach(one -> one.peers().forEach(peer -> peers.add(DhtOutput.text(peer))));
    if (answers.dht != null) {
      answers.dht.peers().forEach(peer -> peers.add(DhtOutput.text(peer)));
    }
    if (json.get()) {
      console.json(out -> write(out, answers, peers));
    } else {
      peers.forEach(console::result);
    }
    requireOne(answers);
    return ExitCode.OK;
  }

  /** What is known of the source: its trackers go to {@code urls}. */
  private Sought read(TorrentSource sources, Set<String> urls)
      throws CliException, InterruptedException {
    MagnetUri magnet = sources.magnet(source.get());
    if (magnet != null) {
      urls.addAll(magnet.trackers());
      return new Sought(magnet.infoHash(), false);
    }
    Metainfo metainfo = sources.read(source.get());
    metainfo.trackers().forEach(urls::addAll);
    return new Sought(metainfo.info().infoHash(), metainfo.info().isPrivate());
  }

  /** Whose peers to look for. */
  private record Sought(InfoHash infoHash, boolean isPrivate) {}

  /** How to ask the DHT; null for not at all, as for a private torrent (BEP 27). */
  private DhtSettings dht(Sought sought) {
    return noDht.get() || sought.isPrivate
        ? null
        : DhtNodes.settings(bind.get(), dhtNodes.get(), console);
  }

  /** What was answered; {@code dht} is null when it was not asked. */
  private record Answers(List<TrackerSurvey.Answer> trackers, DhtSurvey.Answer dht) {}

  private static void requireOne(Answers answers) throws CliException {
    List<TrackerSurvey.Answer> trackers = answers.trackers;
    if (answers.dht != null && answers.dht.ok()
        || trackers.stream().anyMatch(TrackerSurvey.Answer::ok)) {
      return;
    }
    if (trackers.isEmpty()) {
      throw new CliException(Reason.NO_PEERS, "DHT: " + answers.dht.error());
    }
    throw new CliException(
        Reason.TRACKERS_FAILED, "trackers: " + trackers.size() + " asked, none answered");
  }

  private static TrustedTls tls(Path pem) throws CliException {
    try {
      return TrustedTls.load(pem);
    } catch (IOException e) {
      throw new CliException(Reason.USAGE, "--tracker-ca: " + e.getMessage(), null, e);
    }
  }

  /** Asks all at once; each line is printed when it and those before it are known. */
  private Answers ask(InfoHash infoHash, Set<String> urls, TrustedTls tls, DhtSettings dht)
      throws CliException {
    try (TrackerSurvey survey = new TrackerSurvey(infoHash, bind.get(), tls);
        DhtSurvey dhtSurvey =
            dht == null ? null : new DhtSurvey(dht, bind.get(), infoHash, scrape.get())) {
      List<CompletableFuture<TrackerSurvey.Answer>> asked = new ArrayList<>();
      for (String url : urls) {
        asked.add(scrape.get() ? survey.scrape(url) : survey.announce(url));
      }
      List<TrackerSurvey.Answer> answers = new ArrayList<>();
      for (CompletableFuture<TrackerSurvey.Answer> one : asked) {
        TrackerSurvey.Answer answer = one.join();
        answers.add(answer);
        result(line(answer));
      }
      DhtSurvey.Answer found = dhtSurvey == null ? null : dhtSurvey.await();
      if (found != null) {
        result(line(found));
      }
      return new Answers(answers, found);
    } catch (IOException e) {
      throw new CliException(Reason.USAGE, e.getMessage(), null, e);
    }
  }

  private void result(String line) {
    if (!json.get()) {
      console.result(line);
    }
  }

  private String line(DhtSurvey.Answer answer) {
    if (!answer.ok()) {
      return "DHT failed: " + answer.error();
    }
    return scrape.get()
        ? "DHT seeders " + answer.seeders() + ", leechers " + answer.leechers()
        : "DHT peers " + answer.peers().size() + ", nodes " + answer.answered();
  }

  private String line(TrackerSurvey.Answer answer) {
    if (!answer.ok()) {
      return answer.tracker() + " failed: " + answer.error();
    }
    List<String> facts = new ArrayList<>();
    if (answer.seeders() >= 0) {
      facts.add("seeders " + answer.seeders());
    }
    if (answer.leechers() >= 0) {
      facts.add("leechers " + answer.leechers());
    }
    if (!scrape.get()) {
      facts.add("peers " + answer.peers().size());
      facts.add("interval " + answer.interval() + " s");
    }
    return answer.tracker() + " " + String.join(", ", facts);
  }

  private static void write(JsonWriter out, Answers answers, Set<String> peers) throws IOException {
    out.name("trackers").beginArray();
    for (TrackerSurvey.Answer answer : answers.trackers) {
      out.beginObject();
      out.name("url").value(answer.tracker());
      out.name("ok").value(answer.ok());
      out.name("error").value(answer.error());
      out.name("interval").value(known(answer.interval() > 0, answer.interval()));
      out.name("seeders").value(known(answer.seeders() >= 0, answer.seeders()));
      out.name("leechers").value(known(answer.leechers() >= 0, answer.leechers()));
      out.name("peers").value(answer.peers().size());
      out.endObject();
    }
    out.endArray();
    out.name("peers").beginArray();
    for (String peer : peers) {
      out.value(peer);
    }
    out.endArray();
    out.name("dht");
    write(out, answers.dht);
  }

  private static void write(JsonWriter out, DhtSurvey.Answer answer) throws IOException {
    if (answer == null) {
      out.nullValue();
      return;
    }
    out.beginObject();
    out.name("ok").value(answer.ok());
    out.name("error").value(answer.error());
    out.name("nodes").value(answer.answered());
    out.name("seeders").value(known(answer.seeders() >= 0, answer.seeders()));
    out.name("leechers").value(known(answer.leechers() >= 0, answer.leechers()));
    out.name("peers").value(answer.peers().size());
    out.endObject();
  }

  private static Number known(boolean isKnown, long number) {
    return isKnown ? number : null;
  }
}
