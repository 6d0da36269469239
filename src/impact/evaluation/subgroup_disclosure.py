"""Subgroups that may be shown: all levels of an item or none, and no two items that tell nearly the same people apart.

Levels of one item are parts of a whole that is shown too: one hidden level is the whole less the others. So if a
level, or those who gave no answer, are 1 to k − 1 people (of an arm), or a level is nobody, all levels and their
differences are hidden. Of two items, levels put together could be nearly the same people (“women” and “teachers”
but for three): the difference of two averages would tell those few; then the item that comes later in the plan is
hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np

Row = dict[str, Any]
_MOST_LEVELS = 8
"""Up to so many levels every set of them is tried (2^8 × 2^8 pairs); of more, single levels."""


def withhold_levels(findings: list[Row], k: int) -> list[Row]:
    """`findings` with `_groups` of nobody where a subgroup may not be shown, so that it is hidden like any other."""
    items: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for found in findings:
        if "_partition" in found:
            items[found["_partition"]].append(found)
    hidden = {key for key, rows in items.items() if _is_small(rows, k)}
    shown: dict[tuple[Any, ...], list[np.ndarray]] = defaultdict(list)
    for key, rows in items.items():
        if key in hidden:
            continue
        levels = rows[0]["_levels"]
        if any(is_nearly_same(levels, other, k) for other in shown[key[:3]]):
            hidden.add(key)
        else:
            shown[key[:3]].append(levels)
    return [
        found | {"_groups": [0] * len(found["_groups"])} if found.get("_partition") in hidden else found
        for found in findings
    ]


def _is_small(rows: Iterable[Row], k: int) -> bool:
    rows = list(rows)
    if any(min(row["_groups"]) < k for row in rows if "_level" in row):
        return True
    return 0 < int((rows[0]["_levels"] < 0).sum()) < k


def is_nearly_same(first: np.ndarray, second: np.ndarray, k: int) -> bool:
    """Whether some levels of one item and some of the other differ by 1 to k − 1 people. −1 is a level too."""
    a, b = first.astype(np.intp) + 1, second.astype(np.intp) + 1
    table = np.zeros((int(a.max(initial=0)) + 1, int(b.max(initial=0)) + 1))
    np.add.at(table, (a, b), 1)
    rows, columns = _sets(table.shape[0]), _sets(table.shape[1])
    inside = rows @ table @ columns.T
    apart = (rows @ table.sum(1))[:, None] + (columns @ table.sum(0))[None, :] - 2 * inside
    return bool(((apart > 0) & (apart < k)).any())


def _sets(levels: int) -> np.ndarray:
    """Every set of levels that is neither empty nor whole, as rows of 0 and 1."""
    if levels > _MOST_LEVELS + 1:
        return np.eye(levels)
    return np.array([one for one in product((0.0, 1.0), repeat=levels) if 0 < sum(one) < levels]).reshape(
        -1, levels
    )
