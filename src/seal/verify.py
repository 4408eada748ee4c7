#!/usr/bin/env python3
"""Verifies a Glance evidence package with Python's standard library alone.

    python3 verify.py [--fingerprint HEX] [--checkpoint NOTE] [FOLDER]

FOLDER is the unpacked package (default: where this file lies). Exit status 0: it holds. 1: it does not; every problem
is printed. The Ed25519 verification follows RFC 8032, section 5.1.7; the Merkle proofs RFC 9162, sections 2.1.3.2 and
2.1.4.2. Files are read as they come, so a package larger than the memory is verified too.
"""
import base64
import csv
import hashlib
import json
import os
import sys

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)
DER = bytes.fromhex("302a300506032b6570032100")
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


def goes_on(old_size, old_root, size, root, proof):
    """RFC 9162, section 2.1.4.2."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    steps = proof if old_size & (old_size - 1) else [old_root] + proof
    if not steps:
        return False
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    one = two = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            one, two = sha(b"\x01" + step + one), sha(b"\x01" + step + two)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            two = sha(b"\x01" + two + step)
        node, last = node >> 1, last >> 1
    return last == 0 and one == old_root and two == root


def public_key(pem):
    """The 32 bytes of an Ed25519 public key written as PEM, or nothing."""
    lines = pem.split("\n")
    try:
        der = base64.b64decode("".join(lines[1:-2]), validate=True)
    except ValueError:
        return None
    good = lines[0] == "-----BEGIN PUBLIC KEY-----" and lines[-2:] == ["-----END PUBLIC KEY-----", ""]
    return der[12:] if good and len(der) == 44 and der[:12] == DER else None


def signed_note(note, key):
    """A checkpoint's log, size and root, or nothing when this key did not sign it."""
    text, _, rest = note.partition("\n\n")
    try:
        origin, size, encoded = text.split("\n")
        number, root = int(size), plainly(encoded)
    except ValueError:
        return None
    if str(number) != size or len(root) != 32 or not origin:
        return None
    for line in rest.splitlines():
        if not line.startswith("\u2014 "):
            return None
        if not line.startswith("\u2014 " + origin + " "):
            continue
        try:
            signed = plainly(line.split(" ")[2])
        except ValueError:
            continue
        ours = signed[:4] == sha(origin.encode() + b"\n\x01" + key)[:4]
        if ours and signature_holds(key, (text + "\n").encode(), signed[4:]):
            return origin, number, root
    return None


def plainly(text):
    """Base64 written in the one way it can be."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not plain base64")
    return data


def canonical(value):
    """RFC 8785 for what Glance writes: text, whole numbers, flags, lists and objects."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class Verifier:
    def __init__(self, folder, fingerprint, kept):
        self.folder, self.fingerprint, self.kept, self.problems = folder, fingerprint, kept, []
        self.files, self.hashes = {}, {}
        for place, folders, names in os.walk(folder):
            for name in names + [name for name in folders if os.path.islink(os.path.join(place, name))]:
                path = os.path.join(place, name)
                inside = os.path.relpath(path, folder).replace(os.sep, "/")
                self.files[inside] = path
                if os.path.islink(path) or not os.path.isfile(path):
                    self.problem(inside + " is not a plain file")
                else:
                    self.hashes[inside] = digest(path)

    def problem(self, text):
        self.problems.append(text)

    def get(self, path):
        """A small file whole."""
        if path not in self.hashes:
            self.problem(path + " is missing")
            return b""
        with open(self.files[path], "rb") as file:
            return file.read()

    def lines(self, path):
        """The lines of a file of any size."""
        if path not in self.hashes:
            self.problem(path + " is missing")
            return
        with open(self.files[path], encoding="utf-8", newline="\n") as file:
            yield from file

    def run(self):
        self.manifests()
        key = self.key()
        if key is None:
            return
        message = self.get(BESIDE[0])
        if not signature_holds(key, message, self.get(BESIDE[1])):
            self.problem("the signature of the tag manifest does not hold")
        self.minisign(key, message)
        self.info(key)
        checkpoint = signed_note(self.get("data/07_history/checkpoint.note").decode("utf-8", "replace"), key)
        if checkpoint is None:
            return self.problem("checkpoint.note: not signed by this key")
        print("log %s at size %d" % checkpoint[:2])
        earlier = self.earlier(*checkpoint)
        if self.kept is not None:
            self.compare(key, checkpoint, earlier)
        known = self.records(*checkpoint)
        self.tie(known)

    def manifests(self):
        payload = {path for path in self.files if path.startswith("data/")}
        tags = {path for path in self.files if path not in payload and path not in BESIDE}
        for name, paths in (("manifest-sha256.txt", payload), (BESIDE[0], tags)):
            told, before, last, ordered = {}, len(self.problems), "", True
            for line in self.lines(name):
                path = line[66:-1]
                if line != "%s  %s\n" % (line[:64], path) or path in told:
                    self.problem(name + " is not written as sha256sum writes it")
                told[path], ordered, last = line[:64], ordered and last.encode() < path.encode(), path
            for path in sorted(set(told) | paths):
                if path not in paths:
                    self.problem("%s: %s is listed and not there" % (name, path))
                elif path not in told:
                    self.problem("%s: %s is there and not listed" % (name, path))
                elif told[path] != self.hashes.get(path):
                    self.problem("%s: %s was changed" % (name, path))
            if not ordered and len(self.problems) == before:
                self.problem(name + " is not in order")
        if self.get("bagit.txt") != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
            self.problem("bagit.txt is not of BagIt 1.0")

    def key(self):
        key = public_key(self.get("glance.pub.pem").decode("ascii", "replace"))
        if key is None:
            return self.problem("glance.pub.pem is not an Ed25519 public key")
        found = sha(DER + key).hex()
        if self.fingerprint and found != self.fingerprint.lower().replace(":", "").replace(" ", ""):
            self.problem("the package is signed by another key (" + found + ")")
        print("key fingerprint " + found)
        return key

    def minisign(self, key, message):
        number = sha(key)[:8]
        public = "untrusted comment: Glance package key\n" + base64.b64encode(b"Ed" + number + key).decode() + "\n"
        if self.get("glance.minisign.pub") != public.encode():
            self.problem("the two public keys are not the same key")
        lines = self.get(BESIDE[2]).decode("utf-8", "replace").split("\n")
        try:
            line, all_of_it = plainly(lines[1]), plainly(lines[3])
        except (IndexError, ValueError):
            return self.problem("the minisign signature is not readable")
        comment = lines[2][len("trusted comment: "):].encode()
        good = len(lines) == 5 and lines[4] == "" and lines[2].startswith("trusted comment: ")
        good = good and lines[0] == "untrusted comment: signature from the Glance package key"
        good = good and line[:10] == b"Ed" + number and signature_holds(key, message, line[10:])
        if not good or not signature_holds(key, line[10:] + comment, all_of_it):
            self.problem("the minisign signature does not hold")

    def info(self, key):
        told = {}
        for line in self.get("bag-info.txt").decode("utf-8", "replace").split("\n"):
            name, _, value = line.partition(": ")
            told.setdefault(name, value)
        payload = [path for path in self.hashes if path.startswith("data/")]
        octets = sum(os.path.getsize(self.files[path]) for path in payload)
        if told.get("Payload-Oxum") != "%d.%d" % (octets, len(payload)):
            self.problem("bag-info.txt: Payload-Oxum is not the payload's")
        if told.get("Glance-Key-Id") != sha(DER + key).hex():
            self.problem("bag-info.txt: Glance-Key-Id is not the key's")
        if told.get("Glance-Key-Not-Before") and told.get("Glance-Key-Not-After"):
            print("key to be used %(Glance-Key-Not-Before)s to %(Glance-Key-Not-After)s" % told)

    def earlier(self, origin, size, root):
        """The earlier states (size, root, key) that the log is proved to go on from; an older Glance names none."""
        if "data/07_history/consistency.json" not in self.files:
            return []
        document, proved = json.loads(self.get("data/07_history/consistency.json").decode()), []
        if (document["log"], document["size"]) != (origin, str(size)):
            self.problem("consistency.json is about another checkpoint")
            return []
        for one in document["earlier"]:
            old, old_root = int(one["size"]), plainly(one["root"])
            proof = [plainly(step) for step in one["proof"]]
            if goes_on(old, old_root, size, root, proof):
                proved.append((old, old_root, public_key(one["key"])))
                print("goes on from " + one["package"])
            else:
                self.problem("consistency.json: the log is not proved to go on from " + one["package"])
        return proved

    def compare(self, key, checkpoint, earlier):
        """With a checkpoint somebody kept, which an earlier package's key may have signed."""
        keys = [key] + [one[2] for one in earlier if one[2]]
        kept = next(filter(None, (signed_note(self.kept, one) for one in keys)), None)
        if kept is None:
            return self.problem("the checkpoint you kept: not signed by a key this package names")
        if kept[0] != checkpoint[0]:
            return self.problem("the checkpoint you kept is of another log")
        roots = [one[1] for one in earlier if one[0] == kept[1]]
        if kept[1] == checkpoint[1]:
            roots = [checkpoint[2]]
        if not roots:
            self.problem("the checkpoint you kept is of size %d, of which this package of size %d proves nothing; ask for "
                         "glance journal verify --checkpoint" % (kept[1], checkpoint[1]))
        elif roots[0] != kept[2]:
            self.problem("the checkpoint you kept has another root at size %d: the log was rewritten" % kept[1])

    def records(self, origin, size, root):
        known, entries = set(), self.lines("data/07_history/entries.jsonl")
        for line in self.lines("data/07_history/records.jsonl"):
            record, entry = json.loads(line), json.loads(next(entries, '{"seq": "", "leaf": "{}"}'))
            leaf = entry["leaf"] if entry["seq"] == record["seq"] else None
            problem = self.record(record, leaf, origin, size, root)
            if problem:
                self.problem("%s %s version %s: %s" % (record["kind"], record["id"], record["version"], problem))
            else:
                known.add((record["id"], record["version"]))
        if next(entries, None) is not None:
            self.problem("entries.jsonl holds leaves of no disclosed record")
        print("%d records proved" % len(known))
        return known

    def record(self, record, leaf, origin, size, root):
        if leaf is None:
            return "its leaf is missing"
        view = json.loads(leaf)
        content = bytes.fromhex(record["salt"]) + canonical(record["record"]).encode()
        if view.get("after") != "sha256:" + sha(content).hex():
            return "the leaf commits to another content"
        told = view["obj"]
        if (told["type"], told["id"], told.get("rev"), view["seq"], view["log"]) != (
            record["kind"], record["id"], record["version"], record["seq"], origin
        ):
            return "the leaf is about something else"
        path = "data/07_history/proofs/%s.tlog-proof" % record["seq"]
        proof = self.get(path).decode() if path in self.hashes else ""
        head = "c2sp.org/tlog-proof@v1\nindex %s\n" % record["seq"]
        if not proof.startswith(head):
            return "its proof is missing or of another form"
        path = [plainly(line) for line in proof[len(head):].split("\n\n")[0].split("\n") if line]
        if not included(sha(b"\0" + leaf.encode()), int(record["seq"]), size, path, root):
            return "its leaf is not in the log"
        return None

    def tie(self, known):
        """Every row and object that names a record names a proved one; in the tabs every row does."""
        self.tied = self.untied = 0
        for path in sorted(self.hashes):
            inside, name = path[len("data/"):], path.rsplit("/", 1)[-1]
            brought = inside.startswith(("03_evidence/", "04_samples/")) and not name.startswith("_")
            if not path.startswith("data/") or inside.startswith("07_history/") or brought:
                continue  # history itself, and what the entity brought
            if name.endswith(".csv"):
                self.table(path, known)
            elif name.endswith(".json") and self.names_records(path):
                with open(self.files[path], encoding="utf-8") as file:
                    self.document(path, json.load(file), known)
        print("%d rows tied to the log%s" % (self.tied, ", %d name no record" % self.untied if self.untied else ""))

    def names_records(self, path):
        """Whether a document says record_id anywhere: one that does not is not read as JSON, which takes memory."""
        before = b""
        with open(self.files[path], "rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                if b'"record_' in before + chunk:
                    return True
                before = chunk[-8:]
        return False

    def table(self, path, known):
        tab = path.startswith("data/01_ert/")
        with open(self.files[path], encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            header = next(rows, [])
            counts = header.count("record_id"), header.count("record_version")
            if counts == (0, 0) and not tab:
                return
            if counts != (1, 1):
                return self.problem(path + " has not one record_id and one record_version")
            at = header.index("record_id"), header.index("record_version")
            for row in rows:
                if row:
                    pair = tuple(row[n] if n < len(row) else "" for n in at)
                    self.judge(path, pair, known, "line %d" % rows.line_num)

    def document(self, path, value, known):
        if isinstance(value, dict):
            if "record_id" in value or "record_version" in value:
                pair = tuple(plain(value.get(name)) for name in ("record_id", "record_version"))
                self.judge(path, pair, known, "record %s version %s" % pair)
            for inner in value.values():
                self.document(path, inner, known)
        elif isinstance(value, list):
            for inner in value:
                self.document(path, inner, known)

    def judge(self, path, pair, known, place):
        if pair == ("", "") and not path.startswith("data/01_ert/"):
            self.untied += 1
            return
        self.tied += 1
        if pair not in known:
            self.problem("%s %s: its record is not disclosed and proved" % (path, place))


def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 18), b""):
            found.update(chunk)
    return found.hexdigest()


def plain(value):
    """A scalar as text."""
    if isinstance(value, bool) or value is None or isinstance(value, (dict, list)):
        return {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else ""
    return str(value)


def main(arguments):
    fingerprint, kept, folder = None, None, os.path.dirname(os.path.abspath(__file__))
    while arguments:
        word = arguments.pop(0)
        if word == "--fingerprint" and arguments:
            fingerprint = arguments.pop(0)
        elif word == "--checkpoint" and arguments:
            with open(arguments.pop(0), encoding="utf-8", newline="\n") as file:
                kept = file.read()
        elif word.startswith("-"):
            print(__doc__)
            return 2
        else:
            folder = word
    problems = []
    csv.field_size_limit(2**31 - 1)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        verifier = Verifier(folder, fingerprint, kept)
        problems = verifier.problems
        verifier.run()
    except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError, csv.Error) as error:
        problems.append("the package is damaged: %r" % error)
    for problem in problems[:1000]:
        print("PROBLEM: " + problem)
    print("does not hold" if problems else "holds")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
