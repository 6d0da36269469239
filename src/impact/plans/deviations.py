"""What was changed in a plan after it was locked, place by place, and which findings each change touches.

A place is a path in the canonical form: keys joined by dots, entries of a list named by what they are about
(`outcomes.fear.sesoi`, `contrasts.post - pre`, `level`). Nothing here looks at data or results.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from impact.plans.model import Reason

_KEY_OF = {"outcomes": "scale", "contrasts": "name", "retentions": "name", "subgroups": "item"}
_NO_FINDING = ("id", "title", "thresholds", "attendance")
"""Changes here change no number of a finding: names, what is shown to whom, and who counts as having attended."""


@dataclass(frozen=True)
class Deviation:
    """One difference: `was` in the locked plan, `now` in the one that is used; None where there was or is nothing.

    `reason` is as the plan gives it, None where it gives none.
    """

    path: str
    was: Any
    now: Any
    reason: str | None = None

    def touches(self, scale: str, contrast: str, subgroup: Mapping[str, Any], role: str) -> bool:
        """Whether a finding may be another than under the locked plan.

        A primary outcome or a contrast that came, went or changed its role changes how many results are judged
        together, and so every primary one.
        """
        section, _, rest = self.path.partition(".")
        if section in _NO_FINDING:
            return False
        name = rest.split(".")[0] if section == "outcomes" else rest
        if section == "outcomes":
            return name == scale or (role == "primary" and self._is_primary())
        if section == "contrasts":
            return rest == contrast or rest.startswith(f"{contrast}.") or role == "primary"
        if section == "retentions":
            return rest == contrast or rest.startswith(f"{contrast}.")
        if section == "subgroups":
            return rest.split(".")[0] in subgroup
        return True

    def _is_primary(self) -> bool:
        roles = [end.get("role") if isinstance(end, Mapping) else end for end in (self.was, self.now)]
        return "primary" in roles


def compare(
    locked: Mapping[str, Any], current: Mapping[str, Any], reasons: Sequence[Reason] = ()
) -> tuple[Deviation, ...]:
    """The differences between two canonical forms, in order of their paths; the reasons are joined by path.

    A reason for `outcomes.fear` also holds for what lies below it.

    >>> compare({"level": 0.95}, {"level": 0.9}, [Reason("level", "a slip")])
    (Deviation(path='level', was=0.95, now=0.9, reason='a slip'),)
    """
    found = sorted(_differences((), locked, current))
    return tuple(Deviation(path, was, now, _reason(path, reasons)) for path, was, now in found)


def unused(deviations: Sequence[Deviation], reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Reasons for what was not changed: most likely a path with a slip."""
    return tuple(
        one for one in reasons if not any(_is_within(change.path, one.path) for change in deviations)
    )


def _reason(path: str, reasons: Sequence[Reason]) -> str | None:
    fitting = [one for one in reasons if _is_within(path, one.path)]
    return max(fitting, key=lambda one: len(one.path)).reason if fitting else None


def _is_within(path: str, around: str) -> bool:
    return path == around or path.startswith(f"{around}.")


def _differences(
    place: tuple[str, ...], was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    for key in sorted({*was, *now}):
        before, after = (_named(key, side.get(key)) for side in (was, now))
        if before == after:
            continue
        path = (*place, key)
        # What came or went is told as a whole; what stayed is told by what changed in it.
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _differences(path, before, after)
        elif not place and (isinstance(before, Mapping) or isinstance(after, Mapping)) and key in _KEY_OF:
            yield from _differences(path, before or {}, after or {})
        else:
            yield ".".join(path), before, after


def _named(key: str, value: Any) -> Any:
    """A list of entries as a mapping by what they are about."""
    if key in _KEY_OF and isinstance(value, list):
        return {entry[_KEY_OF[key]]: entry for entry in value}
    return value
