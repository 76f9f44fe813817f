"""Digits, intervals, years: procedures c, d and e, on the figures themselves."""

import math
from collections import defaultdict

from release import name


def digits(release, facts=None):
    """c1: numbers that the digits of the shares of a group give back; c2: counts that a known number settles."""
    claims, asked = [], 0
    by_group = defaultdict(list)
    for (domain, indicator), cell in release.cells.items():
        if not cell.hidden and release.is_share(indicator):
            by_group[(domain, release.base(indicator))].append((indicator, cell))
    for (domain, base), cells in by_group.items():
        asked += 1
        low, high = int(cells[0][1].n_lo), min(int(cells[0][1].n_hi), 60)
        if high < low:
            continue
        holds = lambda n: all(math.floor(c.hi / 100 * n + 1e-9) >= math.ceil(c.lo / 100 * n - 1e-9) for _, c in cells)
        possible = [n for n in range(low, high + 1) if holds(n)]
        chance = 1.0
        for _, cell in cells:
            chance *= min(1.0, (cell.hi - cell.lo) / 100 * (low + high) / 2 + 0.5)
        if len(possible) == 1 and high > low and chance < 0.01:
            claims.append(f"c1: {name(domain)}, {base}: only {possible[0]} respondents fit {len(cells)} shares")
        fact = (facts or {}).get((domain, base))
        if fact and fact[0] <= 200:
            n = fact[0]
            for indicator, cell in cells:
                counts = range(math.ceil(cell.lo / 100 * n - 1e-9), math.floor(cell.hi / 100 * n + 1e-9) + 1)
                if len(counts) == 1 and counts[0] in (0, 1, 2, n - 2, n - 1, n):
                    claims.append(f"c2: {name(domain)}, {indicator}: {counts[0]} of {n} (equal weights)")
    return claims, asked


def intervals(release):
    """d: no standard error, and a confidence interval that is a function of what else is displayed."""
    claims, asked, seen = [], 0, {}
    for key, cell in release.cells.items():
        row = cell.row
        if cell.hidden:
            continue
        asked += 1
        if row["se"]:
            claims.append(f"d: {key}: a standard error is shown, {row['se']}")
        unit = release.meta["indicators"][key[1]]
        shown = (row["estimate"], row["step"], row["n"], row["n_lo"], row["n_hi"], unit["unit"], unit["max"], key[1] if unit["unit"] != "percent" else "")
        if seen.setdefault(shown, (row["ci_lo"], row["ci_hi"])) != (row["ci_lo"], row["ci_hi"]):
            claims.append(f"d: {key}: the interval is {row['ci_lo']}-{row['ci_hi']} where the same figures gave {seen[shown]}")
        table = sorted((step["n"], step["step"]) for step in release.meta["rounding"])
        if unit["unit"] == "percent":
            finest = next((step for n, step in reversed(table) if cell.n_hi >= n), None)
            if finest is None or float(row["step"]) < finest:
                claims.append(f"d: {key}: rounded to {row['step']} with at most {cell.n_hi} respondents")
            if row["estimate"] in ("0", "100"):
                claims.append(f"d: {key}: {row['estimate']} is shown")
    return claims, asked


def years(release, before, facts, facts_before):
    """e: respondents who came or left, read from two editions: totals that moved by about one weight."""
    claims, asked = [], 0
    domains = set(release.domains) & set(before.domains)
    for domain in domains:
        readable, categories = 0, 0
        for indicator in set(release.indicators) & set(before.indicators):
            now, then = release.cells.get((domain, indicator)), before.cells.get((domain, indicator))
            if not now or not then or now.hidden or then.hidden:
                continue
            here = (facts or {}).get((domain, release.base(indicator)))
            there = (facts_before or {}).get((domain, before.base(indicator)))
            if not here or not there or abs(here[0] - there[0]) > 1:
                continue
            asked += 1
            categories += 1
            one = max(here[1], there[1]) / max(here[0], there[0])
            low = now.lo / 100 * here[1] - then.hi / 100 * there[1]
            high = now.hi / 100 * here[1] - then.lo / 100 * there[1]
            if high - low < one:
                readable += 1
        if categories and readable >= 0.6 * categories:
            claims.append(f"e: {name(domain)}: {readable} of {categories} totals can be set against the year before")
    return claims, asked
