#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""An SMTP server that behaves, or misbehaves, as it is told.

  smtp_scripted.py [--port N] [--dir DIR] [--cert PEM --key PEM] [--auth USER:PASSWORD]
                   [--only SUBSTRING] [--first N] [--tls12] BEHAVIOUR

Behaviours:
  ok            takes all mail
  banner-5xx, banner-4xx, banner-endless, banner-never, garbage
  ehlo-5xx      knows neither EHLO nor HELO
  mail-4xx, mail-5xx, rcpt-4xx, rcpt-5xx, rcpt-drop, rcpt-never
  data-4xx, data-5xx, data-drop, data-never, data-late-drop
                drop: in the middle of the data; late-drop: after the final dot
  auth-refused  535 to any login
  starttls-refused  454 to STARTTLS;  starttls-garbage  noise instead of TLS
  starttls-inject   replies in clear behind the answer to STARTTLS, in one segment
  long-reply    a reply of 200,000 bytes to RCPT;  multi-reply  1,000 lines
  nul-reply     control characters and NUL in a 5xx reply to RCPT
  slow          half a second before each reply

--only: rcpt-* and data-* concern only recipients that contain SUBSTRING.
--first: only the first N connections; then ok.
Writes "listening PORT" when ready. Each mail taken is DIR/NUMBER.eml, headed by
X-Envelope-From, X-Envelope-To, X-Connection, X-Tls and X-Auth. DIR/log has a line for
each command.
"""
import argparse
import base64
import os
import socket
import socketserver
import ssl
import sys
import threading
import time

lock = threading.Lock()
counters = {"mail": 0, "connection": 0}


class Drop(Exception):
    """Ends the connection at once."""


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        with lock:
            counters["connection"] += 1
            self.number = counters["connection"]
        args = self.server.args
        self.behaviour = args.behaviour
        if args.first and self.number > args.first:
            self.behaviour = "ok"
        self.tls = self.user = None
        self.sender = self.recipient = None

    def log(self, text):
        with lock, open(os.path.join(self.server.args.dir, "log"), "a",
                        encoding="latin-1") as f:
            f.write(f"{self.number} {text}\n")

    def say(self, text):
        if self.behaviour == "slow":
            time.sleep(0.5)
        data = text if isinstance(text, bytes) else text.encode()
        self.connection.sendall(data + b"\r\n")

    def concerned(self):
        return self.server.args.only in (self.recipient or "")

    def does(self, what):
        """Plays "what-4xx" and its like; true where the command is dealt with."""
        if not self.behaviour.startswith(what + "-") or not self.concerned():
            return False
        how = self.behaviour[len(what) + 1:]
        if how == "4xx":
            self.say("451 4.3.0 not now")
        elif how == "5xx":
            self.say("550 5.1.1 never")
        elif how == "drop":
            raise Drop
        elif how == "never":
            self.wait()
        else:
            return False
        return True

    def wait(self):
        """Says nothing until the client leaves."""
        while self.connection.recv(65536):
            pass
        raise Drop

    def banner(self):
        if self.behaviour == "banner-endless":
            while True:
                self.connection.sendall(b"220-" + b"x" * 1000 + b"\r\n")
        if self.behaviour == "garbage":
            self.connection.sendall(os.urandom(4096))
            self.wait()
        if not self.does("banner"):
            self.say("220 scripted.example.org ESMTP")

    def ehlo(self, _):
        if self.behaviour == "ehlo-5xx":
            self.say("502 5.5.1 what?")
            return
        lines = ["scripted.example.org", "PIPELINING", "8BITMIME", "SMTPUTF8",
                 "ENHANCEDSTATUSCODES"]
        args = self.server.args
        if args.cert and not self.tls:
            lines.append("STARTTLS")
        if args.auth or self.behaviour == "auth-refused":
            lines.append("AUTH PLAIN LOGIN")
        for line in lines[:-1]:
            self.connection.sendall(f"250-{line}\r\n".encode())
        self.say("250 " + lines[-1])

    def starttls(self, _):
        args = self.server.args
        if self.behaviour == "starttls-refused":
            self.say("454 4.7.0 no TLS today")
            return
        if self.behaviour == "starttls-inject":
            self.connection.sendall(b"220 2.0.0 go ahead\r\n" + b"250 ok\r\n" * 20)
            self.wait()
        self.say("220 2.0.0 go ahead")
        if self.behaviour == "starttls-garbage":
            # Not with the answer: the client has begun its handshake.
            self.connection.recv(65536, socket.MSG_PEEK)
            self.connection.sendall(b"this is no TLS record\r\n" * 10)
            self.wait()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.cert, args.key)
        if args.tls12:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.tls = self.connection.version()

    def auth(self, words):
        if self.behaviour == "auth-refused":
            self.say("535 5.7.8 I do not know you")
            return
        given = words[2] if len(words) > 2 else ""
        if not given:
            self.say("334 ")
            given = self.rfile.readline().decode("latin-1").strip()
        if words[1].upper() == "PLAIN":
            parts = base64.b64decode(given).decode().split("\0")
            user = ":".join(parts[-2:])
        else:
            user = base64.b64decode(given).decode()
            self.say("334 UGFzc3dvcmQ6")
            user += ":" + base64.b64decode(self.rfile.readline()).decode()
        if user == self.server.args.auth:
            self.user = user.split(":")[0]
            self.say("235 2.7.0 welcome")
        else:
            self.say("535 5.7.8 wrong")

    def mail(self, words):
        self.sender = words[1].partition(":")[2].strip("<>")
        self.recipient = None
        if not self.does("mail"):
            self.say("250 2.1.0 sender ok")

    def rcpt(self, words):
        if self.recipient:
            self.say("452 4.5.3 one at a time")
            return
        self.recipient = words[1].partition(":")[2].strip("<>")
        if self.behaviour == "long-reply":
            self.say(b"550 5.1.1 " + b"y" * 200000)
        elif self.behaviour == "multi-reply":
            self.say(b"\r\n".join(b"550-5.1.1 line" for _ in range(1000)) + b"\r\n550 5.1.1 end")
        elif self.behaviour == "nul-reply":
            self.say(b"550 5.1.1 a\0b\x1b[31mred\x7f\xff\tend")
        elif self.does("rcpt"):
            self.recipient = None
        else:
            self.say("250 2.1.5 recipient ok")
            return
        self.recipient = None

    def data(self, _):
        if not self.recipient:
            self.say("503 5.5.1 no valid recipient")
            return
        self.say("354 end with a dot")
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                raise Drop
            if self.behaviour == "data-drop" and self.concerned():
                raise Drop
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        if self.behaviour == "data-late-drop" and self.concerned():
            raise Drop
        if self.does("data"):
            return
        self.store(lines)
        self.say("250 2.0.0 queued")

    def store(self, lines):
        with lock:
            counters["mail"] += 1
            number = counters["mail"]
        head = (f"X-Envelope-From: {self.sender}\r\nX-Envelope-To: {self.recipient}\r\n"
                f"X-Connection: {self.number}\r\nX-Tls: {self.tls}\r\nX-Auth: {self.user}\r\n")
        path = os.path.join(self.server.args.dir, f"{number}.eml")
        with open(path + ".new", "wb") as f:
            f.write(head.encode() + b"".join(lines))
        os.rename(path + ".new", path)

    def command(self, line):
        self.log(line)
        words = line.split()
        verb = words[0].upper() if words else ""
        handlers = {"EHLO": self.ehlo, "HELO": self.ehlo, "STARTTLS": self.starttls,
                    "AUTH": self.auth, "MAIL": self.mail, "RCPT": self.rcpt, "DATA": self.data}
        if verb in handlers:
            handlers[verb](words)
        elif verb == "QUIT":
            self.say("221 2.0.0 bye")
            raise Drop
        elif verb in ("RSET", "NOOP"):
            self.say("250 2.0.0 ok")
        else:
            self.say("502 5.5.1 unknown")

    def handle(self):
        try:
            self.banner()
            while True:
                line = self.rfile.readline(10000)
                if not line:
                    break
                self.command(line.decode("latin-1").rstrip("\r\n"))
        except (Drop, OSError, ValueError, IndexError):
            pass
        # An orderly close, but with nothing said.
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    """A thread a connection."""
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--dir", default=".")
    p.add_argument("--cert")
    p.add_argument("--key")
    p.add_argument("--auth")
    p.add_argument("--only", default="")
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--tls12", action="store_true")
    p.add_argument("behaviour", nargs="?", default="ok")
    args = p.parse_args()
    if ":" in args.host:
        Server.address_family = socket.AF_INET6
    with Server((args.host, args.port), Session) as server:
        server.args = args
        print("listening", server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
