#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""UDP peers.

    udp.py serve ADDRESS PORT             sends every datagram back
    udp.py deaf  ADDRESS PORT             takes them and says nothing
    udp.py ask   ADDRESS PORT [N] [GAP]   N datagrams from one port, GAP seconds apart;
                                          exit 0 with the first answer, 1 without
    udp.py quic  ADDRESS PORT             a QUIC Initial, sent again after 1 and 2 more
                                          seconds, as a client that hears nothing does
"""
import os
import socket
import sys
import time


def open_socket(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.socket(family, socket.SOCK_DGRAM)


def serve(address, port, answers):
    with open_socket(address) as sock:
        sock.bind((address, port))
        while True:
            data, peer = sock.recvfrom(65536)
            if answers:
                sock.sendto(data, peer)


def ask(address, port, datagram, gaps):
    with open_socket(address) as sock:
        sock.connect((address, port))
        for gap in gaps:
            end = time.monotonic() + gap
            try:
                sock.send(datagram)
                sock.settimeout(gap)
                sock.recv(65536)
                return 0
            except TimeoutError:
                pass
            except OSError:     # refused, unreachable: try again when it is time
                time.sleep(max(0, end - time.monotonic()))
    return 1


def quic_initial():
    """Version 1, a long header, 8 bytes of connection id; padded to 1200 as RFC 9000 asks."""
    head = b"\xc3\0\0\0\1\x08" + os.urandom(8) + b"\0\0"
    return head + b"\x44\x9e" + os.urandom(1198 - len(head))


def main(what, address, port, n="1", gap="1"):
    if what in ("serve", "deaf"):
        serve(address, int(port), what == "serve")
    if what == "ask":
        return ask(address, int(port), b"hello", [float(gap)] * int(n))
    return ask(address, int(port), quic_initial(), [1, 2, 1])


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("serve", "deaf", "ask", "quic"):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
