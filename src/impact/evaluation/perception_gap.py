"""Perception gap: what one side guesses of the other, against what the other side says of itself.

An item asks for one's own view, another “of 10 people of the other side, how many would agree?” (Lees & Cikara 2020,
Nature Human Behaviour 4, 279). Both are brought to percent: the guess as 10 times the answer, the view as 100 if it
is at least `agree_from`, else 0. The gap is the mean guess of side A less the share of side B who agreed, in
percentage points: below 0 fewer were thought to agree than did.

Both means are of samples, so both samplings go into the interval, and both sides sit in the same workshops. From
three workshops on, guesses and views are stacked and regressed on which of the two they are, with CR2 errors by
workshop (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018): people of one workshop may resemble each other within and
across sides. With one or two, or where the plan ignores workshops, Welch's t (1947), which lets the spreads differ.

The change of a gap is of people asked both times: each has one change, of the guess or of the view, and these are
compared in the same way. So nobody counts twice, a person's two answers never count as two people's, and who came or
left does not look like a change. A gap has become smaller if the distance from 0 has: |after| < |before| exactly where
after − before and after + before have opposite signs, so it is said only if the intervals of both exclude 0, on
opposite sides (intersection–union test, Berger 1982, Technometrics 24, 295), whatever the sign of the gap.

People of the workshop arm only. Gaps are in no family of main results; each interval holds alone. A result of its
own, without SESOI, and about the people who answered here: never about all people of a side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from impact.evaluation import designs
from impact.evaluation.designs import Estimate
from impact.evaluation.findings import ALIKE
from impact.evaluation.people import WORKSHOP, Pairs, Sample, Settled
from impact.evaluation.perception_gap_text import gap_claim, item_title
from impact.evaluation.setting import Setting
from impact.evaluation.wording import caveat
from impact.instruments.model import PerceptionGap, Scale
from impact.instruments.scoring import item_matrix
from impact.plans.model import Contrast

Row = dict[str, Any]
UNIT = "percentage points"
NUMBERS = ("value", "std_error", "df", "low", "high")


@dataclass(frozen=True)
class _People:
    """What n people of one side said, in percent: (n, 1) at one wave or (n, 2) before and after; and their rooms."""

    said: np.ndarray
    cluster: np.ndarray
    rows: np.ndarray

    @property
    def moved(self) -> np.ndarray:
        """The answer at one wave, or how it changed."""
        return self.said[:, -1] - self.said[:, 0] if self.said.shape[1] > 1 else self.said[:, 0]


@dataclass(frozen=True)
class _Asked:
    """One perception gap in the data: percent by row of the submissions, NaN where nothing was answered."""

    guess: np.ndarray
    agrees: np.ndarray


def gap_rows(
    setting: Setting,
    settled: Settled,
    waves: list[str],
    pairs: Mapping[Contrast, Mapping[str | None, Pairs]],
) -> list[Row]:
    """The block `perception_gap`, before disclosure: per gap and direction each wave, then each contrast.

    `waves` are those of the plan, `pairs` its people by contrast and side. Empty where the plan is not by side. Keys
    that begin with _ are for disclosure only.
    """
    instrument = setting.instrument
    if not setting.plan.by_side or len(instrument.sides) != 2:
        return []
    rows = []
    for gap in instrument.perception_gaps:
        asked, at = _asked(setting, settled, gap), instrument.item[gap.estimate].waves
        for by, of in permutations(instrument.side_ids):
            for wave in (wave for wave in waves if wave in at):
                groups = _at_wave(setting, settled, asked, wave, by, of)
                rows.append(_row(setting, gap, by, of, {"wave": wave, "contrast": None}, *groups))
            for contrast, of_side in pairs.items():
                if {contrast.after, contrast.before} <= set(at):
                    groups = _both(asked.guess, of_side[by]), _both(asked.agrees, of_side[of])
                    when = {"wave": None, "contrast": contrast.name}
                    rows.append(_row(setting, gap, by, of, when, *groups))
    return rows


def no_sides() -> dict[str, None]:
    return {"estimated": None, "measured": None, "gap": None}


def no_gap(level: float) -> Row:
    return dict.fromkeys(NUMBERS) | {"level": level, "unit": UNIT}


def _asked(setting: Setting, settled: Settled, gap: PerceptionGap) -> _Asked:
    instrument = setting.instrument
    both = Scale("", {}, (gap.estimate, gap.own), frozenset(), "none", 1.0, "", "")
    guess, own = item_matrix(instrument, both, settled.data.submissions).T
    low, high = instrument.item[gap.own].value_range
    agrees = np.where(np.isnan(own), np.nan, 100.0 * (own >= (gap.agree_from - low) / (high - low) - 1e-9))
    return _Asked(100.0 * guess, agrees)


def _at_wave(
    setting: Setting, settled: Settled, asked: _Asked, wave: str, by: str, of: str
) -> tuple[_People, _People]:
    submissions, ids = settled.data.submissions, setting.instrument.side_ids
    here = settled.placed & (submissions.arm == WORKSHOP)
    here &= submissions.wave == setting.instrument.waves.index(wave)
    groups = []
    for side, said in ((by, asked.guess), (of, asked.agrees)):
        chosen = np.flatnonzero(here & (submissions.side == ids.index(side)) & ~np.isnan(said))
        # Without any workshop named, or where the plan ignores them, all sit in one room.
        room = np.maximum(submissions.workshop[chosen].astype(np.int64), 0)
        cluster = room if settled.is_clustered else np.zeros(len(chosen), dtype=np.int64)
        groups.append(_People(said[chosen, None], cluster, chosen))
    return groups[0], groups[1]


def _both(said: np.ndarray, pairs: Pairs) -> _People:
    rows = np.column_stack([pairs.before, pairs.after])
    kept = (pairs.arm == WORKSHOP) & (pairs.cluster >= 0) & ~np.isnan(said[rows]).any(axis=1)
    return _People(said[rows[kept]], pairs.cluster[kept], rows[kept])


def _row(
    setting: Setting, gap: PerceptionGap, by: str, of: str, when: Row, guessing: _People, agreeing: _People
) -> Row:
    plan, language = setting.plan, setting.labels.language
    counts = (len(guessing.rows), len(agreeing.rows))
    is_change = when["contrast"] is not None
    enough = min(counts) >= max(plan.minimum_n, 2)
    plain, total, codes = Estimate("none"), None, ["too_few_people"]
    if enough:
        plain, sample, is_guess = _compared(setting, guessing, agreeing, 1)
        # Only a change that is clear can make a gap smaller or larger.
        is_clear = is_change and plain.low is not None and _clear(plain) != 0
        total = _compared(setting, guessing, agreeing, 2)[0] if is_clear else None
        codes = ["workshops_agree_closely"] if designs.agrees_closely(sample, plain, is_guess) else []
    levels = [_level(guessing, agreeing, i) if enough else no_sides() for i in range(1 + is_change)]
    now = _moved(levels) if is_change else levels[0]
    row = {
        "item": gap.estimate,
        "own_item": gap.own,
        "title": item_title(setting.instrument, setting.labels, gap.own, of),
        "agree_from": gap.agree_from,
        "by": by,
        "of": of,
        **when,
        "n_estimating": counts[0],
        "n_measured": counts[1],
        "estimated": now["estimated"],
        "measured": now["measured"],
        "before": levels[0] if is_change else no_sides(),
        "after": levels[1] if is_change else no_sides(),
        "gap": no_gap(plan.level) | {name: getattr(plain, name) for name in NUMBERS},
        "estimator": plain.estimator,
        "clusters": plain.clusters,
        "verdict": gap_verdict(plain, total, is_change),
    }
    values = {"workshops": str(plain.clusters), "ran": str(setting.ran)}
    return row | {
        "claim": gap_claim(setting, row, plain.few_workshops or plan.cluster == "none"),
        "caveats": [caveat(c, language, **values) for c in dict.fromkeys([*plain.caveats, *codes])],
        "suppressed": False,
        "_agree": [int((column > 0).sum()) for column in agreeing.said.T],
        "_is_alike": _is_alike(guessing),
        "_people": [hashlib.blake2b(g.rows.tobytes(), digest_size=8).hexdigest() for g in (guessing, agreeing)],
    }  # fmt: skip


def gap_verdict(plain: Estimate, total: Estimate | None, is_change: bool) -> str | None:
    """At a wave: over- or underestimated. Of a change: `smaller` or `larger` in size, see the module."""
    if plain.low is None or plain.high is None:
        return None
    side = _clear(plain)
    if not is_change:
        return {1: "overestimated", -1: "underestimated", 0: "no_clear_evidence"}[side]
    product = side * (_clear(total) if total is not None and total.low is not None else 0)
    return {1: "larger", -1: "smaller", 0: "no_clear_evidence"}[product]


def _clear(found: Estimate) -> int:
    """1 or −1 if the interval lies above or below 0, else 0."""
    return int(found.low > 0) - int(found.high < 0)  # type: ignore[operator]


def _compared(
    setting: Setting, guessing: _People, agreeing: _People, way: int
) -> tuple[Estimate, Sample, np.ndarray]:
    """Mean of the first less mean of the second, with its interval; way 2: of the sums of before and after."""
    groups = (guessing, agreeing)
    said = np.concatenate([g.moved if way == 1 else g.said.sum(axis=1) for g in groups])
    is_guess = np.arange(len(said)) < len(guessing.rows)
    cluster = np.concatenate([group.cluster for group in groups])
    zeros, labels = np.zeros(len(said)), int(cluster.max()) + 1
    sample = Sample(zeros, said, cluster, zeros, np.ones(len(said), bool), zeros, labels)
    # Within one arm, people are compared as in a one-group design, whatever the design of the plan.
    plan = replace(setting.plan, design="one_group")
    found = designs.difference(sample, is_guess, plan, plan.level, setting.ran)
    name = "two_sides_welch" if found.estimator.endswith("welch") else "two_sides_cr2"
    return replace(found, estimator=name), sample, is_guess


def _level(guessing: _People, agreeing: _People, time: int) -> dict[str, float]:
    estimated, measured = float(guessing.said[:, time].mean()), float(agreeing.said[:, time].mean())
    return {"estimated": estimated, "measured": measured, "gap": estimated - measured}


def _moved(levels: list[dict[str, Any]]) -> dict[str, Any]:
    before, after = levels
    return {name: None if after[name] is None else after[name] - before[name] for name in after}


def _is_alike(guessing: _People) -> bool:
    """Whether all guessed the same at a time, or all moved by the same amount: a mean would tell each answer."""
    columns = [*guessing.said.T, guessing.moved]
    return len(guessing.rows) > 0 and any(float(np.ptp(column)) < ALIKE for column in columns)
