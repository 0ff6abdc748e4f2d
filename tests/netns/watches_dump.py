#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""watches_dump.py: a listing of watches, and the largest that there can be comes while it is
under way: the listing is whole but for that, and is flagged."""
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from genl import Genl, attr, nest, parse  # noqa: E402

WATCH_NEW, WATCH_GET = 1, 3
NAME, SERVER, PORT = 2, 4, 6
U8 = struct.Struct("=B").pack
WATCHES = 60


def prefix(n, family=socket.AF_INET):
    address = bytes([10, n >> 8, n & 0xFF, 0])
    if family == socket.AF_INET6:
        address += bytes(12)
    return nest(SERVER, attr(1, address), attr(2, U8(8 * 3)))


def port(n):
    number = struct.pack("!H", n)
    return nest(PORT, attr(1, U8(socket.IPPROTO_TCP)), attr(2, number), attr(3, number))


def make(genl, name, body):
    error, text, _ = genl.request(WATCH_NEW, attr(NAME, name) + body)
    if error:
        sys.exit(f"{name}: {text or os.strerror(error)}")


def largest(genl):
    make(genl, "largest", b"".join(prefix(n, socket.AF_INET6) for n in range(1024)) +
         b"".join(port(n) for n in range(1, 257)))


def listed(genl, **more):
    error, text, answers = genl.dump(WATCH_GET, **more)
    if error:
        sys.exit(f"the listing ends: {text or os.strerror(error)}")
    return [dict(parse(answer[4:]))[NAME].rstrip(b"\0").decode() for answer in answers]


def main():
    genl, other = Genl(), Genl()
    names = [f"w{n}" for n in range(WATCHES)]
    for n, name in enumerate(names):
        make(genl, name, b"".join(prefix(150 * n + i) for i in range(150)) + port(80))
    if listed(genl, meanwhile=lambda: largest(other)) != names + ["largest"]:
        sys.exit("not all are listed")
    if not genl.torn:
        sys.exit("nobody was told of the change")
    if listed(genl) != names + ["largest"] or genl.torn:
        sys.exit("another listing is not whole")


if __name__ == "__main__":
    main()
