"""Self-generated codes of two waves → pairs: one to one, nearest first, ties refused and never broken.

Stages: all elements equal, then one differing, then two. What a stage pairs, or refuses, takes no part in later
ones, so within a stage all candidate pairs are equally near, and the optimal assignment is one with the most
pairs. A pair is kept only if *every* assignment with the most pairs contains it; everybody else who had a
candidate is tied. Candidates of distance d agree in a subset of E − d elements, so they are found by sorting,
once for each subset, and never by comparing everybody with everybody.

Sources: Kearney et al. 1984, Evaluation Review 8, 3–18 and Grube et al. 1989, Evaluation Review 13, 529–539 (codes
that may differ in an element); Dulmage & Mendelsohn 1958, Canadian J. Mathematics 10, 517–534 (which edges all
maximum matchings share).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

MISSING = -1
MOST_MISSING = 2


@dataclass(frozen=True)
class Pairs:
    """`first[i]` and `second[i]` are one person, `distance[i]` elements differ; `tied` are refused rows of the second set."""

    first: np.ndarray
    second: np.ndarray
    distance: np.ndarray
    tied: np.ndarray


def tolerance(elements: int) -> int:
    """How many elements may differ: 2 of six or more, 1 of five, none of fewer."""
    return {5: 1}.get(elements, 2 if elements > 5 else 0)


def usable(code: np.ndarray) -> np.ndarray:
    """(n,) codes with at least one element and at most two missing ones."""
    missing = (code == MISSING).sum(axis=1)
    return (missing <= MOST_MISSING) & (missing < code.shape[1])


def pair_codes(
    first: np.ndarray, second: np.ndarray, code: np.ndarray, pools: Sequence[np.ndarray], wider: Sequence[np.ndarray]
) -> Pairs:  # fmt: skip
    """Pair rows `first` with rows `second` of `code`.

    first, second  (a,), (b,) row numbers, disjoint
    code           (n, E) tokens; a missing element (−1) differs from everything, another missing one too
    pools          columns (n,) that must agree (workshop, side)
    wider          columns that must agree in the last stage, for exact codes of those left over (side)
    """
    search = _Search(first, second, code)
    elements = code.shape[1]
    for distance in range(tolerance(elements) + 1):
        search.stage(distance, pools)
    search.stage(0, wider)
    return search.pairs()


class _Search:
    """What is still open between the stages."""

    def __init__(self, first: np.ndarray, second: np.ndarray, code: np.ndarray) -> None:
        self.first, self.second, self.code = first, second, code
        self.found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.tied: list[np.ndarray] = []

    def stage(self, distance: int, pools: Sequence[np.ndarray]) -> None:
        if not (len(self.first) and len(self.second)):
            return
        edges = _candidates(self.first, self.second, self.code, pools, distance)
        if not len(edges[0]):
            return
        certain = _certain(*edges)
        left, right = edges[0][certain], edges[1][certain]
        self.found.append((left, right, np.full(len(left), distance, np.int8)))
        self.tied.append(np.setdiff1d(edges[1], right))
        self.first = np.setdiff1d(self.first, edges[0])
        self.second = np.setdiff1d(self.second, edges[1])

    def pairs(self) -> Pairs:
        empty = np.zeros(0, np.intp)
        parts = list(zip(*self.found, strict=True)) or [(empty,), (empty,), (empty.astype(np.int8),)]
        return Pairs(*(np.concatenate(part) for part in parts), np.concatenate([empty, *self.tied]))


def _candidates(
    first: np.ndarray, second: np.ndarray, code: np.ndarray, pools: Sequence[np.ndarray], distance: int
) -> tuple[np.ndarray, np.ndarray]:
    """Row pairs of the same pool that agree in E − distance elements, each pair once."""
    elements = code.shape[1]
    rows = np.concatenate([first, second])
    lefts, rights = [], []
    for kept in combinations(range(elements), elements - distance):
        chosen = code[np.ix_(rows, kept)]
        complete = (chosen != MISSING).all(axis=1)
        columns = [column[rows] for column in pools] + list(chosen.T)
        keys = group_numbers(columns)
        is_first = np.arange(len(rows)) < len(first)
        a, b = complete & is_first, complete & ~is_first
        left, right = _join(keys[a], keys[b])
        lefts.append(rows[a][left])
        rights.append(rows[b][right])
    left, right = np.concatenate(lefts), np.concatenate(rights)
    if distance and len(left):
        once = np.unique(np.stack([left, right]), axis=1)
        left, right = once[0], once[1]
    return left, right


def group_numbers(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Equal rows of the columns ↔ equal numbers."""
    numbers = np.zeros(len(columns[0]), np.int64)
    size = 1
    for column in columns:
        values, inverse = np.unique(column, return_inverse=True)
        if size * max(len(values), 1) >= 2**62:
            known, numbers = np.unique(numbers, return_inverse=True)
            size = len(known)
        numbers = numbers * len(values) + inverse
        size *= max(len(values), 1)
    return numbers


def _join(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions (i, j) with left[i] == right[j]."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    start, stop = np.searchsorted(ordered, left, "left"), np.searchsorted(ordered, left, "right")
    counts = stop - start
    i = np.repeat(np.arange(len(left)), counts)
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return i, order[np.repeat(start, counts) + offsets]


def _certain(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(edges,) True for the edges that every largest one-to-one assignment contains.

    Most edges stand alone: both ends have no other. For the rest, take one largest assignment; one of its edges
    can be exchanged if it lies on an alternating cycle, or on an even alternating path from somebody left over.
    """
    _, i = np.unique(left, return_inverse=True)
    _, j = np.unique(right, return_inverse=True)
    alone = (np.bincount(i)[i] == 1) & (np.bincount(j)[j] == 1)
    if alone.all():
        return alone
    crowded = np.flatnonzero(~alone)
    alone[crowded] = _in_every_assignment(left[crowded], right[crowded])
    return alone


def _in_every_assignment(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components, maximum_bipartite_matching

    names, i = np.unique(left, return_inverse=True)
    others, j = np.unique(right, return_inverse=True)
    a, b = len(names), len(others)
    partner = maximum_bipartite_matching(
        csr_array((np.ones(len(i)), (i, j)), shape=(a, b)), perm_type="column"
    )
    matched = partner[i] == j
    # The residual graph of a largest flow source → lefts → rights → sink. An assignment of the same size differs by
    # cycles of it, so a used edge can be exchanged if and only if both its ends lie in one strong component.
    source, sink = a + b, a + b + 1
    used, free = np.flatnonzero(partner >= 0), np.flatnonzero(partner < 0)
    free_right = np.setdiff1d(np.arange(b), partner[used])
    arcs = [
        (i[~matched], a + j[~matched]),
        (a + j[matched], i[matched]),
        (np.full(len(free), source), free),
        (used, np.full(len(used), source)),
        (a + free_right, np.full(len(free_right), sink)),
        (np.full(len(used), sink), a + partner[used]),
    ]
    tail, head = (np.concatenate(ends) for ends in zip(*arcs, strict=True))
    graph = csr_array((np.ones(len(tail)), (tail, head)), shape=(sink + 1, sink + 1))
    component = connected_components(graph, directed=True, connection="strong")[1]
    return matched & (component[i] != component[a + j])
