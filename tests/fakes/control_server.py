#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A stand-in for the engine's control socket: answers each request from a script.

usage: control_server.py SOCKET SCRIPT

SCRIPT is JSON: {"show outages": ["line", ..], ..}. A line that is a string is sent
as it is (so that it may be broken on purpose), anything else as JSON; the pseudo
line {"sleep": SECONDS} waits. Requests are echoed on stdout, one a line. An unknown
command gets an error line. Ends with SIGTERM.
"""
import json
import os
import socket
import sys
import time


def answer(conn, script):
    text = conn.makefile("r", encoding="utf-8").readline()
    print(text, end="", flush=True)
    command = json.loads(text)["command"]
    lines = script.get(command, [{"error": "unknown command", "status": 2}])
    for line in lines:
        if isinstance(line, dict) and "sleep" in line:
            time.sleep(line["sleep"])
            continue
        data = line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) + "\n"
        conn.sendall(data.encode("utf-8", "surrogateescape"))


def main():
    path, script = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))
    if os.path.exists(path):
        os.unlink(path)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(8)
    while True:
        conn, _ = server.accept()
        with conn:
            try:
                answer(conn, script)
            except (BrokenPipeError, ConnectionResetError, ValueError, KeyError) as e:
                print(f"! {e}", flush=True)


main()
