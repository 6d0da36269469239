"""Findings as text for a terminal: what may be said first, then the numbers it rests on, then the limits."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from impact.cli.tables import GAP, Column, table, width

if TYPE_CHECKING:
    from impact.report.reading import Reading

NARROWEST, WIDEST = 72, 96
LONGEST_LABEL = 30
TOO_LITTLE = "improved, too little"  # “improved, by too little to matter” is too wide for a column


def findings_text(findings: Mapping[str, Any], columns: int | None = None) -> str:
    """The whole text, at most `columns` wide (that of the terminal, within 72 and 96)."""
    from impact.report.reading import Reading

    wide = min(max(columns or shutil.get_terminal_size((WIDEST, 24)).columns, NARROWEST), WIDEST)
    reading = Reading(findings)
    parts = (
        _head(reading, wide),
        _section(reading.word("page.may_say"), _claims(reading, wide)),
        _section("Results, in points from 0 to 100", _results(reading, wide)),
        _section(reading.word("page.who_took_part"), _flow(reading)),
        _section(reading.word("page.limits"), _limits(reading, wide)),
        _section(reading.word("page.identity"), _identity(findings)),
    )
    return "\n\n".join(part for part in parts if part)


def _head(reading: Reading, wide: int) -> str:
    data, labels = reading.findings["data"], reading.labels
    title = str(labels.get("programme") or reading.findings["plan"]["id"])
    lines = [title, "═" * width(title)]
    people, rooms = data["respondents"], labels.get("workshops") or 0
    counted = f"{_count(data['submissions'], 'submission')} of {_count(people, 'person', 'people')}"
    counted += f" in {_count(rooms, 'workshop')}" if rooms else ""
    lines += _wrapped(
        f"{counted}. Design: {reading.findings['design'].replace('_', ' ')}. For the "
        f"{reading.findings['audience']}: nothing is shown about fewer than {reading.threshold} people.",
        wide,
    )
    return "\n".join(lines)


def _claims(reading: Reading, wide: int) -> list[str]:
    """The sentences of the main outcomes; where there are none, of all."""
    listed = [found for found in reading.ordered() if found["role"] == "primary"] or reading.ordered()
    lines: list[str] = []
    for found in listed:
        lines += _wrapped(found["claim"]["text"], wide, "• ")
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
    family = next((f["estimate"]["simultaneous"] for f in reading.ordered() if _simultaneous(f)), None)
    if family and family["family"] > 1:
        note = (
            f"The verdicts on the {family['family']} main results rest on wider intervals "
            f"({family['level'] * 100:.4g} % each), so that all of them hold together at the level of {reading.level}."
        )
        lines += ["", *_wrapped(note, wide)]
    return lines


def _result_table(reading: Reading, title: str, listed: Sequence[Mapping[str, Any]]) -> list[str]:
    effect = next((name for f in listed if (name := (f.get("effect_size") or {}).get("name"))), "effect")
    columns = (
        Column(title), Column("n", True), Column("Before", True), Column("After", True),
        Column("Change", True), Column(f"{reading.level} interval", True), Column(effect, True), Column("Verdict"),
    )  # fmt: skip
    rows: list[Sequence[str] | str] = []
    last = None
    for found in listed:
        if (found["scale"], found["contrast"]) != last:
            last = (found["scale"], found["contrast"])
            contrast = "" if found["contrast"] == reading.first_contrast else f" ({found['contrast']})"
            rows.append(reading.scale_label(found["scale"]) + contrast)
        label = reading.subgroup_label(found["subgroup"])
        if len(label) > LONGEST_LABEL:
            rows.append(GAP + label)
            label = ""
        rows.append((GAP + label, *_numbers(reading, found)))
    return table(columns, rows).splitlines()


def _numbers(reading: Reading, found: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of one finding beside its label."""
    from impact.report.text import interval, number, signed

    if found.get("suppressed"):
        return (*["–"] * 6, f"withheld (< {reading.threshold})")
    estimate = found.get("estimate") or {}
    effect = found.get("effect_size") or {}
    return (
        "–" if found.get("n") is None else str(found["n"]),
        number((found.get("before") or {}).get("mean")),
        number((found.get("after") or {}).get("mean")),
        signed(estimate.get("value")),
        interval(estimate.get("low"), estimate.get("high")),
        signed(effect.get("value"), 2),
        _verdict(reading, found),
    )


def _verdict(reading: Reading, found: Mapping[str, Any]) -> str:
    if found.get("verdict") is None:
        return "–"
    return TOO_LITTLE if found["verdict"] == "improved_below_sesoi" else reading.verdict(found)


def _flow(reading: Reading) -> list[str]:
    columns = (
        Column("Side"), Column("Wave"),
        Column("Submissions", True), Column("Linked", True), Column("Analysed", True),
    )  # fmt: skip
    arms = {row["arm"] for row in reading.findings["flow"]}
    rows: list[Sequence[str]] = []
    last = None
    for row in reading.findings["flow"]:
        group = reading.side_label(row["side"]) + (f", {row['arm']}" if len(arms) > 1 else "")
        counts = (row["submissions"], row["linked"], row["analysed"])
        shown = ["–" if count is None else f"{count:,}" for count in counts]
        rows.append(("" if group == last else group, row["wave"], *shown))
        last = group
    return table(columns, rows).splitlines() if rows else []


def _limits(reading: Reading, wide: int) -> list[str]:
    """Every caveat once, those on the whole first; then the rule of disclosure."""
    from impact.report.reading import texts

    whole = texts(reading.findings.get("caveats", ()))
    single = [text for found in reading.ordered() for text in reading.caveats(found)]
    disclosure = reading.findings.get("disclosure") or {}
    rule = [str(disclosure["rule"])] if disclosure.get("hidden") else []
    return [line for text in dict.fromkeys([*whole, *single, *rule]) for line in _wrapped(text, wide, "• ")]


def _identity(findings: Mapping[str, Any]) -> list[str]:
    plan, instrument, data = findings["plan"], findings["instrument"], findings["data"]
    locked = f"locked {plan['locked_at']}" if plan["locked_at"] else "not locked"
    rows = (
        ("Plan", str(plan["id"]), str(plan["sha256"])[:16], locked),
        ("Instrument", f"{instrument['id']}.v{instrument['version']}", str(instrument["sha256"])[:16], ""),
        ("Data", "", str(data["sha256"])[:16], ""),
    )
    return table((Column(""), Column("Name"), Column("SHA-256 begins"), Column("")), rows).splitlines()


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title.upper(), "", *lines]) if lines else ""


def _simultaneous(found: Mapping[str, Any]) -> bool:
    return bool((found.get("estimate") or {}).get("simultaneous"))


def _count(number: int | None, one: str, many: str = "") -> str:
    return f"{'some' if number is None else f'{number:,}'} {one if number == 1 else many or one + 's'}"


def _cut(text: str, wide: int) -> str:
    return text if len(text) <= wide else text[: wide - 1].rstrip() + "…"


def _wrapped(text: str, wide: int, begin: str = "") -> list[str]:
    return textwrap.wrap(text, wide, initial_indent=begin, subsequent_indent=" " * len(begin))
