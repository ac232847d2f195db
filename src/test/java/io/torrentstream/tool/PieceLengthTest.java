package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PieceLengthTest {
  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @CsvSource({
    "0, 16",
    "1, 16",
    "32768000, 16", // 2,000 pieces
    "32768001, 32",
    "1073741824, 1024", // 1 GiB
    "4294967296, 4096",
    "33554432000, 16384", // 2,000 pieces of 16 MiB
    "1099511627776, 16384",
    "9223372036854775807, 16384"
  })
  void isTheSmallestThatGivesTwoThousandPieces(long contentLength, int kibibytes) {
    assertEquals(kibibytes * 1024, PieceLength.of(contentLength));
  }

  @Test
  void givesOneToTwoThousandPiecesInBetween() {
    for (long length = 33 * MIB; length < 30_000 * MIB; length += 7_654_321) {
      long pieces = (length + PieceLength.of(length) - 1) / PieceLength.of(length);
      assertTrue(pieces > 1000 && pieces <= 2000, length + ": " + pieces);
    }
  }
}
