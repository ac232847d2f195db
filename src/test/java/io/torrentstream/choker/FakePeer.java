package io.torrentstream.choker;

/** A peer with settable facts that checks what it is told. */
final class FakePeer implements Choker.Peer {
  final String name;
  boolean interested = true;
  boolean snubbed;
  long downRate;
  long upRate;
  boolean unchoked;
  int changes;

  /** What the peer does when it is told. */
  Runnable reaction = () -> {};

  FakePeer(String name) {
    this.name = name;
  }

  @Override
  public boolean isInterested() {
    return interested;
  }

  @Override
  public boolean isSnubbed() {
    return snubbed;
  }

  @Override
  public long downRate() {
    return downRate;
  }

  @Override
  public long upRate() {
    return upRate;
  }

  @Override
  public void choke() {
    tell(false);
  }

  @Override
  public void unchoke() {
    tell(true);
  }

  private void tell(boolean unchoke) {
    if (unchoked == unchoke) {
      throw new AssertionError(name + " is told twice: " + (unchoke ? "unchoke" : "choke"));
    }
    unchoked = unchoke;
    changes++;
    reaction.run();
  }

  @Override
  public String toString() {
    return name;
  }
}
