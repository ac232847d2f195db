/**
 * What a .torrent file says: {@link io.torrentstream.metainfo.Metainfo} (the whole file), {@link
 * io.torrentstream.metainfo.TorrentInfo} (its info dictionary, made safe) and {@link
 * io.torrentstream.metainfo.PieceLayout} (the arithmetic of pieces, blocks and files). BEP 3, 12,
 * 17, 19, 27, 47, and the v1 half of BEP 52 hybrids.
 *
 * <p>A torrent is hostile until shown otherwise. MetainfoReader reads the file around the info
 * dictionary, InfoReader and FilesReader that dictionary, all through Fields (types) and Text
 * (encodings). SafeNames makes each name harmless under the {@link
 * io.torrentstream.metainfo.NameRules} of the machine, PathTree makes them all different.
 *
 * <p>What is public is immutable and safe on any thread.
 */
package io.torrentstream.metainfo;
