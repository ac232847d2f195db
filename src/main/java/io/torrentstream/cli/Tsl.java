package io.torrentstream.cli;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The root command: finds the subcommand, and is the way in and out of the program. */
public final class Tsl implements Callable<Integer> {
  /** In the order of the help. Each has its line in {@link #command}. */
  private static final String[] COMMANDS = {
    "download", "seed", "info", "verify", "peers", "create", "magnet", "tracker", "dht", "demo"
  };

  /**
   * Types of options that picocli would learn to read at each start; ours have readers of their
   * own.
   */
  private static final String UNUSED_TYPES = ".*";

  private final Console console;

  private final CommandSpec spec =
      new CommandBuilder("tsl", this, "TorrentStream Lite, a BitTorrent client.")
          .takes(
              "Options",
              Opt.help("-h, --help", "Show this help."),
              Opt.version("-V, --version", "Show the version."))
          .footer("tsl help COMMAND says more of each.")
          .build()
          .version(nameAndVersion());

  private Tsl(Console console) {
    this.console = console;
  }

  public static void main(String[] args) {
    ResultOutput stdout = new ResultOutput(new FileOutputStream(FileDescriptor.out));
    Console console = Console.system(stdout);
    stdout.onFailure(why -> console.note("tsl: stdout: " + why));
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, bug) -> System.exit(new ErrorReport(console).onBug(bug, Logging.isVerbose())));
    System.setProperty("picocli.converters.excludes", UNUSED_TYPES);
    Logging.announce();
    HeadStart.take(called(args), args);
    int exit = run(console, args);
    System.exit(exit == ExitCode.OK && stdout.hasFailed() ? ExitCode.STORAGE : exit);
  }

  /** Runs the whole program and returns its exit code. */
  static int run(Console console, String... args) {
    try {
      return run(console, Defaults.of(console.env()), args);
    } catch (CliException e) {
      return new ErrorReport(console).onFailure(e);
    }
  }

  /** The same with other values for options that were not given. */
  static int run(Console console, Defaults defaults, String... args) {
    return commandLine(console, args).setDefaultValueProvider(defaults).execute(args);
  }

  /** The commands as picocli has them: all of them, or the one that the arguments call. */
  static CommandLine commandLine(Console console, String... args) {
    CommandLine root = new CommandLine(new Tsl(console).spec);
    addCommands(root, console, args);
    ErrorReport errors = new ErrorReport(console);
    root.setOut(new PrintWriter(console.out(), true))
        .setErr(new PrintWriter(console.err(), true))
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOverwrittenOptionsAllowed(true)
        // A torrent may be called @x: that is no file with more arguments.
        .setExpandAtFiles(false)
        // OptionArgument says when; picocli itself refuses --dir=-x as well.
        .setAllowOptionsAsOptionParameters(true)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
    return root;
  }

  /** Only the command that is called is put together; all when it is not clear which. */
  private static void addCommands(CommandLine root, Console console, String[] args) {
    String called = called(args);
    for (String name : COMMANDS) {
      if (name.equals(called)) {
        root.addSubcommand(name, command(name, console));
        return;
      }
    }
    for (String name : COMMANDS) {
      root.addSubcommand(name, command(name, console));
    }
    root.addSubcommand("help", new CommandLine.HelpCommand());
  }

  /** The command that the arguments call; empty when they begin with anything else. */
  private static String called(String[] args) {
    return args.length == 0 ? "" : args[0];
  }

  private static CommandSpec command(String name, Console console) {
    return switch (name) {
      case "download" -> new DownloadCommand(console).spec();
      case "seed" -> new SeedCommand(console).spec();
      case "info" -> new InfoCommand(console).spec();
      case "verify" -> new VerifyCommand(console).spec();
      case "peers" -> new PeersCommand(console).spec();
      case "create" -> new CreateCommand(console).spec();
      case "magnet" -> new MagnetCommand(console).spec();
      case "tracker" -> new TrackerCommand(console).spec();
      case "dht" -> new DhtCommand(console).spec();
      case "demo" -> new DemoCommand(console).spec();
      default -> throw new IllegalArgumentException("command: " + name);
    };
  }

  /** {@code tsl 1.2.3}. */
  static String nameAndVersion() {
    String version = Tsl.class.getPackage().getImplementationVersion();
    return "tsl " + (version == null ? "(not packaged)" : version);
  }

  /** How this program was called, for advice that can be pasted into a shell. */
  static String invocation() {
    String jar = System.getProperty("java.class.path", "");
    return jar.endsWith(".jar") && !jar.contains(File.pathSeparator) ? "java -jar " + jar : "tsl";
  }

  /** Called when there is no command. */
  @Override
  public Integer call() {
    spec.commandLine().usage(console.out());
    console.out().flush();
    return ExitCode.OK;
  }
}
