# SPDX-License-Identifier: GPL-2.0
"""What the tests of the room "mailer" share: its harness, certificates, results."""
import os
import re
import subprocess
import tempfile
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
HARNESS = os.path.join(TOP, "build/unit/mailer_harness")
PEERS = os.path.join(TOP, "tests/peers")


def build(program=HARNESS):
    subprocess.run(["make", "-s", "-C", os.path.join(TOP, "tests/unit"), "O=" +
                    os.path.dirname(program), program], check=True)


class Peer:
    """A scripted server of tests/peers, which has a directory; a context manager."""

    program = ""

    def __init__(self, tmp, behaviour, *options):
        self.dir = tempfile.mkdtemp(dir=tmp)
        self.proc = subprocess.Popen([os.path.join(PEERS, self.program), "--dir", self.dir,
                                      *options, behaviour], stdout=subprocess.PIPE, text=True)
        self.port = int(self.proc.stdout.readline().split()[1])

    def log(self):
        try:
            with open(os.path.join(self.dir, "log"), encoding="latin-1") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.proc.terminate()
        self.proc.wait()


class Run:
    """One run of the harness: .results is a list of (id, word, code, text)."""

    def __init__(self, *args, seconds=60):
        self.took = time.time()
        try:
            p = subprocess.run([HARNESS, *args], capture_output=True, text=True, timeout=seconds,
                               check=False, errors="replace")
            self.out, self.err, self.code = p.stdout, p.stderr, p.returncode
        except subprocess.TimeoutExpired as e:
            self.out = (e.stdout or b"").decode(errors="replace")
            self.err, self.code = "timed out", -1
        self.took = time.time() - self.took
        self.results = [(int(m[0]), m[1], int(m[2]), m[3]) for m in
                        re.findall(r"^result (\d+) (\w+) (\d+) ?(.*)$", self.out, re.M)]

    def words(self):
        return [word for _, word, _, _ in self.results]

    def by_id(self):
        return {i: word for i, word, _, _ in self.results}

    def all(self, word, code=None, text=""):
        return self.code == 0 and "exit 0" in self.out and bool(self.results) and all(
            w == word and (code is None or c == code) and text in t
            for _, w, c, t in self.results)


class Checks:
    """Prints a line for each test, and what was seen where one fails."""

    def __init__(self, room):
        self.room = room
        self.failed = 0

    def __call__(self, name, good, run=None, server=None):
        print(("ok - " if good else "not ok - ") + self.room + ": " + name, flush=True)
        if good:
            return
        self.failed += 1
        if run:
            for line in (run.out + run.err).splitlines()[-20:]:
                print("# " + line[:300])
        if server:
            for line in server.log().splitlines()[-12:]:
                print("# S " + line[:200])


def certificates(tmp):
    """A CA, a certificate for 127.0.0.1 ("good"), and one for another host ("other")."""
    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, cwd=tmp, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
            "ca.pem", "-days", "2", "-subj", "/CN=test CA")
    for name, san in (("good", "IP:127.0.0.1,DNS:localhost"), ("other", "DNS:other.example.org")):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out",
                f"{name}.csr", "-subj", f"/CN={name}")
        with open(os.path.join(tmp, "ext"), "w", encoding="ascii") as f:
            f.write(f"subjectAltName={san}\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", f"{name}.pem", "-days", "2", "-extfile", "ext")


def tls(tmp, name):
    """Options of a scripted server that has this certificate."""
    return ("--cert", os.path.join(tmp, name + ".pem"), "--key", os.path.join(tmp, name + ".key"))
