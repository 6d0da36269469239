"""Whether programmes may be pooled at all: every reason against it at once, each with its file and what to do.

Pooling is for estimates of one thing. Refused are: mixed designs, audiences, levels, units, meanings of the workshop
arm, real with synthetic data; different instruments or sides that nobody declared comparable; cells that not all
programmes have; the same data twice, under which every interval would be too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from impact.errors import Problem
from impact.evaluation.portfolio import Programme
from impact.evaluation.portfolio_words import worded_as

_SAME: tuple[tuple[str, Callable[[Programme], Any], str], ...] = (
    ("design", lambda one: one.design, "Pool programmes of one design; a portfolio for each."),
    ("audience", lambda one: one.audience, "Make all findings again with the same --audience."),
    ("level of intervals", lambda one: f"{one.level:g}", "Pool programmes whose plans have one level."),
    ("meaning of the workshop arm", lambda one: one.arm_means, "Pool “attended” and “offered” apart."),
    ("kind of data", lambda one: "synthetic" if one.synthetic else "real", "Pool drawn data apart from real ones."),
    ("language", lambda one: one.language, "Make all findings again in the same language."),
)  # fmt: skip


def portfolio_faults(
    programmes: Sequence[Programme],
    measure: str = "points",
    instruments: Sequence[frozenset[str]] = (),
    sides_comparable: bool = False,
) -> list[Problem]:
    """Everything that forbids pooling; empty: nothing does.

    instruments       sets of instruments (`id.v1`) that somebody declared comparable
    sides_comparable  somebody declared that sides of one alias mean the same in all programmes
    """
    if not programmes:
        return []
    ordered = sorted(programmes, key=lambda one: one.name)
    found: list[Problem] = []
    for what, value_of, remedy in _SAME:
        found += _mixed(ordered, what, value_of, remedy)
    found += _instruments(ordered, instruments)
    if not sides_comparable:
        remedy = "Say in the tags file “comparable: {sides: true}” if side a means the same in all of them."
        found += _mixed(ordered, "names of the sides", _sides, remedy)
    found += [*_cells(ordered), *_unsayable(ordered)]
    if measure == "effect_size":
        found += _sizes(ordered)
    return [*found, *_twice(ordered)]


def _mixed(
    programmes: Sequence[Programme], what: str, value_of: Callable[[Programme], Any], remedy: str
) -> Iterator[Problem]:
    """Files whose value is not that of the first file."""
    first = programmes[0]
    for one in programmes[1:]:
        if value_of(one) != value_of(first):
            told = f"the {what} is “{value_of(one)}”, and in {first.name} “{value_of(first)}”."
            yield Problem(one.name, told, remedy)


def _sides(programme: Programme) -> str:
    return ", ".join(f"{side}: {name}" for side, name in sorted(programme.sides.items()))


def _instruments(programmes: Sequence[Programme], declared: Sequence[frozenset[str]]) -> Iterator[Problem]:
    first = programmes[0]
    for one in programmes[1:]:
        same = one.instrument == first.instrument
        if same and one.instrument_sha256 != first.instrument_sha256:
            yield Problem(
                one.name,
                f"{one.instrument} is not the {one.instrument} of {first.name}: their content differs.",
                "Give one of them another version, then declare the two comparable if they are.",
            )
        elif not same and not any({one.instrument, first.instrument} <= group for group in declared):
            yield Problem(
                one.name,
                f"the instrument is {one.instrument}, and in {first.name} {first.instrument}.",
                "If the scales mean the same, say so in the tags file: "
                f"“comparable: {{instruments: [[{first.instrument}, {one.instrument}]]}}”.",
            )


def _cells(programmes: Sequence[Programme]) -> Iterator[Problem]:
    """Every programme must have every cell, once, with one direction."""
    everything: dict[tuple[str, str, str], str] = {}
    for one in programmes:
        for member in one.members:
            everything.setdefault(member.cell, member.direction)
    for one in programmes:
        own = {member.cell: member.direction for member in one.members}
        for cell, direction in sorted(everything.items()):
            if cell not in own:
                remedy = "Leave the file out, or choose with --scale and --contrast what all have."
                yield Problem(one.name, f"there is no primary finding {_told(cell)}.", remedy)
            elif own[cell] != direction:
                told = f"what is hoped for on {_told(cell)} is “{own[cell]}”, and elsewhere “{direction}”."
                yield Problem(one.name, told, "Such scales do not measure the same; leave the file out.")


def _unsayable(programmes: Sequence[Programme]) -> Iterator[Problem]:
    """A licence under which nothing may be said of a pooled change, as of people's own accounts."""
    for one in programmes:
        for licence in sorted(
            {member.licence for member in one.members if worded_as(member.licence) is None}
        ):
            told = f"its findings are “{licence}”, of which nothing may be said together with others."
            yield Problem(one.name, told, "Leave the file out.")


def _told(cell: tuple[str, str, str]) -> str:
    scale, contrast, side = cell
    return f"{scale}, {contrast}" + (f", side {side}" if side else "")


def _sizes(programmes: Sequence[Programme]) -> Iterator[Problem]:
    names = {member.size_name for one in programmes for member in one.members if member.size is not None}
    for one in programmes:
        for member in one.members:
            if member.size is None:
                told = f"the finding {_told(member.cell)} has no effect size with an interval."
                yield Problem(one.name, told, "Pool in points, or leave the file out.")
    first = programmes[0].members[0].size_name
    for one in programmes[1:] if len(names) > 1 else ():
        for name in sorted({str(m.size_name) for m in one.members if m.size_name not in (None, first)}):
            told = f"the effect size is {name}, and in {programmes[0].name} {first}."
            yield Problem(one.name, told, "Different standardisers are never pooled; pool in points.")


def _twice(programmes: Sequence[Programme]) -> Iterator[Problem]:
    for first, second in combinations(programmes, 2):
        if _is_same(first, second):
            yield Problem(
                second.name,
                f"these are the same data as in {first.name}, or cannot be told from them.",
                "Give each programme once. If they are two, give the team's findings, whose fingerprints of the data differ.",
            )


def _is_same(first: Programme, second: Programme) -> bool:
    """The same fingerprint of the data; or the same plan and counts, and no fingerprints that tell them apart (those
    of renamed workshops differ too: then the results must)."""
    hashes = first.data_sha256, second.data_sha256
    if hashes[0] is not None and hashes[0] == hashes[1]:
        return True
    counts = [(one.plan_sha256, one.counts, [(m.cell, m.n) for m in one.members]) for one in (first, second)]
    if counts[0] != counts[1]:
        return False
    results = [[(m.value, m.std_error) for m in one.members] for one in (first, second)]
    return None in hashes or results[0] == results[1]
