"""`impact plan simulate` as a user runs it."""

from __future__ import annotations

import json

from impact import workflow
from impact.cli.plan_simulate import _with_error, forecast_text
from impact.cli.plan_text import names_of


def test_the_forecast_as_text(impact, folder):
    done = impact(
        "plan", "simulate", "tiny.yaml", "--repetitions", "20", "--workshops", "1", "--people", "12"
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Forecast of tiny"
    assert lines[2] == "20 made-up programmes of 1 workshop, 12 people in each; 15 % lost at each later wave,"
    assert lines[lines.index("Fear (After – Before)") + 1].split()[0] == "Everybody"
    assert lines.count("Fear (After – Before)") == 2
    assert "post - pre" not in done.stdout
    assert "inconclusive" not in done.stdout
    assert (
        "it may not be said of other people or workshops, nor that the workshops caused it."
        in done.stdout.replace("\n", " ")
    )


def test_the_forecast_as_json_is_the_same_each_time(impact, folder):
    command = (
        "plan",
        "simulate",
        "tiny.yaml",
        "--effect",
        "fear=0.5",
        "--repetitions",
        "20",
        "--format",
        "json",
    )
    one, other = impact(*command), impact(*command)
    assert one.stdout == other.stdout
    found = json.loads(one.stdout)
    assert found["declared"]["effects"] == {"fear": 0.5}
    assert [row["scale"] for row in found["findings"]] == ["fear"]
    assert found["findings"][0]["truth"] < 0  # less fear is the desired direction


def test_what_cannot_be_simulated_is_told(impact, folder):
    done = impact("plan", "simulate", "tiny.yaml", "--effect", "feer=0.5")
    assert (done.returncode, done.stdout) == (3, "")
    assert (
        done.stderr == "--effect: feer: no primary outcome of the plan tiny. Its primary outcomes are fear.\n"
    )
    done = impact("plan", "simulate", "tiny.yaml", "--effect", "lots")
    assert done.returncode == 2
    assert "“lots” is neither a number nor scale=number." in done.stderr
    done = impact("plan", "simulate", "tiny.yaml", "--effect", "20")
    assert done.returncode == 3
    assert "is more than the scale 'fear' leaves room for" in done.stderr


def test_verdicts_in_words_that_have_no_room_beside_each_other_stand_below(folder):
    plan, instrument = workflow.find_plan(folder / "tiny.yaml")
    found = {
        "scale": "fear", "contrast": "post - pre", "side": None, "truth": 0.0, "mean": -0.04, "half_width": None,
        "coverage": None, "power": 0, "people": 20.0,
        "verdicts": {"improved_below_sesoi": 0.25, "no_meaningful_change": 0.5, "inconclusive": 0.2, "none": 0.05},
    }  # fmt: skip
    forecast = {
        "plan": {"id": "tiny"}, "repetitions": 20, "sides": 1, "licence": "before_after", "reading": "Little.",
        "declared": {"workshops": 1, "people_per_side": 20, "attrition": 0.1, "correlation": 0.6, "icc": 0.0},
        "findings": [found], "any_wrong": 0.25, "any_moved": 1.0,
    }  # fmt: skip
    parts = forecast_text(forecast, names_of(plan, instrument), False).split("\n\n")
    assert parts[1].splitlines() == [
        "main outcome  truth  found  interval  holds truth   finds it  people",
        "────────────────────────────────────────────────────────────────────",
        "Fear (After – Before)",
        "  Everybody     0.0    0.0         –            –  0 % ± 3.4      20",
    ]
    assert parts[2].splitlines() == [
        "chance of each verdict  verdict                                  chance",
        "───────────────────────────────────────────────────────────────────────",
        "Fear (After – Before)",
        "  Everybody             moved as hoped, by too little to matter    25 %",
        "                        no change that would matter                50 %",
        "                        cannot tell                                20 %",
        "                        no interval                               5.0 %",
    ]
    assert "where nothing does: 25 % ± 9.7." in parts[3].replace("\n", " ")


def test_a_share_of_none_or_all_has_an_error_too():
    assert [_with_error(share, 60) for share in (0, 1.0, 0.25)] == ["0 % ± 1.2", "100 % ± 1.2", "25 % ± 5.6"]
