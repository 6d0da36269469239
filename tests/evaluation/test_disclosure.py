"""Small groups are hidden, and an attacker who solves for them does not get them back."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

PROGRAMMES = [
    # seed, workshops, people a side and workshop, drop-out
    (1, 1, 4, 0.2), (2, 1, 6, 0.4), (3, 2, 3, 0.3), (4, 3, 2, 0.5), (5, 1, 12, 0.6), (6, 3, 4, 0.4),
    (7, 2, 5, 0.1), (8, 1, 11, 0.15), (9, 3, 3, 0.7), (10, 6, 10, 0.15), (11, 1, 10, 0.2), (12, 2, 6, 0.55),
]  # fmt: skip


def uneven(rows, rng):
    """Take people away from side b, so that often one side is small and the other is not."""
    gone = {row["respondent"] for row in rows if row["side"] == "b" and rng.random() < 0.3}
    return [row for row in rows if row["respondent"] not in gone]


@pytest.fixture(scope="module", params=PROGRAMMES, ids=lambda value: f"seed{value[0]}")
def programme(request, make):
    seed, workshops, people, dropout = request.param
    plan, instrument = make.plan(), make.instrument()
    rows = make.draw(
        plan, instrument, seed=seed, workshops=workshops, people_per_side=people, dropout=dropout, languages=["en", "ar"]
    )  # fmt: skip
    rows = uneven(rows, np.random.default_rng(seed))
    return {audience: make.evaluate(plan, instrument, rows, audience) for audience in ("team", "public")}


def same_shape(one, other, path=""):
    assert isinstance(one, dict) == isinstance(other, dict), path
    if isinstance(one, dict):
        assert set(one) == set(other), path
        for key in one:
            if key != "subgroup" and one[key] is not None and other[key] is not None:
                same_shape(one[key], other[key], f"{path}.{key}")


def test_what_is_hidden_has_no_number_and_the_same_shape(programme):
    everything = programme["team"]["findings"] + programme["public"]["findings"]
    hidden = [found for found in everything if found["suppressed"]]
    for found in hidden:
        same_shape(found, everything[0])
        assert (found["n"], found["clusters"], found["estimator"], found["verdict"]) == (
            None,
            None,
            None,
            None,
        )
        assert {key: value for key, value in found["estimate"].items() if key not in ("level", "unit")} == {
            "value": None, "std_error": None, "df": None, "low": None, "high": None, "simultaneous": None
        }  # fmt: skip
        assert found["tests"] == []
        assert set(found["before"].values()) | set(found["after"].values()) == {None}
        assert set(found["reliable_change"].values()) | set(found["effect_size"].values()) == {None}
        assert [caveat["code"] for caveat in found["caveats"]] == ["too_few_to_show"]
        assert not any(character.isdigit() for character in found["claim"]["text"])


@pytest.mark.parametrize(("audience", "k"), [("team", 5), ("public", 10)])
def test_no_number_rests_on_fewer_than_k(programme, audience, k):
    found = programme[audience]
    for row in found["findings"]:
        if not row["suppressed"]:
            groups = [row["n"]] if "sides" not in row["subgroup"] else [row["n"] / 2]
            assert min(groups) >= k
    for row in found["quality"]:
        assert row["n"] is None or row["n"] >= k
    for row in found["flow"]:
        assert all(row[count] is None or row[count] >= k for count in ("submissions", "linked", "analysed"))
    for wave in found["linkage"]["waves"]:
        assert all(
            wave[part] in (None, 0) or wave[part] >= k for part in ("exact", "one_differs", "two_differ")
        )


def test_a_comparison_of_sides_is_hidden_with_either_of_them(programme):
    for found in programme.values():
        hidden = {
            (row["scale"], row["subgroup"]["side"]) for row in found["findings"] if row["suppressed"] and "side" in row["subgroup"]
        }  # fmt: skip
        for row in found["findings"]:
            if "sides" in row["subgroup"]:
                assert row["suppressed"] == any(
                    (row["scale"], side) in hidden for side in row["subgroup"]["sides"]
                )


@pytest.mark.parametrize(("audience", "k"), [("team", 5), ("public", 10)])
def test_two_averages_of_nearly_the_same_people_are_never_both_shown(programme, audience, k):
    shown = {}
    for row in programme[audience]["quality"]:
        if row["mean"] is not None:
            shown.setdefault((row["scale"], row["wave"], row["side"]), []).append((row["language"], row["n"]))
    for row in programme[audience]["findings"]:
        side = row["subgroup"].get("side")
        for wave, level in zip(("post", "pre"), ("after", "before"), strict=True):
            if row[level]["mean"] is not None:
                shown.setdefault((row["scale"], wave, side), []).append((None, row["n"]))
    for people in shown.values():
        whole = [n for language, n in people if language is None]
        for one, other in combinations(whole, 2):
            assert one == other or abs(one - other) >= k
        parts = sum(n for language, n in people if language is not None)
        if parts:
            assert all(n == parts or abs(n - parts) >= k for n in whole)


COUNTS = ("submissions", "linked", "analysed")


def system(found, k):
    """All that is published about counts, as bounds and equations over the cells of the flow."""
    flow = found["flow"]
    cell = {(i, count): 3 * i + j for i in range(len(flow)) for j, count in enumerate(COUNTS)}
    low, high = np.zeros(len(cell)), np.full(len(cell), 500.0)
    rules = []  # (coefficients, low, high)

    def rule(terms, least, most):
        row = np.zeros(len(cell))
        for position, factor in terms:
            row[position] += factor
        rules.append((row, least, most))

    for i, row in enumerate(flow):
        first_hidden = next((count for count in COUNTS if row[count] is None), None)
        for count in COUNTS:
            if row[count] is not None:
                low[cell[i, count]] = high[cell[i, count]] = row[count]
        if first_hidden:
            high[cell[i, first_hidden]] = k - 1
        rule([(cell[i, "submissions"], 1), (cell[i, "linked"], -1)], 0, 500)
        rule([(cell[i, "linked"], 1), (cell[i, "analysed"], -1)], 0, 500)
        for j, other in enumerate(flow[:i]):
            if (row["arm"], row["side"]) == (
                other["arm"],
                other["side"],
            ):  # pairs: the same people at both waves
                rule([(cell[i, "linked"], 1), (cell[j, "linked"], -1)], 0, 0)
                rule([(cell[i, "analysed"], 1), (cell[j, "analysed"], -1)], 0, 0)
    data, linkage = found["data"], {wave["wave"]: wave["linked"] for wave in found["linkage"]["waves"]}
    submissions = [(cell[i, "submissions"], 1) for i in range(len(flow))]
    returned = [i for i, row in enumerate(flow) if row["wave"] == "post"]
    if data["submissions"] is not None:
        rule(submissions, data["submissions"], data["submissions"])
    if data["respondents"] is not None:
        people = submissions + [(cell[i, "linked"], -1) for i in returned]
        rule(people, data["respondents"], data["respondents"])
    if linkage.get("post") is not None:
        rule([(cell[i, "linked"], 1) for i in returned], linkage["post"], linkage["post"])
    for row in found["findings"]:
        for i, place in enumerate(flow):
            if (
                row["role"] == "primary"
                and row["subgroup"].get("side") == place["side"]
                and row["n"] is not None
            ):
                rule([(cell[i, "analysed"], 1)], row["n"], 500)
    return cell, Bounds(low, high), LinearConstraint(*map(np.array, zip(*rules, strict=True)))


@pytest.mark.parametrize(("audience", "k"), [("team", 5), ("public", 10)])
def test_an_attacker_who_solves_for_hidden_counts_finds_at_least_five_values(programme, audience, k):
    found = programme[audience]
    cell, bounds, constraint = system(found, k)
    for (i, count), position in cell.items():
        if found["flow"][i][count] is not None:
            continue
        goal = np.zeros(len(cell))
        goal[position] = 1
        ends = [
            milp(sign * goal, integrality=np.ones(len(cell)), bounds=bounds, constraints=constraint)
            for sign in (1, -1)
        ]
        assert all(end.success for end in ends)
        least, most = ends[0].fun, -ends[1].fun
        assert most - least >= 4, (found["flow"][i], count, least, most)


def test_some_of_these_programmes_hide_one_side_only(make):
    """The attack above would prove nothing if all or nothing were hidden."""
    plan, instrument = make.plan(), make.instrument()
    rows = [
        row for row in make.draw(plan, instrument, workshops=3, people_per_side=6, dropout=0.0)
        if row["side"] == "a" or row["workshop"] == "Workshop 1"
    ]  # fmt: skip
    found = make.evaluate(plan, instrument, rows, "public")
    assert {
        row["subgroup"]["side"]
        for row in found["findings"]
        if "side" in row["subgroup"] and not row["suppressed"]
    } == {"a"}
    assert [row["submissions"] for row in found["flow"]] == [18, 18, None, None]
    assert found["data"]["submissions"] is None
    assert found["data"]["respondents"] is None
    assert found["linkage"]["waves"][0]["linked"] is None


def test_counts_are_hidden_when_all_people_fall_into_one_category(make):
    plan, instrument = make.plan(), make.instrument()
    rows = make.draw(plan, instrument, workshops=3, people_per_side=6, dropout=0.0)
    first = {row["respondent"]: row for row in rows if row["wave"] == "pre"}
    rows = [
        row | {key: value for key, value in first[row["respondent"]].items() if key[:4] == "fear"}
        for row in rows
    ]
    found = next(row for row in make.evaluate(plan, instrument, rows)["findings"] if row["scale"] == "fear")
    assert found["reliable_change"]["unchanged"] is None
    codes = [caveat["code"] for caveat in found["caveats"]]
    assert "nobody_changed" in codes
    assert "everyone_in_one_category" in codes


def test_the_same_answers_of_all_are_not_told_by_an_average(make):
    plan, instrument = make.plan(), make.instrument()
    rows = make.draw(plan, instrument, workshops=3, people_per_side=6, dropout=0.0)
    alike = {"fear_1": "5", "fear_2": "5", "fear_3": "1"}
    rows = [row | (alike if row["wave"] == "post" else {}) for row in rows]
    found = make.evaluate(plan, instrument, rows)
    row = found["findings"][0]
    assert row["before"] == row["after"] == {"mean": None, "sd": None}
    assert "everyone_alike" in [caveat["code"] for caveat in row["caveats"]]
    for quality in found["quality"]:
        if quality["scale"] == "fear":
            assert (quality["mean"], quality["floor"], quality["ceiling"]) == (None, None, None)
