"""`impact plan simulate` as a user runs it."""

from __future__ import annotations

import json


def test_the_forecast_as_text(impact, folder):
    done = impact(
        "plan", "simulate", "tiny.yaml", "--repetitions", "20", "--workshops", "1", "--people", "12"
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Forecast of tiny"
    assert lines[2] == "20 made-up programmes of 1 workshop, 12 people in each; 15 % lost at each later wave,"
    assert [line for line in lines if line.startswith("fear (post - pre)")] != []
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
