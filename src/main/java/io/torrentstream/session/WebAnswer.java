package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.torrentstream.net.RangeFetcher;

/**
 * An answer of a web server while it comes in: of which file it is, and how far into that. Most are
 * the range that was asked for; a server that knows no ranges sends the whole file, of which run
 * after run is taken as it passes. Confined to the torrent's loop.
 */
final class WebAnswer {
  private final int file;
  private final RangeFetcher.Transfer transfer;
  private long position;
  private long end;

  /**
   * @param asked the range that was asked for
   */
  WebAnswer(WebRun.Part asked, RangeFetcher.Transfer transfer) {
    this.file = asked.file();
    this.transfer = transfer;
    this.position = asked.from();
    this.end = asked.end();
  }

  /** It is the whole file instead. */
  void onWholeFile(long length) {
    position = 0;
    end = length;
  }

  int file() {
    return file;
  }

  /** In the file, of the next byte. */
  long position() {
    return position;
  }

  /** Whether more is to come. */
  boolean goesOn() {
    return position < end;
  }

  /** Whether a part of a file is still to come. */
  boolean has(WebRun.Part part) {
    return part.file() == file && position <= part.from() && part.end() <= end;
  }

  /**
   * Takes what lies in front of an offset out of {@code bytes}.
   *
   * @return so many
   */
  int skipTo(long from, ByteBuf bytes) {
    int skipped = (int) Math.max(0, Math.min(from - position, bytes.readableBytes()));
    bytes.skipBytes(skipped);
    position += skipped;
    return skipped;
  }

  /** Takes what lies in front of an offset out of {@code bytes}, as a slice that is theirs. */
  ByteBuf readTo(long to, ByteBuf bytes) {
    int length = (int) Math.min(to - position, bytes.readableBytes());
    position += length;
    return bytes.readSlice(length);
  }

  /** Stops reading from the server, or goes on. */
  void pause(boolean paused) {
    transfer.pause(paused);
  }

  /** Ends it, and the connection with it. */
  void cancel() {
    transfer.cancel();
  }
}
