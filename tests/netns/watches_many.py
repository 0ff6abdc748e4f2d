#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""watches_many.py add|del FIRST LAST STEP [MIRROR]: the watches w<n>, each of port n of the
prefix 192.0.2.0/24, with MIRROR at the mirror port MIRROR<n>, in requests of one socket: a
program for each would take minutes."""
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from genl import Genl, attr, nest  # noqa: E402

WATCH_NEW, WATCH_DEL = 1, 2
NAME, SERVER, PORT, HOOKS, MIRROR_DEV, NO_REPLY, ADMISSION = 2, 4, 6, 7, 8, 9, 13
HOOK_MIRROR = 8
U8 = struct.Struct("=B").pack
PREFIX = nest(SERVER, attr(1, socket.inet_aton("192.0.2.0")), attr(2, U8(24)))


def watch(n, mirror):
    port = nest(PORT, attr(1, U8(socket.IPPROTO_TCP)), attr(2, struct.pack("!H", n)))
    body = attr(NAME, f"w{n}") + PREFIX + port + attr(NO_REPLY, 1) + attr(ADMISSION, U8(1))
    if mirror:
        body += attr(HOOKS, HOOK_MIRROR) + attr(MIRROR_DEV, f"{mirror}{n}")
    return body


def main(verb, first, last, step, mirror=None):
    genl = Genl()
    for n in range(int(first), int(last) + 1, int(step)):
        cmd, body = WATCH_DEL, attr(NAME, f"w{n}")
        if verb == "add":
            cmd, body = WATCH_NEW, watch(n, mirror)
        error, text, _ = genl.request(cmd, body)
        if error:
            sys.exit(f"{verb} w{n}: {text or os.strerror(error)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
