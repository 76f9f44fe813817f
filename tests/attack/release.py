"""What anyone can read of a publication: its cells, its groups, and how these hang together.

Nothing here looks at a program of ours: the columns of `cells.csv` and the keys of `meta.json` are those that the
specification fixes (issue 6, point 4).
"""

import csv
import itertools
import json
from pathlib import Path

WHOLE = "_T"


class Cell:
    """One row of `cells.csv`, as numbers. A hidden one has none."""

    __slots__ = ("hidden", "lo", "hi", "n_lo", "n_hi", "row")

    def __init__(self, row):
        self.row = row
        self.hidden = row["suppressed"] == "1"
        number = lambda name: float(row[name]) if row[name] else None
        self.lo, self.hi = number("lo"), number("hi")
        self.n_lo, self.n_hi = number("n_lo"), number("n_hi")


def name(domain):
    """A group in words: `reseau=avise, taille4=t0`, or `all`."""
    return ", ".join(f"{dim}={value}" for dim, value in domain) or "all"


class Release:
    """A folder of a publication."""

    def __init__(self, folder):
        self.folder = Path(folder)
        read = lambda file: json.loads((self.folder / file).read_text(encoding="utf-8"))
        self.meta = read("meta.json")
        self.publication = read("publication.json") if (self.folder / "publication.json").exists() else {}
        self.annexes = read("annexes.json") if (self.folder / "annexes.json").exists() else {}
        self.rows = self.table("cells.csv")
        self.definitions = {row["indicator"]: row for row in self.table("indicators.csv")}
        self.dims = [column[2:] for column in self.rows[0] if column.startswith("d_")]
        self.cells, self.others = {}, {}
        self.domains, seen = [], set()
        for row in self.rows:
            domain = tuple((dim, row[f"d_{dim}"]) for dim in self.dims if row[f"d_{dim}"] != WHOLE)
            if domain not in seen:
                seen.add(domain)
                self.domains.append(domain)
            if row["category"] == WHOLE:
                key = (domain, row["indicator"])
                if key in self.cells:
                    raise SystemExit(f"{key}: two rows of the same cell")
                self.cells[key] = Cell(row)
            else:
                self.others[(domain, row["indicator"], row["category"])] = Cell(row)
        self.planned = set(self.domains)
        self.indicators = sorted({indicator for _, indicator in self.cells})

    def table(self, file):
        with (self.folder / file).open(encoding="utf-8-sig", newline="") as handle:
            return list(csv.DictReader(handle))

    def base(self, indicator):
        return self.meta["indicators"][indicator]["base"]

    def span(self, indicator):
        """Least and greatest value that one respondent can have."""
        facts = self.meta["indicators"][indicator]
        return facts["min"], facts["max"]

    def is_share(self, indicator):
        return self.meta["indicators"][indicator]["unit"] == "percent"

    def partition(self, dim):
        return self.meta["dims"][dim]["type"] == "partition"

    def relations(self):
        """(parent, children, exact): the children are disjoint parts of the parent; all of it when exact."""
        found = []
        with_value = lambda domain, dim, value: tuple(
            sorted(domain + ((dim, value),), key=lambda part: self.dims.index(part[0]))
        )
        for context in self.domains:
            used = {dim for dim, _ in context}
            for dim, facts in self.meta["dims"].items():
                if dim in used:
                    continue
                parts = [with_value(context, dim, value) for value in facts["values"]]
                known = [part for part in parts if part in self.planned]
                if not known:
                    continue
                if self.partition(dim):
                    found.append((context, known, len(known) == len(parts)))
                else:
                    found.extend((context, [part], False) for part in known)
        for dim, values in self.meta.get("nested", {}).items():
            outer = next(iter(values.values()))["dim"]
            for context in self.domains:
                if {dim, outer} & {part for part, _ in context}:
                    continue
                for wide in self.meta["dims"][outer]["values"]:
                    parent = with_value(context, outer, wide)
                    parts = [with_value(context, dim, v) for v, at in values.items() if at["value"] == wide]
                    if parent in self.planned and parts and all(part in self.planned for part in parts):
                        found.append((parent, parts, True))
        for domain in self.domains:
            for index, (dim, value) in enumerate(domain):
                if "&" in value:
                    for alone in value.split("&"):
                        part = domain[:index] + ((dim, alone),) + domain[index + 1 :]
                        if part in self.planned:
                            found.append((domain, [part], False))
        for subset in self.meta.get("subsets", []):
            inner, outer = (subset["inner"], subset["outer"]) if isinstance(subset, dict) else subset
            dim = next(dim for dim, facts in self.meta["dims"].items() if inner in facts["values"])
            for domain in self.domains:
                if (dim, inner) in domain:
                    parent = tuple((d, outer) if (d, v) == (dim, inner) else (d, v) for d, v in domain)
                    if parent in self.planned:
                        found.append((parent, [domain], False))
        return found

    def answers(self, question):
        """The answers that a question offers, and how many may be chosen, as its text says."""
        for screen in self.annexes.get("questionnaire", []):
            for asked in screen["questions"]:
                if asked["code"] == question.split(".")[0]:
                    words = (asked["instruction"] or "").replace(",", " ").split()
                    most = next((int(w) for w, after in itertools.pairwise(words) if after == "au" and w.isdigit()), None)
                    return [code for _, code in asked["answers"]], most
        return [], None
