"""The strongest insider: knows of whom each group is made and what every respondent weighs, but no answer.

Procedures a, b and c3 of table 4.2 at once. What is displayed of a question bounds a sum for each released group; a
*world* is a set of answers that breaks none of these bounds. Two worlds that differ for a small group prove that it
cannot be known; where a walk through whole answers finds none, a linear program (all categories of the question
together) bounds the group exactly, and an integer program does where answers are yes or no.
"""

import itertools
import time

import highspy
import numpy as np

from release import name
from truth import Expression

POINTS = 10.0
SLACK = 1e-7
PASSES = 2
CORNERS = 24
ALONE = np.array([[0], [1]], dtype=np.int8)
PATIENCE = 12.0


def patterns(release, indicators):
    """What one respondent may say to indicators of the same base: rows of 0 and 1, by hypothetical answers."""
    texts = [release.definitions[indicator]["definition"] for indicator in indicators]
    rules = [Expression(text).value for text in texts]
    worlds = [{}]
    for subject, kind, codes in subjects(texts):
        if kind == "one":
            offered, _ = release.answers(subject)
            choices = [{subject: code} for code in sorted(set(offered) | codes)] + [{}]
        elif kind == "many":
            _, most = release.answers(subject)
            lone = {"aucun", "aucune", "personne", "nsp", "nc"}
            several = sorted(codes - lone)
            sizes = range(min(most or len(several), len(several)) + 1)
            chosen = [c for size in sizes for c in itertools.combinations(several, size)]
            choices = [{f"{subject}.{code}": "1" for code in some} for some in chosen]
            choices += [{f"{subject}.{code}": "1"} for code in sorted(codes & lone)]
        else:
            choices = [{subject: str(half / 2)} for half in range(0, 202)] + [{}]
        if len(worlds) * len(choices) > 20000:
            return None
        worlds = [world | choice for world in worlds for choice in choices]
    rows = {tuple(int(bool(rule(world | {"path": ()}))) for rule in rules) for world in worlds}
    return np.array(sorted(rows), dtype=np.int8)


def subjects(texts):
    """Questions that definitions read: (name, one | many | number, codes)."""
    found = {}
    for text in texts:
        tokens = Expression(text).tokens
        for at, token in enumerate(tokens[:-1]):
            after = tokens[at + 1]
            if after in ("in", "has_any", "has_all"):
                kind = "one" if after == "in" else "many"
                end = tokens.index("}", at)
                codes = {code for code in tokens[at + 3 : end] if code != ","}
                found.setdefault((token, kind), set()).update(codes)
            elif after in (">=", "<=", "<", ">", "=") and token not in (")",):
                found.setdefault((token, "number"), set())
            elif token in ("count", "count_in", "mean"):
                return []
    return [(subject, kind, codes) for (subject, kind), codes in found.items()]


def questions(release, chosen):
    """Indicators that constrain each other are attacked together: same base, same question."""
    sets = []
    for indicator in release.indicators:
        if not release.is_share(indicator):
            continue
        about = subjects([release.definitions[indicator]["definition"]])
        key = (release.base(indicator), tuple(sorted({subject for subject, _, _ in about})))
        if not about:
            key = (release.base(indicator), indicator)
        for other, members in sets:
            if other == key:
                members.append(indicator)
                break
        else:
            sets.append((key, [indicator]))
    groups = []
    for _, members in sets:
        if not set(members) & set(chosen):
            continue
        table = patterns(release, members) if len(members) > 1 else None
        independent = table is None or len(table) >= 2 ** len(members)
        if independent or len(table) > 300:
            groups.extend(([member], ALONE) for member in members if member in chosen)
        else:
            groups.append((members, table))
    return groups


class Question:
    """What is displayed of indicators of one base, as bounds on sums over its respondents."""

    def __init__(self, release, truth, indicators, table, small, seed=0):
        self.indicators, self.table, self.small = indicators, table, small
        self.draw = np.random.default_rng(seed)
        rows = small.rows
        self.count = len(rows)
        self.weights = truth.weights[rows]
        coefficients, low, high, which, labels = [], [], [], [], []
        for (domain, indicator), cell in release.cells.items():
            if indicator in indicators and not cell.hidden:
                self.bound(release, truth.members[domain][rows] * self.weights, indicator, cell,
                           coefficients, low, high, which)
                labels.append(name(domain))
        for (domain, indicator, category), cell in release.others.items():
            if indicator in indicators and not cell.hidden and category == "non_pondere":
                self.bound(release, truth.members[domain][rows] * 1.0, indicator, cell,
                           coefficients, low, high, which)
                labels.append(f"{name(domain)}, unweighted")
        self.rows_matrix = np.array(coefficients) if coefficients else np.zeros((0, self.count))
        self.low, self.high = np.array(low), np.array(high)
        self.which = np.array(which, dtype=int)
        self.labels = labels
        self.columns = np.ascontiguousarray(self.rows_matrix.T)
        self.mine = [np.flatnonzero(self.rows_matrix[:, who]) for who in range(self.count)]

    def bound(self, release, weights, indicator, cell, coefficients, low, high, which):
        least, most = release.span(indicator) if not release.is_share(indicator) else (0.0, 100.0)
        total = weights.sum()
        coefficients.append(weights)
        low.append((cell.lo - least) / (most - least) * total)
        high.append((cell.hi - least) / (most - least) * total)
        which.append(self.indicators.index(indicator))

    def add(self, coefficients, low, high, which, label):
        """One more thing that is known: a bound on a sum of an indicator."""
        self.rows_matrix = np.vstack([self.rows_matrix, coefficients])
        self.low, self.high = np.append(self.low, low), np.append(self.high, high)
        self.which = np.append(self.which, which)
        self.labels.append(label)
        self.columns = np.ascontiguousarray(self.rows_matrix.T)
        self.mine = [np.flatnonzero(self.rows_matrix[:, who]) for who in range(self.count)]


class Walk:
    """Worlds of whole answers, by steps that never leave what is displayed."""

    def __init__(self, question, start):
        self.q = question
        self.at = np.array(start)
        self.sums = np.array([
            row @ question.table[self.at, k] for row, k in zip(question.rows_matrix, question.which)
        ])
        self.room = 1e-6 * (1 + np.abs(question.high))

    def copy(self):
        other = object.__new__(Walk)
        other.q, other.at, other.sums, other.room = self.q, self.at.copy(), self.sums.copy(), self.room
        return other

    def consistent(self):
        return bool(np.all(self.sums >= self.q.low - self.room) and np.all(self.sums <= self.q.high + self.room))

    def shift(self, who, pattern):
        q = self.q
        rows = q.mine[who]
        ks = q.which[rows]
        table = q.table
        return rows, q.rows_matrix[rows, who] * (table[pattern][ks].astype(float) - table[self.at[who]][ks])

    def step(self, who, pattern):
        """Takes the step if nothing displayed forbids it."""
        if pattern == self.at[who]:
            return True
        rows, change = self.shift(who, pattern)
        after = self.sums[rows] + change
        if np.any(after > self.q.high[rows] + self.room[rows]) or np.any(after < self.q.low[rows] - self.room[rows]):
            return False
        self.sums[rows] = after
        self.at[who] = pattern
        return True

    def swap(self, who, pattern, fixed=()):
        """A step, with the contrary step of one other respondent where it needs one."""
        if self.step(who, pattern):
            return True
        q = self.q
        rows, change = self.shift(who, pattern)
        wanted = self.sums.copy()
        wanted[rows] += change
        others = q.draw.integers(1, len(q.table), q.count)
        others = (self.at + others) % len(q.table)
        factor = (q.table[others] - q.table[self.at])[:, q.which]
        after = wanted + q.columns * factor
        fits = np.all((after <= q.high + self.room) & (after >= q.low - self.room), axis=1)
        fits[who] = False
        fits[list(fixed)] = False
        found = np.flatnonzero(fits)
        if not len(found):
            return False
        other = found[q.draw.integers(len(found))]
        self.sums = after[other]
        self.at[who], self.at[other] = pattern, others[other]
        return True

    def stir(self, order, after=lambda: None):
        """Each respondent of the list to another answer, as far as it goes."""
        for turn, who in enumerate(order):
            other = (self.at[who] + self.q.draw.integers(1, len(self.q.table))) % len(self.q.table)
            self.swap(who, other)
            if turn % 60 == 59:
                after()
        after()

    def force(self, members, k, value, effort=1):
        """Tries to bring every member to answer `value` to indicator k, others giving way."""
        q = self.q
        wanted = [p for p in range(len(q.table)) if q.table[p, k] == value]
        for _ in range(effort):
            left = [who for who in members if q.table[self.at[who], k] != value]
            if not left:
                return True
            for who in left:
                any(self.swap(who, p, members) for p in wanted)
            if any(q.table[self.at[who], k] != value for who in members):
                self.stir([o for o in q.draw.permutation(q.count)[:30] if o not in set(members)])
        return False


class Programs:
    """The same bounds as a program for HiGHS: exact where the walk fails."""

    def __init__(self, question, whole=False):
        q = self.q = question
        self.several = len(q.indicators) > 1
        self.options = len(q.table) if self.several else 1
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        inf = highspy.kHighsInf
        columns = q.count * self.options
        lp = highspy.HighsLp()
        lp.num_col_ = columns
        lp.col_cost_ = np.zeros(columns)
        lp.col_lower_ = np.zeros(columns)
        lp.col_upper_ = np.ones(columns)
        starts, index, value, low, high = [0], [], [], [], []
        for row, k, least, most in zip(q.rows_matrix, q.which, q.low, q.high):
            for who in np.flatnonzero(row):
                if self.several:
                    for p in range(self.options):
                        if q.table[p, k]:
                            index.append(who * self.options + p)
                            value.append(row[who])
                else:
                    index.append(who)
                    value.append(row[who])
            starts.append(len(index))
            low.append(least - 1e-6)
            high.append(most + 1e-6)
        if self.several:
            for who in range(q.count):
                index.extend(who * self.options + p for p in range(self.options))
                value.extend([1.0] * self.options)
                starts.append(len(index))
                low.append(1.0)
                high.append(1.0)
        lp.num_row_ = len(low)
        lp.row_lower_, lp.row_upper_ = np.array(low), np.array(high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(starts)
        lp.a_matrix_.index_ = np.array(index)
        lp.a_matrix_.value_ = np.array(value)
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
            model.setOptionValue("time_limit", 4.0)
        model.passModel(lp)
        self.model, self.whole, self.inf = model, whole, inf
        self.costed = []

    def range(self, members, k, after=None):
        """Least and greatest share of the members, or None for an end that is not settled."""
        ends = []
        for most in (False, True):
            ends.append(self.end(members, k, most))
            if after and ends[-1] is not None:
                after(np.array(self.model.getSolution().col_value))
        return ends

    def note(self, point, small, totals, least, most):
        """What a corner says about all other groups."""
        q = self.q
        for k in range(len(q.indicators)):
            answers = point.reshape(q.count, self.options)
            answers = answers @ q.table[:, k] if self.several else answers[:, 0]
            shares = (small.matrix @ (q.weights * answers)) / totals
            np.minimum(least[k], shares, out=least[k])
            np.maximum(most[k], shares, out=most[k])

    def end(self, members, k, most):
        q = self.q
        for column in self.costed:
            self.model.changeColCost(column, 0.0)
        self.costed = []
        total = q.weights[list(members)].sum()
        for who in members:
            columns = [who]
            if self.several:
                columns = [who * self.options + p for p in range(self.options) if q.table[p, k]]
            for column in columns:
                self.model.changeColCost(column, float(q.weights[who] / total))
                self.costed.append(column)
        sense = highspy.ObjSense.kMaximize if most else highspy.ObjSense.kMinimize
        self.model.changeObjectiveSense(sense)
        self.model.run()
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return self.model.getInfo().objective_function_value

    def point(self, costs):
        """A corner of what is possible, in a direction."""
        columns = np.arange(len(costs), dtype=np.int32)
        self.model.changeColsCost(len(costs), columns, costs)
        self.costed = list(range(len(costs)))
        self.model.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.model.run()
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.model.getSolution().col_value)


def serious(size, least, most, points=POINTS, one_answer=True):
    """The pass criteria of procedure a; what is wrong, or nothing."""
    if size == 1 and one_answer and (least > SLACK * 10 or most < 1 - SLACK * 10):
        return "all" if least > SLACK * 10 else "none"
    if size == 1 and (least > 1e-3 or most < 1 - 1e-3):
        return "one bound"
    if most < SLACK * 10:
        return "none"
    if least > 1 - SLACK * 10:
        return "all"
    if (most - least) * 100 <= points:
        return "width"
    return None


def attack(release, truth, indicators, table, small, extra=(), points=POINTS, whole=False):
    """Claims about the small groups: by linear programs, and with `whole` by whole answers where these leave room."""
    q = Question(release, truth, indicators, table, small)
    for row in extra:
        q.add(*row)
    totals = small.matrix @ q.weights
    least = np.full((len(q.indicators), len(totals)), np.inf)
    most = -least
    linear = Programs(q)
    note = lambda x: linear.note(x, small, totals, least, most)
    for turn in range(CORNERS):
        costs = q.draw.choice([-1.0, 1.0], q.count * linear.options) * (q.draw.random(q.count * linear.options) + 0.2)
        point = linear.point(costs)
        if point is None:
            raise SystemExit(f"{indicators}: what is displayed contradicts itself")
        note(point)
    claims, settled = [], {"corner": 0, "linear": 0}
    for k, indicator in enumerate(q.indicators):
        for g in range(len(totals)):
            size = int(small.sizes[g])
            if not serious(size, least[k, g], most[k, g], points):
                settled["corner"] += 1
                continue
            low, high = linear.range(small.members[g], k, note)
            settled["linear"] += 1
            wrong = serious(size, low, high, points)
            if wrong:
                claims.append(claim(q, truth, small, indicator, k, g, low, high, wrong, "linear"))
    if whole:
        more, how = wholly(q, truth, small, totals, {(c["indicator"], c["group"]) for c in claims}, points)
        claims, settled = claims + more, settled | how
    return claims, settled


def wholly(q, truth, small, totals, already, points):
    """The bounds leave room for parts of an answer; whether whole answers do as well."""
    values = np.stack([truth.value(indicator)[small.rows] for indicator in q.indicators], axis=1)
    place = {tuple(row): at for at, row in enumerate(q.table)}
    try:
        walk = Walk(q, [place[tuple(row.astype(int))] for row in values])
    except KeyError as unknown:
        raise SystemExit(f"{q.indicators}: nobody should answer {unknown}, by the questionnaire") from None
    if not walk.consistent():
        raise SystemExit(f"{q.indicators}: what is displayed does not hold of the answers")
    least = np.full((len(q.indicators), len(totals)), np.inf)
    most = -least

    def seen(state):
        for k in range(len(q.indicators)):
            shares = (small.matrix @ (q.weights * q.table[state.at, k])) / totals
            np.minimum(least[k], shares, out=least[k])
            np.maximum(most[k], shares, out=most[k])

    seen(walk)
    for _ in range(PASSES):
        walk.stir(q.draw.permutation(q.count), lambda: seen(walk))
    claims, settled, program = [], {"walk": 0, "whole": 0, "open": 0}, None
    late = time.process_time() + PATIENCE
    for k, indicator in enumerate(q.indicators):
        for g in range(len(totals)):
            size, members = int(small.sizes[g]), small.members[g]
            if (indicator, small.words[g]) in already:
                continue
            for value in (0, 1):
                if serious(size, least[k, g], most[k, g], points) and time.process_time() < late:
                    state = walk.copy()
                    state.force(members, k, value)
                    seen(state)
            if not serious(size, least[k, g], most[k, g], points):
                settled["walk"] += 1
                continue
            low = high = None
            if time.process_time() < late:
                program = program or Programs(q, whole=True)
                low, high = program.range(members, k)
            if low is None or high is None:
                settled["open"] += 1
                continue
            settled["whole"] += 1
            wrong = serious(size, low, high, points)
            if wrong:
                claims.append(claim(q, truth, small, indicator, k, g, low, high, wrong, "whole"))
    return claims, settled


def claim(q, truth, small, indicator, k, g, low, high, wrong, how):
    members = list(small.members[g])
    total = q.weights[members].sum()
    value = float(q.weights[members] @ truth.value(indicator)[small.rows][members] / total)
    return {
        "indicator": indicator, "group": small.words[g], "n": len(members), "lo": low * 100, "hi": high * 100,
        "wrong": wrong, "by": how, "true": value * 100, "expressible": g < small.expressible,
        "right": low - 1e-6 <= value <= high + 1e-6,
    }


def means(release, truth, indicator, small, points=POINTS, corners=60):
    """The same for a mean: answers are anything between the ends, so linear programs say all."""
    q = Question(release, truth, [indicator], ALONE, small)
    program = Programs(q)
    draw = np.random.default_rng(1)
    totals = small.matrix @ q.weights
    least, most = np.full(len(totals), np.inf), np.full(len(totals), -np.inf)
    for turn in range(corners):
        costs = draw.standard_normal(q.count) if turn % 2 else draw.choice([-1.0, 1.0], q.count)
        point = program.point(costs)
        if point is None:
            raise SystemExit(f"{indicator}: what is displayed contradicts itself")
        shares = (small.matrix @ (q.weights * point)) / totals
        np.minimum(least, shares, out=least)
        np.maximum(most, shares, out=most)
    claims, settled = [], {"walk": 0, "linear": 0}
    for g in range(len(totals)):
        size = int(small.sizes[g])
        if not serious(size, least[g], most[g], points, one_answer=False):
            settled["walk"] += 1
            continue
        low, high = program.range(small.members[g], 0)
        settled["linear"] += 1
        wrong = serious(size, low, high, points, one_answer=False)
        if wrong:
            claims.append(claim(q, truth, small, indicator, 0, g, low, high, wrong, "linear"))
    return claims, settled
