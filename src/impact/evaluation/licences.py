"""The strongest kind of sentence that may be printed: from the design, the people lost, their number and the workshops.

A design begins with a licence, and each rule that holds lowers it; the table is data (rules/licences.yaml), every row
with its source. `licence_for(Grounds)` gives the licence and the ids of the rules that lowered it. Shares lost are of
people with a score before; thresholds are those of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from impact.evaluation.rules import rule_file
from impact.evaluation.wording import words

_CONDITIONS = frozenset(
    {"designs", "workshops_below", "clusters_ignored", "workshops_from", "arm_clusters_below", "group_below",
     "lost_above", "unequal_loss"}
)  # fmt: skip
_DUST = 1e-9


@dataclass(frozen=True)
class Grounds:
    """What the licence of a finding rests on; None: not known, or not to be judged.

    is_clustered  the plan tells workshops apart; workshops: labelled ones that ran (of the workshop arm)
    arm_clusters  workshops, or people on their own, in the arm that has fewer; None with one group
    group         people analysed in the smallest group
    lost          share lost in each group whose loss may be judged: one number, or one for each arm
    lost_overall  share lost over all groups
    """

    design: str
    is_clustered: bool = True
    workshops: int | None = None
    arm_clusters: int | None = None
    group: int | None = None
    lost: tuple[float, ...] = ()
    lost_overall: float | None = None
    is_followup: bool = False


@dataclass(frozen=True)
class Licence:
    """The licence, and the ids of the rules that lowered it."""

    id: str
    because: tuple[str, ...] = ()


@cache
def table() -> dict[str, Any]:
    """The rule table, checked. A row that names an unknown licence, design or condition is a fault: ValueError."""
    data = rule_file("licences")
    problems = list(_problems(data))
    if problems:
        raise ValueError("licences.yaml: " + "; ".join(problems))
    return data


def _problems(data: Mapping[str, Any]) -> Sequence[str]:
    known, designs = data["licences"], data["designs"]
    found = [
        f"design {design} begins with the unknown licence {licence}"
        for design, entry in designs.items()
        for licence in entry.values()
        if licence not in known
    ]
    for name, rule in data["rules"].items():
        conditions = set(rule) - {"at_most", "source"}
        if rule.get("at_most") not in known:
            found.append(f"rule {name} lowers to the unknown licence {rule.get('at_most')}")
        if not str(rule.get("source") or "").strip():
            found.append(f"rule {name} has no source")
        if not conditions - {"designs"} or conditions - _CONDITIONS:
            found.append(f"rule {name} has no condition, or an unknown one: {sorted(conditions)}")
        found += [f"rule {name} names no design {one}" for one in rule["designs"] if one not in designs]
        if rule.get("unequal_loss", "optimistic") not in data["boundaries"]:
            found.append(f"rule {name} names no boundary")
    return found


def licence_ids() -> tuple[str, ...]:
    """All licences, the weakest first."""
    return tuple(table()["licences"])


def rank(licence: str) -> int:
    """How much a licence allows: more is more."""
    return licence_ids().index(licence)


def licence_for(grounds: Grounds) -> Licence:
    """The licence of a finding, and the rules that lowered it.

    >>> licence_for(Grounds("one_group", workshops=2, group=24))
    Licence(id='these_rooms', because=('few_workshops',))
    """
    entry = table()["designs"][grounds.design]
    start = entry.get("followup", entry["licence"]) if grounds.is_followup else entry["licence"]
    rules = table()["rules"]
    holding = [name for name, rule in rules.items() if rank(rule["at_most"]) < rank(start)]
    holding = [name for name in holding if _holds(rules[name], grounds)]
    lowest = min((rules[name]["at_most"] for name in holding), key=rank, default=start)
    return Licence(lowest, tuple(holding))


def licence_of(design: str, is_clustered: bool, few_workshops: bool) -> str:
    """The licence of a design before any number is seen: with workshops told apart or not, and few of them or not."""
    return licence_for(Grounds(design, is_clustered, 1 if few_workshops else None)).id


def is_followup(waves: Sequence[str], after: str) -> bool:
    """Whether a contrast looks past the end of the workshops: at the third wave or later, or one that is so called."""
    return waves.index(after) >= 2 or after.startswith("followup")


def _holds(rule: Mapping[str, Any], grounds: Grounds) -> bool:
    """Whether all conditions of `rule` hold. What is not known holds nothing."""
    if grounds.design not in rule["designs"]:
        return False
    clustered, workshops = grounds.is_clustered, grounds.workshops
    tests = {
        "workshops_below": lambda limit: clustered and _below(workshops, limit),
        "clusters_ignored": lambda _: not clustered,
        "workshops_from": lambda limit: workshops is not None and workshops >= limit,
        "arm_clusters_below": lambda limit: clustered and _below(grounds.arm_clusters, limit),
        "group_below": lambda limit: _below(grounds.group, limit),
        "lost_above": lambda limit: grounds.lost_overall is not None and grounds.lost_overall > limit + _DUST,
        "unequal_loss": lambda name: is_unequal_loss(grounds.lost, grounds.lost_overall, name),
    }
    return all(test(rule[name]) for name, test in tests.items() if name in rule)


def _below(value: int | None, limit: int) -> bool:
    return value is not None and value < limit


def is_unequal_loss(lost: Sequence[float], overall: float | None, boundary: str = "optimistic") -> bool:
    """Whether the shares lost of two arms differ by more than the boundary allows at this loss over all."""
    if len(lost) < 2 or overall is None:
        return False
    knots = table()["boundaries"][boundary]
    difference = 100 * (max(lost) - min(lost))
    return difference > _allowed(knots, 100 * overall) + _DUST


def _allowed(knots: Mapping[float, float], overall: float) -> float:
    """The boundary at `overall` per cent; beyond its end no difference is allowed."""
    for (left, first), (right, second) in pairwise(knots.items()):
        if overall <= right:
            return first + (second - first) * (overall - left) / (right - left)
    return 0.0


def because(licence: Licence, language: str) -> list[dict[str, str]]:
    """The rules that lowered a licence, with their texts: [{rule, text}]."""
    texts = words(language)["because"]
    return [{"rule": name, "text": texts[name]} for name in licence.because]


def licence_block(licence: str, design: str, language: str, arm_means: str = "attended") -> dict[str, Any]:
    """The block `licence`. `arms` are the words for the people of each arm; None with one group."""
    catalogue, levels = words(language), table()["licences"][licence]
    entry, arms = catalogue["licences"][licence], catalogue["arms"][arm_means]
    has_arms = design in ("comparison", "randomised")
    return {
        "id": licence,
        "design": design,
        "sms": levels["sms"],
        "nesta": levels["nesta"],
        "reading": entry["reading"].format(**arms),
        "instead": entry["instead"].format(**arms),
        "arm_means": arm_means if has_arms else None,
        "arms": {"workshop": arms["treated"], "comparison": arms["others"]} if has_arms else None,
    }
