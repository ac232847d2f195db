package io.torrentstream.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point. */
@Command(name = "tsl")
public final class Tsl implements Runnable {
  public static void main(String[] args) {
    System.exit(new CommandLine(new Tsl()).execute(args));
  }

  @Override
  public void run() {}
}
