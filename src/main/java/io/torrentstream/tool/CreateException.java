package io.torrentstream.tool;

import java.io.IOException;

/**
 * What was given cannot become a torrent. The message is one line that begins with the path. An
 * {@link IOException} because walks through folders let no other through.
 */
public final class CreateException extends IOException {
  private static final long serialVersionUID = 1;

  CreateException(String message) {
    super(message);
  }
}
