package io.torrentstream.net;

import io.torrentstream.wire.PeerMessage;
import java.util.List;

/**
 * Messages that go through the pipeline together, because a pass through it costs more than most
 * messages do: all that one read brought, or the requests that follow it. On the wire they are the
 * messages one after the other. Immutable by convention.
 *
 * @param messages in the order of the wire. Those that were read belong to whoever takes the burst,
 *     buffers included; of those to be written none carries a buffer.
 */
public record MessageBurst(List<? extends PeerMessage> messages) {}
