/**
 * The few types that every layer shares: {@link io.torrentstream.util.Bitfield}, {@link
 * io.torrentstream.util.Digests}, {@link io.torrentstream.util.Hosts}, {@link
 * io.torrentstream.util.Reach}, {@link io.torrentstream.util.SpeedMeter} and {@link
 * io.torrentstream.util.ProtocolException}. Nothing here knows BitTorrent messages, threads or
 * files; no type is thread-safe unless it says so.
 */
package io.torrentstream.util;
