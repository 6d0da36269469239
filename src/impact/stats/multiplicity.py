"""Several outcomes at once: adjusted p-values, and the level of intervals that hold together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

METHODS = ("holm", "bh", "by", "hommel")


def adjust_p_values(p: Sequence[float | None], method: str = "holm") -> tuple[float | None, ...]:
    """p-values adjusted for their number; each may then be read against the level on its own.

    Null hypotheses: those of the given p-values. `holm` and `hommel` keep the chance of *any* false
    rejection at the level; `bh` and `by` keep the expected *share* of false ones among the rejections
    (`by` under any dependence; `hommel` and `bh` under independence or positive dependence).

    p       (m,) p-values between 0 and 1. None or NaN = no test: stays as it is and is not counted.
    method  `holm`, `bh`, `by` or `hommel`.

    An adjusted p is never below the raw one and never above 1. Limits: `holm` and `by` hold under any dependence, `bh`
    and `hommel` where the tests are independent or positively dependent; `bh` and `by` bound the share of false
    findings, not the chance of any.

    Sources: [1] Holm (1979), Scand. J. Statistics 6, 65–70. [2] Benjamini & Hochberg (1995), JRSS B 57, 289–300.
    [3] Benjamini & Yekutieli (2001), Annals of Statistics 29, 1165–1188. [4] Hommel (1988), Biometrika 75,
    383–386. R `p.adjust`.

    >>> adjust_p_values([0.01, 0.04, None, 0.03])
    (0.03, 0.06, None, 0.06)
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, it is {method!r}")
    tested = [i for i, value in enumerate(p) if value is not None and not math.isnan(value)]
    raw = np.array([p[i] for i in tested], dtype=np.float64)
    if ((raw < 0) | (raw > 1)).any():
        raise ValueError("p-values must lie between 0 and 1")
    adjusted = list(p)
    if tested:
        order = np.argsort(raw, kind="stable")
        values = {"holm": _holm, "bh": _step_up, "by": _step_up_any, "hommel": _hommel}[method](raw[order])
        for position, value in zip(order, values, strict=True):
            adjusted[tested[position]] = float(min(1.0, max(value, raw[position])))
    return tuple(adjusted)


def simultaneous_level(level: float, family_size: int) -> float:
    """The confidence level at which each of `family_size` intervals must be made so that all hold together.

    Null hypotheses: all `family_size` of them at once. Bonferroni: 1 − (1 − level) / family_size, under any
    dependence; with every null hypothesis true, the chance that any interval misses is at most 1 − level. Limits: intervals wider than needed
    where the estimates are correlated (`simultaneous_intervals` uses that).

    level        of the family, between 0 and 1.
    family_size  number of intervals, at least 1.

    Source: [1] Dunn (1961), J. American Statistical Association 56, 52–64.

    >>> simultaneous_level(0.95, 4)
    0.9875
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, it is {level}")
    if not 1 <= family_size < math.inf:
        raise ValueError(f"family_size must be at least 1, it is {family_size}")
    return 1.0 - (1.0 - level) / family_size


def _holm(ordered: np.ndarray) -> np.ndarray:
    return np.maximum.accumulate(ordered * np.arange(len(ordered), 0, -1))


def _step_up(ordered: np.ndarray) -> np.ndarray:
    m = len(ordered)
    scaled = ordered * m / np.arange(1, m + 1)
    return np.minimum.accumulate(scaled[::-1])[::-1]


def _step_up_any(ordered: np.ndarray) -> np.ndarray:
    return _step_up(ordered) * np.sum(1.0 / np.arange(1, len(ordered) + 1))


def _hommel(ordered: np.ndarray) -> np.ndarray:
    """Hommel's procedure in the form of Wright (1992), Biometrics 48, 1005–1013, as in R."""
    m = len(ordered)
    bound = np.full(m, np.min(m * ordered / np.arange(1, m + 1)))
    adjusted = bound.copy()
    for size in range(m - 1, 1, -1):
        first = m - size + 1
        tail = np.min(size * ordered[first:] / np.arange(2, size + 1))
        bound[:first] = np.minimum(size * ordered[:first], tail)
        bound[first:] = bound[first - 1]
        adjusted = np.maximum(adjusted, bound)
    return np.maximum(adjusted, ordered)
