#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sends packets that no honest stack would send.

    forge.py <<EOF
    tcp  SRC DST SPORT DPORT [KEY=VALUE]...
    icmp SRC DST [KEY=VALUE]...
    EOF

A key not given has an honest value, a RST that refuses sequence number 0; checksums
are right unless told otherwise.

  tcp   flags=S|SA|R|RA|A..  seq= ack= cut=BYTES (of the segment)  doff=WORDS
        options=HEX (of the IPv4 header)  ext=HEX (IPv6 extension headers, the
        first one's type in next=)  frag=OFFSET[+] (fragment; + more follow)
        badsum=1
  icmp  type= code= qsrc= qdst= qsport= qdport= qseq=  the quoted packet;
        qlen=BYTES of it that are quoted; qihl=WORDS qver= qproto= lies in it;
        badsum=1
  both  count=N times
"""
import ipaddress
import socket
import struct
import sys

TCP, ICMP, ICMP6 = 6, 1, 58


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(src, dst, proto, length):
    if src.version == 4:
        return src.packed + dst.packed + struct.pack("!BBH", 0, proto, length)
    return src.packed + dst.packed + struct.pack("!I3xB", length, proto)


def tcp_segment(src, dst, sport, dport, flags, seq, ack, doff=5, badsum=0):
    bits = sum({"F": 1, "S": 2, "R": 4, "P": 8, "A": 16}[f] for f in flags)
    head = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, doff << 4, bits, 65535, 0, 0)
    total = checksum(pseudo(src, dst, TCP, len(head)) + head) ^ badsum
    return head[:16] + struct.pack("!H", total) + head[18:]


def ip_packet(src, dst, proto, payload, options=b"", ext=b"", next_header=None, frag=0,
              ihl=None, version=None):
    if src.version == 4:
        options += b"\0" * (-len(options) % 4)
        words = 5 + len(options) // 4
        first = (4 if version is None else version) << 4 | (words if ihl is None else ihl)
        head = struct.pack("!BBHHHBBH4s4s", first, 0, 4 * words + len(payload), 4711,
                           frag, 64, proto, 0, src.packed, dst.packed)
        head += options
        return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload
    payload = ext + payload
    return struct.pack("!IHBB16s16s", (6 if version is None else version) << 28, len(payload),
                       proto if next_header is None else next_header, 64,
                       src.packed, dst.packed) + payload


def send(packet, dst, count):
    family = socket.AF_INET if dst.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for _ in range(count):
            raw.sendto(packet, (str(dst), 0))


def fragment(text):
    more = text.endswith("+")
    return int(text.rstrip("+")) // 8 | (0x2000 if more else 0)


def forge_tcp(src, dst, sport, dport, keys):
    flags = keys.get("flags", "S")
    seq = 0 if flags == "RA" else 1000
    segment = tcp_segment(src, dst, int(sport), int(dport), flags,
                          int(keys.get("seq", seq)), int(keys.get("ack", 0)),
                          int(keys.get("doff", 5)), int(keys.get("badsum", 0)))
    segment = segment[:int(keys.get("cut", len(segment)))]
    return ip_packet(src, dst, TCP, segment, bytes.fromhex(keys.get("options", "")),
                     bytes.fromhex(keys.get("ext", "")),
                     int(keys["next"]) if "next" in keys else None,
                     fragment(keys.get("frag", "0")))


def forge_icmp(src, dst, keys):
    v6 = src.version == 6
    qsrc = ipaddress.ip_address(keys.get("qsrc", str(dst)))
    qdst = ipaddress.ip_address(keys.get("qdst", str(src)))
    segment = tcp_segment(qsrc, qdst, int(keys.get("qsport", 4000)), int(keys.get("qdport", 80)),
                          "S", int(keys.get("qseq", 1000)), 0)
    quoted = ip_packet(qsrc, qdst, int(keys.get("qproto", TCP)), segment,
                       ihl=int(keys["qihl"]) if "qihl" in keys else None,
                       version=int(keys["qver"]) if "qver" in keys else None)
    quoted = quoted[:int(keys.get("qlen", len(quoted)))]
    body = struct.pack("!BBHI", int(keys.get("type", 1 if v6 else 3)),
                       int(keys.get("code", 3 if v6 else 1)), 0, 0) + quoted
    proto = ICMP6 if v6 else ICMP
    covered = pseudo(src, dst, proto, len(body)) + body if v6 else body
    total = checksum(covered) ^ int(keys.get("badsum", 0))
    return ip_packet(src, dst, proto, body[:2] + struct.pack("!H", total) + body[4:])


def forge(line):
    words = [a for a in line if "=" not in a]
    keys = dict(a.split("=", 1) for a in line if "=" in a)
    if len(words) != {"tcp": 5, "icmp": 3}.get(words[0]):
        sys.exit(__doc__)
    src, dst = (ipaddress.ip_address(a) for a in words[1:3])
    if words[0] == "tcp":
        packet = forge_tcp(src, dst, words[3], words[4], keys)
    else:
        packet = forge_icmp(src, dst, keys)
    send(packet, dst, int(keys.get("count", 1)))


if __name__ == "__main__":
    for text in sys.stdin:
        if text.strip() and not text.lstrip().startswith("#"):
            forge(text.split())
