"""The worked examples of docs/methods.md. Each is a test (test_examples.py): the engine must give every number that
is expected here, and each of those can be worked out by hand or comes from R."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.spec.tables import Row, group


@dataclass(frozen=True)
class Example:
    """`by_hand`: how the numbers come about. `expected`: path in the finding, such as `estimate.low`, → value.
    `caveats`: codes that must be there. `plan`: fields of the plan that differ from the default."""

    by_hand: str
    table: Sequence[Row]
    expected: Mapping[str, Any]
    caveats: tuple[str, ...] = ()
    plan: Mapping[str, Any] = field(default_factory=dict)


T3 = 3.182446305284263  # R: qt(.975, 3)
T2 = 4.302652729749464  # R: qt(.975, 2)
_SD4 = 25 * math.sqrt(2 / 3)


def _arms() -> list[Row]:
    """Both arms begin alike and differ alike by chance, but for one step; three workshops an arm."""
    chance = ((0, 1, 0, 0), (0, 0, 1, 1), (0, 0, 0, 1))
    return [
        (f"{arm[0].upper()}{room + 1}", arm, before, before + noise + (arm == "workshop"))
        for arm in ("workshop", "comparison")
        for room, noises in enumerate(chance)
        for before, noise in zip((1, 2, 3, 2), noises, strict=True)
    ]


EXAMPLES: Mapping[str, Example] = {
    "one workshop": Example(
        "Changes of 0, 1, 1 and 2 steps of 25 points: mean 25, SD 25·√(2/3) = 20.4, standard error half of that, t on 3 df.",
        group({"A": [0, 1, 1, 2]}, before=(1, 2)),
        {
            "estimator": "paired_t",
            "estimate.value": 25.0,
            "estimate.std_error": _SD4 / 2,
            "estimate.df": 3.0,
            "estimate.low": 25 - T3 * _SD4 / 2,
            "estimate.high": 25 + T3 * _SD4 / 2,
            "verdict": "inconclusive",
            "claim.licence": "these_rooms",
        },
        ("few_workshops",),
    ),
    "three workshops": Example(
        "Workshops of one size: CR2 is the t test of their mean changes 0, 25, 50: mean 25, standard error 25/√3, 2 df. The paired t beside it would claim 11 df.",
        group({"A": [0] * 4, "B": [1] * 4, "C": [2] * 4}, before=(1, 2)),
        {
            "estimator": "mean_change_cr2",
            "estimate.value": 25.0,
            "estimate.std_error": 25 / math.sqrt(3),
            "estimate.df": 2.0,
            "estimate.low": 25 - T2 * 25 / math.sqrt(3),
            "estimate.high": 25 + T2 * 25 / math.sqrt(3),
            "tests.1.name": "paired_t",
            "tests.1.df": 11.0,
            "verdict": "inconclusive",
            "claim.licence": "before_after",
        },
    ),
    "four workshops": Example(
        "Less is wanted here, so a fall is an improvement: mean changes −50, −37.5, −50, −37.5 points: mean −43.75, standard error 7.217/√4 = 3.608, 3 df.",
        group({"A": [-2, -2], "B": [-2, -1], "C": [-2, -2], "D": [-1, -2]}, before=(3, 4)),
        {
            "estimate.value": -43.75,
            "estimate.std_error": 12.5 / math.sqrt(3) / 2,
            "estimate.df": 3.0,
            "estimate.high": -43.75 + T3 * 12.5 / math.sqrt(3) / 2,
            "verdict": "improved",
        },
        plan={"direction": "lower"},
    ),
    "nobody changed": Example(
        "No spread: an interval of no width would claim certainty.",
        group({"A": [0, 0], "B": [0, 0], "C": [0, 0]}, before=(2, 3)),
        {
            "estimate.value": 0.0,
            "estimate.low": None,
            "verdict": None,
            "tests": [],
            "effect_size.value": None,
        },
        ("nobody_changed",),
    ),
    "everybody one step": Example(
        "All changes are the same: the average is known, how sure it is for other people is not.",
        group({"A": [1, 1], "B": [1, 1], "C": [1, 1]}, before=(2, 3)),
        {"estimate.value": 25.0, "estimate.std_error": None, "verdict": None, "tests": []},
        ("all_changed_alike",),
    ),
    "no change to speak of": Example(
        "With a smallest effect of interest of 15 points: mean changes of eight workshops are 0 but for +6.25 and −6.25 points, mean 0, standard error √(2·6.25²/7)/√8 = 1.181, 7 df: an interval of ± 2.8.",
        group(
            {"A": [1, 0, 0, 0], "B": [0, -1, 0, 0]} | {room: [1, -1, 0, 0] for room in "CDEFGH"},
            before=(2, 3, 3, 2),
        ),
        {
            "estimate.value": 0.0,
            "estimate.std_error": math.sqrt(2 * 6.25**2 / 7) / math.sqrt(8),
            "estimate.df": 7.0,
            "verdict": "no_meaningful_change",
        },
        plan={"sesoi": 15.0},
    ),
    "not to be told": Example(
        "Changes of −2, 2, 1 and −1 steps: mean 0, SD 25·√(10/3) = 45.6; the interval passes three times the smallest effect of interest both ways, so that not even the direction can be told.",
        group({"A": [-2, 2, 1, -1]}, before=(3, 2, 3, 3)),
        {"estimate.value": 0.0, "estimate.std_error": 25 * math.sqrt(10 / 3) / 2, "verdict": "inconclusive"},
    ),
    "a comparison group": Example(
        "Both arms begin alike and vary alike, so the adjusted difference is that of the means after: one step, 25 points. Workshops are of one size, so nothing is widened.",
        _arms(),
        {
            "estimator": "ancova_cr2",
            "estimate.value": 25.0,
            "arms.comparison.n": 12,
            "claim.licence": "comparison",
        },
        ("not_by_lot",),
        {"design": "comparison", "estimator": "ancova"},
    ),
    "drawn by lot": Example(
        "The same people, where chance decided: the numbers are the same, the sentence is not.",
        _arms(),
        {"estimator": "ancova_cr2", "estimate.value": 25.0, "claim.licence": "randomised"},
        plan={"design": "randomised", "estimator": "ancova"},
    ),
    "workshops ignored": Example(
        "The same people, where the plan does not tell workshops apart: the interval may be too narrow, and the licence is lower.",
        _arms(),
        {"estimator": "ancova_hc2", "estimate.value": 25.0, "claim.licence": "limited_comparison"},
        ("workshops_ignored",),
        {"design": "randomised", "cluster": "none", "estimator": "ancova"},
    ),
}
