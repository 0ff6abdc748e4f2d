#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A receiver of webhooks (docs/webhook.md) that writes down what it gets, a JSON object a
line: status (what it answered), signed (whether the signature is right), key (of idempotency)
and body.

  hook.py PORT KEY-FILE LOG SAYS

The file SAYS has the statuses that it answers with, a line each; the last one stays.
"""
import hashlib
import hmac
import http.server
import json
import sys

PORT, KEY_FILE, LOG, SAYS = sys.argv[1:]


def next_status():
    with open(SAYS, encoding="ascii") as f:
        statuses = f.read().split()
    if len(statuses) > 1:
        with open(SAYS, "w", encoding="ascii") as f:
            f.write("\n".join(statuses[1:]) + "\n")
    return int(statuses[0])


class Hook(http.server.BaseHTTPRequestHandler):
    """One request."""

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(KEY_FILE, encoding="ascii") as f:
            key = f.readline().rstrip("\n").encode()
        right = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
        status = next_status()
        with open(LOG, "a", encoding="utf-8") as f:
            f.write(json.dumps({
                "status": status, "key": self.headers["Idempotency-Key"],
                "signed": hmac.compare_digest(self.headers["X-Ringback-Signature"] or "", right),
                "body": json.loads(body)}) + "\n")
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


http.server.ThreadingHTTPServer(("", int(PORT)), Hook).serve_forever()
