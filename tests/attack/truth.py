"""The answers behind a simulated publication, from `barometre export archive`: they only score.

Memberships and weights of the respondents are also what the strongest insider is given; the answers never are.
"""

import csv
import re
from pathlib import Path

import numpy as np

TOKEN = re.compile(r"\s*(>=|<=|!=|[(){},=<>]|[\w.]+)")


def load(path):
    with Path(path).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


class Expression:
    """The language of `indicators.csv`, read again: a function of one respondent (a dict of texts)."""

    def __init__(self, text):
        self.tokens = TOKEN.findall(text)
        self.at = 0
        self.value = self.either()
        if self.at != len(self.tokens):
            raise SystemExit(f"{text}: what is {self.tokens[self.at]!r}?")

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, wanted=None):
        token = self.peek()
        if wanted is not None and token != wanted:
            raise SystemExit(f"{' '.join(self.tokens)}: {wanted!r} expected, not {token!r}")
        self.at += 1
        return token

    def either(self):
        parts = [self.both()]
        while self.peek() == "or":
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda who: any(part(who) for part in parts)

    def both(self):
        parts = [self.single()]
        while self.peek() == "and":
            self.take()
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else lambda who: all(part(who) for part in parts)

    def single(self):
        if self.peek() == "not":
            self.take()
            inner = self.single()
            return lambda who: not inner(who)
        if self.peek() == "(":
            self.take()
            inner = self.either()
            self.take(")")
            return inner
        return self.condition()

    def codes(self):
        self.take("{")
        found = set()
        while self.peek() != "}":
            found.add(self.take())
            if self.peek() == ",":
                self.take()
        self.take("}")
        return found

    def condition(self):
        word = self.take()
        if word in ("asked", "measured"):
            self.take("(")
            subject = self.take()
            self.take(")")
            if word == "asked":
                return lambda who: subject in who["path"]
            return lambda who: who.get(subject, "") != ""
        if word == "mean":
            self.take("(")
            inner = self.number(self.take())
            self.take(")")
            return inner
        after = self.peek()
        if after == "in":
            self.take()
            codes = self.codes()
            return lambda who: who.get(word, "") in codes
        if after in ("has_any", "has_all"):
            self.take()
            codes = self.codes()
            over = any if after == "has_any" else all
            return lambda who: over(who.get(f"{word}.{code}") == "1" for code in codes)
        left = self.number(word)
        sign = self.take()
        right = self.number(self.take())
        compare = {
            ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
            "<": lambda a, b: a < b, "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
        }[sign]

        def holds(who):
            a, b = left(who), right(who)
            return a is not None and b is not None and compare(a, b)

        return holds

    def number(self, word):
        if re.fullmatch(r"[\d.]+", word):
            value = float(word)
            return lambda who: value
        if word in ("count", "count_in"):
            self.take("(")
            subject = self.take()
            codes = None
            if self.peek() == ",":
                self.take()
                codes = self.codes()
            self.take(")")
            if word == "count":
                blank = ("nsp", "nc", "aucun", "aucune")
                return lambda who: sum(
                    1 for key, value in who.items()
                    if value == "1" and key.startswith(subject + ".") and key.rpartition(".")[2] not in blank
                )
            return lambda who: sum(
                1 for key, value in who.items() if key.startswith(subject + ".") and value in codes
            )
        return lambda who: float(who[word]) if who.get(word) else None


class Truth:
    """The valid respondents: weights, memberships of the planned groups, bases, and answers to score with."""

    def __init__(self, folder, release):
        folder = Path(folder)
        derived = {row["id"]: row for row in load(folder / "derived.csv")}
        self.who = []
        for row in load(folder / "responses.csv"):
            if row["id"] in derived:
                who = row | derived[row["id"]]
                who["path"] = set(row["path"].split(";"))
                self.who.append(who)
        self.weights = np.array([float(who["weight"]) for who in self.who])
        self.release = release
        variables = {}
        for breakdown in release.publication.get("breakdowns", []):
            if "variable" in breakdown:
                variables[breakdown["code"]] = breakdown["variable"]
        self.variables = variables
        self.traits = {}
        for domain in release.domains:
            for part in domain:
                if part not in self.traits:
                    self.traits[part] = self.trait(*part)
        self.members = {domain: self.member(domain) for domain in release.domains}
        self.bases, self.values = {}, {}

    def trait(self, dim, value):
        if not self.release.partition(dim):
            return np.any([[who.get(f"org_reseaux.{code}") == "1" for who in self.who]
                           for code in value.split("&")], axis=0)
        column = self.variables.get(dim) or next(
            name for name in (f"derived.{dim}", f"derived.{dim}7", dim) if name in self.who[0]
        )
        return np.array([who[column] == value for who in self.who])

    def member(self, domain):
        mask = np.ones(len(self.who), dtype=bool)
        for part in domain:
            mask &= self.traits[part]
        return mask

    def base(self, indicator):
        text = self.release.base(indicator)
        if text not in self.bases:
            rule = Expression(text).value
            self.bases[text] = np.array([bool(rule(who)) for who in self.who])
        return self.bases[text]

    def value(self, indicator):
        """Between 0 and 1: the place of each respondent between the least and the greatest possible value."""
        if indicator not in self.values:
            rule = Expression(self.release.definitions[indicator]["definition"]).value
            low, high = self.release.span(indicator)
            if self.release.is_share(indicator):
                low, high = 0.0, 1.0
            found = [rule(who) for who in self.who]
            self.values[indicator] = np.array([0.0 if v is None else (float(v) - low) / (high - low) for v in found])
        return self.values[indicator]

    def disagreements(self):
        """Displayed cells whose interval does not hold the exact figure: the reading of one of us is wrong."""
        wrong = []
        for (domain, indicator), cell in self.release.cells.items():
            if cell.hidden:
                continue
            mask = self.members[domain] & self.base(indicator)
            low, high = self.release.span(indicator)
            weights = self.weights[mask]
            share = low + (high - low) * float(weights @ self.value(indicator)[mask]) / weights.sum()
            count = int(mask.sum())
            if not (cell.lo - 1e-9 <= share <= cell.hi + 1e-9 and cell.n_lo <= count <= cell.n_hi):
                wrong.append((domain, indicator, share, cell.lo, cell.hi, count, cell.n_lo, cell.n_hi))
        return wrong
