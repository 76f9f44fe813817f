#!/usr/bin/env python3
"""An attacker of publications that shares nothing with the programs of this repository.

    attack.py FOLDER [--known known.csv] [--truth ARCHIVE [--weights]] [--previous FOLDER [--previous-known FILE]]
              [--every N] [--from I] [--indicators A,B] [--whole] [--width POINTS] [--skip-files]

It was written from the specification of the publication alone (the columns of cells.csv, the procedures and pass
criteria of an attack on it) and reads what anybody can read of a folder: cells.csv, meta.json, indicators.csv, and the
site beside it with its charts, workbooks and documents.

What the attacker knows:
  outside            nothing else: numbers are classes, weights are unknown
  --known FILE       an insider: n and weight of groups, columns d_<dimension>, base (empty: any), n, weight
  --truth ARCHIVE    the folder of `barometre export archive`. It scores: only groups of truly 1 to 10 respondents count,
                     and a claim is said to be right or wrong. It also makes the insider's known.csv of every planned
                     group and base, used in a second run.
  --weights          the strongest insider, in a third run: of whom each group is made, and what each respondent weighs,
                     but no answer. Every small set that two planned groups cut out (A ∩ B, A \\ B, unions of hidden
                     parts), and every respondent alone.

What it does (letters of the specification):
  a, b  linear programs over everything displayed of a question, all its categories together (linked.py between groups,
        worlds.py between respondents; integer programs and walks through whole answers with --whole)
  bases what the number of respondents to a question that only some were asked says about the answer that sent them there
  c     digits (c1 numbers, c2 counts)   d  standard errors and intervals   e  years
  f     charts: coordinates against data-v   g  metadata of every file

A claim is serious when a group of 1 to 10 respondents has a number that is known, a share within ten points, "all" or
"none"; of one respondent, when 0 or 1 is excluded. The exit code is 1 when anything is claimed.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

import figures
import files
import linked
import worlds
from groups import Small
from release import Release, name
from truth import Expression, Truth


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--known", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--weights", action="store_true")
    parser.add_argument("--previous", type=Path)
    parser.add_argument("--previous-known", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", dest="start", type=int, default=0)
    parser.add_argument("--indicators", default="")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--width", type=float, default=10.0)
    parser.add_argument("--skip-files", action="store_true")
    parser.add_argument("--skip-linked", action="store_true")
    return parser.parse_args()


class Report:
    """Claims, as they come."""

    def __init__(self):
        self.serious = 0
        self.started = time.monotonic()

    def section(self, words, claims, asked, show=40):
        self.serious += len(claims)
        print(f"{words}: {len(claims)} claims ({asked}; {time.monotonic() - self.started:.0f} s)", flush=True)
        for claim in claims[:show]:
            print("   ", claim if isinstance(claim, str) else json.dumps(claim, ensure_ascii=False), flush=True)
        if len(claims) > show:
            print(f"    … and {len(claims) - show} more")


def insider(release, truth):
    """n and weight of every planned group, for every base."""
    facts = {}
    for base in {release.base(indicator) for indicator in release.indicators}:
        indicator = next(i for i in release.indicators if release.base(i) == base)
        asked = truth.base(indicator)
        for domain in release.domains:
            mask = truth.members[domain] & asked
            facts[(domain, base)] = (int(mask.sum()), float(truth.weights[mask].sum()))
    return facts


def true_size(release, truth, indicator):
    """The true number of a group of `linked`: planned, a remainder or a union."""
    asked = truth.base(indicator)

    def size(node):
        if node and node[0] == "rest":
            mask = truth.members[node[1]].copy()
            for part in node[2]:
                mask &= ~truth.members[part]
        elif node and node[0] == "union":
            mask = np.any([truth.members[part] if part in truth.members else rest(part) for part in node[2]], axis=0)
        else:
            mask = truth.members[node]
        return int((mask & asked).sum())

    def rest(node):
        mask = truth.members[node[1]].copy()
        for part in node[2]:
            mask &= ~truth.members[part]
        return mask

    return size


def by_linked(release, chosen, facts, truth, points):
    """Every base; indicators of a base share what is known of numbers, so they are taken a few at a time."""
    claims, asked = [], 0
    for base in sorted({release.base(indicator) for indicator in chosen}):
        mine = [indicator for indicator in chosen if release.base(indicator) == base]
        for at in range(0, len(mine), 3):
            some = mine[at : at + 3]
            size = true_size(release, truth, some[0]) if truth else None
            more, tried = linked.attack(release, some, facts, truth, size, points)
            claims += more if at == 0 else [c for c in more if c["wrong"] != "number"]
            asked += tried
    return claims, f"{asked} programs"


def routed(release, truth):
    """Indicators that say who was asked another question: (indicator, value, base), as the questionnaire routes."""
    found = []
    bases = {release.base(i): i for i in release.indicators}
    everyone = {i: truth.base(i) for i in release.indicators}
    for base, example in sorted(bases.items()):
        asked = everyone[example]
        for indicator in release.indicators:
            if not release.is_share(indicator) or release.base(indicator) == base:
                continue
            where = everyone[indicator]
            if asked.sum() > 0.9 * where.sum() or np.any(asked & ~where):
                continue
            answers = truth.value(indicator) > 0.5
            for yes in (True, False):
                if np.array_equal(asked & where, where & (answers == yes)):
                    found.append((indicator, yes, base, example))
    return found


def by_bases(release, truth, small_of, points):
    """The class of the number of those asked bounds the answer that sent them there, in each group that shows it."""
    claims, asked = [], 0
    for indicator, yes, base, example in routed(release, truth):
        small = small_of(indicator)
        extra = []
        for domain in release.domains:
            cell = release.cells[(domain, example)]
            if cell.hidden:
                continue
            members = truth.members[domain][small.rows] * 1.0
            count = members.sum()
            low, high = cell.n_lo, cell.n_hi
            if not yes:
                low, high = count - cell.n_hi, count - cell.n_lo
            extra.append((members, max(low, 0.0), min(high, count), 0, f"{name(domain)}, number asked"))
            if low >= count or high <= 0:
                claims.append(f"bases: {name(domain)}: all {int(count)} answered alike to {indicator}, by the number of {base}")
        more, how = worlds.attack(release, truth, [indicator], worlds.ALONE, small, extra, points)
        asked += sum(how.values())
        claims += more
    return claims, f"{asked} groups"


def by_worlds(release, truth, chosen, small_of, points, whole):
    claims, settled = [], {}
    for indicators, table in worlds.questions(release, chosen):
        if len(table) > 24:
            parts = [([indicator], worlds.ALONE) for indicator in indicators if indicator in chosen]
        else:
            parts = [(indicators, table)]
        for some, rows in parts:
            more, how = worlds.attack(release, truth, some, rows, small_of(some[0]), (), points, whole)
            claims += more
            for key, count in how.items():
                settled[key] = settled.get(key, 0) + count
    for indicator in chosen:
        if not release.is_share(indicator):
            more, how = worlds.means(release, truth, indicator, small_of(indicator), points)
            claims += more
            for key, count in how.items():
                settled[key] = settled.get(key, 0) + count
    return claims, settled


def main():
    options = arguments()
    release = Release(options.folder)
    truth = Truth(options.truth, release) if options.truth else None
    chosen = release.indicators[options.start :: options.every]
    if options.indicators:
        chosen = [i for i in options.indicators.split(",") if i in release.indicators]
    report = Report()
    hidden = sum(cell.hidden for cell in release.cells.values())
    print(f"{options.folder}: {len(release.domains)} groups, {len(release.indicators)} indicators, "
          f"{len(release.cells) - hidden} cells shown, {hidden} hidden; {len(chosen)} indicators attacked")
    facts = linked.known(options.known, release) if options.known else None
    if truth:
        wrong = truth.disagreements()
        report.section("score: displayed intervals that do not hold the exact figure", [str(w) for w in wrong], "all cells")
        facts = facts or insider(release, truth)
    for words, what in (("c, digits, outside", figures.digits(release)), ("c, digits, insider", figures.digits(release, facts)),
                        ("d, intervals", figures.intervals(release))):
        report.section(words, *what)
    if options.previous:
        before = Release(options.previous)
        facts_before = linked.known(options.previous_known, before) if options.previous_known else None
        report.section("e, years", *figures.years(release, before, facts, facts_before))
    if not options.skip_files:
        report.section("f, charts", *files.charts(options.folder, release))
        report.section("g, metadata", *files.metadata(options.folder, release))
    if not options.skip_linked:
        report.section("a and b, outside", *by_linked(release, chosen, None, truth, options.width))
        if facts:
            report.section("a and b, insider", *by_linked(release, chosen, facts, truth, options.width))
    if truth and options.weights:
        cache = {}

        def small_of(indicator):
            concealed = frozenset(d for d in release.domains if release.cells[(d, indicator)].hidden)
            key = (truth.base(indicator).tobytes(), concealed)
            if key not in cache:
                cache[key] = Small(release, truth, truth.base(indicator), concealed)
            return cache[key]

        report.section("bases", *by_bases(release, truth, small_of, options.width))
        report.section("a and b, insider who knows weights",
                       *by_worlds(release, truth, chosen, small_of, options.width, options.whole))
    print(f"{report.serious} claims")
    return 1 if report.serious else 0


if __name__ == "__main__":
    sys.exit(main())
