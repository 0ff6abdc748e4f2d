#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""flood.py SRC[/LEN] DST SECONDS [RATE] [LAST_PORT]: SYNs from random ports, and random
addresses when a prefix is given, to random ports 1..LAST_PORT, RATE of them a second."""
import ipaddress
import random
import socket
import sys
import time

from forge import TCP, ip_packet, tcp_segment


def random_syn(net, dst, last_port):
    src = net[random.randrange(net.num_addresses)]
    segment = tcp_segment(src, dst, random.randrange(1024, 65536),
                          random.randint(1, last_port), "S", random.getrandbits(32), 0)
    return ip_packet(src, dst, TCP, segment)


def main(src, dst, seconds, rate=200, last_port=1023):
    net, dst = ipaddress.ip_network(src), ipaddress.ip_address(dst)
    family = socket.AF_INET if dst.version == 4 else socket.AF_INET6
    end = time.monotonic() + float(seconds)
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        while time.monotonic() < end:
            for _ in range(int(rate) // 10):
                try:
                    raw.sendto(random_syn(net, dst, int(last_port)), (str(dst), 0))
                except OSError:
                    return      # the namespace is being taken down
            time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
