#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""dump_under_change.py STAYING GOING SERVER LAST_PORT: dumps while the clients GOING (a
prefix) are forgotten. A dump that is not flagged must have each row once, and all of the
client STAYING: ports 1..LAST_PORT of SERVER."""
import ipaddress
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from genl import Genl, attr, parse  # noqa: E402

ATTEMPT_GET, ATTEMPT_FORGET = 4, 5
CLIENT, SERVER, PORT = 2, 3, 5


def dump(genl, body=b"", **more):
    error, text, answers = genl.dump(ATTEMPT_GET, body, **more)
    if error:
        sys.exit(f"refused: {error} {text}")
    rows = []
    for answer in answers:
        fields = dict(parse(answer[4:]))
        rows.append((fields[CLIENT], fields[SERVER], struct.unpack("!H", fields[PORT])[0]))
    return rows


def forget(genl, clients):
    for client in clients:
        error, text, _ = genl.request(ATTEMPT_FORGET, attr(CLIENT, client))
        if error:
            sys.exit(f"not forgotten: {error} {text}")


def judge(what, rows, torn, staying):
    print(f"{what}: {len(rows)} rows, {'flagged' if torn else 'whole'}")
    if torn:
        return
    if len(set(rows)) != len(rows):
        sys.exit(f"{len(rows) - len(set(rows))} rows are double")
    if not staying <= set(rows):
        sys.exit(f"{len(staying - set(rows))} rows that stay are missing")


def main(client, going, server, last_port):
    client, server = (ipaddress.ip_address(a).packed for a in (client, server))
    staying = {(client, server, port) for port in range(1, int(last_port) + 1)}
    genl, other = Genl(), Genl()

    rows = dump(genl)
    if not genl.torn:   # an entry may just have come
        judge("at rest", rows, False, staying)
    clients = sorted({row[0] for row in rows if row[0] != client})
    if not all(ipaddress.ip_address(c) in ipaddress.ip_network(going) for c in clients):
        sys.exit("who is that?")
    half = len(clients) // 2

    rows = dump(genl, meanwhile=lambda: forget(other, clients[:half]))
    judge("half of them go", rows, genl.torn, staying)
    if not genl.torn:
        sys.exit("nobody was told")
    # The table shrinks when it likes, which may be under one of these.
    forget(other, clients[half:])
    for _ in range(5):
        rows = dump(genl)
        judge("all are gone", rows, genl.torn, staying)
        rows = dump(genl, attr(CLIENT, client))
        judge("filtered", rows, genl.torn, staying)
        if not genl.torn and set(rows) != staying:
            sys.exit("the filter lets others through")


if __name__ == "__main__":
    main(*sys.argv[1:])
