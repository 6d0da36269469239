"""Findings as text for a terminal: what may be said first, then the numbers it rests on, then the limits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from impact.cli.beside_text import beside_sections, reasons
from impact.cli.bidi import isolated, wrapped
from impact.cli.tables import GAP, Column, table, width

if TYPE_CHECKING:
    from impact.report.reading import Reading

NARROWEST, WIDEST = 72, 96
LONGEST_LABEL = 30


def findings_text(findings: Mapping[str, Any], columns: int | None = None) -> str:
    """The whole text, at most `columns` wide (that of the terminal, within 72 and 96)."""
    from impact.report.reading import Reading

    wide = min(max(columns or shutil.get_terminal_size((WIDEST, 24)).columns, NARROWEST), WIDEST)
    reading = Reading(findings)
    parts = (
        _head(reading, wide),
        _section(reading.word("page.may_say"), _claims(reading, wide)),
        _section("Results, in points from 0 to 100", _results(reading, wide)),
        *(_section(*part) for part in beside_sections(reading, wide)),
        _section(reading.word("page.who_took_part"), _flow(reading)),
        _section(reading.word("page.limits"), _limits(reading, wide)),
        _section(reading.word("page.identity"), _identity(findings)),
    )
    return "\n\n".join(part for part in parts if part)


def _head(reading: Reading, wide: int) -> str:
    from impact.report.beside.around import method_of_comparison

    data, labels = reading.findings["data"], reading.labels
    title = str(labels.get("programme") or reading.findings["plan"]["id"])
    lines = [isolated(title), "═" * width(title)]
    rooms = labels.get("workshops") or 0
    counted = f"{_count(data['submissions'], 'submission')}{_of_people(reading)}"
    counted += f" in {_count(rooms, 'workshop')}" if rooms else ""
    comparison = method_of_comparison(reading)
    lines += wrapped(
        f"{counted}. Design: {reading.findings['design'].replace('_', ' ')}. For the "
        f"{reading.findings['audience']}: nothing is shown about fewer than {reading.threshold} people, "
        "apart from counts of who came and answered." + (f" {comparison}" if comparison else ""),
        wide,
    )
    return "\n".join(lines)


def _of_people(reading: Reading) -> str:
    """How many people answered. A sheet that cannot be linked counts as one more, and may be of somebody counted."""
    people = reading.findings["data"]["respondents"]
    chain = (reading.findings.get("attrition") or {}).get("chain") or ()
    unlinked = [one["people"] for row in chain for one in row["stages"] if one["stage"] == "not_linkable"]
    if None in unlinked:
        return ""
    told = _count(people, "person", "people")
    return f" of {people - sum(unlinked):,} to {told}" if people and sum(unlinked) else f" of {told}"


def _claims(reading: Reading, wide: int) -> list[str]:
    """The sentences of the main outcomes; where there are none, of all."""
    from impact.report.beside.part import of_contrast

    listed = [found for found in reading.ordered() if found["role"] == "primary"] or reading.ordered()
    notes = [note["text"] for note in reading.findings["caveats"] if note["code"] == "draft_translation"]
    lines = [line for note in notes for line in [*wrapped(note, wide), ""]]
    for found in listed:
        lines += wrapped(of_contrast(reading, found, found["claim"]["text"]), wide, "• ")
        lines += [GAP + line for line in wrapped(reasons(found, reading), wide - len(GAP))]
    return lines


def _results(reading: Reading, wide: int) -> list[str]:
    """One table a role, scales as headings, sides below them; then what the interval means."""
    lines: list[str] = []
    labels = [GAP + reading.subgroup_label(found["subgroup"]) for found in reading.ordered()]
    widest = max((len(one) for one in labels if len(one) <= LONGEST_LABEL), default=0)
    for role in dict.fromkeys(found["role"] for found in reading.ordered()):
        listed = [found for found in reading.ordered() if found["role"] == role]
        title = reading.word(f"role.{role}").split(" (")[0].ljust(widest)
        lines += [*([""] if lines else []), *_result_table(reading, title, listed)]
    family = _family(reading.ordered())
    if family:
        note = (
            f"The intervals of the {family['family']} main results are wider "
            f"({_percent(family['level'])} each), so that all of them hold together at the level of {reading.level}."
        )
        lines += ["", *wrapped(note, wide)]
    return lines


def _result_table(reading: Reading, title: str, listed: Sequence[Mapping[str, Any]]) -> list[str]:
    from impact.report.beside.part import contrast_label

    effect = next((name for f in listed if (name := (f.get("effect_size") or {}).get("name"))), "effect")
    family = _family(listed)
    level = _percent(family["level"]) if family else reading.level
    change = "Difference" if any(found.get("arms") for found in listed) else "Change"
    columns = (
        Column(title), Column("n", True), Column("Before", True), Column("After", True),
        Column(change, True), Column(f"{level} interval", True), Column(effect, True),
    )  # fmt: skip
    rows: list[Sequence[str] | str] = []
    last = None
    for found in listed:
        if (found["scale"], found["contrast"]) != last:
            last = (found["scale"], found["contrast"])
            contrast = (
                ""
                if found["contrast"] == reading.first_contrast
                else f" ({contrast_label(reading, found['contrast'])})"
            )
            rows.append(reading.scale_label(found["scale"]) + contrast)
        rows += _finding_rows(reading, found)
    return table(columns, rows).splitlines()


def _finding_rows(reading: Reading, found: Mapping[str, Any]) -> Iterator[Sequence[str] | str]:
    """With two arms a row for each, then the difference between them; below it what the numbers say."""
    from impact.report.text import number

    arms = {} if found.get("suppressed") else found.get("arms") or {}
    for arm, levels in arms.items():
        label = reading.arm_label(arm, found["subgroup"].get("side"))
        means = (number((levels.get(time) or {}).get("mean")) for time in ("before", "after"))
        yield from _labelled(label, (_n(levels), *means, "", "", ""))
    label = reading.finding_label(found) if arms else reading.subgroup_label(found["subgroup"])
    cells = _numbers(reading, found)
    yield from _labelled(label, ("", "", "", *cells[3:]) if arms else cells)
    yield GAP * 2 + _verdict(reading, found)
    summary = found.get("sensitivity_summary") or {}
    if summary.get("of"):
        yield from wrapped(summary["text"], NARROWEST, GAP * 2)


def _labelled(label: str, cells: Sequence[str]) -> Iterator[Sequence[str] | str]:
    """A row; a label that would make its column too wide stands above it."""
    if len(label) > LONGEST_LABEL:
        yield GAP + label
        label = ""
    yield (GAP + label, *cells)


def _numbers(reading: Reading, found: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of one finding beside its label."""
    from impact.report.text import interval, number, signed

    if found.get("suppressed"):
        return ("–",) * 6
    estimate = found.get("estimate") or {}
    effect = found.get("effect_size") or {}
    decisive = _simultaneous(found) or estimate
    return (
        _n(found),
        number((found.get("before") or {}).get("mean")),
        number((found.get("after") or {}).get("mean")),
        signed(estimate.get("value")),
        interval(decisive.get("low"), decisive.get("high")),
        signed(effect.get("value"), 2),
    )


def _n(block: Mapping[str, Any]) -> str:
    return "–" if block.get("n") is None else str(block["n"])


def _verdict(reading: Reading, found: Mapping[str, Any]) -> str:
    if found.get("suppressed"):
        few = f"withheld: fewer than {reading.threshold} people"
        return few if found.get("n") is None else "withheld: would tell of a few"
    return reading.verdict(found) if found.get("verdict") else reading.why_hidden(found) or "–"


def _flow(reading: Reading) -> list[str]:
    columns = (
        Column("Side"), Column("Wave"),
        Column("Submissions", True), Column("Linked", True), Column("Analysed", True),
    )  # fmt: skip
    arms = {row["arm"] for row in reading.findings["flow"]}
    rows: list[Sequence[str]] = []
    last = None
    for row in reading.findings["flow"]:
        group = reading.side_label(row["side"]) + (
            f", {reading.arm_label(row['arm'], None)}" if len(arms) > 1 else ""
        )
        counts = (row["submissions"], row["linked"], row["analysed"])
        shown = ["–" if count is None else f"{count:,}" for count in counts]
        rows.append(("" if group == last else group, reading.wave_label(row["wave"]), *shown))
        last = group
    return table(columns, rows).splitlines() if rows else []


def _limits(reading: Reading, wide: int) -> list[str]:
    """Every caveat once with the results that it concerns, those on the whole first; then the rule of disclosure."""
    from impact.report.limits import limits_of

    disclosure = reading.findings.get("disclosure") or {}
    rule = [str(disclosure["rule"])] if disclosure.get("hidden") else []
    return [
        line
        for text in dict.fromkeys([*limits_of(reading.findings, reading), *rule])
        for line in wrapped(text, wide, "• ")
    ]


def _identity(findings: Mapping[str, Any]) -> list[str]:
    plan, instrument, data = findings["plan"], findings["instrument"], findings["data"]
    locked = f"locked {plan['locked_at']}" if plan["locked_at"] else "not locked"
    rows = (
        ("Plan", str(plan["id"]), str(plan["sha256"])[:16], locked),
        ("Instrument", f"{instrument['id']}.v{instrument['version']}", str(instrument["sha256"])[:16], ""),
        ("Data", "", str(data["sha256"])[:16] if data["sha256"] else "for the team only", ""),
    )
    return table((Column(""), Column("Name"), Column("SHA-256 begins"), Column("")), rows).splitlines()


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title.upper(), "", *lines]) if lines else ""


def _simultaneous(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """The wider interval that decides on a main result; empty where there is none."""
    return (found.get("estimate") or {}).get("simultaneous") or {}


def _family(listed: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The level and size of the family of main results, if there are several."""
    found = (wide for one in listed if (wide := _simultaneous(one)))
    return next((wide for wide in found if wide["family"] > 1), None)


def _percent(level: float) -> str:
    return f"{level * 100:.4g}\u00a0%"


def _count(number: int | None, one: str, many: str = "") -> str:
    return f"{'some' if number is None else f'{number:,}'} {one if number == 1 else many or one + 's'}"
