"""Which people changed by more than the questionnaire's own unreliability would make."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import check_confidence, column, complete_pairs, magnitude, spread
from impact.stats.distributions import normal_quantile


@dataclass(frozen=True, eq=False)
class ReliableChange:
    """Counts of people, and the index of each one.

    index              (n,) in the order given, change / standard error; NaN where a score is missing
    threshold          a change above this, in the unit of the scores, is reliable
    expected_by_error  how many people would be counted in *each* direction if nobody had truly changed
    """

    improved: int | None
    unchanged: int | None
    worsened: int | None
    threshold: float | None
    expected_by_error: float | None
    n: int
    index: np.ndarray
    caveat: str | None = None


def reliable_change(
    before: Any, after: Any, reliability: float | None, sd: float | None = None, confidence: float = 0.95,
    direction: str = "higher",
) -> ReliableChange:  # fmt: skip
    """Jacobson and Truax's reliable change index for each person, and the counts.

    Null hypothesis, for each person: the true score is the same before and after.

    before, after  (n,) scores of the same people; NaN = missing.
    reliability    of the scale, above 0 and below 1 (alpha or omega before, or from a larger study).
    sd             standard deviation before, in the unit of the scores; default: that of the people given.
    confidence     a person's change counts if it exceeds the two-sided normal quantile of this level.
    direction      `higher` (or `none`): a rise is an improvement; `lower`: a fall is.

    Limits: takes the error of measurement as the same for everybody. Reliability from few people is itself
    uncertain. With many people some exceed the threshold by error alone: see `expected_by_error`.

    Source: [1] Jacobson & Truax (1991), J. Consulting and Clinical Psychology 59, 12–19.

    >>> result = reliable_change([10, 12, 14, 16], [20, 12, 15, 8], reliability=0.8)
    >>> result.improved, result.unchanged, result.worsened, round(result.threshold, 3)
    (1, 2, 1, 3.201)
    """
    check_confidence(confidence)
    if direction not in ("higher", "lower", "none"):
        raise ValueError(f"direction must be higher, lower or none, it is {direction!r}")
    if sd is not None and not 0.0 <= sd < math.inf:
        raise ValueError(f"sd must be a number of 0 or more, it is {sd}")
    total = len(column(before, "before"))
    before, after, kept, caveat = complete_pairs(before, after)
    n, index = len(before), np.full(total, np.nan)
    if caveat is None and n == 0:
        caveat = Caveat.NO_DATA
    if caveat is None and (reliability is None or not 0.0 < reliability < 1.0):
        caveat = Caveat.BAD_RELIABILITY
    if caveat is None and sd is None and n < 2:
        caveat = Caveat.TOO_FEW
    if caveat is None:
        sd = spread(before, magnitude(before, after)) if sd is None else sd
        caveat = Caveat.NO_VARIATION_BEFORE if not sd > 0.0 else None
    if caveat:
        return ReliableChange(None, None, None, None, None, n, index, caveat)
    error = sd * math.sqrt(2.0 * (1.0 - reliability))
    index[kept] = (after - before) / error
    quantile = normal_quantile(confidence)
    risen, fallen = int((index[kept] > quantile).sum()), int((index[kept] < -quantile).sum())
    improved, worsened = (fallen, risen) if direction == "lower" else (risen, fallen)
    expected = n * (1.0 - confidence) / 2
    return ReliableChange(improved, n - risen - fallen, worsened, quantile * error, expected, n, index)
