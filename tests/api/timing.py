#!/usr/bin/env python3
"""A bench, not a test: does the time of an answer tell a link that exists from one that does not, or an organisation that has
answered from one that has not?

    tests/api/timing.py http://127.0.0.1:8080 [pairs]

Asks, in turn, for the page of a withdrawn response, for that of a link that was never given, and for that of a malformed
one; compares the times by Mann and Whitney's test and prints medians and p. A link has 128 random bits, so that nothing
is gained even where the times differ: a malformed one is answered without a question to the database, and anybody can see
that it is malformed. A withdrawn response says that it is (410), to whoever holds its link: its time tells nothing more.

Then gives, in new drafts, in turn, the SIRET that another response has given and one that none has; compares the answers byte
for byte, and the times. Run it on a quiet machine, from the machine itself (which is not counted by the limits).
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


def post(connection, address, fields):
    proof = hmac.new(address.split("/")[2].encode(), b"barometre form 1", hashlib.sha256).hexdigest()[:32]
    return ask(connection, "POST", address, urllib.parse.urlencode({"jeton": proof, **fields}))


def draft(connection):
    """A new draft that has agreed to take part."""
    _, reply = ask(connection, "POST", "/commencer", "")
    link = reply.getheader("location").rsplit("/", 1)[0]
    post(connection, f"{link}/consentement", {"cst_participation": "oui"})
    return link


def identify(connection, link, siret):
    """The time of the answer, and what it is but for the link and the hour."""
    fields = {"org_ident.type": "siret", "org_ident.siret": siret}
    took, reply = post(connection, f"{link}/identifiant", fields)
    headers = sorted((name.lower(), value) for name, value in reply.getheaders() if name.lower() != "date")
    return took, (reply.status, str(headers).replace(link, "link"))


def sirets(draw):
    """Numbers whose check digits are right (Luhn), of the SIREN and of the whole."""

    def checked(digits):
        total = sum(sum(divmod(2 * int(digit), 10)) if at % 2 == 0 else int(digit) for at, digit in enumerate(reversed(digits)))
        return digits + str(-total % 10)

    while True:
        yield checked(checked("".join(draw.choice("123456789") for _ in range(8))) + "0001")


def organisations(connection, draw, pairs):
    drawn = sirets(draw)
    known = next(drawn)
    identify(connection, draft(connection), known)
    times, answers = {"known": [], "unknown": []}, set()
    for _ in range(pairs):
        for kind in draw.sample(list(times), len(times)):
            link = draft(connection)
            took, answer = identify(connection, link, known if kind == "known" else next(drawn))
            times[kind].append(took)
            answers.add(answer)
    for kind, found in times.items():
        print(f"SIRET {kind:8} median {statistics.median(found) * 1e6:8.1f} µs")
    statuses = sorted({status for status, _ in answers})
    print(f"SIRET known against unknown: {len(answers)} kind of answer {statuses}, p = {mann_whitney(*times.values()):.3g}")


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
    organisations(connection, draw, pairs // 4)


main()
