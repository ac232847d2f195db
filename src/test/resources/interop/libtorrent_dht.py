#!/usr/bin/env python3
"""A few libtorrent DHT nodes for the integration tests, each on its own loopback address.

    libtorrent_dht.py PORT ADDRESS...

Each node knows the first one from the beginning. Commands on stdin, one a line; HASH and KEY are
hexadecimal, NODE counts from 0:
    nodes                          -> nodes COUNT...          (in each routing table)
    add NODE HOST PORT             (makes a node known)
    announce NODE HASH             (as a peer on the node's own port, again and again)
    get-peers NODE HASH            -> peers HASH HOST:PORT...
    put NODE TEXT                  -> stored HASH COUNT
    get NODE HASH                  -> item HASH TEXT
    put-mutable NODE SEED KEY SALT TEXT  -> stored-mutable KEY COUNT SEQ
    get-mutable NODE KEY SALT      -> mutable KEY SEQ TEXT
Answers come when they come. Ends with its standard input.
"""
import hashlib
import select
import sys

import libtorrent as lt

port = int(sys.argv[1])
addresses = sys.argv[2:]
sessions = []
for address in addresses:
    session = lt.session({
        "listen_interfaces": "%s:%d" % (address, port),
        "enable_dht": True,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "dht_bootstrap_nodes": "",
        # All of it happens on one machine.
        "dht_restrict_routing_ips": False,
        "dht_restrict_search_ips": False,
        "dht_ignore_dark_internet": False,
        "dht_upload_rate_limit": 100000000,
        "dht_block_ratelimit": 1000000,
        "alert_mask": int(lt.alert.category_t.dht_notification)
        | int(lt.alert.category_t.dht_operation_notification)
        | int(lt.alert.category_t.error_notification)
        | int(lt.alert.category_t.stats_notification),
    })
    session.add_dht_node((addresses[0], port))
    sessions.append(session)

table_sizes = [0] * len(sessions)


def say(*words):
    print(*words, flush=True)


def text(value):
    if isinstance(value, dict):
        value = value["value"]
    return value.decode() if isinstance(value, bytes) else str(value)


def on_alert(number, alert):
    kind = type(alert).__name__
    if kind == "dht_get_peers_reply_alert":
        peers = ["%s:%d" % peer for peer in alert.peers()]
        say("peers", alert.info_hash, *peers)
    elif kind == "dht_immutable_item_alert":
        try:
            say("item", alert.target, text(alert.item))
        except RuntimeError:
            pass  # not found
    elif kind == "dht_mutable_item_alert":
        say("mutable", alert.key.hex(), alert.seq, text(alert.item))
    elif kind == "dht_put_alert":
        if alert.seq:
            say("stored-mutable", alert.public_key.hex(), alert.num_success, alert.seq)
        else:
            say("stored", alert.target, alert.num_success)
    elif kind == "dht_stats_alert":
        table_sizes[number] = sum(bucket["num_nodes"] for bucket in alert.routing_table)


def announce(session, info_hash):
    """Only torrents are announced; this one has no metadata and no peers."""
    parameters = lt.add_torrent_params()
    parameters.info_hashes = lt.info_hash_t(lt.sha1_hash(bytes.fromhex(info_hash)))
    parameters.save_path = "."
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    session.add_torrent(parameters).force_dht_announce()


def expanded(seed):
    """The private key in the form of libtorrent and BEP 44: scalar and prefix."""
    key = bytearray(hashlib.sha512(bytes.fromhex(seed)).digest())
    key[0] &= 248
    key[31] = key[31] & 63 | 64
    return bytes(key)


def execute(words):
    if words[0] == "nodes":
        say("nodes", *table_sizes)
        return
    session = sessions[int(words[1])]
    if words[0] == "add":
        session.add_dht_node((words[2], int(words[3])))
    elif words[0] == "announce":
        announce(session, words[2])
    elif words[0] == "get-peers":
        session.dht_get_peers(lt.sha1_hash(bytes.fromhex(words[2])))
    elif words[0] == "put":
        session.dht_put_immutable_item(words[2])
    elif words[0] == "get":
        session.dht_get_immutable_item(lt.sha1_hash(bytes.fromhex(words[2])))
    elif words[0] == "put-mutable":
        session.dht_put_mutable_item(
            expanded(words[2]), bytes.fromhex(words[3]), words[5].encode(), words[4].encode())
    elif words[0] == "get-mutable":
        session.dht_get_mutable_item(bytes.fromhex(words[2]), words[3].encode())


while True:
    ready, _, _ = select.select([sys.stdin], [], [], 0.05)
    if ready:
        line = sys.stdin.readline()
        if not line:
            break
        execute(line.split())
    for number, session in enumerate(sessions):
        session.post_dht_stats()
        for alert in session.pop_alerts():
            on_alert(number, alert)
