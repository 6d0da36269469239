"""The report page: arranged, never composed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from impact.evaluation.wording import words
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
        ("Side A", "lower afterwards, as hoped", "−12.4", "−17.6 to −7.2", ""),
        ("Side B", "cannot tell", "−0.9", "−7.9 to +6.1", ""),
    ]
    assert first.headline == "Fear of the other side: lower afterwards for Side A; cannot tell for Side B"
    assert first.statements[0].frequencies == findings["findings"][0]["reliable_change"]["text"]


def test_all_results_are_in_the_table_once_and_as_displayed(findings: Findings) -> None:
    table = report_page(findings).results
    rows = [row for row in table.rows if any(row.cells[1:])]
    assert len(rows) == len(findings["findings"])
    assert [row.cells[0] for row in table.rows if not any(row.cells[1:])] == [
        "Primary outcomes",
        "Do the sides differ?",
        "Secondary outcomes",
        "Guard outcomes (must not get worse)",
    ]
    assert rows[0].cells == (
        "Fear of the other side", "Side A", "25", "42.3", "29.9", "−12.4", "−17.6 to −7.2",
        "lower afterwards, as hoped",
    )  # fmt: skip
    difference = next(row for row in rows if row.cells[1] == "Difference between the sides")
    assert difference.cells[3:] == ("", "", "−11.5", "−18.0 to −5.0", "the sides differ")
    assert (
        "Difference between the sides: the change of Side A minus the change of Side B."
        in (report_page(findings).words["results_note"])
    )


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
    assert "Many people were at the floor. (Fear of the other side: Side A)" in page.limits
    assert page.limits[: len(findings["caveats"])] == tuple(c["text"] for c in findings["caveats"])


def test_a_language_without_a_catalogue_of_its_own_falls_back_to_english(findings: Findings) -> None:
    findings["labels"]["language"] = "xx"
    assert report_page(findings).words["results"] == "Results"


def test_many_places_of_a_limit_are_a_share_and_few_are_grouped_by_scale(findings: Findings) -> None:
    total = len(findings["findings"])
    for count, said in (
        (2, "(Fear of the other side: Side A, Side B)"),
        (4, f"(for 4 of {total} results)"),
        (total - 1, "(for most results)"),
        (total, "(for all results)"),
    ):
        changed = copy.deepcopy(findings)
        for finding in changed["findings"][:count]:
            finding["caveats"].append({"code": "floor", "text": "Many were at the floor."})
        assert f"Many were at the floor. {said}" in report_page(changed).limits


def test_a_plan_that_was_fixed_is_named_first_and_one_that_was_not_is_a_limit(findings: Findings) -> None:
    page = report_page(findings)
    assert page.words["kicker"] == "Impact report"
    assert page.limits[-1] == "The analysis plan was not fixed beforehand."
    findings["plan"]["locked_at"] = "2026-09-03T10:00:00+00:00"
    page = report_page(findings)
    assert page.words["kicker"] == "Impact report · plan fixed beforehand on 2026-09-03"
    assert "The analysis plan was not fixed beforehand." not in page.limits
    findings["deviations"] = ["The SESOI of fear was 3, and is 5."]
    assert report_page(findings).words["kicker"] == (
        "Impact report · plan fixed beforehand on 2026-09-03, changed since (see deviations)"
    )


def test_that_the_plan_was_not_fixed_is_said_once(findings: Findings) -> None:
    caveat = {"code": "plan_not_locked", "text": "The plan was not locked."}
    findings["caveats"].append(caveat)
    limits = report_page(findings).limits
    assert limits.count("The plan was not locked.") == 1
    assert limits.count("The analysis plan was not fixed beforehand.") == 0


def test_nothing_to_show_is_said_once_and_for_its_audience(
    findings: Findings, hide: Callable[[Findings, int], Findings]
) -> None:
    assert report_page(findings).nothing_to_show == ""
    for i in range(len(findings["findings"])):
        findings = hide(findings, i)
    public = report_page(findings)
    assert public.nothing_to_show == (
        "Too few people took part for results to be shown without revealing anyone."
    )
    assert public.next_steps == ()
    findings |= {"audience": "team", "disclosure": {"threshold": 5}}
    assert report_page(findings).nothing_to_show == (
        "Nothing can be shown yet: results appear when at least 5 people of a side have answered both times."
    )


def test_what_to_decide_next_depends_on_the_situation(findings: Findings) -> None:
    assert report_page(findings).next_steps == (
        "Ask a comparison group next time: without one nobody can say what caused a change.",
        "More workshops would narrow the ranges; more people in the same few workshops would do less.",
        "Ask again after some months: only that shows whether it lasts.",
    )
    findings["design"] = "randomised"
    for finding in findings["findings"]:
        finding |= {"verdict": "improved", "contrast": "followup - pre"}
    assert report_page(findings).next_steps == ()


def test_two_arms_have_a_row_each_and_a_row_for_their_difference(findings: Findings) -> None:
    levels = {"n": 20, "before": {"mean": 50.0, "sd": 9.0}, "after": {"mean": 41.5, "sd": 9.0}}
    finding = findings["findings"][0] | {"arms": {"comparison": levels, "workshop": levels}, "subgroup": {}}
    page = report_page(findings | {"findings": [finding]})
    assert [row.cells[1:] for row in page.results.rows[1:]] == [
        ("Workshop group", "20", "50.0", "41.5", "", "", ""),
        ("Comparison group", "20", "50.0", "41.5", "", "", ""),
        (
            "Difference between the groups", "25", "", "", "−12.4", "−17.6 to −7.2",
            "lower than in the comparison group, as hoped",
        ),
    ]  # fmt: skip
    said = page.summary[0].statements[0]
    assert (said.label, said.change, said.interval) == (
        "Difference between the groups", "−12.4", "−17.6 to −7.2",
    )  # fmt: skip
    assert page.summary[0].headline == "Fear of the other side: lower than in the comparison group"


def test_verdicts_are_words_by_the_direction_hoped_for(findings: Findings) -> None:
    told = {}
    for direction in ("lower", "higher"):
        for verdict in ("improved", "worsened", "no_meaningful_change", "inconclusive", "lower"):
            changed = copy.deepcopy(findings)
            changed["labels"]["scales"]["fear"]["direction"] = direction
            changed["findings"][0]["verdict"] = verdict
            told[direction, verdict] = report_page(changed).summary[0].statements[0].verdict
    assert told == {
        ("lower", "improved"): "lower afterwards, as hoped",
        ("lower", "worsened"): "higher afterwards, not hoped for",
        ("higher", "improved"): "higher afterwards, as hoped",
        ("higher", "worsened"): "lower afterwards, not hoped for",
        **{(d, "no_meaningful_change"): "no change that would matter" for d in ("lower", "higher")},
        **{(d, "inconclusive"): "cannot tell" for d in ("lower", "higher")},
        **{(d, "lower"): "lower afterwards" for d in ("lower", "higher")},
    }


def test_shares_that_stand_for_few_people_are_words(findings: Findings) -> None:
    findings["quality"][0] |= {"floor": None, "suppressed": False}
    page = report_page(findings)
    assert page.quality.rows[0].cells[7] == "few"
    assert page.words["quality_note"].endswith("few: fewer than 10, or nobody.")
    assert page.quality.rows[1].cells[7] != "few"


def test_names_of_procedures_are_for_statisticians_only(findings: Findings) -> None:
    method = {entry.term: entry.text for entry in report_page(findings).method}
    assert "CR2" in method.pop("For statisticians")
    assert not [text for text in method.values() if "CR2" in text or "Satterthwaite" in text]
    assert report_page(findings).licence.startswith(
        "Maryland Scientific Methods Scale 1 of 5: before and after only"
    )
    findings["labels"]["workshops"] = 0
    assert "Workshops" not in {entry.term for entry in report_page(findings).method}


def test_the_rule_of_disclosure_is_told_whole_and_names_what_it_does_not_hold_for(findings: Findings) -> None:
    texts = words("en")["disclosure"]
    rule = f"{texts['rule'].format(threshold=10)} {texts['public']}"
    assert rule.startswith(
        "A number about a group is shown only if the group has at least 10 people, apart from counts of who came and "
        "answered, and a total only if"
    )
    findings["disclosure"] = {"rule": rule}
    assert {entry.term: entry.text for entry in report_page(findings).method}["Disclosure"] == rule
