package io.torrentstream.dht;

/** What a {@link DhtNode} counts. */
public enum DhtEvent {
  /** A query was answered. */
  ANSWERED,
  /** A query was answered with an error. */
  REFUSED,
  /** An answer was cut, since it would have been much longer than the question. */
  CUT,
  /** A query was dropped: too many, from one address or in all. */
  LIMITED,
  /** A query was dropped because this node is read-only (BEP 43). */
  READ_ONLY,
  /** A datagram was dropped: no message, or from an address that can be nobody's. */
  GARBAGE,
  /** An answer was dropped: it came from another address than the one that was asked. */
  WRONG_ADDRESS,
  /** An answer was dropped: no such question is open. */
  UNKNOWN_TRANSACTION,
  /** Another node answered than the one that was said to be at the address. */
  WRONG_NODE,
  /** A node answered whose id does not fit its address (BEP 42). */
  BAD_ID,
  /** A question was sent. */
  ASKED,
  /** A question was not answered in time. */
  TIMED_OUT
}
