"""Findings of many programmes in one: by scale, contrast and side; then by site, process and track.

Pure: `Programme`s (read and checked by `impact.formats.programmes`) in, the portfolio's document out. Each programme
gives one estimate and its standard error for a cell; they are pooled by random effects (`pooling`), so that the
result speaks of programmes like these, with an interval and, from three on, a prediction interval.

Licence: the weakest of the members'. Where one speaks of the people in its rooms only, nothing is said of a further
programme. The verdict uses the smallest of the members' SESOI (the strictest reading).
No league tables: single programmes are shown from FEWEST_ROWS on, in the order of their names and never of their
results; groups of one kind (site, process, track) are shown only if every group of that kind has at least
FEWEST_IN_GROUP programmes, so that none follows from the whole by subtraction, and, where facilitators are tagged, as
many facilitators. Facilitators are never named. Source: practice.md 7 (portfolio synthesis, facilitator-safe).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from impact.evaluation.claims import LICENCES
from impact.evaluation.findings import FORMAT
from impact.evaluation.numbers import published, significant
from impact.evaluation.pooling import no_pooling, pooled, rounded
from impact.evaluation.portfolio_words import claim_block, hidden_claim, worded_as
from impact.evaluation.verdicts import verdict
from impact.evaluation.wording import caveat, worded_in, words
from impact.stats import random_effects_meta
from impact.stats.distributions import t_quantile

KIND = "portfolio"
TAGS = ("site", "process", "track")
MEASURES = ("points", "effect_size")
FEWEST_ROWS = 6
FEWEST_IN_GROUP = 3
FEW_DF = 4
Document = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """One finding of one programme. `value`, `std_error` in points; `size` and `size_error` in `size_name`."""

    scale: str
    contrast: str
    side: str | None
    n: int
    value: float
    std_error: float
    df: float
    sesoi: float
    direction: str
    licence: str
    size_name: str | None = None
    size: float | None = None
    size_error: float | None = None

    @property
    def cell(self) -> tuple[str, str, str]:
        return self.scale, self.contrast, self.side or ""

    def measured(self, measure: str) -> tuple[float, float]:
        """(estimate, standard error) in `measure`; a size was checked to be there."""
        return (self.value, self.std_error) if measure == "points" else (self.size, self.size_error)


@dataclass(frozen=True)
class Programme:
    """What pooling reads of one Findings document. `tags`: site, process, track, facilitator, as far as told."""

    name: str
    plan_id: str
    plan_sha256: str
    instrument: str
    instrument_sha256: str
    data_sha256: str | None
    counts: tuple[int | None, int | None]
    audience: str
    design: str
    arm_means: str
    level: float
    language: str
    synthetic: bool
    sides: Mapping[str, str]
    titles: Mapping[str, str]
    members: tuple[Member, ...]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Programmes that are pooled: `by` a tag and its `value`, or all (None)."""

    by: str | None
    value: str | None
    programmes: tuple[Programme, ...]


def pool_programmes(
    programmes: Sequence[Programme], measure: str = "points", declared: Sequence[str] = ()
) -> Document:
    """The portfolio of programmes that were found poolable (`portfolio_faults`). Their order does not matter.

    `declared` are the sentences in which somebody vouched that different things may be compared.
    """
    ordered = sorted(programmes, key=lambda one: one.name)
    first = ordered[0]
    cells = sorted({member.cell: None for member in first.members})
    results = [row for cell in cells for row in results_of(ordered, cell, measure)]
    language = worded_in(first.language, "portfolio")
    forms = words(language)["portfolio"]
    return {
        "format": FORMAT,
        "kind": KIND,
        "measure": measure,
        "audience": first.audience,
        "design": first.design,
        "licence": weakest(member.licence for one in ordered for member in one.members),
        "level": first.level,
        "synthetic": first.synthetic,
        "labels": {"sides": dict(first.sides), "scales": dict(first.titles), "language": first.language},
        "programmes": [_source(one) for one in ordered],
        "results": results,
        "disclosure": {
            "fewest_rows": FEWEST_ROWS,
            "fewest_in_group": FEWEST_IN_GROUP,
            "rule": forms["rule_programmes"].format(fewest=FEWEST_ROWS, group=FEWEST_IN_GROUP),
        },
        "caveats": _whole_caveats(language, declared),
    }


def weakest(licences: Iterator[str]) -> str:
    """The licence that allows least.

    >>> weakest(iter(["randomised", "before_after"]))
    'before_after'
    """
    return min(licences, key=LICENCES.index)


def _whole_caveats(language: str, declared: Sequence[str]) -> list[dict[str, str]]:
    found = [caveat(code, language) for code in ("pooled_not_planned", "pooled_overlap")]
    return found + [caveat("pooled_declared", language, what=what) for what in declared]


def _source(programme: Programme) -> Document:
    """What was read: no result of it, and no facilitator."""
    return {
        "file": programme.name,
        "plan": {"id": programme.plan_id, "sha256": programme.plan_sha256},
        "instrument": {"id": programme.instrument, "sha256": programme.instrument_sha256},
        "data": {"sha256": programme.data_sha256},
        "tags": {name: programme.tags[name] for name in TAGS if name in programme.tags},
    }


def _groups(programmes: Sequence[Programme]) -> list[Group]:
    """All, then those of one site, process or track, in that order. Untagged programmes are in no group of that kind."""
    groups = [Group(None, None, tuple(programmes))]
    for by in TAGS:
        values = sorted({one.tags[by] for one in programmes if by in one.tags})
        groups += [
            Group(by, value, tuple(p for p in programmes if p.tags.get(by) == value)) for value in values
        ]
    return groups


def _hidden_codes(programmes: Sequence[Programme]) -> dict[str | None, str | None]:
    """Kind of group → why all of that kind are withheld; by numbers of programmes only, never by results.

    A kind is withheld whole, because one group withheld alone would follow from the others. So is a kind of which a
    group differs from one that is shown already by fewer programmes than may be shown: they would follow as well.
    """
    found: dict[str | None, str | None] = {None: None}
    shown = [{one.name for one in programmes}]
    for by in TAGS:
        parts: dict[str | None, list[Programme]] = {}
        for one in programmes:
            parts.setdefault(one.tags.get(by), []).append(one)
        names = [{one.name for one in part} for part in parts.values()]
        if min(len(part) for part in names) < FEWEST_IN_GROUP or _are_too_close(names, shown):
            found[by] = "pooled_group_too_small"
        elif any(_has_few_leaders(part) for part in parts.values()):
            found[by] = "pooled_facilitators"
        else:
            found[by] = None
            shown += names
    return found


def _are_too_close(names: Sequence[set[str]], shown: Sequence[set[str]]) -> bool:
    """Whether a set and one that holds it differ by so few programmes that these would be told by subtraction."""
    return any(
        (one <= other or other <= one) and 0 < len(one ^ other) < FEWEST_IN_GROUP
        for one in names
        for other in shown
    )


def _has_few_leaders(programmes: Sequence[Programme]) -> bool:
    leaders = {one.tags["facilitator"] for one in programmes if "facilitator" in one.tags}
    return bool(leaders) and len(leaders) < FEWEST_IN_GROUP


def results_of(programmes: Sequence[Programme], cell: tuple[str, str, str], measure: str) -> list[Document]:
    """All rows of one cell: everybody, then the groups."""
    hidden = _hidden_codes(programmes)
    return [_result(cell, group, measure, hidden[group.by]) for group in _groups(programmes)]


def _result(cell: tuple[str, str, str], group: Group, measure: str, hidden: str | None = None) -> Document:
    members = [next(m for m in one.members if m.cell == cell) for one in group.programmes]
    first, programme = members[0], group.programmes[0]
    unit = "points" if measure == "points" else str(first.size_name)
    sesoi = min(member.sesoi for member in members) if measure == "points" else None
    licence = weakest(member.licence for member in members)
    block, codes = no_pooling(programme.level, unit), [hidden] if hidden else []
    if not hidden:
        block, codes = _pooled(members, programme.level, measure, unit, licence)
    estimate = block["estimate"]
    decided = None if sesoi is None else verdict(estimate["low"], estimate["high"], sesoi, first.direction)
    k, people = len(members), sum(member.n for member in members)
    told = {
        "cell": first,
        "programme": programme,
        "group": group.value,
        "by": group.by,
        "k": k,
        "people": people,
    }
    said = hidden_claim(licence, **told) if hidden else claim_block(licence, block, decided, sesoi, **told)
    shows_rows = not hidden and k >= FEWEST_ROWS and estimate["value"] is not None
    codes += [] if shows_rows or hidden else ["pooled_no_rows"]
    return {
        "scale": first.scale,
        "contrast": first.contrast,
        "subgroup": {"side": first.side} if first.side else {},
        "group": {"by": group.by, "value": group.value},
        "programmes": None if hidden else k,
        "people": None if hidden else people,
        **rounded(block, sesoi),
        "sesoi": sesoi,
        "verdict": decided,
        "claim": said,
        "rows": _rows(group.programmes, members, measure, programme.level) if shows_rows else None,
        "caveats": [caveat(code, worded_in(programme.language, "portfolio")) for code in codes],
        "suppressed": bool(hidden),
    }


def _pooled(
    members: Sequence[Member], level: float, measure: str, unit: str, licence: str
) -> tuple[Document, list[str]]:
    values, errors = zip(*(member.measured(measure) for member in members), strict=True)
    block, codes = pooled(values, errors, level, unit)
    if min(member.df for member in members) < FEW_DF:
        codes.append("pooled_few_df")
    if worded_as(licence) == "these_rooms" and block["prediction"]["low"] is not None:
        block = block | {"prediction": {"low": None, "high": None}}
        codes.append("pooled_rooms")
    return block, codes


def _rows(
    programmes: Sequence[Programme], members: Sequence[Member], measure: str, level: float
) -> list[Document]:
    """One row a programme, in the order of their names, with the weight it has in the result."""
    values, errors = zip(*(member.measured(measure) for member in members), strict=True)
    weights = random_effects_meta(list(values), [error**2 for error in errors], level).weights
    rows = []
    for programme, member, value, error, weight in zip(
        programmes, members, values, errors, weights, strict=True
    ):
        reach = t_quantile(member.df, level) * error
        ends = {"value": value, "low": value - reach, "high": value + reach}
        rows.append(
            {"file": programme.name, "n": member.n}
            | {name: _rounded(number, measure) for name, number in ends.items()}
            | {"weight": significant(weight, 2)}
        )
    return rows


def _rounded(number: float, measure: str) -> float | None:
    return published(number, (0.0,)) if measure == "points" else significant(number)
