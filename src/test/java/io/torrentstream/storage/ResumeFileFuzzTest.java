package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Resume data that is damaged, or made up with its checksum right. */
class ResumeFileFuzzTest {
  private static final int TARGETS = 3;

  private final SampleTorrent torrent =
      SampleTorrent.folder("t", 100).file("a", 1000).file("b", 50).build();

  private byte[] valid() {
    Bitfield flushed = new Bitfield(torrent.info().layout().pieceCount());
    flushed.set(2);
    Stamp[] stamps = {new Stamp(1000, 123_456_789, -5), null, new Stamp(0, 0, 0)};
    List<InetSocketAddress> banned = List.of(new InetSocketAddress("192.0.2.1", 6881));
    return new ResumeFile(flushed, stamps, banned).encode(torrent.info());
  }

  private Fuzzer fuzzer(String name) {
    return new Fuzzer(name, ResumeFile.class, Stamp.class)
        .tokens(
            "4:body",
            "4:sha1",
            "5:files",
            "6:banned",
            "6:pieces",
            "7:version",
            "9:info-hash",
            "i2e",
            "le");
  }

  @Test
  void asItIs() {
    fuzzer("resume").seed(valid()).run(this::read);
  }

  /** The input is the body; the sum over it is added, or nothing would come past that check. */
  @Test
  void withTheRightChecksum() throws ProtocolException {
    BValue.Dict root = (BValue.Dict) Bencode.read(valid(), Bencode.Limits.TORRENT);
    fuzzer("resume-body").seed(Bencode.write(root.dict("body"))).run(body -> read(summed(body)));
  }

  private static byte[] summed(byte[] body) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes("d4:body".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(body);
    file.writeBytes("4:sha120:".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(Digests.sha1().digest(body));
    file.write('e');
    return file.toByteArray();
  }

  private void read(byte[] input) throws ProtocolException {
    ResumeFile resume = ResumeFile.decode(input, torrent.info(), TARGETS);
    assertEquals(torrent.info().layout().pieceCount(), resume.flushed().size());
    assertEquals(TARGETS, resume.stamps().length);
  }
}
