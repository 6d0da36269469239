"""A plan as lines for people: what is asked, of whom, from where on it matters, how it is analysed, and its lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from impact.cli.bidi import isolated, wrapped
from impact.cli.tables import Column, table, width

if TYPE_CHECKING:
    from impact.instruments.model import Instrument
    from impact.plans import Deviation, Lock, Plan
    from impact.report.reading import Reading

WIDE = 96
_ROLES = {"guard": "guard (must not get worse)"}
_ESTIMATORS = {
    "cr2": "average change, with intervals that allow for workshops (CR2)",
    "paired": "paired t",
    "ancova": "difference between the groups afterwards, allowing for where each began (ANCOVA)",
    "none": "no interval",
}
_OTHERS = {"other": "how it was found is not said", "matched": "matched", "waiting_list": "waiting list"}
_EFFECT_SIZES = {
    "g_av": "over the average of the SDs before and after",
    "g_z": "over the SD of the changes",
    "g_before": "over the SD before",
    "g_after": "over the SD after",
}
Line = tuple[str, str]


def names_of(plan: Plan, instrument: Instrument) -> Reading:
    """What the plan's scales, sides and waves are called: a result without numbers, to be read like any."""
    from impact.evaluation.labels import block, default_labels
    from impact.report.reading import Reading

    labels = block(instrument, plan, default_labels(instrument, plan), [], 0)
    return Reading({"labels": labels, "findings": []})


def plan_text(plan: Plan, instrument: Instrument, lock: Lock | None, deviations: Sequence[Deviation]) -> str:
    """All that the plan says, its defaults in numbers; then how to check it."""
    names = names_of(plan, instrument)
    title = plan.title or plan.id
    parts = (
        [isolated(title), "═" * width(title), *_lines(_asked(plan, names))],
        ["OUTCOMES", "", *_outcomes(plan, names)],
        ["HOW IT IS ANALYSED", "", *_lines(_analysed(plan))],
        ["HOW TO CHECK THIS PLAN", "", *_lines(_checked(plan, lock, deviations))],
    )
    return "\n\n".join("\n".join(part) for part in parts)


def _lines(lines: Iterable[Line]) -> list[str]:
    """A name, then what the plan says of it, in a column of its own."""
    told = [(name, text) for name, text in lines if text]
    wide = max(width(name) for name, _ in told) + 2
    return [line for name, text in told for line in wrapped(text, WIDE, name.ljust(wide), " " * wide)]


def _asked(plan: Plan, names: Reading) -> Iterable[Line]:
    from impact.report.beside.part import contrast_label

    design = plan.design.replace("_", " ")
    yield "Plan", plan.id
    yield "Instrument", f"{plan.instrument_id}, version {plan.instrument_version}"
    yield "Design", f"{design}. {names.word(f'method.design_{plan.design}')}"
    if plan.has_arms:
        yield "Other group", _OTHERS[plan.comparison_group]
        if plan.design == "randomised":
            yield "Chance decided", f"about each {plan.unit}" if plan.unit else "about whom is not said"
        yield (
            "Workshop group",
            f"those who {'attended' if plan.arm_means == 'attended' else 'were offered a place'}",
        )
    yield "Comparisons", "; ".join(contrast_label(names, one.name) for one in plan.contrasts)
    yield "Kept of a gain", "; ".join(_retention(one, names) for one in plan.retentions)
    sides = ", ".join(isolated(names.side_label(side)) for side in names.sides)
    yield "Sides", f"a result for each: {sides}" if plan.by_side else "one result for all"
    if plan.compare_sides:
        yield "", "for primary outcomes also the difference between the sides’ changes"
    yield (
        "Subgroups",
        "; ".join(f"{one.item} ({'planned' if one.planned else 'exploratory'})" for one in plan.subgroups)
        or "none",
    )


def _retention(one: Any, names: Reading) -> str:
    after, gain, before = (names.wave_label(wave) for wave in (one.after, one.gain, one.before))
    return f"({after} – {before}) / ({gain} – {before})"


def _outcomes(plan: Plan, names: Reading) -> list[str]:
    columns = (
        Column("Outcome"),
        Column("Scale"),
        Column("Role"),
        Column("Hoped for"),
        Column("Matters from"),
    )
    rows = []
    for one in plan.outcomes:
        direction = names.direction(one.scale)
        rows.append(
            (
                names.scale_label(one.scale),
                one.scale,
                _ROLES.get(one.role, one.role),
                "–" if direction == "none" else direction,
                f"{plan.sesoi_of(one):g} points{'' if one.sesoi is None else ' (its own)'}",
            )
        )
    return table(columns, rows).splitlines()


def _analysed(plan: Plan) -> Iterable[Line]:
    yield "Estimator", _ESTIMATORS.get(plan.estimator, plan.estimator)
    if plan.cluster == "workshop" and not plan.has_arms:
        few = "paired t, for the people in these rooms" if plan.few_workshops == "paired" else "no interval"
        yield "Few workshops", f"in one or two: {few}"
    alike = "people of one workshop count as alike" if plan.cluster == "workshop" else "are not allowed for"
    yield "Workshops", alike
    yield "Intervals", f"{100 * plan.level:g} %; of primary outcomes wider, so that all hold together"
    size = _EFFECT_SIZES.get(plan.effect_size)
    yield "Effect size", f"{plan.effect_size}, {size}" if size else plan.effect_size
    yield "Words for it", plan.words
    yield "Read beside", plan.benchmark or "no published effects"
    filled = f"filled in {plan.imputations} times" if plan.imputations else "never filled in"
    yield "Missing", f"people who answered both times; for the sensitivity analyses {filled}"
    yield "Computed from", f"{plan.minimum_n:g} people"
    yield (
        "Shown from",
        f"{plan.thresholds.team:g} people for the team, {plan.thresholds.public:g} for the public",
    )
    attendance = plan.attendance
    yield "Attended", f"{attendance.item} at least {attendance.at_least:g}" if attendance else "no rule"
    yield "Alerts", _alerts(plan)
    yield "Seed", f"{plan.seed:g}"


def _alerts(plan: Plan) -> str:
    if plan.alerts is None:
        return "no rule"
    own = "".join(f", {scale} from {100 * share:g} %" for scale, share in plan.alerts.scales)
    what = "the share itself" if plan.alerts.evaluate == "point" else "the lower end of its interval"
    return f"from {100 * plan.alerts.worse_share:g} % reliably worse{own}; {what} counts"


def _checked(plan: Plan, lock: Lock | None, deviations: Sequence[Deviation]) -> Iterable[Line]:
    yield "SHA-256", plan.sha256
    yield "Locked", f"{lock.locked_at} by {lock.by}" if lock else "no"
    for one in deviations:
        reason = one.reason or "no reason given"
        yield "Changed", f"{one.path}: {_shown(one.was)} → {_shown(one.now)} ({reason})"


def _shown(value: object) -> str:
    """A value of the plan without the marks of a program: whole numbers whole, nothing for what is not there."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(one)}" for key, one in value.items() if one is not None)
    if isinstance(value, list | tuple):
        inner = (
            " ".join(map(_shown, one)) if isinstance(one, list | tuple) else _shown(one) for one in value
        )
        return "; ".join(inner) or "nothing"
    return str(value)
