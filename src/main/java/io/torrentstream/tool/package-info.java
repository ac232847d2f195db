/**
 * Tools around downloading: a tracker of one's own. The tracker's {@link
 * io.torrentstream.tool.SwarmTable} and {@link io.torrentstream.tool.AnnounceQuery} know no
 * sockets; {@link io.torrentstream.tool.TrackerServer} serves them over HTTP (BEP 3, 7, 23). All of
 * it is confined to the server's one event loop.
 */
package io.torrentstream.tool;
