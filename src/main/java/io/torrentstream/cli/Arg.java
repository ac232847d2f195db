package io.torrentstream.cli;

import picocli.CommandLine.Model.CommandSpec;

/** Something a command takes: an {@link Opt} or a {@link Param}. */
interface Arg {
  void addTo(CommandSpec command);
}
