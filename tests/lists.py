# SPDX-License-Identifier: GPL-2.0
"""Notifications of RINGBACK-MIB: as arguments of snmpinform, and as datagrams."""
import struct
import time

BASE = "1.3.6.1.4.1.8072.9999.9999.7464"
# Of this run: what is long over is not taken.
BEGAN = int(time.time()) - 3600
DOWN_AGAIN, UP_AGAIN, PART, RELEASE, WITHDRAW = 1, 2, 3, 4, 5


def date(t):
    g = time.gmtime(t)
    return struct.pack(">H5BBcBB", g.tm_year, g.tm_mon, g.tm_mday, g.tm_hour, g.tm_min, g.tm_sec,
                       0, b"+", 0, 0).hex()


def notification(which, outage=7, part=1, parts=1, clients=("198.51.100.1",), total=0):
    """snmpinform's arguments for a notification of RINGBACK-MIB."""
    columns = f"{BASE}.1.3.1.%d.{outage}"
    scalars = f"{BASE}.1.5.%d.0"
    binds = [(scalars % 1, "s", "router.example.org"), (columns % 2, "i", 1),
             (columns % 3, "x", "c000020a"), (columns % 4, "u", 6), (columns % 5, "u", 80),
             (columns % 6, "i", 1), (columns % 8, "x", date(BEGAN)), (columns % 11, "s", "web")]
    if which in (UP_AGAIN, PART, RELEASE):
        binds += [(columns % 7, "i", 3), (columns % 9, "x", date(BEGAN + 600))]
    if which in (PART, RELEASE, WITHDRAW):
        binds += [(scalars % 3, "u", parts), (scalars % 4, "u", total or len(clients)),
                  (scalars % 6, "u", 1)]
    if which == PART:
        binds += [(scalars % 2, "u", part), (scalars % 5, "i", 2)]
        binds += [(f"{BASE}.1.4.1.4.{outage}.1.4.{c}", "x",
                   struct.pack(">BIII", 1, 3, BEGAN, BEGAN + 9).hex()) for c in clients]
    return ["4711", f"{BASE}.0.{which}", *(str(x) for bind in binds for x in bind)]


def tlv(tag, data):
    n = len(data)
    size = bytes([n]) if n < 128 else bytes([0x82, n >> 8, n & 255])
    return bytes([tag]) + size + data


def oid(text):
    ids = [int(x) for x in text.split(".")]
    data = b""
    for i in [ids[0] * 40 + ids[1]] + ids[2:]:
        part = bytes([i & 127])
        while i > 127:
            i >>= 7
            part = bytes([128 | i & 127]) + part
        data += part
    return tlv(6, data)


def integer(tag, number):
    return tlv(tag, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def datagram(community, request, *args, padding=0, **kw):
    """The same by v2c, ready to be sent; with an object of so many bytes that nobody knows."""
    values = {"s": lambda v: tlv(4, v.encode()), "x": lambda v: tlv(4, bytes.fromhex(v)),
              "i": lambda v: integer(2, int(v)), "u": lambda v: integer(0x42, int(v))}
    uptime, trap, *rest = notification(*args, **kw)
    binds = [tlv(0x30, oid("1.3.6.1.2.1.1.3.0") + integer(0x43, int(uptime))),
             tlv(0x30, oid("1.3.6.1.6.3.1.1.4.1.0") + oid(trap))]
    binds += [tlv(0x30, oid(name) + values[kind](value))
              for name, kind, value in zip(rest[::3], rest[1::3], rest[2::3])]
    if padding:
        binds.append(tlv(0x30, oid("1.3.6.1.4.1.32473.1") + tlv(4, bytes(padding))))
    pdu = tlv(0xa6, integer(2, request) + tlv(2, b"\0") + tlv(2, b"\0") +
              tlv(0x30, b"".join(binds)))
    return tlv(0x30, tlv(2, b"\x01") + tlv(4, community) + pdu)
