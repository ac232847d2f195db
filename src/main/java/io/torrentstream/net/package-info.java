/**
 * Everything that touches a socket, on Netty: peers ({@link io.torrentstream.net.PeerPipeline} is
 * where to start reading), trackers ({@link io.torrentstream.net.TrackerClient}) and name
 * resolution, and the local network ({@link io.torrentstream.net.LocalGroups}). It knows protocols,
 * not torrents; what it must ask about a torrent, it asks through {@link
 * io.torrentstream.net.HandshakeHandler.Swarms}. BEP 3, 6, 7, 10, 14, 15, 19, 23, 41.
 *
 * <p>A handler is confined to its channel's loop. Whoever receives a buffer releases it or passes
 * it on.
 */
package io.torrentstream.net;
