"""What the lost might have answered: filled in many times, at either end of the scale, and how much worse it takes.

imputation        missing scores filled in m times (`stats.multiple_imputation`, within side and arm, workshops kept
                  alike), each completed data set analysed as the design says, pooled by Rubin's rules
lost_at_lowest,   everybody with a score before only ended at the lowest, or the highest, score; with two arms those of
lost_at_highest   the workshop arm there and those of the comparison arm at the other end, so that no other answers
                  could give a smaller, or larger, mean difference
tipping_point     by how many points those with a score before only (with two arms: those of the workshop arm) must
                  have ended worse than is filled in, for the verdict to change

Sources: Rubin 1987, ch. 3; Horowitz & Manski 2000, JASA 95, 77; Yan, Lee & Li 2009, J. Biopharm. Stat. 19, 1085.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from impact import stats
from impact.evaluation.designs import Estimate
from impact.evaluation.sensitivity_case import Case, Result

MOST_IMPUTED = 20_000
"""People of one finding; with more, m completed data sets cost more time than they tell."""

REACH = 100.0
NODES, FINENESS = 4, 1.0
"""Shifts are looked through in steps of FINENESS points, then halved; where the estimate is no straight line in the
shift, in NODES steps, halved down to FINENESS."""


def bounds(case: Case, at_highest: bool) -> Result:
    everyone, people = case.everyone, case.everyone.has_before
    if not everyone.lost.any():
        return case.result(case.main, people)  # has_before, as nobody is lost, is kept
    end = np.full(len(everyone.after), REACH if at_highest else 0.0)
    if not case.setting.is_one_group:
        end = np.where(everyone.treated, end, REACH - end)
    sample = everyone.sample(people, after=np.where(everyone.lost, end, everyone.after))
    return case.result(case.estimate(sample), people)


def imputed(case: Case) -> tuple[Result, Result]:
    """(imputation, tipping point): both rest on the same completed data sets."""
    everyone, m = case.everyone, case.setting.plan.imputations
    people = np.ones(len(everyone.before), dtype=bool)
    if m == 0:
        return _neither("imputation_off")
    if len(people) > MOST_IMPUTED:
        return _neither("too_large_to_impute")
    if everyone.kept.all():
        return _neither("nobody_lost", people)
    completed = _completed(case, m)
    if completed is None:
        return _neither("too_few_to_impute", people)
    data = _Completed(case, completed)
    pooled = data.pooled(0.0)
    if pooled.low is None:
        value = pooled.estimate
        return (
            Result(value, note="no_interval", people=people),
            Result(note="no_interval", people=people, is_counted=False),
        )
    judged = case.verdict_of(pooled.low, pooled.high)
    row = Result(pooled.estimate, pooled.low, pooled.high, judged, people=people)
    return row, _tipping(case, data, row)


def _neither(code: str, people: np.ndarray | None = None) -> tuple[Result, Result]:
    return Result(note=code, people=people), Result(note=code, people=people, is_counted=False)


def _completed(case: Case, m: int) -> np.ndarray | None:
    """(m, people, 2): before and after, filled in within each side and arm; None where somebody cannot be."""
    everyone = case.everyone
    scores = np.column_stack([everyone.before, everyone.after])
    rng = np.random.default_rng(case.setting.plan.seed)
    whole = np.empty((m, *scores.shape))
    stratum = everyone.side.astype(np.int64) * 2 + everyone.treated
    for number in np.unique(stratum):
        here = stratum == number
        clusters = everyone.cluster[here] if case.is_clustered else None
        filled = stats.multiple_imputation(scores[here], m, clusters=clusters, rng=rng)
        if filled.completed is None:
            return None
        whole[:, here] = filled.completed
    return whole


@dataclass(frozen=True)
class _Fits:
    estimates: np.ndarray
    variances: np.ndarray
    df: float | None


class _Completed:
    """The completed data sets as the design analyses them, with the lost moved by a shift.

    Least squares: each estimate is a straight line in the shift, its CR2 variance a parabola, and its degrees of
    freedom do not depend on it, so three shifts give all others (as `stats.delta_adjustment`). Otherwise each shift is
    analysed anew.
    """

    def __init__(self, case: Case, completed: np.ndarray) -> None:
        self.case, self.completed = case, completed
        self.moved = case.everyone.lost & (case.everyone.treated | case.setting.is_one_group)
        self.is_line = case.estimator != "partially_nested"
        self.rule = "satterthwaite" if case.is_clustered else "barnard-rubin"
        self.here = self._fits(0.0)
        self._ends: tuple[_Fits, _Fits] | None = None

    def _fits(self, shift: float) -> _Fits:
        everyone = np.ones(len(self.moved), dtype=bool)
        found: list[Estimate] = []
        for before, after in zip(self.completed[:, :, 0], self.completed[:, :, 1], strict=True):
            sample = self.case.everyone.sample(everyone, before, after + shift * self.moved)
            found.append(self.case.estimate(sample))
        errors = [np.nan if one.std_error is None else one.std_error for one in found]
        dfs = [one.df for one in found if one.df is not None]
        estimates = [np.nan if one.value is None else one.value for one in found]
        return _Fits(np.array(estimates), np.square(errors), min(dfs, default=None))

    def pooled(self, shift: float) -> stats.Pooled:
        fits = self._shifted(shift) if shift and self.is_line else self._fits(shift) if shift else self.here
        if np.isnan(fits.variances).any():
            return stats.pool(self.here.estimates, np.full(len(fits.estimates), np.nan))
        return stats.pool(fits.estimates, fits.variances, fits.df, self.case.level, self.rule)

    def _shifted(self, shift: float) -> _Fits:
        if self._ends is None:
            self._ends = self._fits(-REACH), self._fits(REACH)
        below, above = self._ends
        here = self.here
        slope = (above.variances - below.variances) / (2 * REACH)
        bend = (above.variances + below.variances - 2 * here.variances) / (2 * REACH**2)
        line = (above.estimates - below.estimates) / (2 * REACH)
        variances = np.maximum(here.variances + shift * slope + shift**2 * bend, 0.0)
        return _Fits(here.estimates + shift * line, variances, here.df)


def _tipping(case: Case, data: _Completed, at_zero: Result) -> Result:
    everyone = np.ones(len(data.moved), dtype=bool)
    blank = Result(people=everyone, is_counted=False, shifted=data.moved)
    if not data.moved.any():
        return blank.noting("nobody_lost")
    if at_zero.verdict != case.verdict:
        return Result(
            0.0, None, None, at_zero.verdict, "changed_unshifted", everyone, False, shifted=data.moved
        )
    sign = {"higher": -1.0, "lower": 1.0}.get(case.direction, -1.0 if (at_zero.value or 0.0) >= 0 else 1.0)

    def judge(size: float) -> str | None:
        pooled = data.pooled(sign * size)
        return case.verdict_of(pooled.low, pooled.high)

    if data.is_line:
        size = stats.tipping_point(judge, case.verdict, REACH, int(REACH / FINENESS))
    else:
        size = _by_halving(judge, case.verdict, REACH)
    if size is None:
        return blank.noting("verdict_holds")
    return Result(sign * size, None, None, judge(size), people=everyone, is_counted=False, shifted=data.moved)


def _by_halving(judge: Callable[[float], str | None], first: str | None, reach: float) -> float | None:
    """The smallest shift with another verdict, to within FINENESS points, where one verdict costs m analyses."""

    def differs(size: float) -> bool:
        now = judge(size)
        return now is not None and now != first

    sizes = np.linspace(0.0, reach, NODES + 1)
    other = next((number for number in range(1, NODES + 1) if differs(float(sizes[number]))), None)
    if other is None:
        return None
    low, high = float(sizes[other - 1]), float(sizes[other])
    while high - low > FINENESS:
        middle = (low + high) / 2
        low, high = (low, middle) if differs(middle) else (middle, high)
    return high
