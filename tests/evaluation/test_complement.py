"""Secondary cells: enough are hidden, and no more than needed, as integer programming finds it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from impact.evaluation.complement import System, adds_up, covers, ranges, secondary


def system(values, k, relations):
    return System(
        dict(values), {cell: k - 1 for cell, n in values.items() if n < k}, relations=list(relations)
    )


@pytest.mark.parametrize(
    ("values", "hidden"),
    [
        ({"all": 27, "a": 20, "b": 7}, set()),
        # One small part: the other follows it, the smaller of the two that are left.
        ({"all": 27, "a": 23, "b": 4}, {"a"}),
        ({"all": 33, "a": 20, "b": 4, "c": 9}, {"c"}),
        # Two small parts whose sum is told: 3 + 4 leaves 3 … 4 for each.
        ({"all": 27, "a": 20, "b": 3, "c": 4}, {"a"}),
        ({"all": 3, "a": 2, "b": 1}, set()),
    ],
)
def test_the_smallest_cell_that_helps_is_hidden_beside_a_small_one(values, hidden):
    parts = [cell for cell in values if cell != "all"]
    assert secondary(system(values, 5, [adds_up("all", parts)]), 5) == hidden


def test_a_chain_needs_no_second_cell():
    steps = {"submissions": 20, "linked": 9, "analysed": 3}
    relations = [covers(["submissions"], ["linked"]), covers(["linked"], ["analysed"])]
    assert secondary(system(steps, 5, relations), 5) == set()


def test_what_is_hidden_anyhow_stays_hidden_and_is_protected_too():
    values = {"all": 27, "a": 20, "b": 7}
    assert secondary(system(values, 5, [adds_up("all", "ab")]), 5, beside=["b"]) == {"a", "b"}


def test_bounds_of_a_hidden_cell():
    made = system({"all": 20, "a": 17, "b": 3}, 5, [adds_up("all", "ab")])
    assert ranges(made, {"a"})["a"] == (16, 20)
    assert ranges(made, {"a"})["b"] == (0, 4)
    assert ranges(made, set())["b"] == (3, 3)


def table(seed):
    """Sides by levels with all their totals, or a tree of three levels."""
    rng = np.random.default_rng(seed)
    sides, levels = int(rng.integers(2, 4)), int(rng.integers(2, 5))
    cells = rng.integers(0, rng.choice([8, 20]), (sides, levels))
    values = {("cell", i, j): int(cells[i, j]) for i in range(sides) for j in range(levels)}
    values |= {("side", i): int(cells[i].sum()) for i in range(sides)} | {"all": int(cells.sum())}
    relations = [adds_up(("side", i), [("cell", i, j) for j in range(levels)]) for i in range(sides)]
    relations.append(adds_up("all", [("side", i) for i in range(sides)]))
    return values, relations


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("k", [5, 10])
def test_of_random_tables_no_hidden_cell_has_fewer_than_five_values(seed, k):
    values, relations = table(seed)
    made = system(values, k, relations)
    beside = secondary(made, k)
    hidden = {*made.primary, *beside}
    order = {cell: place for place, cell in enumerate(values)}
    low = np.array([0 if cell in hidden else n for cell, n in values.items()], dtype=float)
    high = [made.primary.get(cell, 1000 if cell in hidden else n) for cell, n in values.items()]
    matrix = np.zeros((len(relations), len(values)))
    for row, relation in zip(matrix, relations, strict=True):
        for cell, factor in relation.terms:
            row[order[cell]] = factor
    found = ranges(made, beside)
    for cell in hidden:
        goal = np.zeros(len(values))
        goal[order[cell]] = 1
        least, most = (
            sign * milp(sign * goal, integrality=np.ones(len(goal)), bounds=Bounds(low, high),
                        constraints=LinearConstraint(matrix, 0, 0)).fun
            for sign in (1, -1)
        )  # fmt: skip
        assert found[cell][0] == round(least)
        assert round(most) - round(least) >= 4
