package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.metainfo.InfoHash;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever comes in: the decoder refuses it properly, and a node goes on. */
class KrpcFuzzTest {
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

  @Test
  void onlyProtocolExceptionsLeaveTheDecoderAndNoneTheNode() {
    int[] sent = new int[1];
    DhtNode node =
        new DhtNode(DhtConfig.DEFAULT, null, new SplittableRandom(1), (bytes, to) -> sent[0]++, 0);
    long[] now = new long[1];
    Fuzzer fuzzer =
        new Fuzzer(
                "krpc",
                KrpcReader.class,
                KrpcWriter.class,
                KrpcMessage.class,
                Addresses.class,
                Item.class,
                BloomFilter.class,
                DhtNode.class,
                Responder.class,
                Requests.class,
                PeerStore.class,
                ItemStore.class)
            .tokens("1:a", "1:q", "1:r", "1:y", "1:t", "1:e", "2:id20:", "6:target20:", "5:token8:")
            .tokens("9:info_hash20:", "5:nodes26:", "6:values", "4:wantl2:n42:n6e", "2:roi1e")
            .tokens("1:v", "3:seqi1e", "3:casi0e", "1:k32:", "3:sig64:", "4:salt", "e", "d", "l")
            .inputs(25_000);
    originals().forEach(fuzzer::seed);
    fuzzer.run(
        datagram -> {
          now[0] += 10_000_000L;
          node.onDatagram(datagram, FROM, now[0]);
          node.onTick(now[0]);
          // What is read can be written, and reads the same.
          byte[] written = KrpcMessage.decode(datagram).encode();
          assertEquals(written.length, KrpcMessage.decode(written).encode().length);
        });
    assertTrue(node.count(DhtEvent.GARBAGE) > 0, "nothing counted as garbage");
    assertTrue(sent[0] > 1_000, "answered " + sent[0]);
  }

  @Test
  void savedStates() {
    NodeId id = KrpcMessageTest.ASKER;
    NodeInfo six = new NodeInfo(id, new InetSocketAddress("2001:db8::1", 1));
    DhtState state = new DhtState(id, id, List.of(new NodeInfo(id, FROM), six));
    new Fuzzer("dht-state", DhtState.class, Addresses.class)
        .tokens("3:id4", "3:id6", "5:nodes", "6:nodes6", "0:", "20:", "26:", "38:")
        .seed(state.encode())
        .run(
            input -> {
              DhtState read = DhtState.decode(input);
              assertTrue(read.nodes().size() <= 2 * DhtState.MAX_NODES);
              assertEquals(read, DhtState.decode(read.encode()));
            });
  }
}
