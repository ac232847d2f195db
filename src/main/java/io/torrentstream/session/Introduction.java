package io.torrentstream.session;

import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.PeerMessage;
import java.util.Set;

/** What we tell a peer about ourselves in the extension handshake (BEP 10). */
final class Introduction {
  private Introduction() {}

  /**
   * Sends it; does nothing for a peer without extensions.
   *
   * @param metadataSize bytes of the info dictionary that we give; 0 for none
   * @param uploadOnly whether we want no pieces (BEP 21)
   */
  static void send(
      SwarmHost host, Peer peer, Set<Extension> spoken, int metadataSize, boolean uploadOnly) {
    if (!peer.handshake.supportsExtensions()) {
      return;
    }
    ExtensionHandshake local =
        ExtensionHandshake.local(
                spoken,
                host.port(),
                host.version(),
                UploadQueue.LIMIT,
                peer.address.getAddress(),
                uploadOnly)
            .withMetadataSize(metadataSize);
    peer.send(new PeerMessage.Extended(ExtensionHandshake.ID, local.encode()));
  }
}
