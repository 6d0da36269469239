"""`impact portfolio` as a user runs it: from data files to one result, and what is refused."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from impact import workflow

Impact = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def three(folder: Path) -> list[str]:
    """Findings of three programmes of twenty people, as the command `evaluate` writes them."""
    names = []
    plan, instrument = workflow.find_plan(folder / "tiny.yaml")
    for number in (1, 2, 3):
        lines = ["respondent,wave,workshop,fear_1,fear_2"]
        for i in range(20):
            lines.append(f"p{i},pre,North,{3 + i % 3},{4 + i % 2}")
            after = 1 + (i * number) % 4
            lines.append(f"p{i},post,North,{after},{3 + (i + number) % 3}")
        (folder / f"d{number}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        findings = workflow.evaluate_files(plan, instrument, [folder / f"d{number}.csv"])
        (folder / f"f{number}.json").write_bytes(workflow.findings_json(findings))
        names.append(f"f{number}.json")
    return names


def test_three_programmes(impact: Impact, folder: Path, three: list[str]) -> None:
    text = impact("portfolio", *three)
    assert (text.returncode, text.stderr) == (0, "")
    assert text.stdout.startswith("Portfolio\n═════════\n3 programmes. Design: one group. For the team.\n")
    assert "over 3 programmes with 60 people" in text.stdout
    results = text.stdout.split("RESULTS, IN POINTS FROM 0 TO 100\n\n")[1].split("\n\n")
    assert results[0].splitlines()[2] == "Fear (After – Before)"
    assert re.fullmatch(r"3  60  .* \d+\.\d  \d+ %", results[0].splitlines()[3])
    assert " ".join(results[1].split()) == (
        "k: programmes. n: people analysed in them. A further one: where the result of one more programme like these "
        "would most likely lie. τ: how far the programmes’ true results lie apart, as a standard deviation in points. "
        "I²: the share of the differences between their results that chance alone does not explain."
    )
    first = impact("portfolio", *three, "--format", "json")
    again = impact("portfolio", *reversed(three), "--format", "json")
    assert first.stdout == again.stdout
    document = json.loads(first.stdout)
    assert (document["format"], document["kind"], document["licence"]) == (1, "portfolio", "these_rooms")
    assert [one["file"] for one in document["programmes"]] == three
    (found,) = document["results"]
    members = [
        json.loads((folder / name).read_text("utf-8"))["findings"][0]["estimate"]["value"] for name in three
    ]
    assert min(members) <= found["estimate"]["value"] <= max(members)
    assert (found["programmes"], found["people"], found["rows"]) == (3, 60, None)


def test_effect_sizes_and_tags(impact: Impact, folder: Path, three: list[str]) -> None:
    (folder / "tags.yaml").write_text(
        "format: 1\nprogrammes:\n"
        + "".join(f"  {name}: {{site: North, track: learning, facilitator: f}}\n" for name in three),
        encoding="utf-8",
    )
    done = impact("portfolio", *three, "--tags", "tags.yaml", "--measure", "effect_size", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    results = json.loads(done.stdout)["results"]
    assert [(one["group"]["by"], one["suppressed"]) for one in results] == [
        (None, False),
        ("site", True),
        ("track", True),
    ]
    assert results[0]["estimate"]["unit"] == "g_av"
    assert results[0]["verdict"] is None
    (folder / "tags.yaml").write_text("format: 1\nprogrammes: {f9.json: {site: N}}\n", encoding="utf-8")
    done = impact("portfolio", *three, "--tags", "tags.yaml")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "tags.yaml, line 2: “f9.json” is none of the files. Did you mean “f3.json”?\n"


def test_every_reason_against_pooling_is_told_and_nothing_is_printed(
    impact: Impact, folder: Path, three: list[str]
) -> None:
    (folder / "copy.json").write_bytes((folder / "f1.json").read_bytes())
    document = json.loads((folder / "f2.json").read_text("utf-8"))
    document["audience"], document["findings"][0]["suppressed"] = "public", True
    (folder / "f2.json").write_text(json.dumps(document), encoding="utf-8")
    done = impact("portfolio", *three, "copy.json")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "f2.json, findings[0]: the finding fear, post - pre is suppressed. Leave the file out, or choose other findings "
        "with --scale and --contrast; what is hidden stays so.\n"
    )
    document["findings"][0]["suppressed"] = False
    (folder / "f2.json").write_text(json.dumps(document), encoding="utf-8")
    done = impact("portfolio", *three, "copy.json")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "f2.json: the audience is “public”, and in copy.json “team”. Make all findings again with the same --audience.\n"
        "f1.json: these are the same data as in copy.json, or cannot be told from them. Give each programme once. If they "
        "are two, give the team's findings, whose fingerprints of the data differ.\n"
        "2 problems.\n"
    )


def test_the_command_line_itself(impact: Impact, three: list[str]) -> None:
    assert impact("portfolio").returncode == 2
    done = impact("portfolio", three[0])
    assert (done.returncode, done.stderr) == (
        3, "the portfolio: one programme alone is not pooled. Give two Findings files or more.\n",
    )  # fmt: skip
    done = impact("portfolio", three[0], "tiny.yaml")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("tiny.yaml, line 1: this is not valid JSON.")


def test_numbers_keep_their_last_digit(three: list[str], folder: Path) -> None:
    from impact.cli.portfolio import portfolio_text

    document = workflow.pool_findings([folder / name for name in three])
    (found,) = document["results"]
    found["heterogeneity"] |= {"tau": 0.0, "i_squared": 0.0}
    found["estimate"] |= {"value": -14.0, "low": -17.3, "high": 0.0}
    found["prediction"] |= {"low": -1234.5, "high": None}
    found["heterogeneity"]["i_squared"] = 0.0
    lines = portfolio_text(document).split("RESULTS")[1].splitlines()
    assert lines[5].split() == ["3", "60", "−14.0", "−17.3", "to", "0.0", "–", "0.0", "0", "%"]
    found["estimate"] |= {"value": 0.04, "low": -0.02, "high": 4.96}  # published so as not to cross 0 or ±5
    lines = portfolio_text(document).split("RESULTS")[1].splitlines()
    assert lines[5].split() == ["3", "60", "+0.04", "−0.02", "to", "+4.96", "–", "0.0", "0", "%"]
