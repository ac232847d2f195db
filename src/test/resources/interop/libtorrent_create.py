#!/usr/bin/env python3
"""Makes a .torrent of version 1 with libtorrent, for the integration tests.

CONTENT is a file, or a folder whose files are named, in this order, by FILE...; libtorrent keeps
the order of its caller, and has none of its own.
"""
import argparse
import os

import libtorrent as lt

arguments = argparse.ArgumentParser()
arguments.add_argument("torrent")
arguments.add_argument("content")
arguments.add_argument("piece_length", type=int)
arguments.add_argument("files", nargs="*", metavar="FILE")
arguments.add_argument("--private", action="store_true")
options = arguments.parse_args()

storage = lt.file_storage()
name = os.path.basename(options.content)
for file in options.files or [""]:
    path = os.path.join(options.content, file) if file else options.content
    storage.add_file(os.path.join(name, file) if file else name, os.path.getsize(path))
creator = lt.create_torrent(storage, options.piece_length, lt.create_torrent.v1_only)
creator.set_priv(options.private)
lt.set_piece_hashes(creator, os.path.dirname(options.content))
with open(options.torrent, "wb") as out:
    out.write(lt.bencode(creator.generate()))
