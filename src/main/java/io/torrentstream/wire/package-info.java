/**
 * What two peers say to each other, as values and as bytes: {@link io.torrentstream.wire.Handshake}
 * opens a connection, {@link io.torrentstream.wire.PeerMessage} lists everything that follows it
 * (BEP 3, BEP 6), {@link io.torrentstream.wire.ExtensionMessage} what travels inside extension
 * messages (BEP 10, 11, 21, 54), and {@link io.torrentstream.wire.LocalAnnouncement} is what they
 * call into a local network to find each other (BEP 14). Pure functions and values, safe on any
 * thread; the two messages that carry a buffer say who releases it.
 */
package io.torrentstream.wire;
