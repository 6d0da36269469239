"""Findings documents (JSON) of many programmes → Programmes to pool. A stranger's file: nothing in it is trusted.

Every key that is used is checked for its type and range, and numbers against each other: an interval must be its
estimate ± t × standard error (as far as rounding for the public allows), or the file was changed by hand or is none of
ours. All problems at once, each with file, what and what to do; never a traceback. Texts are cut and made harmless,
since they are printed in sentences. Effect sizes: the standard error is half the interval over t, the interval being
the estimate's own where workshops are told apart.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from impact.errors import DataInvalid, Problem
from impact.evaluation.claims import LICENCES
from impact.evaluation.findings import FORMAT, UNIT
from impact.evaluation.portfolio import Member, Programme
from impact.evaluation.run import AUDIENCES
from impact.formats.json_checks import Checked, read_json
from impact.formats.words import shown
from impact.plans.model import ARM_MEANS, DESIGNS
from impact.stats.distributions import t_quantile

MOST_FILES = 500
MOST_FINDINGS = 5_000
DIRECTIONS = ("higher", "lower", "none")
_SLACK, _SLACK_SHARE = 0.15, 0.05
"""How far an interval may be from estimate ± t·error: what rounding for the public does to its four numbers."""


def read_programmes(
    paths: Sequence[Path],
    tags: Mapping[str, Mapping[str, str]] | None = None,
    scales: Collection[str] = (),
    contrasts: Collection[str] = (),
) -> list[Programme]:
    """The programmes of Findings files, only their primary findings (of `scales` and `contrasts`, if any are named).

    tags  file name → its tags (`formats.tags`). Raises DataInvalid with every problem of every file.
    """
    DataInvalid.raise_if(_number_of_files(paths))
    names = names_of(paths)
    problems: list[Problem] = []
    found = []
    for path, name in zip(paths, names, strict=True):
        content = read_json(path, name, problems)
        if content is None:
            continue
        checked = Checked(name, content, problems)
        before = len(problems)
        programme = _programme(checked, (tags or {}).get(name, {}), scales, contrasts)
        if len(problems) == before and programme is not None:
            found.append(programme)
    DataInvalid.raise_if(problems)
    return found


def _number_of_files(paths: Sequence[Path]) -> list[Problem]:
    if len(paths) < 2:
        return [
            Problem("the portfolio", "one programme alone is not pooled.", "Give two Findings files or more.")
        ]
    if len(paths) > MOST_FILES:
        what = f"{len(paths):,} files are more than can be pooled at once ({MOST_FILES})."
        return [Problem("the portfolio", what, "Pool fewer of them.")]
    return []


def names_of(paths: Sequence[Path]) -> list[str]:
    """A name for each file that does not tell where it lies: its own, with folders only where names are the same."""
    plain = [shown(path.name, 80) for path in paths]
    return [
        name if plain.count(name) == 1 else shown(str(path), 200)
        for name, path in zip(plain, paths, strict=True)
    ]


def _programme(
    checked: Checked, tags: Mapping[str, str], scales: Collection[str], contrasts: Collection[str]
) -> Programme | None:
    if not _is_findings(checked):
        return None
    plan, instrument = checked.within("plan"), checked.within("instrument")
    data, labels = checked.within("data"), checked.within("labels")
    version = instrument.whole("version", 1, 1_000_000)
    intervals = checked.within("intervals")
    level = intervals.number("level", 0.5, 0.9999)
    licence = checked.within("licence")
    titles = _scales(labels)
    members = _members(checked, None if intervals.is_broken else level, titles, scales, contrasts)
    return Programme(
        name=checked.file,
        plan_id=plan.text("id"),
        plan_sha256=plan.sha256("sha256"),
        instrument=f"{instrument.text('id')}.v{version}",
        instrument_sha256=instrument.sha256("sha256"),
        data_sha256=data.sha256("sha256", optional=True) or None,
        counts=(data.count("submissions"), data.count("respondents")),
        audience=checked.one_of("audience", AUDIENCES),
        design=checked.one_of("design", DESIGNS),
        arm_means=ARM_MEANS[0]
        if licence.value("arm_means") is None
        else licence.one_of("arm_means", ARM_MEANS),
        level=level,
        language=labels.text("language"),
        synthetic=labels.flag("synthetic"),
        sides=labels.within("sides").texts(),
        titles={scale: title for scale, (title, _) in titles.items()},
        members=tuple(sorted(members, key=lambda member: member.cell)),
        tags=dict(tags),
    )


def _is_findings(checked: Checked) -> bool:
    kind = checked.value("kind")
    if (
        kind is not None
        or checked.value("format") != FORMAT
        or not isinstance(checked.value("findings"), list)
    ):
        what = (
            "this is a portfolio, not Findings."
            if kind == "portfolio"
            else "these are no Findings of format 1."
        )
        checked.problem("", what, "Give what “impact evaluate … --format json” wrote.")
        return False
    return True


def _scales(labels: Checked) -> dict[str, tuple[str, str]]:
    """Scale → (title, what is hoped for)."""
    scales = labels.within("scales")
    found = {}
    for name in scales.names():
        one = scales.within(name)
        found[name] = one.text("title"), one.one_of("direction", DIRECTIONS)
    return found


def _members(
    checked: Checked,
    level: float | None,
    titles: Mapping[str, tuple[str, str]],
    scales: Collection[str],
    contrasts: Collection[str],
) -> list[Member]:
    listed = checked.value("findings")
    if len(listed) > MOST_FINDINGS:
        checked.problem(
            "findings", f"there are more than {MOST_FINDINGS:,} findings.", "Give one programme a file."
        )
        return []
    members: dict[tuple[str, str, str], Member] = {}
    for i in range(len(listed)):
        one = checked.item("findings", i)
        scale, contrast, side = one.text("scale"), one.text("contrast"), _side(one)
        wanted = one.value("role") == "primary" and not isinstance(side, list)
        wanted = wanted and (not scales or scale in scales) and (not contrasts or contrast in contrasts)
        if not wanted or one.is_broken:
            continue
        member = _member(one, scale, contrast, side, level, titles)
        if member is not None and member.cell in members:
            one.problem("", f"the finding {scale}, {contrast} stands twice.", "Make the file again.")
        elif member is not None:
            members[member.cell] = member
    if not members and not checked.is_broken:
        checked.problem("findings", "there is no primary finding to pool.", "Check --scale and --contrast.")
    return list(members.values())


def _side(one: Checked) -> Any:
    """The side of a finding, None for all people, a list where two sides are compared."""
    subgroup = one.within("subgroup")
    if "sides" in subgroup.names():
        return []
    return subgroup.text("side") if "side" in subgroup.names() else None


def _member(
    one: Checked, scale: str, contrast: str, side: str | None, level: float | None,
    titles: Mapping[str, tuple[str, str]],
) -> Member | None:  # fmt: skip
    place = f"{scale}, {contrast}" + (f", side {side}" if side else "")
    if one.flag("suppressed"):
        remedy = "Leave the file out, or choose other findings with --scale and --contrast; what is hidden stays so."
        one.problem("", f"the finding {place} is suppressed.", remedy)
        return None
    if scale not in titles:
        one.problem("scale", f"“{scale}” is not among labels.scales.", "Make the file again.")
        return None
    estimate = one.within("estimate")
    if estimate.value("low") is None or estimate.value("std_error") is None:
        one.problem(
            "", f"the finding {place} has no interval.", "Leave the file out, or choose other findings."
        )
        return None
    if estimate.text("unit") != UNIT:
        estimate.problem("unit", f"the unit is not {UNIT}.", "Only results in points of 0–100 are pooled.")
        return None
    value, low, high = (estimate.number(name, -200.0, 200.0) for name in ("value", "low", "high"))
    error, df = estimate.number("std_error", 1e-6, 1000.0), estimate.number("df", 1e-3, 1e9)
    stated = estimate.number("level", 0.5, 0.9999)
    n, sesoi = one.whole("n", 1, 10**9), one.number("sesoi", 1e-6, 100.0)
    licence = one.within("claim").one_of("licence", LICENCES)
    size = one.within("effect_size")
    if one.is_broken or level is None:
        return None
    if stated != level or not _fits(value, low, high, error, df, level):
        told = (
            f"the numbers of {place} contradict each other: the interval is not the estimate ± t × its error."
        )
        estimate.problem("", told, "The file was changed; make it again.")
        return None
    sizes = _size(size, df, level)
    direction = titles[scale][1]
    return Member(scale, contrast, side, n, value, error, df, sesoi, direction, licence, *sizes)


def _fits(value: float, low: float, high: float, error: float, df: float, level: float) -> bool:
    reach = t_quantile(df, level) * error
    slack = _SLACK + _SLACK_SHARE * reach
    return low <= value <= high and abs(value - reach - low) <= slack and abs(value + reach - high) <= slack


def _size(size: Checked, df: float, level: float) -> tuple[str | None, float | None, float | None]:
    """(name, value, standard error) of an effect size; nothing where it has no interval."""
    if any(size.value(name) is None for name in ("name", "value", "low", "high")):
        return None, None, None
    value, low, high = (size.number(name, -100.0, 100.0) for name in ("value", "low", "high"))
    if size.is_broken:
        return None, None, None
    if not low <= value <= high or low == high:
        size.problem(
            "", "the effect size does not lie inside its interval.", "The file was changed; make it again."
        )
        return None, None, None
    error = (high - low) / 2 / t_quantile(df, level)
    return size.text("name"), value, error if math.isfinite(error) else None
