/**
 * What a .torrent file says: {@link io.torrentstream.metainfo.Metainfo} (the whole file), {@link
 * io.torrentstream.metainfo.TorrentInfo} (its info dictionary, made safe) and {@link
 * io.torrentstream.metainfo.PieceLayout} (the arithmetic of pieces, blocks and files). BEP 3, 12,
 * 17, 19, 27, 47, and the v1 half of BEP 52 hybrids. Everything is immutable and safe on any
 * thread.
 */
package io.torrentstream.metainfo;
