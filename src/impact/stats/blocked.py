"""ANCOVA within blocks: people were put into the arms by chance inside each workshop's own list of applicants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.clustered import caveat_of, ols_cr2
from impact.stats.columns import (
    DUST,
    check_confidence,
    cluster_numbers,
    column,
    magnitude,
    same_length,
    unusable,
)


@dataclass(frozen=True)
class Blocked:
    """The adjusted difference between the arms within blocks; None where `caveat` says why.

    n, clusters  people of blocks that hold both arms, and those blocks
    """

    estimate: float | None
    std_error: float | None
    df: float | None
    statistic: float | None
    p_value: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int
    caveat: str | None = None


def ancova_blocked(after: Any, before: Any, arm: Any, blocks: Any, confidence: float = 0.95) -> Blocked:
    """Difference between the arms within blocks, adjusted for the score before; CR2 by block, Satterthwaite df.

    Null hypothesis: over all blocks of this kind, at the same score before, both arms have the same mean after.

    after, before  (n,) scores, any unit; NaN = missing, such rows are left out.
    arm            (n,) 1 (True) in the workshop, 0 (False) in the comparison.
    blocks         (n,) labels of any kind: among whom chance decided. The workshop arm of a block sat in one room, so
                   that what differs between rooms shows as a difference between blocks, and counts as chance.
    confidence     of the interval, between 0 and 1.

    Each column is taken less its block's mean, which is the same as a column for each block (Frisch & Waugh); with
    blocks as clusters CR2 is the same too (Pustejovsky & Tipton 2018, theorem 2). A block with one arm only adds
    nothing. Limits: one block with both arms: no interval.

    Sources: [1] Pustejovsky & Tipton (2018), J. Business & Economic Statistics 36, 672–683. [2] Vickers & Altman
    (2001), BMJ 323, 1123. [3] R `clubSandwich::coef_test(lm(after ~ arm + before + factor(block)), "CR2")`.

    >>> found = ancova_blocked([5, 3, 6, 5, 8, 4], [2, 2, 3, 4, 4, 3], [1, 0, 1, 0, 1, 0], [1, 1, 2, 2, 3, 3])
    >>> round(found.estimate, 4), found.clusters
    (2.3333, 3)
    """
    check_confidence(confidence)
    after, before, arm = column(after, "after"), column(before, "before"), column(arm, "arm")
    labels = np.asarray(blocks)
    same_length(after=after, before=before, arm=arm, blocks=labels)
    kept = ~(np.isnan(after) | np.isnan(before) | np.isnan(arm))
    after, before, arm, labels = after[kept], before[kept], arm[kept], labels[kept]
    if not np.isin(arm, (0.0, 1.0)).all():
        raise ValueError("arm must be 1 (workshop) or 0 (comparison)")
    numbers, count = cluster_numbers(labels)
    sizes, treated = np.bincount(numbers, minlength=count), np.bincount(numbers, arm, count)
    has_both = (treated > 0) & (treated < sizes)
    inside = has_both[numbers] if count else np.zeros(0, dtype=bool)
    after, before, arm = after[inside], before[inside], arm[inside]
    numbers, count = cluster_numbers(labels[inside])
    caveat = unusable(magnitude(after), magnitude(before)) if len(after) else Caveat.ONE_ARM
    if caveat:
        return _nothing(len(after), count, None, caveat)
    y, x, z = (_less_mean(values, numbers, count) for values in (after, before, arm))
    dust = DUST * magnitude(before)
    X = np.column_stack([z, x]) if np.sqrt(np.mean(x * x)) > dust else z[:, None]
    fit = ols_cr2(y, X, numbers, confidence)
    # What the blocks' own means took is not left for the errors.
    if len(y) - count - X.shape[1] < 1 or count < 2 or fit.std_errors[0] is None:
        caveat = Caveat.ONE_CLUSTER if count < 2 else fit.caveat or Caveat.TOO_FEW_FOR_MODEL
        return _nothing(len(y), count, fit.params[0], caveat)
    numbers_of = (fit.params, fit.std_errors, fit.df, fit.statistics, fit.p_values, fit.low, fit.high)
    return Blocked(*(values[0] for values in numbers_of), n=len(y), clusters=count, caveat=caveat_of(fit, 0))


def _less_mean(values: np.ndarray, numbers: np.ndarray, count: int) -> np.ndarray:
    means = np.bincount(numbers, values, count) / np.bincount(numbers, minlength=count)
    return values - means[numbers]


def _nothing(n: int, clusters: int, estimate: float | None, caveat: Caveat) -> Blocked:
    return Blocked(estimate, None, None, None, None, None, None, n=n, clusters=clusters, caveat=caveat)
