#!/usr/bin/env python3
"""Verifies a Glance evidence package with Python's standard library alone.

    python3 verify.py [--fingerprint HEX] [FOLDER]

FOLDER is the unpacked package (default: where this file lies). Exit status 0: it holds. 1: it does not; every problem
is printed. The Ed25519 verification follows RFC 8032, section 5.1.7; the Merkle proofs RFC 9162, section 2.1.3.2.
"""
import base64
import csv
import hashlib
import io
import json
import os
import sys

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)
BESIDE = ("tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt.minisig")


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * I % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, point):
    out = (0, 1, 1, 0)
    while n:
        if n & 1:
            out = add(out, point)
        point = add(point, point)
        n >>= 1
    return out


def decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signature_holds(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = decode(key), decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    one, two = times(s, BASE), add(r, times(h, a))
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


def sha(data):
    return hashlib.sha256(data).digest()


def included(leaf, index, size, path, root):
    if index >= size:
        return False
    node, last, value = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = sha(b"\x01" + step + value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = sha(b"\x01" + value + step)
        node, last = node >> 1, last >> 1
    return last == 0 and value == root


def canonical(value):
    """RFC 8785 for what Glance writes: text, whole numbers, flags, lists and objects."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class Verifier:
    def __init__(self, folder, fingerprint):
        self.folder, self.fingerprint, self.problems = folder, fingerprint, []
        self.files = {}
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                with open(path, "rb") as file:
                    self.files[os.path.relpath(path, folder).replace(os.sep, "/")] = file.read()

    def problem(self, text):
        self.problems.append(text)

    def get(self, path):
        if path not in self.files:
            self.problem(path + " is missing")
        return self.files.get(path, b"")

    def run(self):
        self.manifests()
        key = self.key()
        if key is None:
            return
        message = self.get(BESIDE[0])
        if not signature_holds(key, message, self.get(BESIDE[1])):
            self.problem("the signature of the tag manifest does not hold")
        self.minisign(key, message)
        checkpoint = self.checkpoint(key)
        if checkpoint:
            self.rows(self.records(*checkpoint))

    def manifests(self):
        payload = {path for path in self.files if path.startswith("data/")}
        tags = {path for path in self.files if path not in payload and path not in BESIDE}
        for name, paths in (("manifest-sha256.txt", payload), (BESIDE[0], tags)):
            lines = [sha(self.files[path]).hex() + "  " + path + "\n" for path in sorted(paths, key=str.encode)]
            told = self.get(name).decode("utf-8", "replace").splitlines(True)
            for line in sorted(set(lines) ^ set(told)):
                self.problem(name + ": " + line[66:].strip() + " was changed, added or taken away")
            if told != lines and set(told) == set(lines):
                self.problem(name + " is not in order")

    def key(self):
        lines = self.get("glance.pub.pem").decode("ascii", "replace").split("\n")
        try:
            der = base64.b64decode("".join(lines[1:-2]), validate=True)
        except ValueError:
            der = b""
        good = lines[0] == "-----BEGIN PUBLIC KEY-----" and lines[-2:] == ["-----END PUBLIC KEY-----", ""]
        if not good or len(der) != 44 or der[:12] != bytes.fromhex("302a300506032b6570032100"):
            self.problem("glance.pub.pem is not an Ed25519 public key")
            return None
        found = sha(der).hex()
        if self.fingerprint and found != self.fingerprint.lower().replace(":", ""):
            self.problem("the package is signed by another key (" + found + ")")
        print("key fingerprint " + found)
        return der[12:]

    def minisign(self, key, message):
        number = sha(key)[:8]
        public = "untrusted comment: Glance package key\n" + base64.b64encode(b"Ed" + number + key).decode() + "\n"
        if self.get("glance.minisign.pub") != public.encode():
            self.problem("the two public keys are not the same key")
        lines = self.get(BESIDE[2]).decode("utf-8", "replace").split("\n")
        try:
            line, all_of_it = (base64.b64decode(lines[n], validate=True) for n in (1, 3))
        except (IndexError, ValueError):
            return self.problem("the minisign signature is not readable")
        comment = lines[2][len("trusted comment: "):].encode()
        good = len(lines) == 5 and lines[4] == "" and lines[2].startswith("trusted comment: ")
        good = good and lines[0] == "untrusted comment: signature from the Glance package key"
        good = good and line[:10] == b"Ed" + number and signature_holds(key, message, line[10:])
        if not good or not signature_holds(key, line[10:] + comment, all_of_it):
            self.problem("the minisign signature does not hold")

    def checkpoint(self, key):
        note = self.get("data/07_history/checkpoint.note").decode("utf-8", "replace")
        text, _, rest = note.partition("\n\n")
        try:
            origin, size, root = text.split("\n")
            signed = base64.b64decode(rest.split(" ")[2].strip(), validate=True)
            size, root = int(size), base64.b64decode(root, validate=True)
        except (ValueError, IndexError):
            return self.problem("checkpoint.note is not readable")
        name = sha(origin.encode() + b"\n\x01" + key)[:4]
        good = rest.startswith("\u2014 " + origin + " ") and rest.count("\n") == 1 and signed[:4] == name
        if not good or not signature_holds(key, (text + "\n").encode(), signed[4:]):
            return self.problem("checkpoint.note: not signed by this key")
        print("log %s at size %d" % (origin, size))
        return origin, size, root

    def records(self, origin, size, root):
        leaves, known = {}, set()
        for line in self.get("data/07_history/entries.jsonl").decode().splitlines():
            entry = json.loads(line)
            leaves[entry["seq"]] = entry["leaf"]
        for line in self.get("data/07_history/records.jsonl").decode().splitlines():
            record = json.loads(line)
            problem = self.record(record, leaves.get(record["seq"], "{}"), origin, size, root)
            if problem:
                self.problem("%s %s version %s: %s" % (record["kind"], record["id"], record["version"], problem))
            else:
                known.add((record["id"], record["version"]))
        print("%d records proved" % len(known))
        return known

    def record(self, record, leaf, origin, size, root):
        view = json.loads(leaf)
        content = bytes.fromhex(record["salt"]) + canonical(record["record"]).encode()
        if view.get("after") != "sha256:" + sha(content).hex():
            return "the leaf commits to another content"
        told = view["obj"]
        if (told["type"], told["id"], told.get("rev"), view["seq"], view["log"]) != (
            record["kind"], record["id"], record["version"], record["seq"], origin
        ):
            return "the leaf is about something else"
        proof = self.files.get("data/07_history/proofs/%s.tlog-proof" % record["seq"], b"").decode()
        head = "c2sp.org/tlog-proof@v1\nindex %s\n" % record["seq"]
        if not proof.startswith(head):
            return "its proof is missing or of another form"
        path = [base64.b64decode(line) for line in proof[len(head):].split("\n\n")[0].split("\n") if line]
        if not included(sha(b"\0" + leaf.encode()), int(record["seq"]), size, path, root):
            return "its leaf is not in the log"
        return None

    def rows(self, known):
        count = 0
        for path in sorted(self.files):
            if path.startswith("data/01_ert/") and path.endswith(".csv"):
                for row in csv.DictReader(io.StringIO(self.files[path].decode(), newline="")):
                    count += 1
                    if (row.get("record_id"), row.get("record_version")) not in known:
                        self.problem(path + ": a row's record is not disclosed and proved")
        print("%d rows tied to the log" % count)


def main(arguments):
    fingerprint, folder = None, os.path.dirname(os.path.abspath(__file__))
    while arguments:
        word = arguments.pop(0)
        if word == "--fingerprint" and arguments:
            fingerprint = arguments.pop(0)
        else:
            folder = word
    verifier = Verifier(folder, fingerprint)
    try:
        verifier.run()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        verifier.problem("the package is damaged: %r" % error)
    for problem in verifier.problems:
        print("PROBLEM: " + problem)
    print("does not hold" if verifier.problems else "holds")
    return 1 if verifier.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
