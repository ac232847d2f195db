package io.torrentstream.interop;

import io.torrentstream.metainfo.InfoHash;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Asks a client what it can give: shakes hands as a peer, reads the bitfield, leaves. Written
 * without tsl's own wire code, so that a bug there cannot hide in the tests.
 */
final class PeerProbe {
  private static final int TIMEOUT_MILLIS = 1_000;
  private static final String PROTOCOL = "\u0013BitTorrent protocol";
  private static final int HAVE = 4;
  private static final int BITFIELD = 5;
  private static final int MAX_MESSAGE = 1 << 20;

  private PeerProbe() {}

  /** Whether somebody takes connections there. */
  static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** How many pieces the client says it has; 0 when it does not (yet) answer for this torrent. */
  static int pieces(int port, InfoHash infoHash) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      socket.getOutputStream().write(handshake(infoHash));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = in.readNBytes(68);
      if (answer.length < 68 || !Arrays.equals(answer, 28, 48, infoHash.bytes(), 0, 20)) {
        return 0;
      }
      return readBitfield(in);
    } catch (IOException e) {
      return 0; // not listening, not loaded, still checking: the caller asks again
    }
  }

  /** No extension bits (BEP 3 alone), so that a seed sends a bitfield rather than "have all". */
  private static byte[] handshake(InfoHash infoHash) {
    byte[] handshake = new byte[68];
    System.arraycopy(PROTOCOL.getBytes(StandardCharsets.ISO_8859_1), 0, handshake, 0, 20);
    System.arraycopy(infoHash.bytes(), 0, handshake, 28, 20);
    System.arraycopy(
        "-PB0001-readiness-be".getBytes(StandardCharsets.ISO_8859_1), 0, handshake, 48, 20);
    return handshake;
  }

  private static int readBitfield(DataInputStream in) throws IOException {
    while (true) {
      int length = in.readInt();
      if (length < 0 || length > MAX_MESSAGE) {
        throw new IOException("message length: " + length);
      }
      byte[] message = in.readNBytes(length);
      if (length > 0 && message[0] == BITFIELD) {
        return BitSet.valueOf(Arrays.copyOfRange(message, 1, length)).cardinality();
      }
      if (length > 0 && message[0] == HAVE) {
        return 1; // it had none when we came, or it would have begun with a bitfield
      }
    }
  }
}
