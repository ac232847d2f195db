package io.torrentstream.dht;

/**
 * How much a node does. Rates are per second; a pause allows a burst of four seconds' worth.
 *
 * @param readOnly it asks but does not answer and stays in nobody's table (BEP 43)
 * @param queries answered, in all
 * @param queriesPerAddress answered, for one address
 * @param answerBytes sent
 * @param questions sent, in all
 */
public record DhtConfig(
    boolean readOnly, int queries, int queriesPerAddress, int answerBytes, int questions) {
  /** For a node beside downloads: at most a small part of any line. */
  public static final DhtConfig DEFAULT = new DhtConfig(false, 500, 20, 64 * 1024, 100);

  public DhtConfig withReadOnly(boolean readOnly) {
    return new DhtConfig(readOnly, queries, queriesPerAddress, answerBytes, questions);
  }
}
