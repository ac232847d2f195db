package io.torrentstream.cli;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.util.ProtocolException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl demo}: a whole swarm on this machine, and the download that anyone runs. */
final class DemoCommand implements Callable<Integer> {
  private static final int SEEDS = 2;

  private final Opt<String> dir =
      Opt.text("-d, --dir", "DIR", "Where the download goes (a new temporary folder).");

  private final Opt<Long> seedRate =
      Opt.value(
              "--seed-rate",
              "RATE",
              new OptionValues.Rate(),
              "Bytes per second of each seed (5M, to have time to watch); 0: no limit.")
          .orElse("5M");

  private final CommonOptions common = new CommonOptions();

  private final Console console;

  DemoCommand(Console console) {
    this.console = console;
  }

  /** What picocli is to know. */
  CommandSpec spec() {
    return new CommandBuilder(
            "demo",
            this,
            "Show a whole download without a network.",
            "Starts a tracker and two seeds on this machine, and tsl download.")
        .takes(dir, seedRate)
        .takes(common.all())
        .shortSynopsis()
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), null));
    try {
      Path work = Files.createTempDirectory("tsl-demo-");
      Path target = dir.get() == null ? work.resolve("download") : console.path(dir.get(), "--dir");
      try {
        return run(work, target);
      } finally {
        deleteSeeds(work);
      }
    } catch (IOException e) {
      throw new CliException(Reason.IO, "demo: " + e.getMessage(), null, e);
    }
  }

  private int run(Path work, Path target) throws IOException, CliException, InterruptedException {
    Path torrentFile = work.resolve("demo.torrent");
    Metainfo metainfo = unpack(torrentFile);
    try (DemoSwarm swarm = new DemoSwarm(SEEDS)) {
      say("1. A tracker at " + swarm.announceUrl());
      say("2. " + Units.count(SEEDS, "seed") + " with " + Units.bytes(DemoContent.LENGTH));
      startSeeds(swarm, metainfo, work);
      List<String> command = downloadCommand(torrentFile, target, swarm.announceUrl());
      say("3. $ " + Tsl.invocation() + " " + typed(command));
      int exit = Tsl.run(console, Defaults.NONE, command.toArray(new String[0]));
      if (exit == ExitCode.OK) {
        sayWhatNext(torrentFile, target);
      }
      return exit;
    }
  }

  /** Until the download listens to signals, this does, so that nothing of the seeds stays. */
  private void startSeeds(DemoSwarm swarm, Metainfo metainfo, Path work)
      throws IOException, CliException, InterruptedException {
    StopOnSignal signals = new StopOnSignal();
    try {
      LongConsumer progress = signals.watch(bytes -> {});
      for (int i = 1; i <= SEEDS; i++) {
        Path seedDir = seedDir(work, i);
        DemoContent.write(seedDir, progress);
        swarm.addSeed(metainfo, seedDir, seedRate.get());
      }
      swarm.awaitSeeds();
      progress.accept(SEEDS);
    } catch (CancellationException e) {
      throw signals.interrupted();
    } finally {
      signals.close();
    }
  }

  private static Metainfo unpack(Path torrentFile) throws IOException {
    try (InputStream resource = DemoCommand.class.getResourceAsStream("demo.torrent")) {
      byte[] torrent = resource.readAllBytes();
      Files.write(torrentFile, torrent);
      return Metainfo.parse(torrent);
    } catch (ProtocolException e) {
      throw new IllegalStateException("demo.torrent is checked by a test", e);
    }
  }

  /** The very command that a user would type. */
  private List<String> downloadCommand(Path torrentFile, Path target, String tracker) {
    List<String> command = new ArrayList<>(List.of("download", torrentFile.toString()));
    command.addAll(List.of("--dir", target.toString(), "--tracker", tracker));
    command.addAll(List.of("--bind", "127.0.0.1", "--port", "0"));
    if (common.quiet()) {
      command.add("--quiet");
    }
    command.addAll(Collections.nCopies(common.verbosity(), "--verbose"));
    return command;
  }

  private void sayWhatNext(Path torrentFile, Path target) {
    say("");
    say("Every piece was compared with its hash. Try next:");
    String torrent = torrentFile.toString();
    say("$ " + Tsl.invocation() + " " + typed(List.of("info", torrent)));
    say("$ " + Tsl.invocation() + " " + typed(List.of("verify", torrent, "-d", target.toString())));
    say("$ " + Tsl.invocation() + " download SOME.torrent");
  }

  /** The words as a shell wants them. */
  private static String typed(List<String> words) {
    return words.stream().map(DemoCommand::quoted).collect(Collectors.joining(" "));
  }

  /** Windows' shells know no other quotes than the double ones, and expand little inside them. */
  private static String quoted(String word) {
    if (word.matches("[\\w@%+=:,./\\\\-]+")) {
      return word;
    }
    return File.separatorChar == '\\' ? '"' + word + '"' : "'" + word.replace("'", "'\\''") + "'";
  }

  private void say(String line) {
    if (!common.quiet()) {
      console.note(line);
    }
  }

  private static Path seedDir(Path work, int number) {
    return work.resolve("seed-" + number);
  }

  /** What the user may want to look at stays: the .torrent and the download. */
  private static void deleteSeeds(Path work) throws IOException {
    for (int i = 1; i <= SEEDS; i++) {
      if (Files.exists(seedDir(work, i))) {
        Files.walkFileTree(seedDir(work, i), new Deleter());
      }
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
