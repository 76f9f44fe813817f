#!/usr/bin/env python3
"""A bench, not a test: does the time of an answer tell a link that exists from one that does not?

    tests/api/timing.py http://127.0.0.1:8080 [pairs]

Asks, in turn, for the page of a withdrawn response, for that of a link that was never given, and for that of a malformed
one; compares the times by Mann and Whitney's test and prints medians and p. A link has 128 random bits, so that nothing
is gained even where the times differ: a malformed one is answered without a question to the database, and anybody can see
that it is malformed. Run it on a quiet machine, from the machine itself (which is not counted by the limits).
"""

import hashlib
import hmac
import http.client
import math
import random
import statistics
import sys
import time
import urllib.parse


def ask(connection, method, path, body=None):
    headers = {"content-type": "application/x-www-form-urlencoded"} if body is not None else {}
    start = time.perf_counter()
    connection.request(method, path, body=body, headers=headers)
    reply = connection.getresponse()
    reply.read()
    return time.perf_counter() - start, reply


def withdrawn(connection):
    _, reply = ask(connection, "POST", "/commencer", "")
    link = reply.getheader("location").rsplit("/", 1)[0]
    proof = hmac.new(link.rsplit("/", 1)[1].encode(), b"barometre form 1", hashlib.sha256).hexdigest()[:32]
    ask(connection, "POST", f"{link}/retirer", f"jeton={proof}")
    return link


def mann_whitney(a, b):
    """Two-sided p, by the normal approximation."""
    ranked = sorted([(value, 0) for value in a] + [(value, 1) for value in b])
    rank = sum(place + 1 for place, (_, group) in enumerate(ranked) if group == 0)
    u = rank - len(a) * (len(a) + 1) / 2
    mean = len(a) * len(b) / 2
    deviation = math.sqrt(len(a) * len(b) * (len(a) + len(b) + 1) / 12)
    return math.erfc(abs(u - mean) / deviation / math.sqrt(2))


def main():
    url = urllib.parse.urlsplit(sys.argv[1])
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    connection = http.client.HTTPConnection(url.hostname, url.port)
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    draw = random.Random(2026)
    known = withdrawn(connection)
    kinds = {
        "withdrawn": lambda: known,
        "never given": lambda: "/q/" + "".join(draw.choice(letters) for _ in range(26)),
        "malformed": lambda: "/q/" + "".join(draw.choice(letters) for _ in range(25)),
    }
    times = {kind: [] for kind in kinds}
    for _ in range(pairs):
        for kind, link in draw.sample(list(kinds.items()), len(kinds)):
            times[kind].append(ask(connection, "GET", link())[0])
    for kind, found in times.items():
        print(f"{kind:12} median {statistics.median(found) * 1e6:8.1f} µs")
    for kind in ("withdrawn", "malformed"):
        print(f"{kind} against never given: p = {mann_whitney(times[kind], times['never given']):.3g}")


main()
