package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.torrentstream.dht.DhtState;
import io.torrentstream.dht.NodeId;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DhtStateFileTest {
  private static final DhtState STATE = state(1);

  private final RandomGenerator random = new SplittableRandom(1);

  @TempDir private Path dir;

  private Path path;

  private static DhtState state(int id) {
    byte[] bytes = new byte[NodeId.LENGTH];
    bytes[0] = (byte) id;
    return new DhtState(NodeId.of(bytes), NodeId.of(bytes), List.of());
  }

  @BeforeEach
  void save() {
    path = dir.resolve("state/dht");
    DhtStateFile first = new DhtStateFile(path);
    assertNull(first.read(random));
    first.write(STATE);
    first.close();
  }

  @Test
  void theNextRunIsTheSameNode() {
    DhtStateFile next = new DhtStateFile(path);
    assertEquals(STATE, next.read(random));
    next.close();
  }

  @Test
  void anotherNodeAtTheSameTimeIsAnotherAndSavesNothing() {
    DhtStateFile one = new DhtStateFile(path);
    DhtStateFile other = new DhtStateFile(path);

    assertNotEquals(STATE.id4(), other.read(random).id4());
    assertNotEquals(STATE.id6(), other.read(random).id6());
    other.write(state(2));
    other.close();
    assertEquals(STATE, one.read(random));
    assertNotEquals(STATE, new DhtStateFile(path).read(random), "the first still has it");
    one.close();
    theNextRunIsTheSameNode();
  }
}
