package io.torrentstream.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutated bytes into everything that reads bytes: nothing but ProtocolException may come out. */
final class WireFuzzTest {
  private static final int ROUNDS = 20_000;

  private interface Input {
    void read(ByteBuf in) throws ProtocolException;
  }

  @Test
  void messages() {
    SampleMessages[] samples = SampleMessages.values();
    fuzz(
        11,
        random -> samples[random.nextInt(samples.length)].bytes(),
        in -> {
          int length = in.readableBytes() - PeerMessageCodec.PREFIX_BYTES;
          if (length >= 0) {
            in.skipBytes(PeerMessageCodec.PREFIX_BYTES);
            ReferenceCountUtil.release(PeerMessageCodec.decode(length, in));
            assertEquals(0, in.readableBytes());
          }
        });
  }

  @Test
  void handshakes() {
    byte[] valid = new byte[Handshake.LENGTH];
    System.arraycopy(
        "\u0013BitTorrent protocol".getBytes(StandardCharsets.US_ASCII), 0, valid, 0, 20);
    fuzz(
        12,
        random -> valid.clone(),
        in -> {
          Handshake.checkProtocol(in);
          if (in.readableBytes() >= Handshake.LENGTH) {
            Handshake handshake = Handshake.decode(in);
            assertTrue(handshake.toString().chars().allMatch(c -> c >= 0x20 && c < 0x7F));
          }
        });
  }

  @Test
  void extensionHandshakes() {
    byte[] valid =
        ("d1:md11:LT_metadatai1e6:ut_pexi2ee13:metadata_sizei31235e1:pi6881e4:reqqi250e"
                + "1:v13:tsl something6:yourip4:abcde")
            .getBytes(StandardCharsets.US_ASCII);
    fuzz(
        13,
        random -> valid.clone(),
        in -> {
          ExtensionHandshake read = ExtensionHandshake.decode(in);
          assertTrue(read.version().codePoints().noneMatch(Character::isISOControl));
          assertTrue(read.reqq() > 0 && read.port() >= 0 && read.metadataSize() >= 0);
          assertEquals(read, ExtensionHandshake.decode(read.encode()));
        });
  }

  @Test
  void metadata() {
    byte[] valid =
        "d8:msg_typei1e5:piecei0e10:total_sizei34256eexxxxxxxx".getBytes(StandardCharsets.US_ASCII);
    fuzz(
        16,
        random -> valid.clone(),
        in -> {
          UtMetadata read = UtMetadata.decode(in);
          if (read != null) {
            assertTrue(read.piece() >= 0 && read.totalSize() >= 0);
            assertEquals(read, UtMetadata.decode(read.encode()));
          }
        });
  }

  private interface Seeds {
    byte[] next(Random random);
  }

  private static void fuzz(long seed, Seeds seeds, Input input) {
    Random random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ByteBuf in = Unpooled.wrappedBuffer(mutate(seeds.next(random), random));
      String what = "seed " + seed + " round " + round;
      try {
        input.read(in);
      } catch (ProtocolException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
      assertEquals(1, in.refCnt(), what);
    }
    assertTrue(refused > 0 && refused < ROUNDS, refused + " of " + ROUNDS + " refused");
  }

  /** Changes, cuts or extends; sometimes leaves all as it is. */
  private static byte[] mutate(byte[] bytes, Random random) {
    byte[] mutated = java.util.Arrays.copyOf(bytes, newLength(bytes.length, random));
    for (int changes = random.nextInt(4); changes > 0 && mutated.length > 0; changes--) {
      int at = random.nextInt(mutated.length);
      mutated[at] =
          switch (random.nextInt(3)) {
            case 0 -> (byte) random.nextInt();
            case 1 -> (byte) (mutated[at] ^ (1 << random.nextInt(8)));
            default -> (byte) "0123456789dlie:-".charAt(random.nextInt(16));
          };
    }
    return mutated;
  }

  private static int newLength(int length, Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(length + 1);
      case 1 -> length + random.nextInt(20);
      default -> length;
    };
  }
}
