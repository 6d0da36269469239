"""Small groups are hidden, and an attacker who solves for them does not get them back."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from impact.evaluation.disclosure import _reliable_change
from impact.plans import Thresholds

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
        assert (found["n"], found["clusters"], found["singletons"], found["estimator"], found["verdict"]) == (
            None,
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


def noisy_alike(rows, rng):
    """Everybody after by the same score, each by another item order: sums differ in the last digit only."""
    alike = [{"fear_1": "5", "fear_2": "4", "fear_3": "5"}, {"fear_1": "4", "fear_2": "5", "fear_3": "5"}]
    return [row | (alike[rng.integers(2)] if row["wave"] == "post" else {}) for row in rows]


def test_floating_point_dust_does_not_undo_the_rule_on_equal_scores(make):
    plan, instrument = make.plan(), make.instrument()
    rows = make.draw(plan, instrument, workshops=3, people_per_side=10, dropout=0.0)
    assert np.full(30, 100 * 1.75 / 3).std(ddof=1) > 0, "there is dust to be seen"
    found = make.evaluate(plan, instrument, noisy_alike(rows, np.random.default_rng(1)))
    assert found["findings"][0]["after"] == {"mean": None, "sd": None}
    assert "everyone_alike" in codes(found["findings"][0])


def codes(row):
    return [caveat["code"] for caveat in row["caveats"]]


def shifted(rows, steps):
    """Everybody answers after as before, but `steps` higher on each item of fear; before, 2 or 3 on each."""
    first = {row["respondent"]: row for row in rows if row["wave"] == "pre"}
    made = []
    for row in rows:
        before = first[row["respondent"]]
        start = 3 if before["fear_1"] in ("4", "5") else 2
        value = start + (steps if row["wave"] == "post" else 0)
        made.append(row | {"fear_1": str(value), "fear_2": str(value), "fear_3": str(6 - value)})
    return made


@pytest.mark.parametrize(
    ("steps", "begins"),
    [
        (0, "Side A: none of the 36 people changed in “Fear”; no interval can be computed."),
        (
            2,
            "Side A: all 36 people changed by the same 50 points of 100 in “Fear”, which was higher after than before;",
        ),
    ],
)
def test_equal_changes_are_said_without_the_averages_that_would_tell_more(make, steps, begins):
    plan, instrument = make.plan(), make.instrument()
    rows = shifted(make.draw(plan, instrument, workshops=3, people_per_side=12, dropout=0.0), steps)
    found = make.evaluate(plan, instrument, rows, "public")
    row = found["findings"][0]
    assert row["claim"]["text"].startswith(begins)
    assert row["before"] == row["after"] == {"mean": None, "sd": None}
    assert all(
        quality["mean"] is None
        for quality in found["quality"]
        if quality["scale"] == "fear" and quality["side"] == "a"
    )


def test_a_hidden_average_is_not_told_by_where_the_interval_ends(make):
    """Where averages are hidden, the sentence does not stop at what the average before would allow."""
    plan, instrument = make.plan(), make.instrument()
    rows = make.draw(plan, instrument, workshops=2, people_per_side=6, dropout=0.0)
    alike = {"fear_1": "1", "fear_2": "1", "fear_3": "5"}
    rows = [row | (alike if row["wave"] == "pre" else {}) for row in rows]
    row = make.evaluate(plan, instrument, rows)["findings"][0]
    assert row["before"]["mean"] is None
    wide = row["estimate"]["simultaneous"]
    if wide["low"] < 0:
        assert f"from −{abs(wide['low']):.0f}"[:6] in row["claim"]["text"]


@pytest.mark.parametrize(("audience", "k"), [("team", 5), ("public", 10)])
def test_categories_within_a_group_are_not_told_below_k(programme, audience, k):
    for row in programme[audience]["findings"]:
        change = row["reliable_change"]
        counts = [change[name] for name in ("improved", "worsened", "unchanged")]
        told = [count for count in counts[:2] if count is not None]
        assert all(count is None or count >= k for count in counts)
        assert all(row["n"] - count >= k for count in [*told, sum(told)] if told)
        assert counts[2] is None or None not in counts
        if change["text"]:
            assert change["text"].count(f"fewer than {k}") == 2 - len(told)
        else:
            assert counts == [None, None, None]
    for row in programme[audience]["quality"]:
        for end in ("floor", "ceiling"):
            if row[end] is not None:
                assert k <= round(row[end] * row["n"]) <= row["n"] - k
            elif not row["suppressed"]:
                assert {"few_at_an_end", "everyone_alike"} & set(codes(row))


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((12, 20, 11), (12, 20, 11)),
        ((12, 25, 3), (12, None, None)),
        ((0, 40, 12), (None, None, 12)),
        ((3, 40, 2), (None, None, None)),
    ],
)
def test_small_categories_are_null(counts, shown):
    block, code = _reliable_change(made_of(counts), 10, None, "en")
    assert code is None
    assert tuple(block[name] for name in ("improved", "unchanged", "worsened")) == shown
    if shown == (None, None, None):
        assert block["text"] is None  # a sentence of two “fewer than” would tell nothing
    else:
        assert block["text"].startswith(f"Of {sum(counts)} people, ")


@pytest.mark.parametrize("counts", [(0, 30, 0), (30, 0, 0), (25, 5, 0), (15, 4, 15), (11, 0, 1)])
def test_counts_that_tell_on_the_others_are_not_shown_at_all(counts):
    block, code = _reliable_change(made_of(counts), 10, None, "en")
    assert code == "everyone_in_one_category"
    assert set(block.values()) == {None}


def made_of(counts):
    block = dict(zip(("improved", "unchanged", "worsened"), counts, strict=True))
    return block | {"threshold": 20.0, "expected_by_error": 1.0, "reliability": 0.8, "text": None}


def test_the_public_gets_no_hash_and_rounded_figures(programme):
    public, team = programme["public"], programme["team"]
    assert public["data"]["sha256"] is None
    assert len(team["data"]["sha256"]) == 64
    for row in public["findings"]:
        for value in (row["estimate"]["value"], row["before"]["mean"], row["after"]["sd"]):
            if value is not None and abs(value) >= 1 and abs(abs(value) - 5) > 0.05:
                assert value == round(value, 1)
        for test in row["tests"]:
            assert test["p_value"] == float(f"{test['p_value']:.3g}")
    for row in public["quality"]:
        if row["alpha"]["value"] is not None:
            assert row["alpha"]["value"] == float(f"{row['alpha']['value']:.3g}")


def test_rounding_changes_no_verdict_and_no_sentence_of_the_same_people(make):
    plan, instrument = make.plan(thresholds=Thresholds(10, 10)), make.instrument()
    rows = make.draw(plan, instrument, workshops=4, people_per_side=12)
    team, public = (make.evaluate(plan, instrument, rows, audience) for audience in ("team", "public"))
    for exact, rounded in zip(team["findings"], public["findings"], strict=True):
        assert (exact["verdict"], exact["claim"]) == (rounded["verdict"], rounded["claim"])
        assert exact["estimate"]["value"] == pytest.approx(rounded["estimate"]["value"], abs=0.051)


def test_the_rule_that_readers_see(make):
    plan, instrument = make.plan(), make.instrument()
    rows = make.draw(plan, instrument, workshops=3, people_per_side=6)
    rules = {
        audience: make.evaluate(plan, instrument, rows, audience)["disclosure"]["rule"]
        for audience in ("team", "public")
    }
    assert "given as “fewer than 5”" in rules["team"]
    assert "rounded" not in rules["team"]
    assert rules["public"].endswith("the fingerprint of the data is given to the team only.")
