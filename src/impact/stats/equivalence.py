"""Is the change small enough to be called none? Two one-sided tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.clustered import mean_change_cr2
from impact.stats.columns import check_confidence, column, same_length
from impact.stats.distributions import t_quantile, two_sided_t
from impact.stats.paired import paired_t


@dataclass(frozen=True)
class Equivalence:
    """None where it cannot be computed; `caveat` says why.

    p_lower, p_upper  one-sided p-values against a change of −bound or less, and of +bound or more
    p_value           the larger of the two
    low, high         interval at 1 − 2α (90 % for confidence 95 %): inside ±bound exactly if `equivalent`
    """

    estimate: float | None
    std_error: float | None
    df: float | None
    p_lower: float | None
    p_upper: float | None
    p_value: float | None
    low: float | None
    high: float | None
    bound: float
    equivalent: bool | None
    n: int
    clusters: int | None
    caveat: str | None = None


def equivalence(
    before: Any, after: Any, bound: float, clusters: Any = None, confidence: float = 0.95
) -> Equivalence:
    """Two one-sided tests that the mean change lies inside ±bound, by person or by workshop.

    Null hypotheses: the mean change is −bound or less; it is +bound or more. Both must be rejected.

    before, after  (n,) scores of the same people, any unit; NaN = missing, such pairs are left out.
    bound          the smallest change that matters, above 0, in the unit of the scores: fixed before the data.
    clusters       (n,) workshop labels (CR2, Satterthwaite df), or None (paired t).
    confidence     1 − α of each test.

    Limits: as `paired_t` or `mean_change_cr2`. A p-value above α is no evidence that the change matters.

    Sources: [1] Schuirmann (1987), J. Pharmacokinetics and Biopharmaceutics 15, 657–680. [2] Lakens (2017), Social
    Psychological and Personality Science 8, 355–362. [3] R `t.test(change, mu = ±bound, alternative = …)`.

    >>> result = equivalence([5, 6, 4, 5, 6, 5, 4, 5], [5, 6, 5, 5, 6, 5, 4, 4], bound=1)
    >>> result.estimate, round(result.p_value, 5), result.equivalent
    (0.0, 0.00057, True)
    """
    check_confidence(confidence)
    if confidence <= 0.5:
        raise ValueError(f"confidence must be above one half for two one-sided tests, it is {confidence}")
    if not (np.isfinite(bound) and bound > 0.0):
        raise ValueError(f"bound must be above 0, it is {bound}")
    if clusters is None:
        result: Any = paired_t(before, after)
        count = None
    else:
        before, after = column(before, "before"), column(after, "after")
        same_length(before=before, after=after)
        with np.errstate(invalid="ignore", over="ignore"):  # ∞ − ∞
            change = after - before
        infinite = np.isinf(before) | np.isinf(after)
        change[infinite & ~(np.isnan(before) | np.isnan(after))] = np.inf
        result = mean_change_cr2(change, clusters)
        count = result.clusters
    if result.std_error is None:
        none = (None,) * 7
        return Equivalence(
            result.estimate, *none, bound, None, result.n, count, result.caveat or Caveat.NO_DATA
        )
    error, df = result.std_error, result.df
    lower = _above((result.estimate + bound) / error, df)
    upper = _above((bound - result.estimate) / error, df)
    reach = t_quantile(df, 2.0 * confidence - 1.0) * error
    low, high, p_value = result.estimate - reach, result.estimate + reach, max(lower, upper)
    return Equivalence(
        result.estimate, error, df, lower, upper, p_value, low, high, bound, p_value < 1.0 - confidence, result.n,
        count, result.caveat,
    )  # fmt: skip


def _above(statistic: float, df: float) -> float:
    """P(T ≥ statistic)."""
    half = two_sided_t(statistic, df) / 2
    return half if statistic > 0.0 else 1.0 - half
