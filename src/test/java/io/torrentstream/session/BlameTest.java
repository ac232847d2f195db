package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.picker.Source;
import io.torrentstream.wire.Handshake;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Who is banned when which blocks of a piece were wrong; the disk is played by the test. */
class BlameTest implements Blame.Mediator {
  private static final int PIECE = 7;

  private final List<InetSocketAddress> banned = new ArrayList<>();
  private final Map<Integer, long[]> onDisk = new HashMap<>();
  private final List<Runnable> answers = new ArrayList<>();
  private final Blame blame = new Blame(this);

  private final Peer liar = peer("10.0.0.1", 1000);
  private final Peer honest = peer("10.0.0.2", 1000);
  private final Peer third = peer("10.0.0.3", 1000);

  @Override
  public void digestBlocks(int piece, Consumer<long[]> answer) {
    long[] digests = onDisk.get(piece).clone(); // as it is now, however late the answer
    answers.add(() -> answer.accept(digests));
  }

  @Override
  public void ban(InetSocketAddress address) {
    banned.add(address);
  }

  private static Peer peer(String host, int port) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    EmbeddedChannel channel =
        new EmbeddedChannel() {
          @Override
          public SocketAddress remoteAddress() {
            return address;
          }
        };
    byte[] id = Handshake.newPeerId(new Random());
    return new Peer(channel, new Handshake(InfoHash.of(new byte[20]), id, 0), false, 10);
  }

  private void fails(int piece, long[] digests, Source... senders) {
    onDisk.put(piece, digests);
    blame.onFailed(piece, List.of(senders));
  }

  private void verifies(int piece, long[] digests, Source... senders) {
    onDisk.put(piece, digests);
    blame.onVerified(piece, Set.of(senders));
  }

  private void answer() {
    List<Runnable> now = List.copyOf(answers);
    answers.clear();
    now.forEach(Runnable::run);
  }

  private static InetSocketAddress all(String host) {
    return new InetSocketAddress(host, 0);
  }

  @Test
  void whoSentAllOfItIsBannedAtOnce() {
    fails(PIECE, new long[] {1, 2}, liar, liar);
    assertEquals(List.of(all("10.0.0.1")), banned);
    assertEquals(List.of(), answers, "there is nothing to find out");
  }

  @Test
  void twoConnectionsOfOneAddressAreOneSender() {
    fails(PIECE, new long[] {1, 2}, liar, peer("10.0.0.1", 2000));
    assertEquals(List.of(all("10.0.0.1")), banned);
  }

  @Test
  void ofSeveralExactlyThoseAreBannedWhoseBlocksWereOthers() {
    fails(PIECE, new long[] {1, 66, 3, 77}, honest, liar, honest, third);
    assertEquals(List.of(), banned);
    assertTrue(liar.onParole() && honest.onParole() && third.onParole());
    answer();

    verifies(PIECE, new long[] {1, 2, 3, 4}, honest);
    answer();

    assertEquals(Set.of(all("10.0.0.1"), all("10.0.0.3")), Set.copyOf(banned));
    assertEquals(2, banned.size());
    assertFalse(honest.onParole(), "it sent a right one alone");
    assertEquals(0, blame.blocks());
  }

  @Test
  void allWrongPiecesCountThatWereBeforeTheRightOne() {
    fails(PIECE, new long[] {1, 66}, honest, liar);
    fails(PIECE, new long[] {77, 2}, third, honest);
    answer();
    verifies(PIECE, new long[] {1, 2}, honest);
    answer();
    assertEquals(Set.of(all("10.0.0.1"), all("10.0.0.3")), Set.copyOf(banned));
  }

  @Test
  void aRightPieceSaysNothingOfOthers() {
    fails(PIECE, new long[] {1, 66}, honest, liar);
    answer();
    verifies(PIECE + 1, new long[] {5, 6}, honest);
    answer();
    assertEquals(List.of(), banned);
    assertEquals(2, blame.blocks());
  }

  @Test
  void aLiarThatLeftIsStillFound() {
    fails(PIECE, new long[] {1, 66}, honest, liar);
    liar.channel.close();
    answer();
    verifies(PIECE, new long[] {1, 2}, honest);
    answer();
    assertEquals(List.of(all("10.0.0.1")), banned);
  }

  @Test
  void onThisMachineAPortIsAPeer() {
    Peer near = peer("127.0.0.1", 1000);
    fails(PIECE, new long[] {1, 66}, peer("127.0.0.1", 2000), near);
    assertEquals(List.of(), banned, "two peers, of which one may be honest");
    answer();
    verifies(PIECE, new long[] {1, 2}, honest);
    answer();
    assertEquals(List.of(new InetSocketAddress("127.0.0.1", 1000)), banned);

    near.listening = new InetSocketAddress("127.0.0.1", 6881);
    fails(PIECE + 1, new long[] {66, 66}, near, near);
    assertEquals(near.listening, banned.get(1), "where it would be dialled again");
  }

  @Test
  void whatIsRememberedIsBounded() {
    int perPiece = 1000;
    List<Source> senders = new ArrayList<>(Collections.nCopies(perPiece, honest));
    senders.set(0, liar);
    for (int piece = 0; piece < 200; piece++) {
      fails(piece, new long[perPiece], senders.toArray(Source[]::new));
      answer();
      assertTrue(blame.blocks() <= Blame.MAX_BLOCKS);
    }
    assertEquals(65 * perPiece, blame.blocks());
    long[] right = new long[perPiece];
    right[0] = 1;
    verifies(0, right, honest);
    answer();
    assertEquals(List.of(), banned, "too long ago");
    verifies(199, right, honest);
    answer();
    assertEquals(List.of(all("10.0.0.1")), banned);
  }

  @Test
  void aPieceTooLargeToRememberLeavesNothingBehind() {
    List<Source> senders = new ArrayList<>(Collections.nCopies(Blame.MAX_BLOCKS + 1, honest));
    senders.set(0, liar);
    fails(PIECE, new long[senders.size()], senders.toArray(Source[]::new));
    answer();
    assertEquals(0, blame.blocks());
    assertTrue(liar.onParole(), "which still finds it");
  }
}
