/**
 * Tools around downloading.
 *
 * <p>Making a .torrent (BEP 3): {@link io.torrentstream.tool.ContentScan} finds the files, {@link
 * io.torrentstream.tool.TorrentCreator} has them hashed and writes what {@link
 * io.torrentstream.tool.TorrentSettings} say. Confined to the thread of the command.
 *
 * <p>A tracker of one's own (BEP 3, 7, 15, 23, 24, 48). {@link io.torrentstream.tool.Tracker} and
 * the tables below it ({@link io.torrentstream.tool.SwarmTable}, {@link
 * io.torrentstream.tool.Swarm}, {@link io.torrentstream.tool.PeerRows}) know no sockets, no clock
 * and no wire format; {@link io.torrentstream.tool.HttpTrackerHandler} and {@link
 * io.torrentstream.tool.UdpTrackerHandler} ask them, and {@link
 * io.torrentstream.tool.TrackerServer} has the ports. All of it is confined to the server's one
 * event loop.
 */
package io.torrentstream.tool;
