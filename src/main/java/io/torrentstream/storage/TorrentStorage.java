package io.torrentstream.storage;

/** A torrent's data on disk. */
public interface TorrentStorage {}
