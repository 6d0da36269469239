"""The report page: arranged, never composed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from impact.report import report_page

Findings = dict[str, Any]


def test_primary_outcomes_stand_in_the_order_of_the_plan(findings: Findings) -> None:
    page = report_page(findings)
    assert [point.title for point in page.summary] == ["Fear of the other side", "Trust in the other side"]
    reverse = findings | {"findings": findings["findings"][::-1]}
    assert [point.scale for point in report_page(reverse).summary] == ["trust_group", "fear"]


def test_claims_are_the_findings_words(findings: Findings) -> None:
    page = report_page(findings)
    told = {said.claim for point in page.summary for said in point.statements}
    told |= {claim for point in page.summary for claim in point.differences}
    primary = {"fear", "trust_group"}
    assert told == {f["claim"]["text"] for f in findings["findings"] if f["scale"] in primary}
    assert page.may_say == findings["licence"]["reading"]
    assert page.limitation == findings["caveats"][0]["text"]


def test_both_sides_are_told_alike(findings: Findings) -> None:
    first = report_page(findings).summary[0]
    assert [
        (said.label, said.verdict, said.change, said.interval, said.simultaneous) for said in first.statements
    ] == [
        ("Side A", "lower afterwards", "−12.4", "−15.4 to −9.4", "−17.6 to −7.2"),
        ("Side B", "inconclusive", "−0.9", "−5.0 to +3.2", "−7.9 to +6.1"),
    ]
    assert first.statements[0].frequencies == findings["findings"][0]["reliable_change"]["text"]


def test_all_results_are_in_the_table_once_and_as_displayed(findings: Findings) -> None:
    table = report_page(findings).results
    rows = [row for row in table.rows if any(row.cells[1:])]
    assert len(rows) == len(findings["findings"])
    assert [row.cells[0] for row in table.rows if not any(row.cells[1:])] == [
        "Primary outcomes",
        "Secondary outcomes",
        "Guard outcomes (must not get worse)",
    ]
    assert rows[0].cells == (
        "Fear of the other side", "Side A", "25", "42.3", "29.9", "−12.4", "−15.4 to −9.4", "improved",
    )  # fmt: skip
    difference = next(row for row in rows if row.cells[1] == "Side A minus Side B")
    assert difference.cells[3:6] == ("", "", "−11.5")


def test_two_contrasts_are_told_apart_and_only_the_first_makes_headlines(findings: Findings) -> None:
    later = [copy.deepcopy(f) | {"contrast": "followup - pre"} for f in findings["findings"][:2]]
    page = report_page(findings | {"findings": [*findings["findings"], *later]})
    assert [len(point.statements) for point in page.summary] == [2, 2]
    names = [row.cells[0] for row in page.results.rows]
    assert "Fear of the other side (After – Before)" in names
    assert "Fear of the other side (Follow-up – Before)" in names


def test_invented_data_are_announced(findings: Findings) -> None:
    assert report_page(findings).synthetic == (
        "Invented data: this report shows what the software does. Nobody answered these questions."
    )
    findings["labels"]["synthetic"] = False
    assert report_page(findings).synthetic == ""


def test_plan_and_data_can_be_checked(findings: Findings) -> None:
    entries = {entry.term: entry.text for entry in report_page(findings).identity}
    assert entries["Plan, SHA-256"] == findings["plan"]["sha256"]
    assert entries["Data, SHA-256"] == findings["data"]["sha256"]
    assert entries["Plan locked"] == "no: the plan could still be changed"
    findings["plan"]["locked_at"] = "2026-09-03T10:00:00+00:00"
    assert {e.term: e.text for e in report_page(findings).identity}["Plan locked"] == "2026-09-03"


def test_a_hidden_finding_leaves_only_words(
    findings: Findings, hide: Callable[[Findings, int], Findings]
) -> None:
    page = report_page(hide(findings, 0))
    said = page.summary[0].statements[0]
    assert (said.change, said.interval, said.frequencies, said.verdict) == ("", "", "", "")
    assert said.hidden == "fewer than 10 people: not shown"
    assert page.results.rows[1].cells == (
        "Fear of the other side", "Side A", "–", "–", "–", "–", "–", "fewer than 10 people: not shown",
    )  # fmt: skip


def test_limits_of_single_findings_are_named_where_they_hold(findings: Findings) -> None:
    findings["findings"][0]["caveats"].append({"code": "floor", "text": "Many people were at the floor."})
    page = report_page(findings)
    assert "Many people were at the floor. (Fear of the other side, Side A)" in page.limits
    assert page.limits[: len(findings["caveats"])] == tuple(c["text"] for c in findings["caveats"])


def test_a_language_without_a_catalogue_of_its_own_falls_back_to_english(findings: Findings) -> None:
    findings["labels"]["language"] = "xx"
    assert report_page(findings).words["results"] == "Results"
