"""The block `portfolio` of Findings: the change pooled over the workshops of one programme, and what a further one
would show.

Each workshop gives its mean change and that mean's standard error (SD of its people's changes over √n); they are
pooled by random effects (`pooling`). So the spread between workshops is said in points, which the programme's own
average does not tell. Only for one group whose plan tells workshops apart: where arms are compared, a workshop's own
people have no comparison of their own.

No workshop is ever named, listed, ranked or left out: a row rests on exactly the people of the finding beside it, so
nothing can be had by subtraction, or there is no row. It is shown only if
1. every workshop has at least max(minimum_n, threshold) people of that row, and
2. there are at least FEWEST_WORKSHOPS of them: who knows all about one workshop (its facilitator) faces, for the other
   k − 1, two unknowns each (mean, spread) even if all sizes are known, and seven figures made of them are published
   (average change, its paired t, its CR2 error, pooled value, its error, τ, I²). From k = 6 on there are more unknowns
   than figures (10 against 7); below, the others' averages could be solved for, and with two they could be read off.
   Q and the limits of τ are left out because they are figures too. (The range of a leave-one-out analysis would give
   its two extreme workshops back whatever k is, and is none of this block's.)
Figures are rounded for the team as well, since facilitators are in the team; “too few”, “too small” and “all alike in
one workshop” have one shape and one caveat. Source of the rule: practice.md 7, “no league tables under k groups”.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from impact.evaluation.findings import UNIT
from impact.evaluation.isolates import isolated, named
from impact.evaluation.people import Sample
from impact.evaluation.pooling import clipped, no_pooling, pooled, rounded, written
from impact.evaluation.setting import Setting
from impact.evaluation.wording import caveat, worded_in, words
from impact.plans.model import Contrast, Outcome

FEWEST_WORKSHOPS = 6
FEW_DF = 4
_SPREADS = ("tau", "tau_squared", "i_squared")
_HIDDEN = ("workshops", "n", "text")
Row = dict[str, Any]


def applies(setting: Setting) -> bool:
    """Whether the plan lets workshops be pooled at all; fixed before the data."""
    return setting.is_one_group and setting.plan.cluster == "workshop"


def workshop_row(
    setting: Setting,
    outcome: Outcome,
    contrast: Contrast,
    side: str | None,
    sample: Sample,
    title: str,
    who: str,
    decided: str | None = None,
) -> Row:
    """One row: a primary scale, a contrast and a side (None: all people); `decided` is the verdict of its finding. Keys
    with _ are for disclosure only."""
    sizes, means, errors = _by_workshop(sample)
    level, sesoi = setting.plan.level, setting.plan.sesoi_of(outcome)
    can = len(sizes) > 1 and bool((sizes > 1).all()) and bool((errors > 0).all())
    block, codes = (
        pooled(means.tolist(), errors.tolist(), level, UNIT) if can else (no_pooling(level, UNIT), [])
    )
    if can and (sizes - 1 < FEW_DF).any():
        codes.append("pooled_few_df")
    language = worded_in(setting.labels.language, "portfolio")
    return _told(block, sesoi) | {
        "scale": outcome.scale,
        "contrast": contrast.name,
        "subgroup": {"side": side} if side else {},
        "workshops": len(sizes),
        "n": sample.n,
        "text": _text(block, len(sizes), sesoi, title, who, language, decided),
        "caveats": [caveat(code, language) for code in codes],
        "suppressed": False,
        "_smallest": int(sizes.min()) if len(sizes) else 0,
        "_fewest": max(setting.plan.minimum_n, 1),
    }


def _told(block: Row, sesoi: float | None = None) -> Row:
    """`block` rounded, with the spread between workshops but not its limits and tests."""
    shown = rounded(block, sesoi)
    return shown | {"heterogeneity": {name: shown["heterogeneity"][name] for name in _SPREADS}}


def _by_workshop(sample: Sample) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(people, mean change, standard error of it) of each labelled workshop, in canonical order."""
    named = sample.cluster < sample.labels
    if not named.all():  # people in no workshop: there is no such thing as workshops here
        return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0)
    counts = np.bincount(sample.cluster, minlength=1)
    used = counts > 0
    sizes = counts[used]
    means = np.bincount(sample.cluster, sample.change, minlength=1)[used] / sizes
    inner = sample.change - means[np.cumsum(used)[sample.cluster] - 1] if len(sizes) else sample.change
    squares = np.bincount(sample.cluster, inner**2, minlength=1)[used]
    squares[squares < 1e-12] = 0.0  # all changed alike: the rest is floating-point dust
    return sizes, means, np.sqrt(squares / np.maximum(sizes - 1, 1) / sizes)


def _text(
    block: Row, k: int, sesoi: float, title: str, who: str, language: str, decided: str | None
) -> str | None:
    """What a further workshop would show, in plain words; where the finding is inconclusive, so is its direction."""
    ahead, estimate = block["prediction"], block["estimate"]
    if ahead["low"] is None:
        return None
    catalogue = words(language)

    def signed(value: float) -> str:
        return isolated(catalogue, written(value, sesoi, UNIT, catalogue["words"], True))

    low, high = clipped(ahead["low"], ahead["high"], UNIT)
    mean_low, mean_high = clipped(estimate["low"], estimate["high"], UNIT)
    text = catalogue["portfolio"]["workshops"].format(
        **named(catalogue, who=who, title=title), k=k, low=signed(low), high=signed(high), level=f"{100 * estimate['level']:g}",
        value=signed(estimate["value"]), mean_low=signed(mean_low), mean_high=signed(mean_high),
    )  # fmt: skip
    text += f" {catalogue['portfolio']['unsettled']}" if decided == "inconclusive" else ""
    text = f"{text} {catalogue['licences']['before_after']['close']}"
    return text[:1].upper() + text[1:]


def block_of(rows: Iterable[Row], pools: bool, findings: Iterable[Row], threshold: int, language: str) -> Row:
    """The block `portfolio` as it may be shown: each row whole, or nothing of it. A pooled change is nearly the change
    itself, so it is shown only with its finding (`findings`, as they are shown)."""
    shown = [_place(found) for found in findings if not found["suppressed"]]
    language = worded_in(language, "portfolio")
    rule = words(language)["portfolio"]["rule"].format(fewest=FEWEST_WORKSHOPS, threshold=threshold)
    caveats = [] if pools else [caveat("no_workshops_to_pool", language)]
    return {
        "fewest_workshops": FEWEST_WORKSHOPS,
        "rule": rule,
        "rows": [_shown(row, _place(row) in shown, threshold, language) for row in rows],
        "caveats": caveats,
    }


def _place(row: Row) -> tuple[Any, ...]:
    return row["scale"], row["contrast"], row["subgroup"]


def _shown(row: Row, has_finding: bool, threshold: int, language: str) -> Row:
    public = {key: value for key, value in row.items() if not key.startswith("_")}
    is_enough = row["workshops"] >= FEWEST_WORKSHOPS and row["_smallest"] >= max(threshold, row["_fewest"])
    if has_finding and is_enough and row["estimate"]["value"] is not None:
        return public
    return (
        public
        | dict.fromkeys(_HIDDEN)
        | _told(no_pooling(row["estimate"]["level"], UNIT))
        | {"caveats": [caveat("workshops_not_pooled", language)], "suppressed": True}
    )
