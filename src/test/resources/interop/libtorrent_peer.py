#!/usr/bin/env python3
"""A libtorrent peer for the integration tests.

Shares what it finds in FOLDER. Pieces that are missing there it fetches only from the peers
named with --peer, or with --fetch from those that it hears of, from trackers and, with --dht-node,
from the DHT. Reports on stdout, one line whenever a number has changed:
    pieces=N uploaded=BYTES downloaded=BYTES
Connects to the port of 127.0.0.1 that a line on stdin names. Runs until it is killed.
"""
import argparse
import sys
import threading
import time

import libtorrent as lt

arguments = argparse.ArgumentParser()
arguments.add_argument("torrent", help="a .torrent or a magnet link")
arguments.add_argument("folder")
arguments.add_argument("port", type=int)
arguments.add_argument("--peer", action="append", default=[], help="HOST:PORT, or of 127.0.0.1")
arguments.add_argument("--up", type=int, default=0, help="bytes per second, 0 for no limit")
arguments.add_argument("--down", type=int, default=0, help="bytes per second, 0 for no limit")
arguments.add_argument("--pex", action="store_true", help="let peers tell it of others")
arguments.add_argument("--lsd", action="store_true", help="look for peers in the local network")
arguments.add_argument("--fetch", action="store_true")
arguments.add_argument("--address", default="127.0.0.1", help="to listen on")
arguments.add_argument("--dht-node", default="", help="host:port of a node to begin with")
options = arguments.parse_args()

session = lt.session({
    "listen_interfaces": "%s:%d" % (options.address, options.port),
    # All peers of a test share one address.
    "allow_multiple_connections_per_ip": True,
    "enable_dht": bool(options.dht_node),
    "dht_bootstrap_nodes": options.dht_node,
    # All of it happens on one machine.
    "dht_restrict_routing_ips": False,
    "dht_restrict_search_ips": False,
    "dht_ignore_dark_internet": False,
    "enable_lsd": options.lsd,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "out_enc_policy": int(lt.enc_policy.pe_disabled),
    "in_enc_policy": int(lt.enc_policy.pe_disabled),
})

if options.torrent.startswith("magnet:"):
    parameters = lt.parse_magnet_uri(options.torrent)
else:
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(options.torrent)
parameters.save_path = options.folder
# Not auto-managed: it would be queued and paused by libtorrent's own ideas of fairness.
parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
# Peers tell it of no others, unless a test says so: it decides who meets whom.
if not options.pex:
    parameters.flags |= lt.torrent_flags.disable_pex
parameters.upload_limit = options.up or -1
parameters.download_limit = options.down or -1
torrent = session.add_torrent(parameters)

checking = (lt.torrent_status.checking_files, lt.torrent_status.checking_resume_data)
while torrent.status().state in checking:
    time.sleep(0.01)

have = torrent.status().pieces
if not options.peer and not options.fetch:
    torrent.prioritize_pieces([4 if piece else 0 for piece in have])
for peer in options.peer:
    host, _, port = peer.rpartition(":")
    torrent.connect_peer((host or "127.0.0.1", int(port)))


def call():
    for line in sys.stdin:
        torrent.connect_peer(("127.0.0.1", int(line)))


threading.Thread(target=call, daemon=True).start()

last = None
announced = 0
while True:
    # Its own first announce may come before it knows a node, the next one a quarter hour later.
    if options.dht_node and time.monotonic() - announced > 1:
        announced = time.monotonic()
        torrent.force_dht_announce()
    status = torrent.status()
    report = "pieces=%d uploaded=%d downloaded=%d" % (
        status.num_pieces, status.total_payload_upload, status.total_payload_download)
    if report != last:
        print(report, flush=True)
        last = report
    time.sleep(0.02)
