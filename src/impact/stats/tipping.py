"""What if the lost people differ from what their earlier answers let us expect: tipping point, worst and best case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat, both
from impact.stats.clustered import MeanChange, mean_change_cr2
from impact.stats.columns import check_confidence, column, labelled, magnitude, same_length, spread
from impact.stats.imputation import multiple_imputation
from impact.stats.pooling import Pooled, pool

STEPS = 400
"""The range of the scale is looked through in this many steps, then the step where the verdict changes is halved."""


@dataclass(frozen=True)
class DeltaAdjustment:
    """None where it cannot be computed; `caveat` says why.

    delta                           shift of the lost people's `after`, signed, in points of the scale: the smallest at
                                    which the verdict changes
    delta_in_sds                    the same in standard deviations of `before`
    verdict, verdict_at_tipping     at no shift, and at `delta`
    at_zero, at_tipping             mean change pooled over the completed data sets
    lost, n                         people with `before` only, and with at least one of the two
    """

    delta: float | None
    delta_in_sds: float | None
    verdict: Any
    verdict_at_tipping: Any
    at_zero: Pooled | None
    at_tipping: Pooled | None
    lost: int
    n: int
    caveat: str | None = None


@dataclass(frozen=True)
class ExtremeBounds:
    """Mean change if all the lost had ended at the lowest or highest score, and of those who stayed.

    `n` counts everybody with `before`, `lost` those among them without `after`.
    """

    at_lowest: MeanChange | None
    at_highest: MeanChange | None
    complete: MeanChange | None
    lost: int
    n: int
    caveat: str | None = None


def direction_of_change(pooled: Pooled) -> str:
    """The verdict if none is given: on which side of zero the whole interval lies."""
    if pooled.low is not None and pooled.low > 0.0:
        return "rose"
    return "fell" if pooled.high is not None and pooled.high < 0.0 else "no clear change"


def delta_adjustment(
    before: Any, after: Any, clusters: Any = None, scale: tuple[float, float] | None = None,
    verdict: Callable[[Pooled], Any] = direction_of_change, direction: str = "higher", m: int = 20,
    confidence: float = 0.95, rng: np.random.Generator | None = None,
) -> DeltaAdjustment:  # fmt: skip
    """The tipping point: how much worse must the lost people be than expected for the verdict to change?

    Null hypothesis, at each shift: the mean change of all, with the lost people's shifted answers, is zero.

    before, after  (n,) scores of the same people, any unit; NaN = missing. People who miss both are left out; those
                   with `before` only are the lost; those with `after` only are filled in, and not shifted.
    clusters       (n,) workshop labels (who has none is left out), or None (everybody on their own).
    scale          (lowest, highest) possible score; None: those that occur. Shifts go up to its width.
    verdict        takes the `Pooled` mean change and returns what is said about it, anything that can be compared.
                   Default: `rose`, `fell` or `no clear change`, by whether the interval contains zero.
    direction      `higher`: a higher score is better, so the lost are moved down; `lower`: up; `none`: against the
                   change that was found.
    m              how many completed data sets.
    confidence     of the intervals, between 0 and 1.
    rng            source of randomness; default: seed 1.

    What is missing is filled in from the other wave (`multiple_imputation`, normal, with workshops), the lost people's
    `after` moved by delta, the mean change tested by CR2 and pooled. Values beyond the end of the scale stay there:
    delta is what the lost differ by on average. Limits: whether delta is plausible is for people to judge. With
    one workshop there is no interval, so no verdict. Coverage of the pooled interval at delta 0, answers missing at
    random, 20 or 37 % lost, ICC 0 to .2: 95–99 % with 2 workshops, 95–98.5 % with 4, 94–97 % with 8 or 12 (own
    simulation, 800 to 2,000 data sets a cell).

    Sources: [1] Rubin (1977), JASA 72, 538–543. [2] van Buuren (2018), Flexible Imputation of Missing Data, 2nd ed.,
    section 9.2. [3] Yan, Lee & Li (2009), J. Biopharmaceutical Statistics 19, 1085–1098 (tipping point).

    >>> nan = float("nan")
    >>> before, after = [2, 3, 3, 4, 4, 5, 5, 6, 3, 5], [4, 4, 5, 6, 5, 7, 6, 7, nan, nan]
    >>> result = delta_adjustment(before, after, scale=(1, 7))
    >>> result.verdict, result.verdict_at_tipping, round(result.at_zero.estimate, 2), round(result.delta, 2)
    ('rose', 'no clear change', 1.47, -2.5)
    """
    check_confidence(confidence)
    if direction not in ("higher", "lower", "none"):
        raise ValueError(f"direction must be higher, lower or none, it is {direction!r}")
    if scale is not None and not scale[0] < scale[1]:
        raise ValueError(f"scale must be (lowest, highest), it is {scale}")
    before, after, labels = _columns(before, after, clusters)
    present = ~(np.isnan(before) & np.isnan(after))
    before, after, labels = before[present], after[present], labels[present]
    holes = np.isnan(after)
    counts = int(holes.sum()), len(before)
    filled = multiple_imputation(
        np.column_stack([before, after]), m, clusters=None if clusters is None else labels, rng=rng
    )
    if filled.completed is None:
        return _no_verdict(None, *counts, filled.caveat)
    mostly = Caveat.MOSTLY_IMPUTED if Caveat.MOSTLY_IMPUTED in (filled.caveat or "") else None
    low, high = scale or (np.nanmin([before, after]), np.nanmax([before, after]))
    change = filled.completed[:, :, 1] - filled.completed[:, :, 0]
    shifted = _Shifted(change, holes, labels, float(high - low), confidence, clusters is not None)
    at_zero = shifted.pooled(0.0)
    if at_zero.low is None:
        return _no_verdict(at_zero, *counts, both(shifted.caveat or at_zero.caveat, mostly))
    first = verdict(at_zero)
    if not counts[0]:
        return DeltaAdjustment(
            None, None, first, None, at_zero, None, *counts, both(Caveat.NOBODY_LOST, mostly)
        )
    sign = {"higher": -1.0, "lower": 1.0, "none": -1.0 if at_zero.estimate >= 0.0 else 1.0}[direction]
    delta = tipping_point(lambda size: verdict_at(shifted, verdict, sign * size), first, shifted.reach)
    if delta is None:
        return DeltaAdjustment(
            None, None, first, None, at_zero, None, *counts, both(Caveat.VERDICT_HOLDS, mostly)
        )
    delta, seen = sign * delta, before[~np.isnan(before)]
    sd = spread(seen, magnitude(seen)) if len(seen) > 1 else 0.0
    then = shifted.pooled(delta)
    in_sds = delta / sd if sd > 0.0 else None
    return DeltaAdjustment(delta, in_sds, first, verdict(then), at_zero, then, *counts, filled.caveat)


def _columns(before: Any, after: Any, clusters: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    before, after = column(before, "before"), column(after, "after")
    labels, there = labelled(np.arange(len(before)) if clusters is None else clusters)
    same_length(before=before, after=after, clusters=labels)
    before, after, labels = before[there], after[there], labels[there]
    return before, after, labels


class _Shifted:
    """The pooled mean change as a function of the shift.

    In each completed data set the estimate is a straight line in the shift, its CR2 variance a parabola (the scores of
    the workshops are straight lines), and its degrees of freedom depend on the sizes of the workshops alone. So
    three shifts give all others.
    """

    def __init__(
        self, change: np.ndarray, lost: np.ndarray, labels: np.ndarray, reach: float, confidence: float, grouped: bool
    ) -> None:  # fmt: skip
        self.reach, self.confidence = reach, confidence
        self.rule = "satterthwaite" if grouped else "barnard-rubin"
        self.share = float(lost.mean())
        fits = [
            [mean_change_cr2(row + shift * lost, labels) for row in change] for shift in (-reach, 0.0, reach)
        ]
        self.estimates = np.array([fit.estimate for fit in fits[1]])
        self.df = fits[1][0].df
        self.caveat = next((fit.caveat for fit in fits[1] if fit.std_error is None), None)
        below, here, above = (np.array([(fit.std_error or 0.0) ** 2 for fit in row]) for row in fits)
        self.variance = here
        width = reach or 1.0
        self.slope, self.bend = (
            (above - below) / (2.0 * width),
            (above + below - 2.0 * here) / (2.0 * width**2),
        )

    def pooled(self, shift: float) -> Pooled:
        if self.caveat is not None:
            return pool(self.estimates, np.full(len(self.estimates), np.nan))
        variances = np.maximum(self.variance + shift * self.slope + shift**2 * self.bend, 0.0)
        return pool(self.estimates + shift * self.share, variances, self.df, self.confidence, self.rule)


def verdict_at(shifted: _Shifted, verdict: Callable[[Pooled], Any], shift: float) -> Any:
    """None where there is no interval to judge by."""
    pooled = shifted.pooled(shift)
    return None if pooled.low is None else verdict(pooled)


def tipping_point(
    judge: Callable[[float], Any], first: Any, reach: float, steps: int = STEPS
) -> float | None:
    """The smallest size of a shift, up to `reach`, at which the verdict is another one; None if there is none.

    Null hypothesis: none is tested.

    judge  the verdict at a shift of this size, None where there is no interval
    first  the verdict at no shift
    steps  in which the range is looked through, before the step where the verdict changes is halved

    Limits: a verdict that changes and changes back inside one step is not seen.

    Source: [1] Yan, Lee & Li (2009), J. Biopharmaceutical Statistics 19, 1085–1098 (tipping point analysis).

    >>> tipping_point(lambda size: "rose" if size < 2.5 else "no clear change", "rose", 6.0, steps=6)
    2.5
    """

    def differs(size: float) -> bool:
        now = judge(size)
        return now is not None and now != first

    same, other = 0.0, next((size for size in np.linspace(0.0, reach, steps + 1)[1:] if differs(size)), None)
    if other is None:
        return None
    same, other = float(other - reach / steps), float(other)
    while other - same > 1e-10 * reach:
        middle = (same + other) / 2
        same, other = (same, middle) if differs(middle) else (middle, other)
    return other


def _no_verdict(at_zero: Pooled | None, lost: int, n: int, caveat: str | None) -> DeltaAdjustment:
    return DeltaAdjustment(None, None, None, None, at_zero, None, lost, n, caveat)


def extreme_bounds(
    before: Any, after: Any, low: float, high: float, clusters: Any = None, confidence: float = 0.95
) -> ExtremeBounds:
    """Worst and best case: everybody who was lost ended at one end of the scale.

    Null hypothesis, for each case: over all workshops of this kind, the mean change is zero.

    before, after  (n,) scores of the same people; NaN = missing. People without `before` are left out.
    low, high      lowest and highest possible score.
    clusters       (n,) workshop labels, or None (everybody on their own).
    confidence     of the intervals, between 0 and 1.

    Whatever the lost would have answered, the mean change of all lies between the two estimates. Limits: with many lost
    the two are far apart: they say what the data alone rule out, not what is likely.

    Sources: [1] Horowitz & Manski (2000), JASA 95, 77–84. [2] R `clubSandwich::coef_test(lm(change ~ 1), "CR2")`.

    >>> nan = float("nan")
    >>> result = extreme_bounds([2, 3, 4, 5, 3, 4], [4, 4, 6, 6, nan, nan], 1, 7)
    >>> [round(case.estimate, 4) for case in (result.at_lowest, result.complete, result.at_highest)]
    [0.1667, 1.5, 2.1667]
    """
    check_confidence(confidence)
    if not low < high:
        raise ValueError(f"low must be below high, they are {low} and {high}")
    before, after, labels = _columns(before, after, clusters)
    here = ~np.isnan(before)
    before, after, labels = before[here], after[here], labels[here]
    lost, n = int(np.isnan(after).sum()), len(before)
    seen = np.concatenate([before, after[~np.isnan(after)]])
    if n == 0 or np.isinf(seen).any() or (seen < low).any() or (seen > high).any():
        caveat = (
            Caveat.NO_DATA if n == 0 else Caveat.NOT_FINITE if np.isinf(seen).any() else Caveat.OUTSIDE_SCALE
        )
        return ExtremeBounds(None, None, None, lost, n, caveat)
    cases = (np.where(np.isnan(after), end, after) - before for end in (low, high, np.nan))
    return ExtremeBounds(
        *(mean_change_cr2(case, labels, confidence) for case in cases),
        lost,
        n,
        None if lost else Caveat.NOBODY_LOST,
    )
