/**
 * The orchestration: {@link io.torrentstream.session.Session} owns the port, the loops and the disk
 * lanes; a {@code Torrent} owns all state of one swarm and is confined to one event loop; a {@code
 * Peer} is one connection of it. {@code PeerWireHandler} and {@code PieceManagerHandler} end every
 * peer's pipeline and turn messages into calls of the pure packages below. Other threads use {@link
 * io.torrentstream.session.TorrentHandle} and read immutable {@link
 * io.torrentstream.session.TorrentStatus} snapshots. BEP 3, 6, 10, 11, 12, 14, 19, 21, 27, 40, 54.
 */
package io.torrentstream.session;
