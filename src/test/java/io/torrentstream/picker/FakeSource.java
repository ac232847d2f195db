package io.torrentstream.picker;

import io.torrentstream.util.Bitfield;

/** A peer with settable facts. */
final class FakeSource implements Source {
  final String name;
  final Bitfield pieces;
  long rate;
  boolean snubbed;
  boolean parole;

  FakeSource(String name, int pieceCount) {
    this.name = name;
    this.pieces = new Bitfield(pieceCount);
  }

  static FakeSource seed(String name, int pieceCount) {
    FakeSource source = new FakeSource(name, pieceCount);
    source.pieces.setAll();
    return source;
  }

  static FakeSource with(String name, int pieceCount, int... pieces) {
    FakeSource source = new FakeSource(name, pieceCount);
    for (int piece : pieces) {
      source.pieces.set(piece);
    }
    return source;
  }

  @Override
  public Bitfield pieces() {
    return pieces;
  }

  @Override
  public long rate() {
    return rate;
  }

  @Override
  public boolean isSnubbed() {
    return snubbed;
  }

  @Override
  public boolean onParole() {
    return parole;
  }

  @Override
  public String toString() {
    return name;
  }
}
