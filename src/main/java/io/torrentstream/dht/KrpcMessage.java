package io.torrentstream.dht;

import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;

/**
 * One datagram of the DHT (BEP 5): a bencoded dictionary.
 *
 * <pre>
 *   every one  t: transaction id, y: "q", "r" or "e", v: the program (optional)
 *   query      q: method, a: { id: the asker, its arguments }, ro: 1 if it answers none (BEP 43)
 *   answer     r: { id: the answering node, values }, ip: the asker's address (BEP 42)
 *   error      e: [ code, text ]
 * </pre>
 *
 * Transaction ids are not copied: whoever has one does not change it.
 */
sealed interface KrpcMessage {
  int GENERIC_ERROR = 201;
  int SERVER_ERROR = 202;
  int PROTOCOL_ERROR = 203;
  int METHOD_UNKNOWN = 204;

  // BEP 44
  int VALUE_TOO_BIG = 205;
  int INVALID_SIGNATURE = 206;
  int SALT_TOO_BIG = 207;
  int SEQUENCE_MISMATCH = 301;
  int SEQUENCE_TOO_LOW = 302;

  byte[] transactionId();

  /**
   * A question.
   *
   * @param readOnly the asker answers no questions itself (BEP 43)
   */
  record Query(byte[] transactionId, NodeId sender, boolean readOnly, Question question)
      implements KrpcMessage {}

  /**
   * An answer.
   *
   * @param seenAs the asker's address as the answering node sees it; null if it did not say
   */
  record Answer(byte[] transactionId, NodeId sender, InetSocketAddress seenAs, Reply reply)
      implements KrpcMessage {}

  /** The answer to a question that cannot be answered; the text may hold anything. */
  record Failure(byte[] transactionId, long code, String text) implements KrpcMessage {}

  /** A query that is none, but enough of one to say what is wrong with it. Only ever read. */
  record BadQuery(byte[] transactionId, int code, String text) implements KrpcMessage {}

  /**
   * Reads a datagram.
   *
   * @throws ProtocolException when it is none of the above
   */
  static KrpcMessage decode(byte[] datagram) throws ProtocolException {
    return KrpcReader.read(datagram);
  }

  /** The bytes to send. */
  default byte[] encode() {
    return KrpcWriter.write(this);
  }
}
