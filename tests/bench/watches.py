#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""watches.py COUNT: that many watches of tcp/443, each of a host and of a prefix, whose
lengths differ: in requests of one socket, since a program for each takes minutes where
the clock counts instructions."""
import ipaddress
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from genl import Genl, attr, nest  # noqa: E402

# include/uapi/linux/nf_ringback.h
WATCH_NEW, NAME, SERVER, PORT = 1, 2, 4, 6


def u8(n):
    return struct.pack("=B", n)


def prefix(text):
    net = ipaddress.ip_network(text, strict=False)
    return nest(SERVER, attr(1, net.network_address.packed), attr(2, u8(net.prefixlen)))


def main(count):
    genl = Genl()
    port = nest(PORT, attr(1, u8(socket.IPPROTO_TCP)), attr(2, struct.pack("!H", 443)))
    for i in range(1, int(count) + 1):
        error, text, _ = genl.request(
            WATCH_NEW, attr(NAME, f"w{i}") + prefix(f"198.18.{i // 250}.{i % 250}/32") +
            prefix(f"192.0.{3 + i // 250}.0/{24 + i % 6}") + port)
        if error:
            sys.exit(f"w{i}: {text or os.strerror(error)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
