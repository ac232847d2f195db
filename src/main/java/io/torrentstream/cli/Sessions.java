package io.torrentstream.cli;

import io.torrentstream.session.Session;
import io.torrentstream.session.SessionConfig;
import java.io.IOException;

/** Opens the session of a command. */
final class Sessions {
  private Sessions() {}

  /**
   * What stands in the way of a session is an option: no free port, no such local address.
   *
   * @param anyPort whether another port may be used when those of {@code config} are taken
   */
  static Session open(SessionConfig config, boolean anyPort) throws CliException {
    try {
      return Session.open(config);
    } catch (IOException e) {
      if (!anyPort) {
        throw new CliException(Reason.USAGE, e.getMessage(), null, e);
      }
    }
    return open(config.withPorts(0, 0), false);
  }
}
