package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever comes in: the decoder refuses it properly, and a node goes on. */
class KrpcFuzzTest {
  private static final String ALPHABET = "dlei0123456789:-aqryt";
  private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.7", 6881);

  private static List<byte[]> originals() {
    byte[] token = {1, 2, 3, 4, 5, 6, 7, 8};
    NodeId id = KrpcMessageTest.ASKER;
    InfoHash torrent = KrpcMessageTest.TORRENT;
    List<KrpcMessage> messages = new ArrayList<>();
    for (Question question :
        List.of(
            new Question.Ping(),
            new Question.FindNode(id, KrpcMessageTest.BOTH),
            new Question.GetPeers(torrent, Question.Want.UNSAID, true, true),
            new Question.AnnouncePeer(torrent, 6881, true, token, true),
            new Question.Get(id, Question.Want.UNSAID, 3),
            new Question.Put(Item.immutable(BValue.Str.of("hello")), -1, token),
            new Question.Put(Item.sign(BValue.Str.of("x"), new byte[32], token, 1), 0, token),
            new Question.SampleInfohashes(id, Question.Want.UNSAID))) {
      messages.add(KrpcMessageTest.query(question));
    }
    Reply reply =
        new Reply(
            List.of(new NodeInfo(id, FROM)),
            List.of(new NodeInfo(id, new InetSocketAddress("2001:db8::1", 1))),
            token,
            List.of(FROM),
            new Reply.Filters(new BloomFilter(), new BloomFilter()),
            new Reply.Stored(new byte[] {'0', ':'}, new byte[32], new byte[64], 1),
            new Reply.Samples(1, 1, List.of(torrent)));
    messages.add(new KrpcMessage.Answer(new byte[4], id, FROM, reply));
    messages.add(new KrpcMessage.Failure(new byte[4], 203, "no"));
    return messages.stream().map(KrpcMessage::encode).toList();
  }

  private static byte[] mutate(byte[] original, SplittableRandom random) {
    byte[] bytes = original.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] =
          random.nextBoolean()
              ? (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()))
              : (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  @Test
  void onlyProtocolExceptionsLeaveTheDecoderAndNoneTheNode() {
    List<byte[]> originals = originals();
    int[] sent = new int[1];
    DhtNode node =
        new DhtNode(DhtConfig.DEFAULT, null, new SplittableRandom(1), (bytes, to) -> sent[0]++, 0);
    int good = 0;
    int bad = 0;
    for (int seed = 0; seed < 60_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] datagram = mutate(originals.get(seed % originals.size()), random);
      try {
        KrpcMessage message = KrpcMessage.decode(datagram);
        // What is read can be written, and reads the same.
        byte[] written = message.encode();
        assertEquals(written.length, KrpcMessage.decode(written).encode().length, "seed " + seed);
        good++;
      } catch (ProtocolException e) {
        bad++;
      }
      long now = seed * 10_000_000L;
      node.onDatagram(datagram, FROM, now);
      node.onTick(now);
    }
    assertTrue(good > 5_000 && bad > 5_000, good + " good, " + bad + " bad");
    assertEquals(bad, node.count(DhtEvent.GARBAGE));
    assertTrue(sent[0] > 1_000, "answered " + sent[0]);
  }
}
