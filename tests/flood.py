#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""flood.py SRC DST SECONDS [RATE]: SYNs from many source ports to many ports."""
import ipaddress
import random
import sys
import time

from forge import TCP, ip_packet, send, tcp_segment


def main(src, dst, seconds, rate=200):
    src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        for _ in range(int(rate) // 10):
            segment = tcp_segment(src, dst, random.randrange(1024, 65536),
                                  random.randrange(1, 1024), "S", random.getrandbits(32), 0)
            try:
                send(ip_packet(src, dst, TCP, segment), dst, 2)
            except OSError:
                return      # the namespace is being taken down
        time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
