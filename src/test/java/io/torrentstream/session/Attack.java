package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.WirePeer;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.LtDontHave;
import io.torrentstream.wire.PeerMessage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** The ways in which a peer can be of no use or of harm; each is a seed but for what it says. */
enum Attack implements WirePeer.Script {
  // --- before and in the handshake

  CLOSES_AT_ONCE {
    @Override
    public void onHandshake(WirePeer peer) {
      peer.close();
    }
  },
  NO_HANDSHAKE {
    @Override
    public void onHandshake(WirePeer peer) {}
  },
  GARBAGE {
    @Override
    public void onHandshake(WirePeer peer) {
      peer.sendRaw("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
  },
  OTHER_TORRENT {
    @Override
    public void onHandshake(WirePeer peer) {
      peer.sendHandshake(new Handshake(InfoHash.of(new byte[20]), new byte[20], 0));
      super.onOpen(peer);
    }
  },

  // --- wrong data

  CORRUPTS_ONE_BLOCK {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.answer(block, peer.count++ == 0 ? spoiled(peer, block) : peer.bytes(block));
    }
  },
  CORRUPTS_EVERYTHING {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.answer(block, spoiled(peer, block));
    }
  },
  CORRUPTS_NOW_AND_THEN {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.answer(block, peer.count++ % 5 == 0 ? spoiled(peer, block) : peer.bytes(block));
    }
  },

  // --- no data

  CLAIMS_ALL_AND_SENDS_NOTHING {
    @Override
    public void onRequest(WirePeer peer, Block block) {}
  },
  NEVER_UNCHOKES {
    @Override
    public void onInterested(WirePeer peer) {}
  },
  ONE_BYTE_A_SECOND {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.owed.add(block);
    }

    @Override
    public void onSecond(WirePeer peer) {
      if (!peer.owed.isEmpty()) {
        byte[] piece = frame(7, peer.bytes(peer.owed.peek()), peer.owed.peek());
        peer.sendRaw(piece[peer.count++ % piece.length]);
      }
    }
  },
  DRIPS_AN_UNKNOWN_MESSAGE {
    @Override
    public void onOpen(WirePeer peer) {
      peer.sendRaw(bytes(60_000, 0x63000000));
    }

    @Override
    public void onSecond(WirePeer peer) {
      peer.sendRaw((byte) 0);
    }
  },
  LEAVES_IN_MID_PIECE {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      byte[] piece = frame(7, peer.bytes(block), block);
      peer.sendRaw(Arrays.copyOf(piece, piece.length / 2));
      peer.close();
    }
  },

  // --- lengths and numbers

  LENGTH_ALL_ONES(bytes(-1, 0x07000000)),
  LENGTH_NEGATIVE(bytes(Integer.MIN_VALUE, 0x07000000)),
  LENGTH_OF_A_GIGABYTE(bytes(1 << 30, 0x14000000)),
  LENGTH_OF_A_LONG_BLOCK(bytes(9 + 16385, 0x07000000)),
  LENGTH_OF_NO_BLOCK(bytes(9, 0x07000000)),
  CHOKE_WITH_A_BODY(bytes(2, 0)),
  HAVE_TOO_SHORT(bytes(4, 0x04000000)),
  PIECE_INDEX_OUTSIDE(bytes(5, 0x04000000, 0x7F000000)),
  PIECE_INDEX_NEGATIVE(bytes(5, 0x04FFFFFF, 0xFF000000)),
  KEEP_ALIVES_WITHOUT_END(new byte[64 * 1024]),
  BLOCK_INDEX_OUTSIDE {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.answer(new Block(Integer.MAX_VALUE, block.begin(), block.length()), new byte[1]);
    }
  },
  BLOCK_BEGIN_OVERFLOWS {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.answer(
          new Block(block.piece(), Integer.MAX_VALUE - 100, block.length()), new byte[16384]);
    }
  },
  BLOCK_TOO_SHORT {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.answer(block, new byte[block.length() - 1]);
    }
  },

  // --- what nobody asked for

  UNSOLICITED_BLOCKS {
    @Override
    public void onSecond(WirePeer peer) {
      for (int i = 0; i < 20; i++) {
        peer.answer(new Block(i % 3, 0, 16384), new byte[16384]);
      }
    }

    @Override
    public void onRequest(WirePeer peer, Block block) {}
  },
  DUPLICATE_BLOCKS {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      for (int i = 0; i < 10; i++) {
        peer.answer(block);
      }
    }
  },

  // --- what it has

  BITFIELD_TOO_LONG {
    @Override
    public void onOpen(WirePeer peer) {
      peer.send(new PeerMessage.BitfieldMessage(new byte[1000]));
    }
  },
  BITFIELD_TOO_SHORT {
    @Override
    public void onOpen(WirePeer peer) {
      peer.send(new PeerMessage.BitfieldMessage(new byte[1]));
    }
  },
  BITFIELD_WITH_SPARE_BITS {
    @Override
    public void onOpen(WirePeer peer) {
      peer.send(new PeerMessage.BitfieldMessage(new byte[] {-1, -1, -1}));
    }
  },
  FLOODS_HAVES {
    @Override
    public void onSecond(WirePeer peer) {
      PeerMessage[] haves = new PeerMessage[1000];
      Arrays.setAll(haves, i -> new PeerMessage.Have(i % 20));
      peer.send(haves);
    }

    @Override
    public void onRequest(WirePeer peer, Block block) {}
  },
  HAS_AND_HAS_NOT {
    @Override
    public long reserved() {
      return Handshake.EXTENSIONS;
    }

    @Override
    public void onRequest(WirePeer peer, Block block) {
      ByteBuf lost = new LtDontHave(block.piece()).encode();
      peer.send(new PeerMessage.Extended(Extension.LT_DONTHAVE.localId(), lost));
      peer.send(new PeerMessage.Have(block.piece()));
    }
  },

  // --- asking, refusing, choking

  FLOODS_REQUESTS {
    @Override
    public long reserved() {
      return Handshake.FAST;
    }

    @Override
    public void onSecond(WirePeer peer) {
      PeerMessage[] requests = new PeerMessage[500];
      Arrays.setAll(requests, i -> new PeerMessage.Request(new Block(i % 20, 0, 16384)));
      peer.send(new PeerMessage.Interested());
      peer.send(requests);
    }

    @Override
    public void onRequest(WirePeer peer, Block block) {}
  },
  REJECTS_EVERYTHING {
    @Override
    public long reserved() {
      return Handshake.FAST;
    }

    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.send(new PeerMessage.Reject(block));
    }
  },
  FLOODS_REJECTS {
    @Override
    public long reserved() {
      return Handshake.FAST;
    }

    @Override
    public void onSecond(WirePeer peer) {
      PeerMessage[] rejects = new PeerMessage[1000];
      Arrays.setAll(rejects, i -> new PeerMessage.Reject(new Block(i % 20, 0, 16384)));
      peer.send(rejects);
    }

    @Override
    public void onRequest(WirePeer peer, Block block) {}
  },
  FLAPS {
    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.send(new PeerMessage.Choke(), new PeerMessage.Unchoke());
    }
  },

  // --- extensions

  EXTENSION_GARBAGE {
    @Override
    public long reserved() {
      return Handshake.EXTENSIONS;
    }

    @Override
    public void onSecond(WirePeer peer) {
      byte[] garbage = new byte[1000];
      new Random(peer.count++).nextBytes(garbage);
      peer.send(extended(3 + peer.count, garbage), extended(ExtensionHandshake.ID, garbage));
    }

    @Override
    public void onRequest(WirePeer peer, Block block) {}
  },
  DICTIONARY_OF_DEATH {
    @Override
    public long reserved() {
      return Handshake.EXTENSIONS;
    }

    @Override
    public void onOpen(WirePeer peer) {
      peer.send(extended(ExtensionHandshake.ID, "d1:a".repeat(16_000).getBytes()));
    }
  },
  LIST_OF_DEATH {
    @Override
    public long reserved() {
      return Handshake.EXTENSIONS;
    }

    @Override
    public void onOpen(WirePeer peer) {
      String list = "d1:ml" + "i1e".repeat(20_000) + "ee";
      peer.send(extended(ExtensionHandshake.ID, list.getBytes()));
    }
  },
  EXTENSION_NUMBERS {
    @Override
    public long reserved() {
      return Handshake.EXTENSIONS;
    }

    /** Allowed, each of them: nonsense counts as missing. */
    @Override
    public void onOpen(WirePeer peer) {
      String numbers =
          "d1:md11:ut_metadatai-1e6:ut_pexi9999999999ee13:metadata_sizei9223372036854775807e"
              + "1:pi0e4:reqqi-5e1:v3:\033[m6:yourip1:xe";
      peer.send(extended(ExtensionHandshake.ID, numbers.getBytes()));
    }

    @Override
    public void onRequest(WirePeer peer, Block block) {}
  };

  private final byte[] raw;

  Attack() {
    this(new byte[0]);
  }

  /** Says what it has, and then only this, again and again. */
  Attack(byte[] raw) {
    this.raw = raw;
  }

  @Override
  public void onSecond(WirePeer peer) {
    if (raw.length > 0) {
      peer.sendRaw(raw.clone());
    }
  }

  @Override
  public void onRequest(WirePeer peer, Block block) {
    if (raw.length == 0) {
      WirePeer.Script.super.onRequest(peer, block);
    }
  }

  private static byte[] spoiled(WirePeer peer, Block block) {
    byte[] bytes = peer.bytes(block);
    bytes[bytes.length - 1] ^= 1;
    return bytes;
  }

  private static PeerMessage extended(int id, byte[] payload) {
    return new PeerMessage.Extended(id & 0xFF, Unpooled.wrappedBuffer(payload));
  }

  private static byte[] bytes(int... words) {
    ByteBuf bytes = Unpooled.buffer();
    for (int word : words) {
      bytes.writeInt(word);
    }
    return Arrays.copyOf(bytes.array(), bytes.readableBytes());
  }

  private static byte[] frame(int id, byte[] data, Block block) {
    ByteBuf bytes = Unpooled.buffer();
    bytes.writeInt(9 + data.length).writeByte(id).writeInt(block.piece()).writeInt(block.begin());
    bytes.writeBytes(data);
    return Arrays.copyOf(bytes.array(), bytes.readableBytes());
  }
}
