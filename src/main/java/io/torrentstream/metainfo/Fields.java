package io.torrentstream.metainfo;

import io.torrentstream.bencode.BValue;
import io.torrentstream.util.ProtocolException;
import java.util.List;

/**
 * The typed keys of one dictionary: a required key that is missing or of another type is an error,
 * an optional one of another type is left out with a warning.
 */
final class Fields {
  private final BValue.Dict dict;
  private final Warnings warnings;

  Fields(BValue.Dict dict, Warnings warnings) {
    this.dict = dict;
    this.warnings = warnings;
  }

  BValue.Dict dict() {
    return dict;
  }

  boolean has(String key) {
    return dict.get(key) != null;
  }

  long integer(String key) throws ProtocolException {
    if (dict.get(key) instanceof BValue.Int i) {
      return i.value();
    }
    throw fault(key, "an integer");
  }

  byte[] bytes(String key) throws ProtocolException {
    if (dict.get(key) instanceof BValue.Str s) {
      return s.bytes();
    }
    throw fault(key, "a string");
  }

  List<BValue> list(String key) throws ProtocolException {
    if (dict.get(key) instanceof BValue.Lst l) {
      return l.items();
    }
    throw fault(key, "a list");
  }

  BValue.Dict dict(String key) throws ProtocolException {
    if (dict.get(key) instanceof BValue.Dict d) {
      return d;
    }
    throw fault(key, "a dictionary");
  }

  /** The value of a key; null when it is missing or of another type. */
  <T extends BValue> T optional(String key, Class<T> type) {
    BValue value = dict.get(key);
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    if (value != null) {
      ignore(key, describe(value));
    }
    return null;
  }

  /** Tells that a key, or part of it, was left out. */
  void ignore(String key, String what) {
    warnings.add(key + ": " + what + " (ignored)");
  }

  /** The error of a required key that is missing or not {@code expected}. */
  ProtocolException fault(String key, String expected) {
    return new ProtocolException(
        key + ": " + describe(dict.get(key)) + " (expected: " + expected + ")");
  }

  private static String describe(BValue value) {
    if (value == null) {
      return "missing";
    }
    if (value instanceof BValue.Str) {
      return "a string";
    }
    if (value instanceof BValue.Int) {
      return "an integer";
    }
    return value instanceof BValue.Lst ? "a list" : "a dictionary";
  }
}
