# SPDX-License-Identifier: GPL-2.0
"""Generic netlink by hand: what no library would send, and what came back."""
import os
import socket
import struct

NETLINK_GENERIC = 16      # the socket module has no name for it
GENL_ID_CTRL = 16
REQUEST, ACK, DUMP = 0x1, 0x4, 0x300
ROOT_REPLACE, CREATE, EXCL = 0x100, 0x400, 0x200
DUMP_INTR = 0x10
NESTED = 0x8000
ERROR, DONE = 2, 3
SOL_NETLINK, EXT_ACK, GET_STRICT_CHK, CAP_ACK, NO_ENOBUFS = 270, 11, 12, 10, 5


def attr(kind, data=b""):
    """One attribute; a str is a string, an int is a u32."""
    if isinstance(data, str):
        data = data.encode() + b"\0"
    elif isinstance(data, int):
        data = struct.pack("=I", data)
    return struct.pack("=HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def nest(kind, *attrs):
    return attr(kind | NESTED, b"".join(attrs))


def parse(data):
    """[(type, payload)..] of a stream of attributes."""
    found = []
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        if length < 4:
            break
        found.append((kind & 0x3FFF, data[4:length]))
        data = data[length + 3 & ~3:]
    return found


class Genl:
    """A socket and the family's number; close() or let it go."""

    def __init__(self, family="ringback"):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.sock.bind((0, 0))
        self.sock.settimeout(20)
        self.seq = 0
        self.torn = False       # the answer was a dump, flagged as inconsistent
        self.groups = {}
        _, _, answer = self.ask(GENL_ID_CTRL, 3, attr(2, family))
        for kind, data in parse(answer[0][4:]):
            if kind == 1:
                self.id = struct.unpack("=H", data)[0]
            elif kind == 7:
                for _, group in parse(data):
                    fields = dict(parse(group))
                    name = fields[1].rstrip(b"\0").decode()
                    self.groups[name] = struct.unpack("=I", fields[2])[0]

    def send(self, kind, cmd, body, flags=REQUEST | ACK, version=1, length=None):
        self.seq += 1
        payload = struct.pack("=BBH", cmd, version, 0) + body
        head = struct.pack("=IHHII", 16 + len(payload) if length is None else length, kind,
                           flags, self.seq, 0)
        self.sock.send(head + payload)

    def ask(self, kind, cmd, body, flags=REQUEST | ACK, version=1, meanwhile=lambda: None):
        """(errno, extack text, [answers, each from the genl header on]); meanwhile() is called
        between the first message and the next."""
        self.send(kind, cmd, body, flags, version)
        self.torn = False
        answers = []
        while True:
            data = self.sock.recv(1 << 20)
            meanwhile()
            meanwhile = lambda: None  # noqa: E731
            while len(data) >= 16:
                length, what, flagged, seq, _ = struct.unpack_from("=IHHII", data)
                part, data = data[16:length], data[length + 3 & ~3:]
                if seq != self.seq:
                    continue
                self.torn = self.torn or bool(flagged & DUMP_INTR)
                if what == ERROR or what == DONE:
                    error = -struct.unpack_from("=i", part)[0] if len(part) >= 4 else 0
                    return error, self.extack(what, flagged, part), answers
                answers.append(part)

    @staticmethod
    def extack(what, flagged, part):
        if not flagged & 0x200:
            return ""
        skip = 4
        if what == ERROR:
            skip = 20 if flagged & 0x100 else 4 + (struct.unpack_from("=I", part, 4)[0] + 3 & ~3)
        return dict(parse(part[skip:])).get(1, b"").rstrip(b"\0").decode()

    def request(self, cmd, body=b"", flags=REQUEST | ACK, version=1):
        return self.ask(self.id, cmd, body, flags, version)

    def dump(self, cmd, body=b"", **more):
        return self.ask(self.id, cmd, body, REQUEST | ACK | DUMP, **more)

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, 1, self.groups[group])


def error_name(number):
    return os.strerror(number) if number else "success"
