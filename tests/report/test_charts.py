"""Chart models, and that both renderers carry their numbers and no others."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from impact.report import draw, figure, flow_chart, forest_chart, shift_chart
from impact.report.charts import Chart
from impact.report.text import number, signed
from impact.report.theme import MODES, shape_of

Findings = dict[str, Any]
SVG = "{http://www.w3.org/2000/svg}"


def charts(findings: Findings) -> list[Chart]:
    scales = dict.fromkeys(finding["scale"] for finding in findings["findings"])
    shifts = [shift_chart(findings, scale) for scale in scales]
    return [*shifts, forest_chart(findings), flow_chart(findings)]


def svg_texts(chart: Chart, width: float = 880) -> list[str]:
    root = ET.fromstring(draw(chart, width))
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def plotly_texts(chart: Chart) -> list[str]:
    drawn = figure(chart)
    return [re.sub(r"</?b>", "", note["text"]) for note in drawn["layout"].get("annotations", ())]


def test_the_shift_of_fear(findings: Findings) -> None:
    chart = shift_chart(findings, "fear")
    assert [(mark.label, mark.side, number(mark.before), number(mark.after)) for mark in chart.marks] == [
        ("Side A", 0, "42.3", "29.9"),
        ("Side B", 1, "45.5", "44.6"),
    ]
    assert [row.cells for row in chart.table.rows] == [
        (
            "Side A",
            "25",
            "42.3",
            "29.9",
            "−12.4",
            "−17.6 to −7.2",
            "−15.4 to −9.4",
            "lower afterwards, as hoped",
        ),
        ("Side B", "24", "45.5", "44.6", "−0.9", "−7.9 to +6.1", "−5.0 to +3.2", "cannot tell"),
    ]
    assert chart.alt == (
        "Fear of the other side, averages from 0 to 100. Side A: 42.3 before, 29.9 after, change −12.4 points, "
        "interval −17.6 to −7.2, lower afterwards, as hoped. Side B: 45.5 before, 44.6 after, change −0.9 points, "
        "interval −7.9 to +6.1, cannot tell."
    )
    assert [column.title for column in chart.table.columns][5:7] == ["Interval", "Looked at alone"]
    assert chart.unit in svg_texts(chart)
    assert chart.unit == "average score, 0 to 100"


def test_the_printed_interval_is_the_one_that_the_verdict_rests_on(findings: Findings) -> None:
    """Fear of side B improves if looked at alone, and not if all main results are: no chart may print the first."""
    estimate = findings["findings"][1]["estimate"]
    estimate |= {"low": -1.7, "high": -0.1}
    shift, forest = shift_chart(findings, "fear"), forest_chart(findings)
    for chart in (shift, forest):
        assert "−1.7 to −0.1" not in json.dumps(
            [svg_texts(chart), figure(chart), chart.alt], ensure_ascii=False
        )
        assert "−7.9 to +6.1" in chart.alt
    assert {row.cells[-2] for row in shift.table.rows} == {"−15.4 to −9.4", "−1.7 to −0.1"}
    band = figure(shift)["layout"]["shapes"][1]
    mark = shift.marks[1]
    assert band["x0"] == pytest.approx(mark.after + mark.simultaneous.low - mark.change)
    assert band["x1"] == pytest.approx(mark.after + mark.simultaneous.high - mark.change)


def test_the_difference_of_two_sides_is_no_mark_of_a_chart(findings: Findings) -> None:
    assert [len(group.marks) for group in forest_chart(findings).groups] == [2] * 8


def test_the_forest_keeps_the_order_of_the_plan(findings: Findings) -> None:
    assert [group.label for group in forest_chart(findings).groups] == [
        "Fear of the other side",
        "Trust in the other side",
        "Tension (threat)",
        "Anger",
        "Understanding the other side's view",
        "Empathy",
        "Closeness",
        "Awareness of injustice",
    ]


def test_every_number_of_the_model_is_the_finding_s(findings: Findings) -> None:
    expected = {
        (f["scale"], f["subgroup"]["side"]): (
            f["estimate"]["value"],
            f["estimate"]["low"],
            f["estimate"]["high"],
        )
        for f in findings["findings"]
        if "side" in f["subgroup"]
    }
    scales = list(dict.fromkeys(scale for scale, _ in expected))
    shown = {
        (scale, "ab"[mark.side]): (mark.change, mark.plain.low, mark.plain.high)
        for scale, group in zip(scales, forest_chart(findings).groups, strict=True)
        for mark in group.marks
    }
    assert shown == expected


def test_both_renderers_write_the_numbers_of_the_model(findings: Findings) -> None:
    forest = forest_chart(findings)
    for mark in forest.marks:
        ends = f"{signed(mark.deciding.low)} to {signed(mark.deciding.high)}"
        for texts in (svg_texts(forest), plotly_texts(forest)):
            assert signed(mark.change) in texts
            assert ends in texts
    for scale in ("fear", "trust_group"):
        chart = shift_chart(findings, scale)
        expected = {number(value) for mark in chart.marks for value in (mark.before, mark.after)}
        numeral = re.compile(r"^−?\d+\.\d$")
        assert {text for text in svg_texts(chart) if numeral.match(text)} == expected
        assert {text for text in plotly_texts(chart) if numeral.match(text)} == expected


def test_plotly_gets_exact_values_and_the_svg_the_same_places(findings: Findings) -> None:
    forest = forest_chart(findings)
    points = [
        trace["x"][0]
        for trace in figure(forest)["data"]
        if "hovertext" in trace and trace["mode"] == "markers"
    ]
    assert points == [mark.change for mark in forest.marks]
    paths = list(ET.fromstring(draw(forest, 880)).iter(f"{SVG}path"))[2:]  # after the two of the legend
    starts = [re.match(r"M([\d.]+) ", path.get("d"))[1] for path in paths]
    order = sorted(range(len(points)), key=points.__getitem__)
    # Marks of one side have one shape, so their left ends keep the order of the changes.
    for side in (0, 1):
        places = [float(starts[i]) for i in order if forest.marks[i].side == side]
        assert places == sorted(places)


def test_the_band_is_drawn_only_where_the_findings_carry_it(findings: Findings) -> None:
    assert (
        forest_chart(findings | {"findings": [f | {"sesoi": None} for f in findings["findings"]]}).sesoi
        is None
    )
    with_band = findings | {"findings": [f | {"sesoi": 5.0} for f in findings["findings"]]}
    chart = forest_chart(with_band)
    assert chart.sesoi == 5.0
    assert "The shaded band is too small to matter (±5 points)." in chart.reading
    assert figure(chart)["layout"]["shapes"][0]["x1"] == 5.0


def test_a_suppressed_finding_is_told_in_words_and_drawn_nowhere(
    findings: Findings, hide: Callable[[Findings, int], Findings]
) -> None:
    hidden = hide(findings, 1)
    chart = shift_chart(hidden, "fear")
    assert chart.marks[1].hidden == "fewer than 10 people: not shown"
    assert chart.table.rows[1].cells == ("Side B", *["–"] * 6, "fewer than 10 people: not shown")
    whole = json.dumps([draw(chart), figure(chart), chart.alt])
    for value in ("44.6", "45.5", "−0.9", "−7.9 to +6.1"):
        assert value not in whole
    assert "fewer than 10 people: not shown" in svg_texts(chart)
    assert "fewer than 10 people: not shown" in plotly_texts(chart)


def test_two_arms_are_drawn_apart_and_carry_no_change_of_their_own(findings: Findings) -> None:
    levels = {"n": 20, "before": {"mean": 50.0, "sd": 9.0}, "after": {"mean": 41.5, "sd": 9.0}}
    finding = findings["findings"][0] | {"arms": {"comparison": levels, "workshop": levels}}
    chart = shift_chart(findings | {"findings": [finding]}, "fear")
    assert [mark.label for mark in chart.marks] == ["Side A, workshop group", "Side A, comparison group"]
    assert [mark.change for mark in chart.marks] == [None, None]
    assert [shape_of(mark) for mark in chart.marks] == ["circle", "triangle"]
    assert figure(chart)["layout"]["shapes"] == []
    assert chart.notes == ("Side A, difference between the groups: −12.4 (−17.6 to −7.2)",)
    assert chart.notes[0] in svg_texts(chart)
    assert chart.notes[0] in plotly_texts(chart)
    assert [row.cells[0] for row in chart.table.rows][2] == "Side A, difference between the groups"
    assert [column.title for column in chart.table.columns][4] == "Difference"


def test_a_family_of_one_has_no_second_interval(findings: Findings) -> None:
    for finding in findings["findings"]:
        if finding["estimate"]["simultaneous"]:
            finding["estimate"]["simultaneous"]["family"] = 1
    chart = forest_chart(findings)
    assert [mark.simultaneous for mark in chart.marks] == [None] * 16
    assert "Thin line" not in chart.reading
    titles = [column.title for column in chart.table.columns]
    assert titles == ["Scale", "Side", "People", "Before", "After", "Change", "95\u00a0% interval", "Verdict"]


def test_the_forest_s_axis_ends_at_forty_points_and_longer_lines_in_arrows(findings: Findings) -> None:
    assert forest_chart(findings).extent < 40
    findings["findings"][1]["estimate"]["simultaneous"] |= {"low": -92.2, "high": 107.5}
    chart = forest_chart(findings)
    assert chart.extent == 40
    assert "An arrow head marks" in chart.reading
    drawn = figure(chart)
    arrows = [t for t in drawn["data"] if str(t.get("marker", {}).get("symbol")).startswith("triangle-")]
    assert [(t["x"], t["marker"]["symbol"]) for t in arrows] == [
        ([-40.0], "triangle-left"),
        ([40.0], "triangle-right"),
    ]
    ends = [x for t in drawn["data"] if t.get("mode") == "lines" for x in t["x"]]
    assert (min(ends), max(ends)) == (-40.0, 40.0)
    for texts in (svg_texts(chart), plotly_texts(chart)):
        assert "−92.2 to +107.5" in texts
    for width in (320, 640, 880):
        root = ET.fromstring(draw(chart, width))
        places = [float(line.get(x)) for line in root.iter(f"{SVG}line") for x in ("x1", "x2")]
        assert 0 <= min(places) <= max(places) <= width


@pytest.mark.parametrize("width", [320, 880])
def test_nothing_strikes_through_words_of_the_forest(findings: Findings, width: float) -> None:
    findings["labels"]["scales"]["fear"]["title"] = (
        "A scale with a name that is far too long to stand beside its rows"
    )
    root = ET.fromstring(draw(forest_chart(findings), width))
    upright = [line for line in root.iter(f"{SVG}line") if line.get("x1") == line.get("x2")]
    assert upright
    for text in root.iter(f"{SVG}text"):
        if text.get("text-anchor") != "start":
            continue
        left, base = float(text.get("x")), float(text.get("y"))
        right = left + 5 * len(text.text)
        for line in upright:
            crosses = left < float(line.get("x1")) < right
            assert not (crosses and float(line.get("y1")) < base - 4 < float(line.get("y2"))), text.text


def test_a_side_s_long_name_stands_above_its_row_and_whole(findings: Findings) -> None:
    name = "The host communities of the upper valley and the surrounding villages"
    findings["labels"]["sides"]["b"] = name
    chart = shift_chart(findings, "fear")
    assert name in svg_texts(chart, 560)
    assert name in plotly_texts(chart)
    for narrow in (chart, forest_chart(findings), flow_chart(findings)):
        assert not [text for text in svg_texts(narrow, 320) if "…" in text]


def test_the_flow_counts_people(findings: Findings) -> None:
    chart = flow_chart(findings)
    assert [row.cells for row in chart.table.rows] == [
        ("Side A", "Before", "30", "26", "26"),
        ("Side A", "After", "26", "26", "26"),
        ("Side B", "Before", "30", "25", "25"),
        ("Side B", "After", "25", "25", "25"),
    ]
    assert "30 answered · 26 linked · 26 analysed" in svg_texts(chart)
    bars = figure(chart)["data"]
    assert [bar["x"][0] for bar in bars] == [30, 26, 26, 26, 26, 26, 30, 25, 25, 25, 25, 25]


def test_hidden_counts_of_the_flow_are_words(findings: Findings) -> None:
    findings["flow"][0] |= {"submissions": None, "linked": None, "analysed": None, "suppressed": True}
    chart = flow_chart(findings)
    assert chart.table.rows[0].cells == ("Side A", "Before", "not shown", "not shown", "not shown")
    assert "not shown" in svg_texts(chart)
    findings["flow"][0] |= {"submissions": 30}
    assert "30 answered · linked: not shown · analysed: not shown" in svg_texts(flow_chart(findings))


@pytest.mark.parametrize("mode", MODES)
def test_figures_are_plain_json_without_default_looks(findings: Findings, mode: str) -> None:
    for chart in charts(findings):
        drawn = json.loads(json.dumps(figure(chart, mode), allow_nan=False))
        assert drawn["config"]["displayModeBar"] is False
        assert drawn["layout"]["font"]["family"].startswith("Rubik")


def test_the_engine_s_own_findings_are_drawn_to_the_displayed_digit(golden: Findings) -> None:
    for finding in golden["findings"]:
        estimate = finding["estimate"]
        if "sides" in finding["subgroup"] or estimate["value"] is None:
            continue
        texts = svg_texts(forest_chart(golden)), plotly_texts(forest_chart(golden))
        for told in texts:
            assert signed(estimate["value"]) in told
            ends = estimate["simultaneous"] or estimate
            assert f"{signed(ends['low'])} to {signed(ends['high'])}" in told


@pytest.mark.parametrize("width", [320, 560, 880])
def test_every_text_of_a_drawing_stays_inside_it(findings: Findings, width: float) -> None:
    for chart in charts(findings):
        root = ET.fromstring(draw(chart, width))
        height = float(root.get("height"))
        for text in root.iter(f"{SVG}text"):
            assert 0 <= float(text.get("y")) <= height
            if text.get("text-anchor") == "start":
                room = width - float(text.get("x"))
                assert len(text.text) * 5.0 <= room + 6, (chart.id, text.text)


def test_a_drawing_is_named_for_those_who_do_not_see_it(findings: Findings) -> None:
    for chart in charts(findings):
        root = ET.fromstring(draw(chart))
        title = root.find(f"{SVG}title")
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == title.get("id")
        assert title.text == chart.alt


def test_hostile_names_stay_text(findings: Findings) -> None:
    findings["labels"]["sides"]["a"] = '</text><script>alert("x")</script>\u202e<b>'
    findings["labels"]["scales"]["fear"]["title"] = "<img src=x onerror=alert(1)>"
    chart = shift_chart(findings, "fear")
    svg = draw(chart)
    assert "<script" not in svg
    assert "\u202e" not in svg
    ET.fromstring(svg)
    assert not [text for text in plotly_texts(chart) if "<" in text.replace("<br>", "")]


def test_no_findings_at_all_still_draw(findings: Findings) -> None:
    empty = findings | {"findings": [], "flow": [], "quality": []}
    for chart in (forest_chart(empty), flow_chart(empty)):
        ET.fromstring(draw(chart))
        assert figure(chart)["data"] == []


DEJAVU = {
    ".": 0.318,
    " ": 0.318,
    "−": 0.838,
    "+": 0.838,
    "i": 0.278,
    "l": 0.278,
    "t": 0.392,
    "r": 0.411,
    "·": 0.318,
}


def wide(text: str, size: float = 13) -> float:
    """In a browser that has only DejaVu Sans: digits .636 of the size, other letters about .6."""
    return size * sum(DEJAVU.get(c, 0.636 if c.isdecimal() else 0.6) for c in text)


def with_long_numbers(findings: Findings) -> Findings:
    beside = [found for found in findings["findings"] if "side" in found["subgroup"]]
    for finding, (low, high, value) in zip(
        beside, ((-46.9, -2.8, -24.8), (-18.4, 12.7, -2.8), (-61.2, 82.2, 10.5)), strict=False
    ):
        for block in (finding["estimate"], finding["estimate"]["simultaneous"] or {}):
            block |= {"low": low, "high": high}
        finding["estimate"]["value"] = value
    for row in findings["flow"]:
        row |= {"submissions": 616, "linked": 612, "analysed": 607}
    return findings


def test_texts_right_of_a_figure_have_room_in_a_wide_font(findings: Findings) -> None:
    findings = with_long_numbers(findings)
    layout = figure(forest_chart(findings))["layout"]
    beside = [note for note in layout["annotations"] if note["x"] == 1]
    rows = [beside[i : i + 3] for i in range(0, len(beside), 3)]
    assert [note["text"] for note in rows[1]] == ["<b>−2.8</b>", "−18.4 to +12.7", "cannot tell"]
    for change, ends, verdict in rows:
        lines = verdict["text"].split("<br>")
        places = [
            18,
            change["xshift"] - wide(re.sub("<.*?>", "", change["text"])) * 1.1,
            change["xshift"],
            ends["xshift"],
            ends["xshift"] + wide(ends["text"]),
            verdict["xshift"],
            verdict["xshift"] + max(map(wide, lines)),
            layout["margin"]["r"],
        ]
        assert places == sorted(places)
    layout = figure(flow_chart(findings))["layout"]
    said = next(note for note in layout["annotations"] if note["text"].startswith("616 answered"))
    assert said["xshift"] + wide(said["text"]) < layout["margin"]["r"]


def test_the_legend_has_an_entry_s_room_for_the_longest_name(findings: Findings) -> None:
    findings["labels"]["sides"] = {"a": "The northern community", "b": "South"}
    layout = figure(forest_chart(findings))["layout"]
    assert layout["legend"]["entrywidthmode"] == "pixels"
    assert layout["legend"]["entrywidth"] > wide("The northern community", 14)
    findings["labels"]["sides"]["b"] = "The host communities of the upper valley and the surrounding villages"
    below = figure(forest_chart(findings))["layout"]
    assert below["margin"]["t"] == layout["margin"]["t"] + 20  # one below the other


def test_numbers_and_words_of_a_narrow_forest_do_not_touch(findings: Findings) -> None:
    root = ET.fromstring(draw(forest_chart(with_long_numbers(findings)), 320))
    texts = [
        (float(t.get("x")), float(t.get("y")), t.text, t.get("font-size")) for t in root.iter(f"{SVG}text")
    ]
    row = [one for one in texts if one[1] == next(y for _, y, text, _ in texts if text == "−18.4 to +12.7")]
    assert [text for _, _, text, _ in row] == ["−2.8", "−18.4 to +12.7", "cannot tell"]
    sizes = (13.2, 11, 11)  # the change is bold
    ends = [x + wide(text, size) for (x, _, text, _), size in zip(row, sizes, strict=True)]
    assert ends[0] + 3 < row[1][0]
    assert ends[1] + 3 < row[2][0]


def test_a_band_that_is_cut_at_the_scale_s_end_has_an_arrow_head(findings: Findings) -> None:
    chart = shift_chart(findings, "fear")
    assert not [
        t for t in figure(chart)["data"] if str(t.get("marker", {}).get("symbol")).startswith("triangle-")
    ]
    plain = draw(chart, 560).count("<path")
    finding = findings["findings"][0]  # 29.9 after
    finding["estimate"]["simultaneous"] |= {"low": -12.4 - 30.5, "high": -12.4 + 70.5}
    chart = shift_chart(findings, "fear")
    heads = [
        t for t in figure(chart)["data"] if str(t.get("marker", {}).get("symbol")).startswith("triangle-")
    ]
    assert [(t["x"], t["y"], t["marker"]["symbol"]) for t in heads] == [
        ([0], [0], "triangle-left"),
        ([100], [0], "triangle-right"),
    ]
    drawn = draw(chart, 560)
    assert drawn.count("<path") == plain + 2
    assert 'd="M143.0 28.0l7 -4v8z"' in drawn
    assert 'd="M547.0 28.0l-7 -4v8z"' in drawn


def test_the_forest_s_title_says_which_times_it_compares(findings: Findings) -> None:
    assert forest_chart(findings).title == "All scales: change in points, with intervals (After – Before)"
    assert forest_chart(findings | {"findings": []}).title == "All scales: change in points, with intervals"
