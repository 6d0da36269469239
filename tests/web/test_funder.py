"""The funder's link: the released findings and nothing else."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest
from starlette.testclient import TestClient

from impact.report import report_page
from impact.store import releases

EXAMPLE = Path(__file__).parents[1] / "report" / "findings.json"


@pytest.fixture
def findings() -> dict[str, Any]:
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


def released(place: SimpleNamespace, findings: dict[str, Any]) -> tuple[str, str]:
    """(id, token) of a release of these findings."""
    with place.database.session() as session:
        text = json.dumps(findings)
        made, token = releases.add(session, place.vault, place.programme_id, text, date(2026, 11, 22))
        return made.id, token


def cells(html: str) -> list[str]:
    plain = re.findall(r"<t[hd][^>]*>(?:<bdi>)?(.*?)(?:</bdi>)?</t[hd]>", html)
    return [re.sub(r"&#39;", "'", text) for text in plain]


def test_the_summary_tells_the_released_findings_to_the_displayed_digit(
    place: SimpleNamespace, client: TestClient, findings: dict[str, Any]
) -> None:
    _, token = released(place, findings)
    answer = client.get(f"/f/{token}")
    assert answer.status_code == 200
    page = report_page(findings)
    shown = cells(answer.text)
    for row in page.results.rows:
        first = shown.index(row.cells[0])
        assert row.cells[0] in shown[first:]
    flat = "\n".join(shown)
    for row in page.results.rows:
        if any(row.cells[1:]):
            assert "\n".join(row.cells) in flat
    for point in page.summary:
        for said in point.statements:
            assert said.claim.replace("'", "&#39;") in answer.text
    assert findings["plan"]["sha256"] in answer.text
    assert "Invented data" in answer.text


def test_it_needs_no_script_and_allows_none(
    place: SimpleNamespace, client: TestClient, findings: dict[str, Any]
) -> None:
    _, token = released(place, findings)
    answer = client.get(f"/f/{token}")
    assert "<script" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert " style=" not in answer.text


def test_the_pdf_is_the_same_bytes_each_time(
    place: SimpleNamespace, client: TestClient, findings: dict[str, Any]
) -> None:
    _, token = released(place, findings)
    first, second = (client.get(f"/f/{token}/report.pdf") for _ in range(2))
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["content-disposition"] == 'inline; filename="impact-report.pdf"'
    assert first.content == second.content
    with pikepdf.open(io.BytesIO(first.content)) as document, document.open_metadata() as metadata:
        assert metadata["dc:title"] == "Example programme: what changed"


def test_a_revoked_and_an_unknown_link_look_the_same(
    place: SimpleNamespace, client: TestClient, findings: dict[str, Any]
) -> None:
    release_id, token = released(place, findings)
    with place.database.session() as session:
        releases.revoke(session, release_id)
    for end in ("", "/report.pdf"):
        revoked, unknown = client.get(f"/f/{token}{end}"), client.get(f"/f/{'x' * len(token)}{end}")
        assert revoked.status_code == unknown.status_code == 404
        assert revoked.content == unknown.content
        assert dict(revoked.headers) == dict(unknown.headers)


def test_suppressed_numbers_are_in_no_byte_of_the_page(
    place: SimpleNamespace, client: TestClient, findings: dict[str, Any]
) -> None:
    hidden = findings["findings"][1]
    hidden |= {"n": None, "verdict": None, "suppressed": True}
    hidden |= {"before": {"mean": None, "sd": None}, "after": {"mean": None, "sd": None}}
    hidden["estimate"] |= {"value": None, "low": None, "high": None, "simultaneous": None}
    hidden["reliable_change"] = dict.fromkeys(hidden["reliable_change"])
    hidden["claim"]["text"] = "Side B: too few people to show a result."
    _, token = released(place, findings)
    html = client.get(f"/f/{token}").text
    for number in ("−0.9", "45.5", "44.6", "−5.0 to +3.2"):
        assert number not in html
    assert html.count("fewer than 10 people: not shown") >= 3


def test_hostile_names_are_shown_as_text(
    place: SimpleNamespace, client: TestClient, findings: dict[str, Any]
) -> None:
    findings["labels"]["programme"] = "<script>alert(1)</script>\u202e"
    findings["labels"]["sides"]["a"] = '"><img src=x onerror=alert(1)>'
    findings["labels"]["scales"]["fear"]["title"] = "</title></svg><script>x</script>"
    _, token = released(place, findings)
    html = client.get(f"/f/{token}").text
    assert "<script" not in html
    assert "<img" not in html
    assert "\u202e" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_without_a_result_there_is_one_panel_and_nothing_else(
    place: SimpleNamespace, client: TestClient, findings: dict[str, Any]
) -> None:
    for found in findings["findings"]:
        found |= {"n": None, "verdict": None, "suppressed": True}
        found["estimate"] |= {"value": None, "low": None, "high": None, "simultaneous": None}
    for row in findings["flow"]:
        row["submissions"] = None if row["wave"] == "post" else 11
    _, token = released(place, findings)
    html = client.get(f"/f/{token}").text
    assert "Too few people took part for results to be shown without revealing anyone." in html
    rows = sum(row["wave"] == "pre" for row in findings["flow"])
    assert f"<span>Before: <b>{11 * rows}</b> answered</span>" in html
    assert "After:" not in html
    for part in ("<table", "<figure", "<h2", "<details"):
        assert part not in html


def test_every_chart_has_its_title_as_a_heading_and_the_annex_is_folded(
    place: SimpleNamespace, client: TestClient, findings: dict[str, Any]
) -> None:
    _, token = released(place, findings)
    html = client.get(f"/f/{token}").text
    page = report_page(findings)
    for chart in (*(point.chart for point in page.summary), page.forest):
        assert f"<h3>{chart.title}</h3>" in html
    assert "How strong is this evidence?" in html
    assert "What may be said" not in html
    for part in ("quality", "identity"):
        assert f'<details class="part"><summary><h2 id="{part}">' in html


def test_what_stands_beside_the_results_is_on_the_page_and_tables_to_check_are_folded(
    place: SimpleNamespace, client: TestClient, findings: dict[str, Any]
) -> None:
    row = {"scale": "fear", "contrast": "post - pre", "subgroup": {"side": "a"}, "n": 25, "caveats": []}
    ways = {
        "analysis": "plain",
        "label": "every person on their own",
        "verdict": "improved",
        "note_text": None,
    }
    ways |= {"value": -11.5, "low": -13.5, "high": -9.5, "suppressed": False}
    findings["findings"][0] |= {
        "sensitivity": [ways],
        "sensitivity_summary": {
            "same": 1,
            "of": 1,
            "differing": [],
            "text": "The same in the other analysis.",
        },
    }
    findings["portfolio"] = {
        "rule": "Six at least.",
        "rows": [
            row | {"text": "<b>Ahead</b>.", "suppressed": False},
            row | {"text": "LEAK", "suppressed": True},
        ],
    }
    answer = client.get(f"/f/{released(place, findings)[1]}").text
    assert '<span class="under">The same in the other analysis.</span>' in answer
    assert "<li>&lt;b&gt;Ahead&lt;/b&gt;.</li>" in answer
    assert "LEAK" not in answer
    folded = answer[answer.index('<details class="part"><summary><h2 id="ways">') :]
    told = cells(folded[: folded.index("</details>")])
    at = told.index("Every person on their own")
    assert told[at : at + 4] == [
        "Every person on their own", "−11.5", "−13.5 to −9.5", "lower afterwards, as hoped",
    ]  # fmt: skip
