#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""An HTTP server that behaves, or misbehaves, as it is told.

  http_scripted.py [--dir DIR] [--cert PEM --key PEM] [--only SUBSTRING] [--first N] BEHAVIOUR

Behaviours:
  NUMBER          answers with that status; 301 with a Location, 204 without a body
  never           reads the request and says nothing
  endless-body    200 and a body without an end;  endless-headers  200 and headers likewise
  slow-body       200 and a byte of the body now and then
  cut-before      closes each connection at once
  cut-middle      closes it, with a RST, when the header has come but not all of the body
  cut-after       closes it when all of the request has come
  cut-status      200, and closes in the middle of the body
  garbage         noise instead of an answer
  continue        100 without end

--only: other bodies than those with SUBSTRING get 200. --first: only the first N
requests; then 200. Writes "listening PORT" when ready. Each request that came as a whole
is a line of DIR/requests, JSON: path, headers, body. DIR/log has a line for each.
"""
import argparse
import json
import os
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time

lock = threading.Lock()
count = 0


class Session(socketserver.StreamRequestHandler):
    """One connection, of several requests where they are answered in full."""

    disable_nagle_algorithm = True

    def log(self, line):
        with lock, open(os.path.join(self.server.args.dir, "log"), "a", encoding="latin-1") as f:
            f.write(line + "\n")

    def request_read(self):
        """(path, headers), or None at the end."""
        first = self.rfile.readline(65536).decode("latin-1").split()
        if len(first) < 2:
            return None
        headers = {}
        while True:
            line = self.rfile.readline(65536).decode("latin-1").rstrip("\r\n")
            if not line:
                return first[1], headers
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()

    def answer(self, status, body=b"so it is\n"):
        head = f"HTTP/1.1 {status} as told\r\n"
        if status == 301:
            head += "Location: http://127.0.0.1:1/elsewhere\r\n"
        if status == 204:
            body = b""
        head += f"Content-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def endless(self, head, piece, pause=0.0):
        self.wfile.write(head)
        while True:
            self.wfile.write(piece)
            time.sleep(pause)

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def behave(self, told):
        """Whether there may be a next request."""
        if told.isdigit():
            self.answer(int(told))
            return True
        if told == "never":
            time.sleep(1000)
        elif told == "endless-body":
            self.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)
        elif told == "endless-headers":
            self.endless(b"HTTP/1.1 200 OK\r\n", b"X-More: of this\r\n" * 100)
        elif told == "slow-body":
            self.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x", 0.2)
        elif told == "cut-status":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        elif told == "garbage":
            self.wfile.write(bytes(range(256)) * 20)
        elif told == "continue":
            self.endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)
        return False

    def handle(self):
        global count
        args = self.server.args
        told = args.behaviour
        if told == "cut-before":
            self.log("cut before the request")
            return
        try:
            while True:
                got = self.request_read()
                if not got:
                    return
                path, headers = got
                length = int(headers.get("content-length", "0"))
                if told == "cut-middle":
                    self.rfile.read(min(length, 10))
                    self.log("cut in the middle")
                    self.reset()
                    return
                body = self.rfile.read(length).decode()
                with lock:
                    count += 1
                    number = count
                    with open(os.path.join(args.dir, "requests"), "a", encoding="utf-8") as f:
                        f.write(json.dumps({"path": path, "headers": headers, "body": body,
                                            "connection": self.client_address[1]}) + "\n")
                self.log(f"{number} {path} {length} bytes")
                spared = (args.only and args.only not in body) or \
                    (args.first and number > args.first)
                if not self.behave("200" if spared else told):
                    return
        except OSError as e:
            self.log(f"the client is gone: {e}")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, args):
        self.args = args
        self.context = None
        if args.cert:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(args.cert, args.key)
        super().__init__(("127.0.0.1", 0), Session)

    def get_request(self):
        s, peer = super().get_request()
        if self.context:
            s.settimeout(5)
            s = self.context.wrap_socket(s, server_side=True)
            s.settimeout(None)
        return s, peer

    def handle_error(self, request, client_address):
        pass


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--dir", default=".")
    p.add_argument("--cert")
    p.add_argument("--key")
    p.add_argument("--only")
    p.add_argument("--first", type=int)
    p.add_argument("behaviour")
    server = Server(p.parse_args())
    print("listening", server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
