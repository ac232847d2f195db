package io.torrentstream.metainfo;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.ProtocolException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A .torrent of 10,000 files in 100 folders: its bencoding alone, and with every check. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MetainfoBenchmark {
  private static final int FILES = 10_000;

  private byte[] torrent;

  @Setup
  public void build() {
    TorrentBuilder builder = TorrentBuilder.folder("many");
    for (int i = 0; i < FILES; i++) {
      builder.file(20_000, "folder-" + i % 100, "file-" + i + ".dat");
    }
    torrent = builder.pieces().bytes();
  }

  @Benchmark
  public BValue bencode() throws ProtocolException {
    return Bencode.read(torrent, Bencode.Limits.TORRENT);
  }

  @Benchmark
  public Metainfo metainfo() throws ProtocolException {
    return Metainfo.parse(torrent);
  }
}
