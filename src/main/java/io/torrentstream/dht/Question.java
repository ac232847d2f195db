package io.torrentstream.dht;

import io.torrentstream.metainfo.InfoHash;

/** What one node asks another: the methods of KRPC and their arguments. */
sealed interface Question {
  /** The method's name on the wire. */
  String method();

  /**
   * Nodes of which DHT the answer should name (BEP 32).
   *
   * @param unsaid the asker said nothing: those of the DHT it asks in
   */
  record Want(boolean unsaid, boolean ipv4, boolean ipv6) {
    static final Want UNSAID = new Want(true, false, false);

    boolean includes(Family family, Family askedIn) {
      return unsaid ? family == askedIn : family == Family.IPV4 ? ipv4 : ipv6;
    }
  }

  /** BEP 5: is there anybody? */
  record Ping() implements Question {
    @Override
    public String method() {
      return "ping";
    }
  }

  /** BEP 5: who is close to {@code target}? */
  record FindNode(NodeId target, Want want) implements Question {
    @Override
    public String method() {
      return "find_node";
    }
  }

  /**
   * BEP 5: who has this torrent?
   *
   * @param noSeed rather those that are not seeds (BEP 33)
   * @param scrape how many are there (BEP 33)
   */
  record GetPeers(InfoHash infoHash, Want want, boolean noSeed, boolean scrape)
      implements Question {
    @Override
    public String method() {
      return "get_peers";
    }
  }

  /**
   * BEP 5: I have this torrent.
   *
   * @param port 1 to 65535, or anything with {@code impliedPort}
   * @param impliedPort the peer's port is the one that this datagram comes from
   * @param seed it has all of the torrent (BEP 33)
   */
  record AnnouncePeer(InfoHash infoHash, int port, boolean impliedPort, byte[] token, boolean seed)
      implements Question {
    @Override
    public String method() {
      return "announce_peer";
    }
  }

  /**
   * BEP 44: what is stored here?
   *
   * @param newerThan no value, please, unless its sequence number is higher; -1 for any
   */
  record Get(NodeId target, Want want, long newerThan) implements Question {
    @Override
    public String method() {
      return "get";
    }
  }

  /**
   * BEP 44: store this.
   *
   * @param expected only over this sequence number ("cas"); -1 for any
   */
  record Put(Item item, long expected, byte[] token) implements Question {
    @Override
    public String method() {
      return "put";
    }
  }

  /** BEP 51: which torrents do you know peers of? */
  record SampleInfohashes(NodeId target, Want want) implements Question {
    @Override
    public String method() {
      return "sample_infohashes";
    }
  }
}
