#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The stand-in without the daemon: what it would ask of the module, and a
listener in the place of a dead server.

    standin.py mode SERVER PORT off|answer|reset|ask
    standin.py state SERVER PORT down|up
    standin.py lease MS [QUEUE]             once
    standin.py hold MS [QUEUE]              renewed three times in its time, until killed
    standin.py left                         prints "MS QUEUE DECISIONS"
    standin.py decide CLIENT SERVER PORT pass|answer|reset MS
    standin.py undecide [CLIENT]            one client's decisions, or all
    standin.py listen PORT                  transparent, 127.0.0.1 and ::1; a web server that
                                            says "stand-in SERVER CLIENT"
    standin.py queue NUMBER MARK            an NFQUEUE that accepts, the bits of MARK added;
                                            MARK "hang": that says nothing

Exit 1, and why on stderr, when the module refuses.
"""
import errno
import ipaddress
import os
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from genl import REQUEST, ACK, Genl, attr, parse  # noqa: E402

# enum ringback_cmd and the attributes: include/uapi/linux/nf_ringback.h
SERVICE_SET, STANDIN_SET, STANDIN_GET, DECISION_NEW, DECISION_DEL = 8, 13, 14, 15, 17
SERVICE = {"server": 2, "proto": 3, "port": 4, "state": 5, "standin": 13}
LEASE, QUEUE = 1, 2
CLIENT, SERVER, PROTO, PORT, VERDICT, TTL, ALL = 1, 2, 3, 4, 5, 6, 7
MODES = ["off", "answer", "reset", "ask"]
VERDICTS = ["pass", "answer", "reset"]
STATES = {"down": 1, "up": 3}

IP_TRANSPARENT, IPV6_TRANSPARENT = 19, 75
NETLINK_NETFILTER = 12
QUEUE_PACKET, QUEUE_VERDICT, QUEUE_CONFIG = 3 << 8, 3 << 8 | 1, 3 << 8 | 2


def u8(n):
    return struct.pack("=B", n)


def be16(n):
    return struct.pack("!H", int(n))


def address(text):
    return ipaddress.ip_address(text).packed


def ask(cmd, body=b""):
    error, text, answers = Genl().request(cmd, body)
    if error:
        sys.exit(f"standin: {errno.errorcode[error]} {text}")
    return answers


def set_service(server, port, *more):
    ask(SERVICE_SET, attr(SERVICE["server"], address(server)) + attr(SERVICE["proto"], u8(6)) +
        attr(SERVICE["port"], be16(port)) + b"".join(more))


def lease(ms, queue=0):
    ask(STANDIN_SET, attr(LEASE, int(ms)) + attr(QUEUE, struct.pack("=H", int(queue))))


def hold(ms, queue=0):
    while True:
        lease(ms, queue)
        time.sleep(int(ms) / 3000)


def left():
    fields = dict(parse(ask(STANDIN_GET)[0][4:]))
    print(*struct.unpack("=I", fields[1]), *struct.unpack("=H", fields[2]),
          *struct.unpack("=I", fields[3]))


def decide(client, server, port, verdict, ms):
    ask(DECISION_NEW, attr(CLIENT, address(client)) + attr(SERVER, address(server)) +
        attr(PROTO, u8(6)) + attr(PORT, be16(port)) +
        attr(VERDICT, u8(VERDICTS.index(verdict))) + attr(TTL, int(ms)))


def undecide(client=None):
    ask(DECISION_DEL, attr(CLIENT, address(client)) if client else attr(ALL))


def serve(listener):
    while True:
        sock, peer = listener.accept()
        with sock:
            sock.settimeout(5)
            try:
                sock.recv(4096)
                text = f"stand-in {sock.getsockname()[0]} {peer[0]}\n"
                sock.sendall(f"HTTP/1.0 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}"
                             .encode())
            except OSError:
                pass


def listen(port):
    for family, host, level, option in ((socket.AF_INET, "127.0.0.1", socket.SOL_IP,
                                         IP_TRANSPARENT),
                                        (socket.AF_INET6, "::1", socket.IPPROTO_IPV6,
                                         IPV6_TRANSPARENT)):
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(level, option, 1)
        listener.bind((host, int(port)))
        listener.listen(100)
        threading.Thread(target=serve, args=(listener,)).start()


def to_queue(sock, kind, number, body):
    payload = struct.pack("=BB", 0, 0) + be16(number) + body
    sock.send(struct.pack("=IHHII", 16 + len(payload), kind, REQUEST | ACK, 1, 0) + payload)


def queue(number, mark):
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    sock.bind((0, 0))
    to_queue(sock, QUEUE_CONFIG, number, attr(1, struct.pack("!BBH", 1, 0, 0)))
    to_queue(sock, QUEUE_CONFIG, number, attr(2, struct.pack("!IB", 0, 1)))
    while True:
        data = sock.recv(65536)
        if struct.unpack_from("=H", data, 4)[0] != QUEUE_PACKET or mark == "hang":
            continue
        fields = dict(parse(data[20:]))
        had = struct.unpack("!I", fields[3])[0] if 3 in fields else 0
        to_queue(sock, QUEUE_VERDICT, number,
                 attr(2, struct.pack("!I", 1) + fields[1][:4]) +
                 attr(3, struct.pack("!I", had | int(mark, 0))))


COMMANDS = {
    "mode": lambda server, port, mode:
        set_service(server, port, attr(SERVICE["standin"], u8(MODES.index(mode)))),
    "state": lambda server, port, state:
        set_service(server, port, attr(SERVICE["state"], u8(STATES[state]))),
    "lease": lease, "hold": hold, "left": left, "decide": decide, "undecide": undecide,
    "listen": listen, "queue": queue,
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
