"""Research courses at a university, 2021–2024: 225 students in 14 sections, before and after a term.

Reproduced, from the raw files through `read_data`, `link` and `run`, against what the authors published (expected.csv
and the folder `published` beside the data):

- people by instructor and term (their Table S1), 224 in all;
- the table of ability before by gain after for the first course element, “None” included;
- five mean abilities before, to the printed decimals;
- the three differences between autumn and spring (Table S4), which PROVENANCE.md had “not run”: they are differences of
  means among those who also answered the gain;
- means and standard deviations of the five engagement items after (Figure 1), from the files with demographics: 215.

The five items of engagement are one scale here. The authors publish no change of it; ours is compared with clubSandwich
in R (reference/bucknell_cure_2021_24.R), as is a scale of five items, four of them reversed.

Left out, and why: gain minus ability. The authors set the two beside each other, but “how able are you”
and “how much did you gain” are two questions, so the instrument holds them as two items and no finding subtracts them.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent / "bucknell_cure_2021_24"
INSTRUMENT = HERE / "bucknell-cure.v1.yaml"
LEVELS = ("None", "Little", "Some", "Much", "Extensive")
ELEMENTS = {
    3: "Q10_3_pre estimate",
    11: "Q10_11_pre ~ FallSpring estimate",
    18: "Q10_18_pre estimate",
}
ABILITIES = {8: 3.401786, 9: 4.067265, 17: 3.15625, 22: 4.013393, 24: 3.321429}
"""`mean of x` in published/BenchmarkComparison.md."""
ENGAGEMENT = {1: (4.28, 0.58), 3: (4.28, 0.61), 10: (4.39, 0.61), 13: (4.29, 0.66), 18: (4.16, 0.68)}
"""Mean and standard deviation in published/Figure1.PostQ11_13.md."""


@pytest.fixture(scope="module")
def folder(shared_data) -> Path:
    return shared_data("bucknell_cure_2021_24")


@pytest.fixture(scope="module")
def courses(folder: Path, programme, tmp_path_factory):
    """The files with instructors, each with its section put before the other columns."""
    copies = tmp_path_factory.mktemp("bucknell")
    for year in (1, 2, 3):
        name = f"Year{year}.NoDemographics.csv"
        with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            term = row.get("Semester") or row["Semester_pre"]
            row["section"] = f"{row['Instructor'].removeprefix('Prof. ')} {term}"
        with (copies / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return programme(INSTRUMENT, HERE / "columns.yaml", sorted(copies.iterdir()))


@pytest.fixture(scope="module")
def published(folder: Path) -> dict[tuple[str, str], float]:
    """(statement, group) → value."""
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as stream:
        return {(row["statement"], row["group"]): float(row["value"]) for row in csv.DictReader(stream)}


@pytest.fixture(scope="module")
def findings(courses):
    return courses.findings(HERE / "plan.yaml")


@pytest.fixture(scope="module")
def wide(courses):
    """(item, wave) → answer of each person, 0 where there is none; and each person's section."""
    submissions, person = courses.submissions, courses.links.person
    people = int(person.max()) + 1

    def answers(item: str, wave: int) -> np.ndarray:
        found = np.zeros(people, dtype=int)
        chosen = submissions.wave == wave
        places = submissions.answers[item][chosen].astype(
            int
        )  # of the option; a code where there is no answer
        found[person[chosen]] = np.where(places < len(LEVELS), places + 1, 0)
        return found

    sections = np.empty(people, dtype=object)
    sections[person] = [submissions.workshops[place] for place in submissions.workshop]
    return answers, sections


def test_people_by_section(wide, published) -> None:
    _, sections = wide
    names, counts = np.unique(sections.astype(str), return_counts=True)
    table = {group: value for (statement, group), value in published.items() if statement == "n"}
    assert dict(zip(names.tolist(), counts.tolist(), strict=True)) == table
    assert len(table) == 14
    assert len(sections) == published["n total", "consented"] == 224


def test_ability_before_by_gain_after(wide, published) -> None:
    answers, _ = wide
    before, after = answers("ability_1", 0), answers("gain_1", 1)
    found = {
        ("Q10_1_pre x Q9_1_post", f"{first} -> {second}"): int(np.sum((before == i) & (after == j)))
        for i, first in enumerate(LEVELS, 1)
        for j, second in enumerate(LEVELS, 1)
    }
    assert found == {key: value for key, value in published.items() if key[0] == "Q10_1_pre x Q9_1_post"}
    assert sum(found.values()) == 215


@pytest.mark.parametrize("element", ABILITIES)
def test_mean_ability_before(wide, element: int) -> None:
    answers, _ = wide
    before = answers(f"ability_{element}", 0)
    assert round(float(before[before > 0].mean()), 6) == ABILITIES[element]


@pytest.mark.parametrize("element", ELEMENTS)
def test_autumn_and_spring_differ_as_published(wide, published, element: int) -> None:
    answers, sections = wide
    before, after = answers(f"ability_{element}", 0), answers(f"gain_{element}", 1)
    spring = np.array(["Spring" in section for section in sections])
    kept = (before > 0) & (after > 0)
    difference = float(before[kept & spring].mean() - before[kept & ~spring].mean())
    assert round(difference, 7) == published[ELEMENTS[element], "all"]


def test_engagement_items_after_as_in_figure_1(folder: Path, programme) -> None:
    paths = [folder / f"Year{year}.NoInstructor.csv" for year in (1, 2, 3)]
    submissions = programme(INSTRUMENT, HERE / "columns-demographics.yaml", paths).submissions
    assert np.bincount(submissions.wave).tolist() == [215, 215]
    found, missing = {}, {}
    for item in ENGAGEMENT:
        after = submissions.answers[f"attitude_{item}"][submissions.wave == 1].astype(float)
        answered = after[after < len(LEVELS)] + 1
        found[item] = (round(float(answered.mean()), 2), round(float(answered.std(ddof=1)), 2))
        missing[item] = len(after) - len(answered)
    assert found == ENGAGEMENT
    assert missing == {1: 0, 3: 0, 10: 0, 13: 0, 18: 1}


@pytest.mark.parametrize("scale", ["engagement", "inquiry"])
def test_change_by_section_equals_club_sandwich(findings, reference, scale: str) -> None:
    expected = next(row for row in reference("bucknell_cure_2021_24.csv") if row["scale"] == scale)
    finding = next(found for found in findings["findings"] if found["scale"] == scale)
    assert finding["estimator"] == "mean_change_cr2"
    assert (finding["n"], finding["clusters"]) == (int(expected["n"]), int(expected["sections"])) == (224, 14)
    estimate, test = finding["estimate"], finding["tests"][0]
    found = {
        "before": finding["before"]["mean"],
        "after": finding["after"]["mean"],
        "estimate": estimate["value"],
        **{name: estimate[name] for name in ("std_error", "df", "low", "high")},
        **{name: test[name] for name in ("statistic", "p_value")},
    }
    assert found == pytest.approx({name: float(expected[name]) for name in found}, rel=1e-7)


def test_one_group_of_students_claims_no_cause(findings) -> None:
    claims = {found["scale"]: (found["verdict"], found["claim"]["licence"]) for found in findings["findings"]}
    assert claims == {
        "engagement": ("inconclusive", "before_after"),
        "inquiry": ("improved_below_sesoi", "before_after"),
    }
