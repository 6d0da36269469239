"""The examples that report and dashboard are written against are what the engine makes."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
MAKE = runpy.run_path(str(GOLDEN / "make.py"))
NAMES = sorted(MAKE["FILES"])


def load(name):
    return json.loads((GOLDEN / name).read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_what_the_engine_makes_now(name):
    made = MAKE["example"](MAKE["FILES"][name])
    assert made == (GOLDEN / name).read_bytes(), "run: python tests/golden/make.py, and read the difference"


@pytest.mark.parametrize("name", NAMES)
def test_intervals_hold_their_estimates_and_the_sign_is_kept(name):
    for found in load(name)["findings"]:
        estimate, size = found["estimate"], found["effect_size"]
        if estimate["low"] is None:
            continue
        assert estimate["low"] <= estimate["value"] <= estimate["high"]
        wide = estimate["simultaneous"]
        if wide:
            assert wide["low"] <= estimate["low"] <= estimate["high"] <= wide["high"]
        if size["value"] is not None:
            assert size["value"] * estimate["value"] >= 0
            assert size["low"] <= size["value"] <= size["high"]


@pytest.mark.parametrize("name", NAMES)
def test_levels_and_counts_add_up(name):
    findings = load(name)
    for found in findings["findings"]:
        change = found["reliable_change"]
        if None not in (change["improved"], change["worsened"]):
            assert change["improved"] + change["worsened"] <= found["n"] - 10
        if found["before"]["mean"] is not None:
            difference = found["after"]["mean"] - found["before"]["mean"]
            assert difference == pytest.approx(found["estimate"]["value"], abs=0.16), "three rounded numbers"
    for row in findings["flow"]:
        if not row["suppressed"]:
            assert row["analysed"] <= row["linked"] <= row["submissions"]


def test_the_truth_was_found_where_it_is():
    found = {
        (row["scale"], row["subgroup"].get("side")): row["verdict"]
        for row in load("findings-example.json")["findings"]
        if row["role"] == "primary"
    }
    assert found["fear", "a"] == "improved"
    assert found["fear", "b"] == "inconclusive"


def test_a_small_programme_shows_the_public_no_number():
    findings = load("findings-small.json")
    assert all(found["suppressed"] for found in findings["findings"])
    assert findings["data"]["submissions"] is None
    assert findings["disclosure"]["hidden"] == len(findings["findings"])
