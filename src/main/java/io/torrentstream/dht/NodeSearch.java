package io.torrentstream.dht;

/** Looks for the nodes closest to a point, to know them (BEP 5: find_node). */
record NodeSearch(NodeId target) implements Lookup.Purpose {
  @Override
  public Question question() {
    return new Question.FindNode(target, Question.Want.UNSAID);
  }

  @Override
  public boolean needsToken() {
    return false;
  }

  @Override
  public boolean onReply(Reply reply, NodeInfo from) {
    return false;
  }

  @Override
  public Question storing(NodeInfo at, byte[] token) {
    return null;
  }
}
