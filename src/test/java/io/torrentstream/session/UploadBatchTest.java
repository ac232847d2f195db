package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.Block;
import io.torrentstream.net.PieceBurst;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UploadBatchTest {
  private static final String GAP = "-".repeat(PieceBurst.HEADER_BYTES);

  private final Block a = new Block(7, 0, 1);
  private final Block bb = new Block(7, 1, 2);
  private final Block c = new Block(7, 3, 1);
  private final Block d = new Block(7, 4, 1);
  private final UploadBatch batch = new UploadBatch(List.of(a, bb, c, d));

  /** Each burst as its blocks and its bytes. */
  private List<String> bursts() {
    ByteBuf framed = Unpooled.buffer();
    for (String data : List.of("A", "BB", "C", "D")) {
      framed.writeCharSequence(GAP + data, StandardCharsets.US_ASCII);
    }
    List<String> bursts = new ArrayList<>();
    batch.forEachBurst(
        framed,
        burst -> {
          String text = burst.content().toString(StandardCharsets.US_ASCII).replace(GAP, "");
          bursts.add(burst.blocks().size() + text);
          burst.release();
        });
    assertEquals(0, framed.refCnt());
    return bursts;
  }

  @Test
  void isOneBurst() {
    assertEquals(5, batch.bytes());
    assertEquals(List.of("4ABBCD"), bursts());
  }

  @Test
  void leavesOutWhatIsDropped() {
    assertTrue(batch.drop(bb));
    assertFalse(batch.drop(bb), "it is gone");
    assertFalse(batch.drop(new Block(7, 3, 2)), "another length is another request");
    assertEquals(List.of("1A", "2CD"), bursts());
  }

  @Test
  void leavesOutTheEnds() {
    batch.drop(a);
    batch.drop(d);
    assertEquals(List.of("2BBC"), bursts());
  }

  @Test
  void mayHaveNothingLeft() {
    batch.dropAll();
    assertEquals(List.of(), bursts());
  }
}
