package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;

import io.netty.channel.embedded.EmbeddedChannel;
import io.torrentstream.net.MessageBurst;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.PeerMessage;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept of a peer that speaks of its pieces before the torrent is known. */
class MetadataHandlerTest {
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new MetadataHandler(mock(MetadataSwarm.class), mock(Peer.class)));

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void send(PeerMessage message, int times) {
    channel.writeInbound(new MessageBurst(Collections.nCopies(times, message)));
  }

  @Test
  void messagesWithoutEndEndTheConnection() {
    int most = MetadataHandler.MAX_KEPT_BYTES / MetadataHandler.MESSAGE_BYTES;
    assertDoesNotThrow(() -> send(new PeerMessage.Have(0), most));
    assertThrows(ProtocolException.class, () -> send(new PeerMessage.Have(0), 1));
  }
}
