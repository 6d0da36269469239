"""ANCOVA inside blocks is the regression with a column for each block, as clubSandwich has it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from impact.stats import Caveat, ancova_blocked

FOLDER = Path(__file__).parents[1] / "reference"
CASES = json.loads((FOLDER / "blocked.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("name", CASES)
def test_it_is_clubsandwich_with_a_column_for_each_block(name):
    case = CASES[name]
    found = ancova_blocked(case["after"], case["before"], case["arm"], case["block"])
    for field in ("estimate", "std_error", "df", "p_value", "low", "high"):
        assert getattr(found, field) == pytest.approx(case[field], rel=1e-7), field


def test_blocks_with_one_arm_add_nothing():
    after, before = [5, 3, 6, 5, 8, 4, 9, 9], [2, 2, 3, 4, 4, 3, 1, 2]
    arm, blocks = [1, 0, 1, 0, 1, 0, 1, 1], [1, 1, 2, 2, 3, 3, 4, 4]
    assert ancova_blocked(after, before, arm, blocks) == ancova_blocked(
        after[:6], before[:6], arm[:6], blocks[:6]
    )


@pytest.mark.parametrize(
    ("arm", "blocks", "caveat"),
    [
        ([1, 0, 1, 0, 1, 0], [1] * 6, Caveat.ONE_CLUSTER),
        ([1, 1, 1, 0, 0, 0], [1, 1, 1, 2, 2, 2], Caveat.ONE_ARM),
        ([1, 1, 1, 1, 1, 1], [1, 1, 1, 2, 2, 2], Caveat.ONE_ARM),
    ],
)
def test_what_cannot_be_told_is_none(arm, blocks, caveat):
    found = ancova_blocked([5, 3, 6, 5, 8, 4], [2, 2, 3, 4, 4, 3], arm, blocks)
    assert (found.low, found.p_value, found.caveat) == (None, None, caveat)


def test_rooms_that_differ_make_no_difference_out_of_nothing():
    """Six blocks of 6 + 6; only those of the workshop arm share a room. 2,000 programmes without an effect, one seed."""
    rng = np.random.default_rng(7)
    blocks, arm = np.repeat(np.arange(6), 12), np.tile([1] * 6 + [0] * 6, 6)
    wrong = 0
    for _ in range(2000):
        before = rng.normal(0, 1, 72)
        after = 0.6 * before + rng.normal(0, 0.45, 6)[blocks] * arm + rng.normal(0, 0.8, 72)
        wrong += ancova_blocked(after, before, arm, blocks).p_value < 0.05
    assert 0.03 <= wrong / 2000 <= 0.07
