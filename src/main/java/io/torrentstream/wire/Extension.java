package io.torrentstream.wire;

/**
 * The registry of the extensions that we speak (BEP 10): an extension's name is the same
 * everywhere, its message id is chosen by whoever receives the messages. To add one: a constant
 * here, a record in {@link ExtensionMessage}, and a case where messages are received.
 */
public enum Extension {
  /** {@link UtPex}. */
  UT_PEX("ut_pex", 1),

  /** {@link UtMetadata}. */
  UT_METADATA("ut_metadata", 2),

  /** {@link LtDontHave}. */
  LT_DONTHAVE("lt_donthave", 7);

  private static final Extension[] ALL = values();

  private final String wireName;
  private final int localId;

  Extension(String wireName, int localId) {
    this.wireName = wireName;
    this.localId = localId;
  }

  /** The key in {@code m} of the extension handshake. */
  public String wireName() {
    return wireName;
  }

  /** The id under which we want its messages: 1 to 255. */
  public int localId() {
    return localId;
  }

  /** The extension of a message that came to us; null for an id that we never gave out. */
  public static Extension ofLocalId(int id) {
    for (Extension extension : ALL) {
      if (extension.localId == id) {
        return extension;
      }
    }
    return null;
  }
}
