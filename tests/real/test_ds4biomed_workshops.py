"""A data-science workshop: three raw exports, other column names by wave, and few people who can be linked.

The counts are those of PROVENANCE.md beside the data; the means are computed here a second time with the csv module
alone, from the tables of the authors' own recodes.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent / "ds4biomed_workshops"
FILES = {
    "pre": "01-02-pre_workshop.csv",
    "post": "01-03-post_workshop.csv",
    "followup": "01-04-longterm_workshop.csv",
}
SIZES = {"pre": 67, "post": 43, "followup": 11}


@pytest.fixture(scope="module")
def folder(shared_data) -> Path:
    return shared_data("ds4biomed_workshops")


@pytest.fixture(scope="module")
def workshops(folder: Path, programme):
    paths = [folder / name for name in FILES.values()]
    return programme(HERE / "ds4biomed.v1.yaml", HERE / "columns.yaml", paths)


@pytest.fixture(scope="module")
def findings(workshops):
    return workshops.findings(HERE / "plan.yaml")


def read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


@pytest.fixture(scope="module")
def by_hand(folder: Path) -> dict[tuple[str, str], dict[str, float]]:
    """(scale, wave) → person → score of 0 to 100: the mean of what was answered, if half of it was."""
    keys = read(folder / "recodes" / "question_text_recodes.tsv", "\t")
    numbers = {row["text"]: int(row["scale_value"]) for row in keys if row["scale_type"] == "4"}
    columns: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in read(folder / "recodes" / "pre_post_long-question_recodes.csv"):
        for wave, name in (("pre", "pre"), ("post", "post"), ("followup", "long")):
            columns[row["type"], wave].append(row[name])
    scores: dict[tuple[str, str], dict[str, float]] = {}
    for scale in ("summary", "lo"):
        for wave, file in FILES.items():
            names = columns[scale, wave]
            scores[scale, wave] = {}
            for row in read(folder / file):
                answers = [numbers[row[name]] for name in names if row[name] != "NA"]
                if 2 * len(answers) >= len(names):
                    scores[scale, wave][row["id_person"]] = (sum(answers) / len(answers) - 1) / 6 * 100
    return scores


def test_all_rows_are_read(workshops) -> None:
    submissions = workshops.submissions
    assert {wave: int(np.sum(submissions.wave == i)) for i, wave in enumerate(FILES)} == SIZES
    assert workshops.links.by == "respondent"


def test_the_links_are_those_of_the_provenance(workshops) -> None:
    people: dict[int, set[int]] = defaultdict(set)
    for person, wave in zip(
        workshops.links.person.tolist(), workshops.submissions.wave.tolist(), strict=True
    ):
        people[person].add(wave)
    waves = list(people.values())
    assert sum({0, 1} <= held for held in waves) == 27
    assert sum({0, 2} <= held for held in waves) == 3
    assert sum({1, 2} <= held for held in waves) == 2
    assert sum(held == {0, 1, 2} for held in waves) == 2
    assert len(waves) == 67 + 43 + 11 - 27 - 3 - 2 + 2


def test_dates_written_in_many_ways_name_eight_workshops(workshops) -> None:
    submissions = workshops.submissions
    counts = np.bincount(submissions.workshop[submissions.workshop >= 0]).tolist()
    assert dict(zip(submissions.workshops, counts, strict=True)) == {
        "2020-10-20": 17,
        "2020-12-09": 2,
        "2021-02-02": 19,
        "2021-05-17": 20,
        "2021-06-29": 40,
        "2021-09-20": 13,
        "2021-09-22": 3,
        "2021-09-27": 5,
        "5/27/21": 1,  # 17 May or 27 September: nobody knows, so it stays as written
    }
    assert int(np.sum(submissions.workshop < 0)) == 1


@pytest.mark.parametrize("scale", ["summary", "lo"])
def test_means_of_all_who_answered(findings, by_hand, scale: str) -> None:
    rows = {
        row["wave"]: row
        for row in findings["quality"]
        if row["scale"] == scale and row["side"] is None and row["language"] is None
    }
    for wave in FILES:
        scores = list(by_hand[scale, wave].values())
        assert rows[wave]["n"] == len(scores)
        assert rows[wave]["mean"] == pytest.approx(sum(scores) / len(scores), rel=1e-9)


@pytest.mark.parametrize("scale", ["summary", "lo"])
def test_change_of_those_who_can_be_linked(findings, by_hand, scale: str) -> None:
    before, after = by_hand[scale, "pre"], by_hand[scale, "post"]
    both = sorted(before.keys() & after.keys())
    finding = next(
        found
        for found in findings["findings"]
        if (found["scale"], found["contrast"]) == (scale, "post - pre")
    )
    assert finding["n"] == len(both)
    assert finding["before"]["mean"] == pytest.approx(sum(before[p] for p in both) / len(both), rel=1e-9)
    assert finding["after"]["mean"] == pytest.approx(sum(after[p] for p in both) / len(both), rel=1e-9)
    change = sum(after[person] - before[person] for person in both) / len(both)
    assert finding["estimate"]["value"] == pytest.approx(change, rel=1e-9)


@pytest.mark.parametrize("scale", ["summary", "lo"])
def test_three_people_are_too_few_to_show(findings, scale: str) -> None:
    finding = next(
        found
        for found in findings["findings"]
        if (found["scale"], found["contrast"]) == (scale, "followup - pre")
    )
    assert finding["suppressed"] is True
    assert finding["estimate"]["value"] is None
