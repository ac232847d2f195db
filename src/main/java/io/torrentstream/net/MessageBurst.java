package io.torrentstream.net;

import io.torrentstream.wire.PeerMessage;
import java.util.List;

/**
 * Small messages that are written together, as the requests that follow one read: a pass through
 * the pipeline costs more than encoding a request. On the wire they are the messages one after the
 * other. Immutable by convention.
 *
 * @param messages none that carries a buffer
 */
public record MessageBurst(List<? extends PeerMessage> messages) {}
