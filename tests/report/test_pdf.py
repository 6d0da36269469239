"""The PDF: tagged, titled, selectable, the same bytes each time, harmless whatever a name holds."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
import pytest

from impact.report import render_pdf, report_page
from impact.report.pdf import STANDARDS

Findings = dict[str, Any]


def pdf_of(findings: Findings) -> bytes:
    return render_pdf(report_page(findings))


def words_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def elements(pdf: bytes) -> Iterator[pikepdf.Dictionary]:
    """Every structure element, in reading order."""
    with pikepdf.open(io.BytesIO(pdf)) as document:

        def walk(node: Any) -> Iterator[pikepdf.Dictionary]:
            if isinstance(node, pikepdf.Array):
                for child in node:
                    yield from walk(child)
            elif isinstance(node, pikepdf.Dictionary):
                if "/S" in node:
                    yield node
                if "/K" in node:
                    yield from walk(node.K)

        yield from walk(document.Root.StructTreeRoot.K)


@pytest.fixture
def pdf(findings: Findings) -> bytes:
    return pdf_of(findings)


def test_it_says_what_it_is(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == "en"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == "Example programme: what changed"
            assert metadata["pdfuaid:part"] == "1"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
    assert STANDARDS == ("ua-1", "a-2a")


def test_the_same_findings_give_the_same_bytes_in_every_process(findings: Findings, pdf: bytes) -> None:
    program = (
        "import hashlib, json, sys; from impact.report import render_pdf, report_page;"
        "print(hashlib.sha256(render_pdf(report_page(json.load(sys.stdin)))).hexdigest())"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(findings),
        capture_output=True,
        check=True,
        text=True,
        env=environment,
    )
    assert done.stdout.strip() == hashlib.sha256(pdf).hexdigest()


def test_every_claim_and_number_can_be_selected(findings: Findings, pdf: bytes) -> None:
    text = words_of(pdf)
    for finding in findings["findings"]:
        if finding["role"] == "primary":
            assert finding["claim"]["text"] in text
    for number in ("−12.4", "−17.6 to −7.2", "+7.9", "42.3", "29.9"):
        assert number in text
    assert findings["licence"]["reading"] in text
    assert findings["plan"]["sha256"] in text.replace(" ", "")
    assert "Invented data" in text


def test_the_engine_s_own_findings_make_a_report(golden: Findings) -> None:
    page = report_page(golden)
    text = words_of(render_pdf(page))
    if page.nothing_to_show:
        assert page.nothing_to_show in text
        return
    for point in page.summary:
        assert point.headline in text
        for said in point.statements:
            assert said.claim in text
            assert said.interval in text


def test_figures_have_their_alternative_texts(findings: Findings, pdf: bytes) -> None:
    page = report_page(findings)
    charts = [*(point.chart for point in page.summary), page.flow, page.forest]
    alts = [str(element.Alt) for element in elements(pdf) if element.S == "/Figure"]
    assert alts == [chart.alt for chart in charts]


def test_tables_have_header_cells_and_headings_skip_no_level(pdf: bytes) -> None:
    kinds = [str(element.S) for element in elements(pdf)]
    assert kinds.count("/Table") == 3
    assert kinds.count("/TH") >= 8 + 5 + 10
    scopes = [element for element in elements(pdf) if element.S == "/TH" and "/A" in element]
    assert len(scopes) == kinds.count("/TH")
    levels = [int(kind[2:]) for kind in kinds if kind in {"/H1", "/H2", "/H3"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_only_the_theme_s_font_is_used(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {
            str(font.BaseFont).split("+")[-1]
            for page in document.pages
            for font in page.Resources.get("/Font", {}).values()
        }
    assert fonts
    assert all(name.startswith("Rubik") for name in fonts), fonts


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x") *b* $x^2$ @ref <label> \\u{41}',
        ']] #import "/etc/passwd" [[',
        "right\u202eleft\u2069\u200f",
        "null\x00byte and ☮ 🕊 平和",
        "x" * 10_000,
        "{page} of {pages}",
        "",
    ],
)
def test_hostile_names_are_printed_or_dropped_and_never_obeyed(findings: Findings, name: str) -> None:
    findings["labels"] |= {"programme": name, "organisation": name, "sides": {"a": name, "b": "South"}}
    findings["labels"]["scales"]["fear"]["title"] = name
    findings["findings"][0]["claim"]["text"] = name
    text = words_of(pdf_of(findings))
    assert "South" in text
    assert not set(text) & set("\u202e\u2069\x00")
    if "panic" in name:
        assert '#panic("x") *b* $x^2$' in text


def test_names_and_numbers_with_a_direction_of_their_own_are_printed_without_a_mark(
    findings: Findings,
) -> None:
    plain = pdf_of(findings)
    text = findings["findings"][0]["claim"]["text"]
    findings["findings"][0]["claim"]["text"] = text.replace("Side A", "\u2068Side A\u2069").replace(
        "−", "\u2066−\u2069"
    )
    assert findings["findings"][0]["claim"]["text"] != text
    steered = pdf_of(findings)
    assert words_of(steered).translate(dict.fromkeys(range(0x2066, 0x206A))) == words_of(plain)


def test_a_suppressed_number_is_nowhere_in_the_file(
    findings: Findings, hide: Callable[[Findings, int], Findings]
) -> None:
    text = words_of(pdf_of(hide(findings, 1)))
    assert "fewer than 10 people: not shown" in text
    for value in ("44.6", "−7.9 to +6.1"):
        assert value in words_of(pdf_of(findings))
        assert value not in text


def test_no_findings_is_a_report_too(findings: Findings) -> None:
    text = words_of(pdf_of(findings | {"findings": [], "quality": [], "flow": []}))
    assert "Too few people took part for results to be shown without revealing anyone." in text


def test_a_plan_without_primary_outcomes_says_so(findings: Findings) -> None:
    secondary = [finding | {"role": "secondary"} for finding in findings["findings"]]
    assert "None of the planned outcomes can be shown." not in words_of(pdf_of(findings))
    assert "The plan names no primary outcome" in words_of(pdf_of(findings | {"findings": secondary}))


def test_many_scales_and_long_names_break_over_pages_as_one_table(findings: Findings) -> None:
    long = [
        finding | {"scale": f"s{i}", "role": "exploratory"}
        for i in range(40)
        for finding in findings["findings"][:2]
    ]
    findings["labels"]["scales"] |= {
        f"s{i}": {"title": f"A scale with quite a long name, number {i}", "direction": "higher", "sense": ""}
        for i in range(40)
    }
    pdf = pdf_of(findings | {"findings": findings["findings"] + long})
    assert [str(element.S) for element in elements(pdf)].count("/Table") == 3
    assert "number 39" in words_of(pdf)


def test_it_is_made_in_time(findings: Findings) -> None:
    started = time.perf_counter()
    pdf_of(findings)
    assert time.perf_counter() - started < 1.5


def test_where_nothing_can_be_shown_there_is_only_that_and_the_identity(
    findings: Findings, hide: Callable[[Findings, int], Findings]
) -> None:
    for i in range(len(findings["findings"])):
        findings = hide(findings, i)
    pdf = pdf_of(findings)
    text = words_of(pdf)
    assert "Too few people took part for results to be shown without revealing anyone." in text
    assert findings["plan"]["sha256"] in text.replace(" ", "")
    assert "Who took part" in text  # the counts of the example may be told
    assert "What may be said" not in text
    assert [str(element.S) for element in elements(pdf)].count("/Table") == 1
    for row in findings["flow"]:
        row |= {"submissions": None, "linked": None, "analysed": None, "suppressed": True}
    assert "Who took part" not in words_of(pdf_of(findings))


def test_the_summary_of_two_outcomes_keeps_to_the_first_page(pdf: bytes) -> None:
    done = subprocess.run(["pdftotext", "-l", "1", "-", "-"], input=pdf, capture_output=True, check=True)
    first = done.stdout.decode()
    assert "What may be said" in first
    assert "One limitation" in first
