# SPDX-License-Identifier: GPL-2.0
"""A portal (docs/inquiry.md) that behaves, or misbehaves, as a test tells it.

    with Portal() as portal:
        portal.inquiries = [inquiry("192.0.2.10", 80, "down")]
        portal.say("back", {"server": ...})     to all streams that are open
        portal.choices                          what was posted

.mood: "", "404", "html", "endless-line", "endless-body", "wrong-json", "drop" (the stream
ends at once), "refuse" (choices get 422 and problem details).
"""
import http.server
import json
import queue
import ssl
import threading

ROOT = "/.well-known/ringback/"


def inquiry(server, port, state, **more):
    """One element of v1/inquiries."""
    row = {"service": {"server": server, "proto": "tcp", "port": port, "name": "Intranet"},
           "outage": 7, "state": state, "reason": "no-reply", "since": "2026-01-02T03:04:05Z",
           "until": None, "heard": None, "waiting": "about 20", "inquire": "where",
           "waits": True, "reached": False, "choice": "none", "mail": "", "unconfirmed": False,
           "token": "token-of-" + server}
    row["service"].update({k: v for k, v in more.items() if k == "name"})
    row.update({k: v for k, v in more.items() if k != "name"})
    return row


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        portal = self.server.portal
        portal.requests.append(self.path)
        if portal.mood == "404":
            self.answer(404, "application/json", b"{}")
        elif portal.mood == "html":
            self.answer(200, "text/html", b"<h1>A login page</h1>")
        elif self.path == ROOT + "v1/inquiries":
            self.inquiries(portal)
        elif self.path == ROOT + "v1/events":
            self.stream(portal)
        else:
            self.answer(404, "text/plain", b"?")

    def inquiries(self, portal):
        if portal.mood == "endless-body":
            self.answer(200, "application/json", b" " * (2 << 20))
        elif portal.mood == "wrong-json":
            self.answer(200, "application/json", json.dumps(
                [1, None, {}, {"service": 7}, {"service": {"server": "x", "proto": "tcp", "port": 80}},
                 {"service": {"server": "192.0.2.1", "proto": "tcp", "port": 65536}},
                 {"service": {"server": "192.0.2.1", "proto": "icmp", "port": 1}}]).encode())
        else:
            self.answer(200, "application/json", json.dumps(portal.inquiries).encode())

    def stream(self, portal):
        events = queue.Queue()
        portal.streams.append(events)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self.wfile.write(b": hello\n\n")
            if portal.mood == "endless-line":
                self.wfile.write(b"data: " + b"x" * (1 << 20))
            while portal.mood not in ("drop", "endless-line"):
                chunk = events.get()
                if chunk is None:
                    break
                self.wfile.write(chunk)
        except OSError:
            pass
        portal.streams.remove(events)

    def do_POST(self):
        portal = self.server.portal
        choice = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        choice["path"] = self.path
        portal.choices.append(choice)
        if portal.mood == "refuse":
            self.answer(422, "application/problem+json",
                        b'{"title": "That is no address", "outcome": "bad-address"}')
            return
        for row in portal.inquiries:
            if row["service"]["server"] == choice["server"]:
                row["choice"] = choice["choice"]
        self.answer(200, "application/json", b'{"outcome": "ok", "mail": "a***@e***.org"}')


class Server(http.server.ThreadingHTTPServer):
    """Agents come and go as they like: no word about it."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class Portal:
    """The server; a context manager. @certificate: a PEM file with chain and key: TLS."""

    def __init__(self, certificate=None, port=0):
        self.inquiries, self.choices, self.requests, self.streams = [], [], [], []
        self.mood = ""
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.portal = self
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def say_bytes(self, chunk):
        for stream in list(self.streams):
            stream.put(chunk)

    def say(self, event, data):
        self.say_bytes(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())

    def end_streams(self):
        for stream in list(self.streams):
            stream.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.end_streams()
        self.server.shutdown()
        self.server.server_close()
