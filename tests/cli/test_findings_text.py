"""Findings as lines of a terminal: who is counted, names of times, steps that may not be told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from impact.cli.findings_text import findings_text

EXAMPLE = Path(__file__).parents[1] / "report" / "findings.json"


@pytest.fixture
def findings() -> dict[str, Any]:
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


def chain(*people: int | None) -> dict[str, Any]:
    stages = ("invited", "consented", "answered", "attended", "answered", "not_linkable", "analysed")
    waves = (None, None, "pre", None, "post", None, None)
    listed = [
        {"stage": stage, "wave": wave, "people": count}
        for stage, wave, count in zip(stages, waves, people, strict=True)
    ]
    return {"arm": "workshop", "side": "a", "caveats": [], "stages": listed}


def head(findings: dict[str, Any]) -> str:
    return findings_text(findings, 96).split("\n\n")[0].split("\n", 2)[2].replace("\n", " ")


def with_chains(findings: dict[str, Any], *chains: dict[str, Any]) -> dict[str, Any]:
    return findings | {"attrition": {"attendance": None, "chain": list(chains), "lost": [], "dose": []}}


def test_sheets_that_cannot_be_linked_may_be_of_people_who_are_counted(findings: dict[str, Any]) -> None:
    findings["data"] |= {"submissions": 159, "respondents": 88}
    del findings["labels"]["workshops"]
    rest = (
        ". Design: one group. For the public: nothing is shown about fewer than 10 people, apart from counts of who "
        "came and answered."
    )
    assert head(findings) == "159 submissions of 88 people" + rest
    linked = chain(None, None, 44, None, 40, 0, 40)
    assert head(with_chains(findings, linked)) == "159 submissions of 88 people" + rest
    some = with_chains(findings, linked, chain(None, None, 44, None, 39, 4, 35))
    assert head(some) == "159 submissions of 84 to 88 people" + rest
    hidden = with_chains(findings, linked, chain(None, None, 44, None, 39, None, None))
    assert head(hidden) == "159 submissions" + rest


def test_a_step_that_is_hidden_is_told_and_one_that_nobody_knows_is_left_out(
    findings: dict[str, Any],
) -> None:
    several = with_chains(
        findings, chain(60, None, 44, None, None, 0, 40), chain(None, None, 44, None, 39, None, None)
    )
    lines = findings_text(several, 96).splitlines()
    start = lines.index("WHO CAME HOW FAR") + 2
    text = " ".join(line.strip() for line in lines[start : start + 4])
    assert text.startswith(
        "• Side A: invited 60 → answered (before) 44 → answered (after) not shown; not linkable 0; analysed 40 "
        "• Side A: invited not shown → answered (before) 44 → answered (after) 39; not linkable not shown; analysed "
        "not shown"
    )


def test_another_contrast_is_named_by_its_times(findings: dict[str, Any]) -> None:
    later = {**findings["findings"][0], "contrast": "followup - pre"}
    text = findings_text(findings | {"findings": [*findings["findings"], later]}, 96)
    assert text.splitlines().count("Fear of the other side (Follow-up – Before)") == 1
    assert "followup - pre" not in text


def test_every_hash_begins_with_as_many_characters(findings: dict[str, Any]) -> None:
    for part, letter in (("plan", "a"), ("instrument", "b"), ("data", "c")):
        findings[part]["sha256"] = letter * 64
    text = findings_text(findings, 96)
    rows = [line.split() for line in text.splitlines() if line.startswith(("Plan ", "Instrument ", "Data "))]
    assert [next(cell for cell in row if len(set(cell)) == 1) for row in rows] == [
        "a" * 16,
        "b" * 16,
        "c" * 16,
    ]
    findings["data"]["sha256"] = None
    assert next(
        line for line in findings_text(findings, 96).splitlines() if line.startswith("Data ")
    ).endswith(" for the team only")
