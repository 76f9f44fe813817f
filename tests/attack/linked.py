"""Linked tables: what follows from the groups and their parts alone, without knowing anybody (procedures a and b).

A variable for the number, the weight and the total of every planned group and of every remainder, difference and union
of hidden parts; equations between wholes and parts; displayed intervals as bounds. Outside, weights are unknown, so
shares are ratios (Charnes and Cooper: everything is scaled by an unknown factor and the weight of the group asked about
is one). An insider gives numbers and weights of planned groups (`known.csv`).
"""

import csv

import highspy
import numpy as np

from release import name

LEAST, MOST = 0.0, 1.0


def nodes(release):
    """Planned groups, then remainders and unions; and the equations node = Σ nodes."""
    found = {domain: name(domain) for domain in release.domains}
    equations = []
    for parent, parts, exact in release.relations():
        terms = list(parts)
        if not exact:
            rest = ("rest", parent, tuple(parts))
            found[rest] = f"{name(parent)} \\ {' and '.join(name(part) for part in parts)}"
            terms.append(rest)
        equations.append((parent, terms))
    return found, equations


def unions(release, base_indicator, found, equations):
    """Unions of the hidden parts of a whole, for the indicators of one base."""
    more = []
    for parent, terms in equations:
        hidden = [part for part in terms if (part, base_indicator) not in release.cells
                  or release.cells[(part, base_indicator)].hidden]
        if 1 < len(hidden) < len(terms):
            more.append((("union", parent, tuple(hidden)), hidden))
    return more


def known(path, release):
    """What an insider knows: {(domain, base): (n, weight)}."""
    facts = {}
    with open(path, encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            domain = tuple((dim, row[f"d_{dim}"]) for dim in release.dims if row.get(f"d_{dim}", "_T") not in ("", "_T"))
            facts[(domain, row.get("base") or "")] = (int(row["n"]), float(row["weight"] or row["n"]))
    return facts


class Linked:
    """The program of one base: counts n, weights w, totals t of each indicator."""

    def __init__(self, release, indicators, facts=None):
        self.release, self.indicators = release, indicators
        first = indicators[0]
        found, equations = nodes(release)
        more = unions(release, first, found, equations)
        for union, _ in more:
            found[union] = "hidden parts of " + name(union[1])
        self.nodes = list(found)
        self.words = list(found.values())
        place = {node: at for at, node in enumerate(self.nodes)}
        self.place = place
        count, kinds = len(self.nodes), 2 + len(indicators)
        self.count, self.kinds = count, kinds
        self.scale = count * kinds
        rows = []
        column = lambda node, kind: place[node] * kinds + kind
        for parent, terms in equations + [(union, parts) for union, parts in more]:
            for kind in range(kinds):
                rows.append(([column(parent, kind)] + [column(t, kind) for t in terms], [1.0] + [-1.0] * len(terms), 0.0, 0.0))
        inf = highspy.kHighsInf
        base = release.base(first)
        least, most = self.weights()
        if facts:
            n, weight = facts.get(((), base)) or facts[((), "")]
            facts = {key: (n_, w_ * n / weight) for key, (n_, w_) in facts.items() if key[1] == base}
        for node in self.nodes:
            n, w = column(node, 0), column(node, 1)
            cell = release.cells.get((node, first))
            if cell is not None and not cell.hidden:
                rows.append(([n, self.scale], [1.0, -cell.n_lo], 0.0, inf))
                rows.append(([n, self.scale], [1.0, -cell.n_hi], -inf, 0.0))
            rows.append(([w, n], [1.0, -least], 0.0, inf))
            rows.append(([w, n], [1.0, -most], -inf, 0.0))
            fact = (facts or {}).get((node, base))
            if fact:
                rows.append(([n, self.scale], [1.0, -fact[0]], 0.0, 0.0))
                rows.append(([w, self.scale], [1.0, -fact[1]], 0.0, 0.0))
            for k, indicator in enumerate(indicators):
                t = column(node, 2 + k)
                rows.append(([t, w], [1.0, -1.0], -inf, 0.0))
                cell = release.cells.get((node, indicator))
                if cell is not None and not cell.hidden:
                    low, high = release.span(indicator)
                    low, high = (low, high) if not release.is_share(indicator) else (0.0, 100.0)
                    rows.append(([t, w], [1.0, -(cell.lo - low) / (high - low)], 0.0, inf))
                    rows.append(([t, w], [1.0, -(cell.hi - low) / (high - low)], -inf, 0.0))
        self.known = bool(facts)
        self.model = self.build(rows, self.scale + 1)
        self.fixed = None
        self.least = np.full((len(indicators), count), np.inf)
        self.most = np.full((len(indicators), count), -np.inf)

    def weights(self):
        """Bounds of a respondent's weight over the mean one, as published."""
        ratio = self.release.publication.get("method", {}).get("weight_ratio") or [0.0, 1e3]
        return ratio[0] / ratio[1], ratio[1] / ratio[0] if ratio[0] else 1e3

    def build(self, rows, columns):
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = columns, len(rows)
        lp.col_cost_ = np.zeros(columns)
        lp.col_lower_ = np.zeros(columns)
        lp.col_upper_ = np.full(columns, highspy.kHighsInf)
        lp.row_lower_ = np.array([row[2] for row in rows])
        lp.row_upper_ = np.array([row[3] for row in rows])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0] + [len(row[0]) for row in rows])
        lp.a_matrix_.index_ = np.array([at for row in rows for at in row[0]])
        lp.a_matrix_.value_ = np.array([value for row in rows for value in row[1]])
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        if model.passModel(lp) == highspy.HighsStatus.kError:
            raise SystemExit("a program of linked tables is malformed")
        return model

    def fix(self, column):
        if self.fixed is not None:
            self.model.changeColBounds(self.fixed, 0.0, highspy.kHighsInf)
        self.model.changeColBounds(column, 1.0, 1.0)
        self.fixed = column

    def solve(self, column, most):
        """The end of a variable: infinite when nothing bounds it, None when nothing displayed is possible."""
        self.model.changeColCost(column, 1.0)
        self.model.changeObjectiveSense(highspy.ObjSense.kMaximize if most else highspy.ObjSense.kMinimize)
        self.model.run()
        status = self.model.getModelStatus()
        solution = np.array(self.model.getSolution().col_value)
        found = self.model.getInfo().objective_function_value
        self.model.changeColCost(column, 0.0)
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return np.inf
        if status != highspy.HighsModelStatus.kOptimal:
            return None
        grid = solution[: self.scale].reshape(self.count, self.kinds)
        heavy = grid[:, 1] > 1e-7
        for k in range(len(self.indicators)):
            shares = grid[heavy, 2 + k] / grid[heavy, 1]
            self.least[k, heavy] = np.minimum(self.least[k, heavy], shares)
            self.most[k, heavy] = np.maximum(self.most[k, heavy], shares)
        return found

    def numbers(self, node):
        """Integers that the number of a group can be."""
        self.fix(self.scale)
        column = self.place[node] * self.kinds
        low, high = self.solve(column, False), self.solve(column, True)
        if low is None or high is None:
            return None
        return int(np.ceil(low - 1e-6)), (int(np.floor(high + 1e-6)) if np.isfinite(high) else 10**9)

    def share(self, node, k):
        """Least and greatest share; None when the group can only be empty."""
        place = self.place[node]
        self.fix(place * self.kinds + 1)
        return (self.solve(place * self.kinds + 2 + k, False), self.solve(place * self.kinds + 2 + k, True))


def attack(release, indicators, facts, truth, small, points):
    """Claims about hidden and derived groups. `small(node)`: the true number, or None when nobody says."""
    from worlds import serious

    linked = Linked(release, indicators, facts)
    claims, asked = [], 0
    first = indicators[0]
    for node, words in zip(linked.nodes, linked.words):
        cell = release.cells.get((node, first))
        if cell is not None and not cell.hidden:
            continue
        size = small(node) if small else None
        if size is not None and not 1 <= size <= 10:
            continue
        if not facts:
            asked += 1
            numbers = linked.numbers(node)
            if numbers is None:
                raise SystemExit(f"{first}, {words}: what is displayed contradicts itself")
            if numbers[0] == numbers[1] and numbers[1] > 0:
                claims.append({"indicator": first, "group": words, "n": size, "wrong": "number", "lo": numbers[0],
                               "hi": numbers[1], "by": "linked", "right": size in (None, numbers[0])})
            if size is None and numbers[0] > 10:
                continue
        for k, indicator in enumerate(indicators):
            asked += 1
            at = linked.place[node]
            n = size if size is not None else 5
            if serious(n, linked.least[k, at], linked.most[k, at], points, release.is_share(indicator)):
                low, high = linked.share(node, k)
                if low is None or high is None:
                    continue
                wrong = serious(n, low, high, points, release.is_share(indicator))
                if wrong:
                    claims.append({"indicator": indicator, "group": words, "n": size, "wrong": wrong, "lo": low * 100,
                                   "hi": high * 100, "by": "linked", "right": None})
    return claims, asked
