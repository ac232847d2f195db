/**
 * Bencoding, the data format of .torrent files, tracker answers, extension messages and the DHT
 * (BEP 3). {@link io.torrentstream.bencode.Bencode} reads and writes it; {@link
 * io.torrentstream.bencode.BValue} is what was read. Pure functions and immutable values, safe on
 * any thread.
 */
package io.torrentstream.bencode;
