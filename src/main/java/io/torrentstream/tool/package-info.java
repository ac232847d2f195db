/**
 * Tools around downloading.
 *
 * <p>Making a .torrent (BEP 3): {@link io.torrentstream.tool.ContentScan} finds the files, {@link
 * io.torrentstream.tool.TorrentCreator} has them hashed and writes what {@link
 * io.torrentstream.tool.TorrentSettings} say. Confined to the thread of the command.
 *
 * <p>A tracker of one's own: its {@link io.torrentstream.tool.SwarmTable} and {@link
 * io.torrentstream.tool.AnnounceQuery} know no sockets; {@link io.torrentstream.tool.TrackerServer}
 * serves them over HTTP (BEP 3, 7, 23). All of it is confined to the server's one event loop.
 */
package io.torrentstream.tool;
