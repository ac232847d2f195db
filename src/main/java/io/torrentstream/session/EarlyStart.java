package io.torrentstream.session;

/** What a magnet link has begun with before its torrent was known, and the torrent takes over. */
record EarlyStart(PeerSources sources, MetadataSwarm swarm) {}
