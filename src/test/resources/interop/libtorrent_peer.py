#!/usr/bin/env python3
"""A libtorrent peer for the integration tests.

Shares what it finds in FOLDER. Pieces that are missing there it fetches only from the peers
named with --peer, or with --fetch from those that trackers name. Reports on stdout, one line
whenever a number has changed:
    pieces=N uploaded=BYTES downloaded=BYTES
Connects to the port of 127.0.0.1 that a line on stdin names. Runs until it is killed.
"""
import argparse
import sys
import threading
import time

import libtorrent as lt

arguments = argparse.ArgumentParser()
arguments.add_argument("torrent")
arguments.add_argument("folder")
arguments.add_argument("port", type=int)
arguments.add_argument("--peer", type=int, action="append", default=[], help="a port of 127.0.0.1")
arguments.add_argument("--up", type=int, default=0, help="bytes per second, 0 for no limit")
arguments.add_argument("--fetch", action="store_true")
arguments.add_argument("--address", default="127.0.0.1", help="to listen on")
options = arguments.parse_args()

session = lt.session({
    "listen_interfaces": "%s:%d" % (options.address, options.port),
    # All peers of a test share one address.
    "allow_multiple_connections_per_ip": True,
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "out_enc_policy": int(lt.enc_policy.pe_disabled),
    "in_enc_policy": int(lt.enc_policy.pe_disabled),
})

parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(options.torrent)
parameters.save_path = options.folder
# Not auto-managed: it would be queued and paused by libtorrent's own ideas of fairness.
parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
# Peers tell it of no others: a test decides who meets whom.
parameters.flags |= lt.torrent_flags.disable_pex
parameters.upload_limit = options.up or -1
torrent = session.add_torrent(parameters)

checking = (lt.torrent_status.checking_files, lt.torrent_status.checking_resume_data)
while torrent.status().state in checking:
    time.sleep(0.01)

have = torrent.status().pieces
if not options.peer and not options.fetch:
    torrent.prioritize_pieces([4 if piece else 0 for piece in have])
for port in options.peer:
    torrent.connect_peer(("127.0.0.1", port))


def call():
    for line in sys.stdin:
        torrent.connect_peer(("127.0.0.1", int(line)))


threading.Thread(target=call, daemon=True).start()

last = None
while True:
    status = torrent.status()
    report = "pieces=%d uploaded=%d downloaded=%d" % (
        status.num_pieces, status.total_payload_upload, status.total_payload_download)
    if report != last:
        print(report, flush=True)
        last = report
    time.sleep(0.02)
