package io.torrentstream.dht;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ItemTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final BValue HELLO = BValue.Str.of("Hello World!");
  private static final byte[] KEY =
      HEX.parseHex("77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548");

  private static Item bep44(String salt, String signature) {
    return new Item(
        "12:Hello World!".getBytes(US_ASCII),
        new Item.Mutable(KEY, salt.getBytes(US_ASCII), 1, HEX.parseHex(signature)));
  }

  @Test
  void vectorsOfBep44() {
    Item plain =
        bep44(
            "",
            "305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff"
                + "1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01");
    Item salted =
        bep44(
            "foobar",
            "6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17d"
                + "df9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08");
    assertTrue(plain.isAuthentic());
    assertTrue(salted.isAuthentic());
    assertEquals("4a533d47ec9c7d95b1ad75f576cffc641853b750", plain.target().toString());
    assertEquals("411eba73b6f087ca51a3795d9c8c938d365e32c1", salted.target().toString());
    assertEquals(
        "e5f96f6f38320f0f33959cb4d3d656452117aadb", Item.immutable(HELLO).target().toString());
  }

  /** The first vector of RFC 8032: another implementation's key for this seed. */
  @Test
  void keysAreThoseOfRfc8032() {
    byte[] seed = HEX.parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    assertEquals(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        HEX.formatHex(Item.publicKey(seed)));
  }

  @Test
  void onlyWhatWasSignedIsAuthentic() {
    byte[] seed = new byte[Item.SEED_BYTES];
    byte[] salt = "s".getBytes(US_ASCII);
    Item item = Item.sign(HELLO, seed, salt, 5);
    Item.Mutable signed = item.mutable();
    assertTrue(item.isAuthentic());
    assertEquals(HELLO, item.decoded());
    assertEquals(Item.target(Item.publicKey(seed), salt), item.target());
    assertFalse(new Item("1:x".getBytes(US_ASCII), signed).isAuthentic());
    assertFalse(
        new Item(item.value(), new Item.Mutable(signed.publicKey(), salt, 6, signed.signature()))
            .isAuthentic());
    assertFalse(
        new Item(
                item.value(),
                new Item.Mutable(signed.publicKey(), new byte[0], 5, signed.signature()))
            .isAuthentic());
    assertFalse(
        new Item(item.value(), new Item.Mutable(new byte[32], salt, 5, signed.signature()))
            .isAuthentic());
  }
}
