"""Which groups are asked about: every set of 1 to 10 respondents that planned groups can cut out.

Intersections and differences of any two planned groups (released or not), unions of the hidden parts of a whole, and
respondents that no planned group tells apart.
"""

import numpy as np
from scipy.sparse import csr_matrix

from release import name

SMALL = 10


class Small:
    """The small groups of a base: one row of `matrix` each, over the respondents of the base."""

    def __init__(self, release, truth, base, hidden):
        self.rows = np.flatnonzero(base)
        count = len(self.rows)
        domains = [domain for domain in release.domains if truth.members[domain][self.rows].any()]
        masks = np.array([truth.members[domain][self.rows] for domain in domains])
        found = {}

        def keep(mask, words):
            members = tuple(np.flatnonzero(mask))
            if 1 <= len(members) <= SMALL:
                found.setdefault(members, words)

        for at, domain in enumerate(domains):
            keep(masks[at], name(domain))
        sizes = masks.sum(axis=1)
        both = masks.astype(np.int32) @ masks.T.astype(np.int32)
        for left, right in np.argwhere((sizes[:, None] - both >= 1) & (sizes[:, None] - both <= SMALL)):
            if left != right:
                keep(masks[left] & ~masks[right], f"{name(domains[left])} \\ {name(domains[right])}")
        for left, right in np.argwhere((both >= 1) & (both <= SMALL)):
            if left < right:
                keep(masks[left] & masks[right], f"{name(domains[left])} ∩ {name(domains[right])}")
        place = {domain: at for at, domain in enumerate(domains)}
        for parent, parts, exact in release.relations():
            inside = [place[part] for part in parts if part in place and part in hidden]
            shown = [place[part] for part in parts if part in place and part not in hidden]
            if inside:
                keep(masks[inside].any(axis=0), f"hidden parts of {name(parent)}")
            if parent in place and not exact and len(shown) > 1:
                keep(masks[place[parent]] & ~masks[shown].any(axis=0), f"{name(parent)} \\ all that is shown in it")
        alike = {}
        for who in range(count):
            alike.setdefault(masks[:, who].tobytes(), []).append(who)
        self.expressible = len(found)
        for members in alike.values():
            if len(members) <= SMALL:
                found.setdefault(tuple(members), f"respondent alike in every planned group: {members}")
        self.members = list(found)
        self.words = list(found.values())
        lengths = np.array([len(members) for members in self.members])
        self.sizes = lengths
        columns = np.concatenate([np.array(members) for members in self.members]) if found else np.zeros(0, int)
        starts = np.concatenate([[0], np.cumsum(lengths)]) if found else np.zeros(1, int)
        self.matrix = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(found), count))
