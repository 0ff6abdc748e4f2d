#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What a hostile or a mistaken program sends to the module; see the .sh."""
import errno
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from genl import DUMP, REQUEST, ACK, Genl, attr, nest  # noqa: E402

# enum ringback_cmd, ringback_watch_attr, ...: include/uapi/linux/nf_ringback.h
WATCH_NEW, WATCH_DEL, WATCH_GET, ATTEMPT_GET, FORGET = 1, 2, 3, 4, 5
ATTEMPT_NTF, SERVICE_GET, SERVICE_SET, SERVICE_NTF = 6, 7, 8, 9
STATS_GET, CONFIG_GET, CONFIG_SET = 10, 11, 12
STANDIN_SET, STANDIN_GET, DECISION_NEW, DECISION_GET, DECISION_DEL = 13, 14, 15, 16, 17
NAME, ID, SERVER, CLIENT, PORT, HOOKS, MIRROR, NO_REPLY, KEEP = 2, 3, 4, 5, 6, 7, 8, 9, 10
DOWN_AFTER, DOWN_CLIENTS, ADMISSION, STANDIN = 11, 12, 13, 15
DOWN = 1  # enum ringback_service_state

U8 = lambda n: struct.pack("=B", n)  # noqa: E731
BE16 = lambda n: struct.pack("!H", n)  # noqa: E731
V4, V6 = socket.inet_aton("192.0.2.0"), socket.inet_pton(socket.AF_INET6, "2001:db8::")


def prefix(kind, address=V4, length=24):
    return nest(kind, attr(1, address), attr(2, U8(length)))


def port(first=80, last=None, proto=6):
    more = [] if last is None else [attr(3, BE16(last))]
    return nest(PORT, attr(1, U8(proto)), attr(2, BE16(first)), *more)


def watch(name="x", server=None, ports=None, *more):
    return b"".join([attr(NAME, name) if name is not None else b"",
                     prefix(SERVER) if server is None else server,
                     port() if ports is None else ports, *more])


def service(proto=6, *more):
    return attr(2, V4) + attr(3, U8(proto)) + attr(4, BE16(80)) + b"".join(more)


def decision(client=V4, verdict=1, ttl=1000):
    return (attr(1, client) + attr(2, V4) + attr(3, U8(6)) + attr(4, BE16(80)) +
            attr(5, U8(verdict)) + attr(6, ttl))


# what it is, command, attributes; each must be refused with a sentence.
REFUSED = [
    ("nothing at all", WATCH_NEW, b""),
    ("no name", WATCH_NEW, watch(None)),
    ("empty name", WATCH_NEW, watch("")),
    ("long name", WATCH_NEW, watch("n" * 32)),
    ("name with a blank", WATCH_NEW, watch("a b")),
    ("name with a newline", WATCH_NEW, watch("a\nb")),
    ("name without NUL, too long", WATCH_NEW, watch(None) + attr(NAME, b"n" * 200)),
    ("no server", WATCH_NEW, watch(server=b"")),
    ("no port", WATCH_NEW, watch(ports=b"")),
    ("server not nested", WATCH_NEW, watch(server=attr(SERVER, b"1234"))),
    ("server empty", WATCH_NEW, watch(server=nest(SERVER))),
    ("server without length", WATCH_NEW, watch(server=nest(SERVER, attr(1, V4)))),
    ("server without address", WATCH_NEW, watch(server=nest(SERVER, attr(2, U8(24))))),
    ("address of 0 bytes", WATCH_NEW, watch(server=prefix(SERVER, b"", 0))),
    ("address of 5 bytes", WATCH_NEW, watch(server=prefix(SERVER, b"12345", 0))),
    ("address of 17 bytes", WATCH_NEW, watch(server=prefix(SERVER, b"1" * 17, 0))),
    ("length 33 of IPv4", WATCH_NEW, watch(server=prefix(SERVER, V4, 33))),
    ("length 129 of IPv6", WATCH_NEW, watch(server=prefix(SERVER, V6, 129))),
    ("host bits set", WATCH_NEW, watch(server=prefix(SERVER, socket.inet_aton("192.0.2.1"), 24))),
    ("unknown attribute in a prefix", WATCH_NEW,
     watch(server=nest(SERVER, attr(1, V4), attr(2, U8(24)), attr(9, 1)))),
    ("a nest inside a prefix", WATCH_NEW, watch(server=nest(SERVER, prefix(1)))),
    ("port 0", WATCH_NEW, watch(ports=port(0))),
    ("ports from high to low", WATCH_NEW, watch(ports=port(90, 80))),
    ("port without protocol", WATCH_NEW, watch(ports=nest(PORT, attr(2, BE16(80))))),
    ("protocol ICMP", WATCH_NEW, watch(ports=port(80, None, 1))),
    ("port of 1 byte", WATCH_NEW, watch(ports=nest(PORT, attr(1, U8(6)), attr(2, U8(80))))),
    ("no hook", WATCH_NEW, watch("x", None, None, attr(HOOKS, 0))),
    ("unknown hook", WATCH_NEW, watch("x", None, None, attr(HOOKS, 1 << 20))),
    ("no-reply 0", WATCH_NEW, watch("x", None, None, attr(NO_REPLY, 0))),
    ("no-reply 241", WATCH_NEW, watch("x", None, None, attr(NO_REPLY, 241))),
    ("no-reply of 2 bytes", WATCH_NEW, watch("x", None, None, attr(NO_REPLY, b"12"))),
    ("keep too long", WATCH_NEW, watch("x", None, None, attr(KEEP, 2592001))),
    ("down-after 0", WATCH_NEW, watch("x", None, None, attr(DOWN_AFTER, 0))),
    ("down-clients 0", WATCH_NEW, watch("x", None, None, attr(DOWN_CLIENTS, 0))),
    ("unknown admission", WATCH_NEW, watch("x", None, None, attr(ADMISSION, U8(9)))),
    ("stand-in 2", WATCH_NEW, watch("x", None, None, attr(STANDIN, U8(2)))),
    ("stand-in of 4 bytes", WATCH_NEW, watch("x", None, None, attr(STANDIN, 1))),
    ("stand-in without hook forward", WATCH_NEW,
     watch("x", None, None, attr(HOOKS, 2), attr(STANDIN, U8(1)))),
    ("unknown attribute", WATCH_NEW, watch("x", None, None, attr(77, 1))),
    ("an id in a request", WATCH_NEW, watch("x", None, None, attr(ID, 1))),
    ("del without name", WATCH_DEL, b""),
    ("del of an unknown watch", WATCH_DEL, attr(NAME, "nosuch")),
    ("forget nothing", FORGET, b""),
    ("forget with a short address", FORGET, attr(2, b"123")),
    ("forget a port without server", FORGET, attr(5, BE16(80))),
    ("set without anything", SERVICE_SET, b""),
    ("set of an unknown service", SERVICE_SET,
     attr(2, V4) + attr(3, U8(6)) + attr(4, BE16(80)) + attr(5, U8(3))),
    ("set to an unknown state", SERVICE_SET,
     attr(2, V4) + attr(3, U8(6)) + attr(4, BE16(80)) + attr(5, U8(200))),
    ("set nothing of a service", SERVICE_SET, service()),
    ("set to an unknown stand-in", SERVICE_SET, service(6, attr(13, U8(4)))),
    ("stand-in for UDP", SERVICE_SET, service(17, attr(13, U8(1)))),
    ("stand-in for an unknown service", SERVICE_SET, service(6, attr(13, U8(1)))),
    ("set what the module counts", SERVICE_SET, service(6, attr(5, U8(1)), attr(7, 1))),
    ("no lease", STANDIN_SET, b""),
    ("lease too long", STANDIN_SET, attr(1, 60001)),
    ("lease of 2 bytes", STANDIN_SET, attr(1, b"12")),
    ("queue of 4 bytes", STANDIN_SET, attr(1, 1000) + attr(2, 1)),
    ("a number of decisions in a request", STANDIN_SET, attr(1, 1000) + attr(3, 1)),
    ("decision on nobody", DECISION_NEW, decision()[8:]),
    ("decision without a time", DECISION_NEW, decision()[:-8]),
    ("decision of no time", DECISION_NEW, decision(ttl=0)),
    ("decision for ever", DECISION_NEW, decision(ttl=86400001)),
    ("unknown verdict", DECISION_NEW, decision(verdict=3)),
    ("decision across families", DECISION_NEW, decision(V6)),
    ("decision on 5 bytes", DECISION_NEW, decision(b"12345")),
    ("decision on an unknown service", DECISION_NEW, decision()),
    ("forget no decision", DECISION_DEL, b""),
    ("forget decisions at a port without protocol", DECISION_DEL, attr(2, V4) + attr(4, BE16(80))),
    ("config with an unknown attribute", CONFIG_SET, attr(99, 1)),
    ("config with a zero limit", CONFIG_SET, attr(1, 0)),
    ("config of 1 byte", CONFIG_SET, attr(1, U8(1))),
    ("a notification as request", ATTEMPT_NTF, b""),
    ("a notification as request", SERVICE_NTF, b""),
    ("an unknown command", 200, b""),
]


def main():
    genl = Genl()
    bad = 0
    for what, cmd, body in REFUSED:
        error, text, _ = genl.request(cmd, body)
        # The core itself answers unknown commands, without a sentence.
        wordless = cmd in (ATTEMPT_NTF, SERVICE_NTF, 200)
        if not error or not (text or wordless):
            bad += 1
            print(f"FAILED: {what}: errno {error}, '{text}'")
        else:
            print(f"ok: {what}: {errno.errorcode[error]} {text}")

    # Lengths that lie: the socket must survive all of them.
    for length in (0, 15, 16, 19, 21, 1 << 16, 0xFFFFFFFF):
        genl.send(genl.id, WATCH_NEW, watch(), REQUEST | ACK, 1, length)
    for cut in range(1, len(watch()), 3):
        genl.send(genl.id, WATCH_NEW, watch()[:cut], REQUEST)
    for size in (0, 1, 2, 3, 5, 0xFFFF):
        genl.send(genl.id, WATCH_NEW, struct.pack("=HH", size, NAME) + b"abcd", REQUEST)
    deep = attr(1, V4)
    for _ in range(1000):
        deep = nest(SERVER, deep)
    genl.send(genl.id, WATCH_NEW, attr(NAME, "deep") + deep[:60000], REQUEST)
    for cmd in range(0, DECISION_DEL + 2):
        genl.send(genl.id, cmd, os.urandom(64), REQUEST)
        genl.send(genl.id, cmd, os.urandom(64), REQUEST | DUMP)

    fresh = Genl()
    error, text, watches = fresh.dump(WATCH_GET)
    if error or watches:
        bad += 1
        print(f"FAILED: watches afterwards: {error} {text} {len(watches)}")
    error, text, _ = fresh.request(WATCH_NEW, watch("good"))
    if error:
        bad += 1
        print(f"FAILED: a good watch is refused afterwards: {error} {text}")
    error, text, _ = fresh.request(WATCH_NEW, watch("good"))
    if error != errno.EEXIST or not text:
        bad += 1
        print(f"FAILED: the same again: {error} '{text}'")
    # The watch covers the port, but no packet would ever end such a trouble.
    for proto in (0, 1, 132):
        error, text, _ = fresh.request(SERVICE_SET, service(proto, attr(5, U8(DOWN))))
        if error != errno.EINVAL or not text:
            bad += 1
            print(f"FAILED: a service of protocol {proto}: {error} '{text}'")
    error, text, _ = fresh.request(SERVICE_SET, service(6, attr(5, U8(DOWN))))
    if error:
        bad += 1
        print(f"FAILED: a service that is watched: {error} {text}")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
