"""Drawn programmes: the same from the same seed, in the form of a data file, and as true as they say."""

from __future__ import annotations

import numpy as np
import pytest

from impact.evaluation import as_submissions, draw
from impact.evaluation.simulate import expected_score, latent_shift
from impact.instruments.scoring import score

SHIFTS = {"a": {"fear": -15, "trust": 10}, "b": {"trust": 4}}


def test_the_same_seed_draws_the_same_rows(make):
    plan, instrument = make.plan(), make.instrument()
    one, truth = draw(plan, instrument, seed=7, shifts=SHIFTS)
    other, _ = draw(plan, instrument, seed=7, shifts=SHIFTS)
    assert one == other
    assert draw(plan, instrument, seed=8, shifts=SHIFTS)[0] != one
    assert truth["expected_change"] == {
        "a": {"fear": -15.0, "trust": 10.0, "anger": 0.0},
        "b": {"fear": 0.0, "trust": 4.0, "anger": 0.0},
    }
    assert truth["people"] == 60


def test_rows_are_those_of_a_data_file(make):
    instrument = make.instrument()
    rows, truth = draw(make.plan(), instrument, seed=7, dropout=0.3, languages={"a": ["ar"], "b": ["en"]})
    columns = {
        "wave",
        "workshop",
        "side",
        "arm",
        "language",
        "respondent",
        *(item.id for item in instrument.items),
    }
    assert all(set(row) == columns for row in rows)
    assert all(isinstance(cell, str) for row in rows for cell in row.values())
    assert {row["wave"] for row in rows} == {"pre", "post"}
    assert {(row["side"], row["language"]) for row in rows} == {("a", "ar"), ("b", "en")}
    assert len(rows) == truth["people"] + truth["returned"] < 2 * truth["people"]
    assert {row["fear_1"] for row in rows} <= {"", ".r", "1", "2", "3", "4", "5"}


def test_the_truth_is_what_many_people_show(make):
    """8,000 people in 400 workshops: the standard error is below 0.5 points."""
    plan, instrument = make.plan(), make.instrument()
    rows, truth = draw(
        plan, instrument, seed=3, workshops=400, people_per_side=10, shifts=SHIFTS, by="respondent"
    )
    submissions = as_submissions(instrument, rows)
    for scale in instrument.scales:
        scores = score(instrument, scale, submissions)
        for number, side in enumerate(instrument.side_ids):
            means = [
                float(np.nanmean(scores[(submissions.side == number) & (submissions.wave == wave)]))
                for wave in (0, 1)
            ]
            assert means[1] - means[0] == pytest.approx(truth["expected_change"][side][scale.id], abs=1.5)


def test_the_shift_gives_the_points_it_is_asked_for(make):
    instrument = make.instrument()
    for scale in instrument.scales:
        for centre in (-0.5, 0.0, 0.7):
            for points in (-20, -1, 0.5, 15):
                shift = latent_shift(instrument, scale, centre, points)
                change = expected_score(instrument, scale, centre + shift) - expected_score(
                    instrument, scale, centre
                )
                assert change == pytest.approx(points, abs=1e-6)


def test_what_the_answers_cannot_express_is_refused(make):
    plan, instrument = make.plan(), make.instrument()
    with pytest.raises(
        ValueError, match="a change of -90 points is more than the scale 'fear' leaves room for"
    ):
        draw(plan, instrument, seed=1, shifts={"a": {"fear": -90}})
    with pytest.raises(ValueError, match="no side 'c'"):
        draw(plan, instrument, seed=1, shifts={"c": {}})
    with pytest.raises(ValueError, match=r"no scale 'hope' in tiny\.v1"):
        draw(plan, instrument, seed=1, shifts={"a": {"hope": 1}})


def test_codes_differ_in_one_element_as_often_as_asked():
    from impact.evaluation.simulate import homes
    from impact.instruments import find_instrument
    from impact.plans import load_plan
    from impact.resources import folder

    def find(name, version):
        return find_instrument(name, version, [folder("surveys")])

    plan, instrument = load_plan(folder("analysis") / "dialogue-core.yaml", find)
    rows, _ = draw(plan, instrument, seed=5, workshops=20, dropout=0, code_error=1.0, unlinkable=0.0)
    columns = [f"code.{element.id}" for element in instrument.code_elements]
    first = [tuple(row[column] for column in columns) for row in rows if row["wave"] == "pre"]
    later = [tuple(row[column] for column in columns) for row in rows if row["wave"] == "post"]
    nearest = [min(sum(a != b for a, b in zip(one, other, strict=True)) for other in first) for one in later]
    assert set(nearest) <= {0, 1}
    assert nearest.count(1) > 0.95 * len(later)
    # The sub-scales of fear borrow its items; their home is the plan's outcome.
    home = homes(plan, instrument)
    assert {home[item] for item in instrument.scale["fear_of_harm"].items} == {"fear"}
    with pytest.raises(
        ValueError, match="the items of 'fear_of_harm' are moved by another scale of the plan"
    ):
        draw(plan, instrument, seed=1, shifts={"a": {"fear_of_harm": -5}})
