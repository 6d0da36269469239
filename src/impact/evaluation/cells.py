"""May this count of people be shown? One rule for each kind of number, as data, for all blocks of Findings.

For a block of your own, one call decides, and hides with the shape that “too few” has (None):

    shown("harm", group=n, count=worse, k=k)       → worse, or None
    is_hidden("harm", group=n, count=worse, k=k)   → whether its share must be None too
    shown_parts("subgroups", parts, k)             → all of the parts that add up to a total, or none

`k` is the plan's threshold for the audience (`Setting.threshold`). The kinds, what the threshold applies to (the
group, the cell, the rest of the group) and why stand in thresholds.yaml; docs/disclosure.md shows them.
What together with totals would give a hidden count back is the work of `complement`.

Sources: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (threshold rule, complementary suppression);
UK LLC and ONS LS rules in practice.md section 5 (10, nobody included; percentages and means too).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

VALUES = 5
"""A hidden count must be able to be so many values for whoever holds everything that is published."""


@dataclass(frozen=True)
class Rule:
    """To whom the threshold applies for one kind of number; see thresholds.yaml."""

    group: bool
    cell: bool
    rest: bool
    zero: bool
    what: str
    why: str


@cache
def rules() -> Mapping[str, Rule]:
    """Kind of number → rule, in the order of the file."""
    path = Path(__file__).parent / "thresholds.yaml"
    return {kind: Rule(**entry) for kind, entry in yaml.safe_load(path.read_text("utf-8")).items()}


def is_hidden(kind: str, *, group: int | None, count: int | None = None, k: int) -> bool:
    """Whether a number of this kind must be None. `group`: people it is about (None: hidden themselves);
    `count`: those of them it counts, for kinds whose rule looks at the cell.

    >>> is_hidden("reliable_change", group=20, count=17, k=5), is_hidden("averages", group=20, k=5)
    (True, False)
    """
    rule = rules()[kind]
    if rule.group and (group is None or group < k):
        return True
    if not rule.cell:
        return False
    if count is None:
        return True
    if count < k and not (rule.zero and count == 0):
        return True
    return rule.rest and group is not None and group - count < k


def shown(kind: str, *, group: int | None, count: int | None, k: int) -> int | None:
    """`count`, or None where it must be hidden.

    >>> shown("ends", group=20, count=6, k=5), shown("ends", group=20, count=4, k=5)
    (6, None)
    """
    return None if is_hidden(kind, group=group, count=count, k=k) else count


def shown_parts(kind: str, parts: Sequence[int], k: int) -> list[int] | list[None]:
    """All of the parts that add up to a total which is shown, or none of them: the last follows from the others.

    >>> shown_parts("linkage", [20, 0, 7], 5), shown_parts("linkage", [20, 3, 7], 5)
    ([20, 0, 7], [None, None, None])
    """
    total, zero = sum(parts), rules()[kind].zero
    if total < k or any(part < k and not (zero and part == 0) for part in parts):
        return [None] * len(parts)
    return list(parts)


def told(people: int, k: int) -> bool:
    """Whether a caveat that exists only if there are such people may tell how many.

    “A few” stands for 1 to k − 1, and for at least VALUES numbers, so that it is as open as a hidden count.

    >>> [told(people, 5) for people in (5, 6)], told(10, 10)
    ([False, True], True)
    """
    return people >= max(k, VALUES + 1)
