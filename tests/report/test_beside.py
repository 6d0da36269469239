"""What stands beside the results: the findings' sentences, whole tables, and nothing of what is withheld."""

from __future__ import annotations

import copy
import subprocess
from typing import Any

import pytest

from impact.cli.findings_text import findings_text
from impact.report import render_pdf, report_page
from impact.report.beside import Part

Findings = dict[str, Any]
DRAFT = {"code": "draft_translation", "text": "Nobody has approved this translation."}


def said(text: str) -> dict[str, str]:
    return {"text": text}


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "level": 0.95}


@pytest.fixture
def full(findings: Findings) -> Findings:
    """The example with one row in every block, and beside it one that is withheld and holds what could leak."""
    about = {"scale": "fear", "contrast": "post - pre", "subgroup": {"side": "a"}, "n": 25, "caveats": []}
    leak = {"claim": said("LEAK"), "suppressed": True}
    ways = {
        "analysis": "plain",
        "label": "every person on their own",
        "verdict": "inconclusive",
        "note": None,
    }
    ways |= {
        "value": -12.5,
        "low": -26.5,
        "high": 1.5,
        "note_text": None,
        "suppressed": False,
        "counted": True,
    }
    hidden = ways | dict.fromkeys(("value", "low", "high", "verdict"))
    hidden |= {"label": "by lot", "note_text": "Not shown: too few.", "suppressed": True}
    summary = {"same": 0, "of": 1, "differing": ["plain"], "text": "The verdict differs in one analysis."}
    findings["findings"][0] |= {"sensitivity": [ways, hidden], "sensitivity_summary": summary}
    findings["findings"][0]["claim"] |= {
        "sms": "1",
        "nesta": "2",
        "because": [{"rule": "few_people", "text": "There were fewer than ten people."}],
    }
    gap = {"item": "g", "by": "a", "of": "b", "wave": "pre", "contrast": None, "title": "I want peace"}
    gap |= {
        "estimated": 40.0,
        "measured": 52.5,
        "gap": estimate(-12.5, -20.0, -5.0),
        "verdict": "underestimated",
    }
    gap |= {"claim": said("Guessed too low."), "caveats": [], "suppressed": False}
    shift = about | {"before": {"mean": 50.0}, "then": {"mean": 56.5}, "shift": estimate(6.5, 1.0, 12.0)}
    kept = about | {"contrast": "retention", "estimate": estimate(0.75, 0.5, 1.1)}
    harm = about | {
        "role": "guard",
        "worsened": 3,
        "share": estimate(0.12, 0.04, 0.3),
        "expected_share": 0.025,
    }
    harm |= {"average": {"harm": "not_excluded"}, "alert": True, "alert_rule": {"worse_share": 0.1}}
    stages = [
        ("invited", None, 60),
        ("consented", None, None),
        ("answered", "pre", 48),
        ("analysed", None, 41),
    ]
    chain = [
        {
            "arm": "workshop", "side": side, "caveats": [], "suppressed": False,
            "stages": [{"stage": s, "wave": w, "people": None if side == "b" and s == "invited" else p} for s, w, p in stages],
        }
        for side in ("a", "b")
    ]  # fmt: skip
    lost = {"scale": "fear", "contrast": "post - pre", "arm": "workshop", "side": "a", "kept": 41, "lost": 7}
    lost |= {
        "share_lost": estimate(7 / 48),
        "before": {"kept": 50.0, "lost": 44.5},
        "caveats": [],
        "suppressed": False,
    }
    lost |= {"difference": estimate(-5.5, -15.0, 4.0)}
    ahead = about | {"text": "In a further workshop: from −20 to −5.", "suppressed": False}
    return findings | {
        "perception_gap": [gap, gap | leak],
        "response_shift": [
            shift | {"claim": said("Looking back, lower."), "suppressed": False},
            shift | leak,
        ],
        "retention": [kept | {"claim": said("75 % was kept."), "suppressed": False}, kept | leak],
        "harm": [harm | {"claim": said("Alert: three of 25."), "suppressed": False}, harm | leak],
        "attrition": {
            "attendance": None,
            "chain": chain,
            "lost": [lost, lost | {"kept": 98765432, "suppressed": True}],
            "dose": [],
        },
        "portfolio": {
            "rule": "Six at least.",
            "rows": [ahead, ahead | {"text": "LEAK", "suppressed": True}],
            "caveats": [],
        },
        "deviations": [{"path": "outcomes.fear.sesoi", "was": 3.0, "now": 5.0, "reason": "A slip."}],
    }


def parts_of(findings: Findings) -> dict[str, Part]:
    page = report_page(findings)
    return {part.id: part for part in (*page.beside, *page.annex)}


def rows(part: Part) -> list[tuple[str, ...]]:
    return [row.cells for table in part.tables for row in table.rows]


def test_every_block_is_a_part_with_the_findings_sentence_and_numbers(full: Findings) -> None:
    page, parts = report_page(full), parts_of(full)
    assert [part.id for part in page.beside] == [
        "gaps", "looking-back", "kept", "harm", "chain", "portfolio", "deviations",
    ]  # fmt: skip
    assert [part.id for part in page.annex] == ["ways", "licences", "lost", "harm-all"]
    assert {name: part.sentences for name, part in parts.items() if part.sentences} == {
        "gaps": ("Guessed too low.",),
        "looking-back": ("Looking back, lower.",),
        "kept": ("75 % was kept.",),
        "harm": ("Alert: three of 25.",),
        "portfolio": ("In a further workshop: from −20 to −5.",),
    }
    assert rows(parts["gaps"])[1] == ("Before", "40.0", "52.5", "−12.5", "−20.0 to −5.0", "guessed too low")
    assert rows(parts["looking-back"]) == [
        ("Fear of the other side", "Side A", "25", "50.0", "56.5", "+6.5", "+1.0 to +12.0")
    ]
    assert rows(parts["kept"]) == [
        ("Fear of the other side", "Side A", "25", "75\u00a0%", "50\u00a0% to 110\u00a0%")
    ]
    assert rows(parts["harm-all"]) == [
        (
            "Fear of the other side", "Side A", "25", "3", "4\u00a0% to 30\u00a0%", "2.5\u00a0%", "not excluded",
            "alert",
        )
    ]  # fmt: skip
    assert rows(parts["lost"]) == [
        (
            "Fear of the other side", "Side A", "41", "7", "15\u00a0%", "50.0", "44.5", "−5.5", "−15.0 to +4.0",
        )
    ]  # fmt: skip
    assert rows(parts["deviations"]) == [("outcomes.fear.sesoi", "3", "5", "A slip.")]


def test_the_chain_leaves_out_what_nobody_knows_and_dashes_what_one_side_does_not(full: Findings) -> None:
    assert rows(parts_of(full)["chain"]) == [
        ("Invited", "60", "–"),
        ("Answered (before)", "48", "48"),
        ("Analysed", "41", "41"),
    ]


def test_other_ways_stand_below_the_main_result_all_of_them(full: Findings) -> None:
    part = parts_of(full)["ways"]
    assert rows(part) == [
        ("Fear of the other side: Side A", "", "", ""),
        ("The main result", "−12.4", "−17.6 to −7.2", "lower afterwards, as hoped"),
        ("Every person on their own", "−12.5", "−26.5 to +1.5", "cannot tell"),
        ("By lot", "–", "–", "not shown (1)"),
    ]
    assert part.notes[1:] == ("(1) Not shown: too few.",)


def test_a_claim_carries_its_sensitivity_and_what_lowered_its_licence(full: Findings) -> None:
    first, second = report_page(full).summary[0].statements
    assert (first.sensitivity, first.reasons) == (
        "The verdict differs in one analysis.",
        "Why no more may be said of it: There were fewer than ten people.",
    )
    assert (second.sensitivity, second.reasons) == ("", "")


def test_what_is_withheld_is_nowhere(full: Findings) -> None:
    page = report_page(full)
    pdf = subprocess.run(["pdftotext", "-", "-"], input=render_pdf(page), capture_output=True, check=True)
    for text in (repr(page), findings_text(full, 96), pdf.stdout.decode()):
        assert "Guessed too low." in text or "guessed too low" in text
        assert "LEAK" not in text
        assert "98765432" not in text.replace(",", "")
    full["findings"][0]["suppressed"] = True
    hidden = report_page(full).summary[0].statements[0]
    assert (hidden.sensitivity, hidden.reasons) == ("", "")
    assert "ways" not in parts_of(full)


def test_a_document_from_before_these_blocks_still_renders(full: Findings) -> None:
    blocks = ("perception_gap", "response_shift", "retention", "harm", "attrition", "portfolio", "deviations")
    old = {key: value for key, value in full.items() if key not in (*blocks, "comparison")}
    for found in old["findings"]:
        for key in ("sensitivity", "sensitivity_summary", "benchmark"):
            found.pop(key, None)
        for key in ("because", "sms", "nesta", "status"):
            found["claim"].pop(key, None)
    page = report_page(old)
    assert (page.beside, page.annex, page.draft) == ((), (), "")
    assert render_pdf(page).startswith(b"%PDF")
    assert "HARM" not in findings_text(old, 96)


def test_a_sentence_of_a_later_contrast_names_it(full: Findings) -> None:
    later = copy.deepcopy(full["portfolio"]["rows"][0]) | {"contrast": "followup - pre"}
    full["portfolio"]["rows"] = [later]
    assert parts_of(full)["portfolio"].sentences == (
        "(Follow-up – Before) In a further workshop: from −20 to −5.",
    )


def test_benchmarks_name_the_result_and_a_refusal_is_said_once(full: Findings) -> None:
    reason = {"code": "lot_for_one_group", "text": "No yardstick."}
    for found in full["findings"][:2]:
        found["benchmark"] = {"text": None, "reason": reason, "source": "A 2019", "words": "Ours."}
    assert parts_of(full)["benchmark"].sentences == ("No yardstick.",)
    assert parts_of(full)["benchmark"].notes == ("Source: A 2019. Ours.",)
    full["findings"][0]["benchmark"] |= {"text": "Most lie from 0 to 1.", "reason": None}
    assert parts_of(full)["benchmark"].sentences == (
        "Fear of the other side, Side A: Most lie from 0 to 1.",
        "No yardstick.",
    )


def test_a_draft_translation_is_announced_and_a_comparison_group_is_named(full: Findings) -> None:
    full["findings"][0]["claim"]["status"] = "draft"
    full["caveats"].append(DRAFT)
    full["comparison"] = {"group": "waiting_list", "unit": "person"}
    page = report_page(full)
    assert page.draft == DRAFT["text"]
    assert {entry.term: entry.text for entry in page.method}["Comparison group"] == (
        "The comparison group: people who waited for a workshop of their own. Chance decided person by person."
    )


def test_deviations_are_counted_where_the_plan_is_named(full: Findings) -> None:
    entries = {entry.term: entry.text for entry in report_page(full).identity}
    assert entries["Deviations from the plan"] == (
        "1 recorded, with its reason under “Deviations from the plan”"
    )
    entries = {entry.term: entry.text for entry in report_page(full | {"deviations": []}).identity}
    assert entries["Deviations from the plan"] == "none recorded"
    (one,) = full["deviations"]
    for rows, told in (
        ([one | {"reason": None}], "1 recorded, see “Deviations from the plan”"),
        ([one, one], "2 recorded, each with its reason under “Deviations from the plan”"),
        ([one, one | {"reason": ""}], "2 recorded, see “Deviations from the plan”"),
    ):
        entries = {entry.term: entry.text for entry in report_page(full | {"deviations": rows}).identity}
        assert entries["Deviations from the plan"] == told


def test_the_terminal_tells_the_chain_as_a_way(full: Findings) -> None:
    text = findings_text(full, 96)
    assert "• Side A: invited 60 → answered (before) 48; analysed 41\n" in text
    assert "Why no more may be said of it: There were fewer than ten people." in text
    assert max(len(line) for line in text.splitlines()) <= 96


def harm_rows(full: Findings, *changes: Findings) -> Findings:
    row = full["harm"][0] | {"alert": False, "role": "primary"}
    return full | {"harm": [row | change for change in changes]}


def harm_notes(full: Findings, *alerts: bool | None) -> tuple[str, ...]:
    """The notes of rows that all have a concern, so that the part is there."""
    guard = {"role": "guard"}
    return parts_of(harm_rows(full, *(guard | {"alert": alert} for alert in alerts)))["harm"].notes


NOT_SHOWN = "That there is no alert does not show that nobody was harmed."


def test_alerts_that_may_not_be_said_are_no_all_clear(full: Findings) -> None:
    assert harm_notes(full, None, None) == (
        "Whether the plan’s rule gives an alert may not be said for any of the 2 results. This does not show that nobody was "
        "harmed.",
    )
    assert harm_notes(full, False, False, None) == (
        f"Alerts by the plan’s rule: none of the 2 that may be said; not said for 1. {NOT_SHOWN}",
    )
    assert harm_notes(full, True, False, None) == (
        f"Alerts by the plan’s rule: 1 of the 2 that may be said; not said for 1. {NOT_SHOWN}",
    )
    assert harm_notes(full, False, False) == (f"Alerts by the plan’s rule: none of 2 results. {NOT_SHOWN}",)


def test_more_people_worse_than_error_explains_stand_with_the_alerts(full: Findings) -> None:
    """The whole interval of one row lies above the 2.5 % of error alone, that of the other does not."""
    calm = {"average": {"harm": "excluded", "sesoi": 5.0}, "claim": said("Calm.")}
    alone = {"code": "share_takes_people_alone", "text": "People one by one."}
    beyond = calm | {"share": estimate(0.2, 0.0251, 0.4), "claim": said("Beyond."), "caveats": [alone]}
    at = calm | {"share": estimate(0.2, 0.025, 0.4)}
    page = harm_rows(full, at, beyond)
    part = parts_of(page)["harm"]
    assert part.sentences == ("Beyond.",)
    assert part.notes == (f"Alerts by the plan’s rule: none of 2 results. {NOT_SHOWN}", "People one by one.")
    shown = findings_text(page, 96).split("\n\n")
    assert shown[shown.index("HARM") + 1].splitlines()[0] == "• Beyond."


def test_harm_on_average_says_by_how_many_points(full: Findings) -> None:
    def told(*sesois: float | None) -> tuple[str, list[str]]:
        (table,) = parts_of(
            harm_rows(full, *({"average": {"harm": "excluded", "sesoi": sesoi}} for sesoi in sesois))
        )["harm-all"].tables
        return table.columns[6].title, [row.cells[6] for row in table.rows]

    assert told(5.0, 5.0) == ("Worse by 5 points or more, on average", ["ruled out"] * 2)
    assert told(1.0) == ("Worse by 1 point or more, on average", ["ruled out"])
    assert told(5.0, 2.5) == (
        "Worse on average, by what matters or more", ["ruled out (5 points)", "ruled out (2.5 points)"],
    )  # fmt: skip
    assert told(None) == ("Worse on average, by what matters or more", ["ruled out"])
