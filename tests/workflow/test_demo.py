"""The demo: a programme whose truth is known, and a real one."""

from __future__ import annotations

import csv

from impact import workflow
from impact.settings import Settings
from impact.store import Database
from impact.vault import Vault
from impact.workflow.demo import OPEN_WORKSHOP, SHIFTS


def test_the_demo_states_its_truth_and_shows_it(
    database: Database, vault: Vault, engine_settings: Settings
) -> None:
    demo = workflow.create_demo(database, vault, engine_settings)
    synthetic, real = (
        workflow.programme_overview(database, vault, engine_settings, one) for one in demo.programme_ids
    )
    truth = synthetic.programme.truth["expected_change"]
    wanted = {side: {k: v for k, v in scales.items() if v} for side, scales in truth.items()}
    assert wanted == SHIFTS
    assert synthetic.programme.synthetic
    assert not real.programme.synthetic

    # Three workshops with answers of both sides in three languages, and a fresh one to try.
    with demo.data_file.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["language"] for row in rows} == {"ar", "he", "en"}
    assert synthetic.programme.submissions == len(rows)
    counted = {room.label: room.count("pre") for room in synthetic.workshops}
    assert counted == {"Workshop 1": 28, "Workshop 2": 28, "Workshop 3": 28, "Workshop 4": 0}
    assert demo.participant_path in {
        path for room in synthetic.workshops if room.label == OPEN_WORKSHOP for path in room.paths.values()
    }
    # Some did not come back, and some who did could not be linked.
    returned = sum(row["wave"] == "post" for row in rows)
    assert synthetic.pairs < returned < 84

    # Fear falls on side a; on side b nothing is claimed. Simultaneous intervals hold the truth.
    findings = workflow.evaluate_programme(database, vault, engine_settings, demo.programme_ids[0])
    primary = {
        (found["scale"], found["subgroup"]["side"]): found
        for found in findings["findings"]
        if found["role"] == "primary"
    }
    assert primary["fear", "a"]["verdict"] == "improved"
    assert primary["fear", "b"]["verdict"] == "inconclusive"
    for (scale, side), found in primary.items():
        interval = found["estimate"]["simultaneous"]
        assert interval["low"] < truth[side][scale] < interval["high"]

    # 899 people with both waves, as the data set has them.
    assert (real.programme.submissions, real.pairs) == (1798, 899)
    assert (
        workflow.find_release(database, vault, demo.funder_path.removeprefix("/f/"))["audience"] == "public"
    )
    token = workflow.sign_in(database, demo.evaluator_email, demo.evaluator_password)
    assert workflow.signed_in(database, token).email == demo.evaluator_email
    assert demo.report_pdf.read_bytes().startswith(b"%PDF-")
