package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.net.TrustedTls;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsl peers}: who is in the swarm, by the word of each tracker. */
@Command(
    name = "peers",
    description = {
      "Ask each tracker of a torrent who is in its swarm.",
      "Prints one line for each tracker, then one line for each peer.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "All trackers are asked at the same time. tsl does not join the swarm: it takes",
      "its leave from each tracker as soon as that has answered. Until then a tracker",
      "may count tsl itself as a leecher."
    })
final class PeersCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "SOURCE",
      description = {
        "A .torrent file, - for stdin, an http(s) address of one, a magnet link, or an",
        "info-hash."
      })
  private String source;

  @Option(
      names = "--scrape",
      fallbackValue = "true",
      description = "Ask only for the numbers of seeders and leechers, not for peers.")
  private boolean scrape;

  @Option(
      names = "--tracker",
      paramLabel = "URL",
      split = " ",
      splitSynopsisLabel = "",
      converter = OptionValues.TrackerUrl.class,
      description = "Ask this tracker too; may be repeated.")
  private List<String> trackers = List.of();

  @Option(
      names = "--tracker-ca",
      paramLabel = "FILE",
      description = "Trust the certificates in this PEM file for https trackers too.")
  private String trackerCa;

  @Option(
      names = "--bind",
      paramLabel = "ADDR",
      converter = OptionValues.LocalAddress.class,
      description = "Ask from this address of this machine.")
  private InetAddress bind;

  @Option(
      names = "--json",
      fallbackValue = "true",
      description = "Print one JSON object instead of text.")
  private boolean json;

  @Mixin private CommonOptions common;

  private final Console console;

  PeersCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), null));
    Path pem = trackerCa == null ? null : console.path(trackerCa, "--tracker-ca");
    TrustedTls tls = tls(pem);
    Set<String> urls = new LinkedHashSet<>();
    InfoHash infoHash = read(new TorrentSource(console, new WebFetch(bind, pem)), urls);
    urls.addAll(trackers);
    if (urls.isEmpty()) {
      throw new CliException(
          Reason.TRACKERS_FAILED,
          "trackers: none in the torrent (expected: at least one)",
          "The option --tracker adds one.",
          null);
    }
    List<TrackerSurvey.Answer> answers = ask(infoHash, urls, tls);
    Set<String> peers = new LinkedHashSet<>();
    for (TrackerSurvey.Answer answer : answers) {
      answer.peers().forEach(peer -> peers.add(text(peer)));
    }
    if (json) {
      console.json(out -> write(out, answers, peers));
    } else {
      peers.forEach(console::result);
    }
    if (answers.stream().noneMatch(TrackerSurvey.Answer::ok)) {
      throw new CliException(
          Reason.TRACKERS_FAILED, "trackers: " + answers.size() + " asked, none answered");
    }
    return ExitCode.OK;
  }

  /** Adds the source's own trackers. */
  private InfoHash read(TorrentSource sources, Set<String> urls)
      throws CliException, InterruptedException {
    MagnetUri magnet = sources.magnet(source);
    if (magnet != null) {
      urls.addAll(magnet.trackers());
      return magnet.infoHash();
    }
    Metainfo metainfo = sources.read(source);
    metainfo.trackers().forEach(urls::addAll);
    return metainfo.info().infoHash();
  }

  private static TrustedTls tls(Path pem) throws CliException {
    try {
      return TrustedTls.load(pem);
    } catch (IOException e) {
      throw new CliException(Reason.USAGE, "--tracker-ca: " + e.getMessage(), null, e);
    }
  }

  /** Asks all; each line is printed when it and those before it are known. */
  private List<TrackerSurvey.Answer> ask(InfoHash infoHash, Set<String> urls, TrustedTls tls) {
    List<TrackerSurvey.Answer> answers = new ArrayList<>();
    try (TrackerSurvey survey = new TrackerSurvey(infoHash, bind, tls)) {
      List<CompletableFuture<TrackerSurvey.Answer>> asked = new ArrayList<>();
      for (String url : urls) {
        asked.add(scrape ? survey.scrape(url) : survey.announce(url));
      }
      for (CompletableFuture<TrackerSurvey.Answer> one : asked) {
        TrackerSurvey.Answer answer = one.join();
        answers.add(answer);
        if (!json) {
          console.result(line(answer));
        }
      }
    }
    return answers;
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
    if (!scrape) {
      facts.add("peers " + answer.peers().size());
      facts.add("interval " + answer.interval() + " s");
    }
    return answer.tracker() + " " + String.join(", ", facts);
  }

  private static void write(JsonWriter out, List<TrackerSurvey.Answer> answers, Set<String> peers)
      throws IOException {
    out.name("trackers").beginArray();
    for (TrackerSurvey.Answer answer : answers) {
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
  }

  private static Number known(boolean isKnown, int number) {
    return isKnown ? number : null;
  }

  /** {@code 192.0.2.1:6881} or {@code [2001:db8::7]:6881}. */
  private static String text(InetSocketAddress peer) {
    String host = peer.isUnresolved() ? peer.getHostString() : peer.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + peer.getPort();
  }
}
