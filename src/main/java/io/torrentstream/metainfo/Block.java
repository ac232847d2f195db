package io.torrentstream.metainfo;

/**
 * The unit of requests: at most 16 KiB of one piece (BEP 3). Immutable.
 *
 * @param piece index from 0
 * @param begin first byte within the piece
 * @param length in bytes
 */
public record Block(int piece, int begin, int length) {}
