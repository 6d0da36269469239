"""Columns as they come in: complete cases, cluster numbers, and what counts as "the same number".

Missing values are NaN. What rounding alone makes of equal differences is floating-point dust (0.3 − 0.2 is not 0.1 in
a computer) and must neither break a tie nor look like variation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from impact.stats.caveats import Caveat

ROUNDING = 64 * float(np.finfo(np.float64).eps)
"""Share of the largest score up to which two differences of scores are one and the same: a mean of items times 100 is
off by a few of the last digit's units, and scores far from zero keep all the digits that they have."""

DUST = 1e-10
"""A standard deviation below this share of the largest value is none."""


LARGEST = 1e50
"""Scores beyond this, or all nearer to zero than 1 / LARGEST, are refused: fourth powers of them must be numbers."""


def column(values: Any, name: str) -> np.ndarray:
    """`values` as a float vector; ValueError if it is not one-dimensional."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, it has {array.ndim}")
    return array


SUREST = 1.0 - 1e-9
"""A confidence beyond this cannot be told from 1."""


def check_confidence(confidence: float) -> None:
    is_number = isinstance(confidence, int | float | np.number) and not isinstance(confidence, bool)
    if not (is_number and 0.0 < confidence < 1.0):
        raise ValueError(f"confidence must lie between 0 and 1, it is {confidence}")
    if confidence > SUREST:
        raise ValueError(f"confidence must be at most 1 − 1e-9, it is {confidence}")


def check_rng(rng: Any) -> None:
    if not (rng is None or isinstance(rng, np.random.Generator)):
        raise ValueError(f"rng must be a numpy.random.Generator or None, it is {rng!r}")


def design_matrix(X: Any) -> np.ndarray:
    """`X` as a float matrix with at least one column."""
    X = np.asarray(X, dtype=np.float64)
    if X.ndim != 2:
        raise ValueError(f"X must have two dimensions, it has {X.ndim}")
    if X.shape[1] == 0:
        raise ValueError("X must have at least one column")
    return X


def same_length(**columns: Any) -> None:
    """ValueError with all lengths if they differ. `None` columns are passed over."""
    lengths = {name: len(values) for name, values in columns.items() if values is not None}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns must have the same length, they have {lengths}")


def complete_pairs(before: Any, after: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, Caveat | None]:
    """Both columns without the rows that miss one, the mask of rows kept, and a caveat if one is infinite."""
    before, after = column(before, "before"), column(after, "after")
    same_length(before=before, after=after)
    kept = ~(np.isnan(before) | np.isnan(after))
    if not kept.all():
        before, after = before[kept], after[kept]
    return before, after, kept, unusable(magnitude(before, after))


def magnitude(*columns: np.ndarray) -> float:
    """The largest absolute value: the yardstick for dust."""
    return max((max(float(v.max()), -float(v.min())) for v in columns if v.size), default=0.0)


def unusable(*sizes: float) -> Caveat | None:
    """Why columns of these magnitudes (no NaN among them) cannot be reckoned with; None if they can."""
    if not all(np.isfinite(size) for size in sizes):
        return Caveat.NOT_FINITE
    is_whole = all(size == 0.0 or 1.0 / LARGEST <= size <= LARGEST for size in sizes)
    return None if is_whole else Caveat.OUT_OF_RANGE


def rounding(yardstick: float, terms: float = 1.0) -> float:
    """What rounding can make of a difference of scores up to `yardstick`, or of a sum of so many differences."""
    return ROUNDING * yardstick * terms


def spread(values: np.ndarray, yardstick: float) -> float:
    """Standard deviation (n − 1), exactly 0 where it is only floating-point dust. Needs two values."""
    centred = values - values.mean()
    deviation = float(np.sqrt(centred @ centred / (len(values) - 1)))
    return 0.0 if deviation <= DUST * yardstick else deviation


def centre(values: np.ndarray, yardstick: float) -> float:
    """Mean, exactly 0 where it is only floating-point dust."""
    mean = float(values.mean())
    return 0.0 if abs(mean) <= DUST * yardstick else mean


def labelled(clusters: Any) -> tuple[np.ndarray, np.ndarray]:
    """Labels as a vector, and which of them are there: NaN, None, NaT and the empty string are missing."""
    labels = clusters if isinstance(clusters, np.ndarray) else np.asarray(clusters, dtype=_kind(clusters))
    if labels.ndim == 0:
        raise ValueError("clusters must have one dimension, they have 0")
    if labels.dtype.kind in "iub" or labels.ndim != 1:  # `cluster_numbers` refuses more dimensions than one
        return labels, np.ones(len(labels), bool)
    there = np.asarray(labels == labels, dtype=bool)  # NaN and NaT are not equal to themselves
    if labels.dtype.kind in "OUS":
        there &= np.array(
            [not (label is None or label in ("", b"")) for label in labels.tolist()], dtype=bool
        )
    return labels, there


def _kind(clusters: Any) -> type | None:
    """numpy would turn numbers beside names, and NaN beside names, into names: such lists are kept as they are."""
    named = isinstance(clusters, list | tuple) and any(isinstance(label, str) for label in clusters)
    return object if named and not all(isinstance(label, str) for label in clusters) else None


def cluster_numbers(clusters: Any) -> tuple[np.ndarray, int]:
    """Labels of any kind → numbers 0 … G−1 and G. Integers in a narrow range need no sorting.

    ValueError where a label is missing (the calling function leaves such rows out, see `labelled`) or where labels of
    different kinds stand beside each other.
    """
    labels, there = labelled(clusters)
    if labels.ndim != 1:
        raise ValueError(f"clusters must have one dimension, they have {labels.ndim}")
    if labels.size == 0:
        return np.zeros(0, np.intp), 0
    if not there.all():
        raise ValueError("a cluster label is missing: leave its row out")
    if labels.dtype.kind in "iu":
        low, high = int(labels.min()), int(labels.max())
        if high - low <= 4 * labels.size + 1000:
            shifted = (
                (labels - labels.dtype.type(low)).astype(np.intp)
                if low >= 0
                else labels.astype(np.intp) - low
            )
            present = np.bincount(shifted) > 0
            return (np.cumsum(present) - 1)[shifted], int(present.sum())
    try:
        names, numbers = np.unique(labels, return_inverse=True)
    except TypeError:
        kinds = sorted({type(label).__name__ for label in labels.tolist()})
        raise ValueError(f"cluster labels must be of one kind, they are {', '.join(kinds)}") from None
    return numbers.astype(np.intp), len(names)
