"""No combination of the averages that are shown tells of a few: checked person by person, without the engine's classes."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from impact.evaluation.averages import MOST_SETS, People, withheld
from impact.instruments.model import Scale
from impact.plans.model import Contrast, Outcome, Retention

K = 5
CONTRASTS = (
    Contrast("post - pre", "post", "pre"),
    Contrast("followup - pre", "followup", "pre"),
    Contrast("followup - post", "followup", "post"),
)


@pytest.fixture(scope="module")
def three_waves(make):
    """Plan, instrument, and a maker of rows of 12 people a side of whom `lost` miss a wave."""
    instrument = make.instrument(scales=("fear",))
    plan = make.plan(
        outcomes=(Outcome("fear", "primary"),), contrasts=CONTRASTS, imputations=0, compare_sides=False,
        retentions=(Retention("retention", "pre", "post", "followup"),),
    )  # fmt: skip

    def rows(seed, lost):
        made = make.draw(
            plan,
            instrument,
            seed=seed,
            workshops=2,
            people_per_side=6,
            shifts={"a": {"fear": -20}},
            dropout=0.0,
        )
        people = sorted({row["respondent"] for row in made if row["side"] == "a"})
        chance = random.Random(seed)
        gone = {
            (person, chance.choice(("pre", "post", "followup"))) for person in chance.sample(people, lost)
        }
        return [row for row in made if (row["respondent"], row["wave"]) not in gone]

    return plan, instrument, rows


def equations(document, rows):
    """(table of what is published of side a, its columns: person × wave)."""
    people = sorted({row["respondent"] for row in rows if row["side"] == "a"})
    at = {
        wave: {row["respondent"] for row in rows if row["wave"] == wave}
        for wave in ("pre", "post", "followup")
    }
    columns = {(person, wave): i for i, (person, wave) in enumerate((p, w) for p in people for w in at)}
    table = []

    def told(persons, **signs):
        row = np.zeros(len(columns))
        for wave, sign in signs.items():
            row[[columns[person, wave] for person in persons]] = sign
        table.append(row)

    for one in document["findings"]:
        if one["subgroup"] != {"side": "a"}:
            continue
        after, before = one["contrast"].split(" - ")
        both = [person for person in people if person in at[after] and person in at[before]]
        if one["estimate"]["value"] is not None:
            told(both, **{after: 1, before: -1})
        if one["before"]["mean"] is not None:
            told(both, **{before: 1})
            told(both, **{after: 1})
    for one in document["quality"]:
        if one["side"] == "a" and one["mean"] is not None:
            told([person for person in people if person in at[one["wave"]]], **{one["wave"]: 1})
    for one in document["retention"]:
        if one["subgroup"] == {"side": "a"} and one["estimate"]["value"] is not None:
            whole = [person for person in people if all(person in at[wave] for wave in at)]
            told(whole, post=1, pre=-1)
            told(whole, followup=1, pre=-1)
    for one in document["attrition"]["lost"]:
        if one["side"] == "a" and one["before"]["kept"] is not None:
            kept = [person for person in people if person in at["pre"] and person in at["post"]]
            told(kept, pre=1)
            told([person for person in people if person in at["pre"] and person not in at["post"]], pre=1)
    return np.array(table).reshape(len(table), len(columns)), len(people)


def tells_of_few(table, people):
    rank, size = np.linalg.matrix_rank(table), table.shape[1] // people
    masks = []
    for few in range(1, K):
        for chosen in combinations(range(people), few):
            mask = np.ones((people, size))
            mask[list(chosen)] = 0
            masks.append(mask.ravel())
    struck = table[None] * np.array(masks)[:, None, :]
    return bool((np.linalg.matrix_rank(struck) < rank).any())


@pytest.mark.parametrize("lost", [0, 1, 2, 4, 6])
def test_no_combination_of_averages_tells_of_fewer_than_five(make, three_waves, lost):
    plan, instrument, rows = three_waves
    for seed in range(4):
        drawn = rows(seed, lost)
        table, people = equations(make.evaluate(plan, instrument, drawn), drawn)
        assert len(table) >= 1
        assert not tells_of_few(table, people), (seed, lost)


def test_nothing_gives_way_where_all_answered_always(make, three_waves):
    plan, instrument, rows = three_waves
    document = make.evaluate(plan, instrument, rows(1, 0))
    assert [one["suppressed"] for one in document["findings"]] == [False] * 6
    assert None not in [one["before"]["mean"] for one in document["findings"]]
    assert [
        (one["wave"], one["side"], one["n"], one["caveats"])
        for one in document["quality"]
        if one["mean"] is None
    ] == []


def test_the_last_of_three_contrasts_gives_way_to_the_two_before_it(make, three_waves):
    """One person has no follow-up: the three changes together would give that person's change."""
    plan, instrument, rows = three_waves
    drawn = rows(1, 0)
    one = sorted(row["respondent"] for row in drawn if row["side"] == "a")[0]
    drawn = [row for row in drawn if (row["respondent"], row["wave"]) != (one, "followup")]
    found = {
        row["contrast"]: row
        for row in make.evaluate(plan, instrument, drawn)["findings"]
        if row["subgroup"] == {"side": "a"}
    }
    assert {name: row["suppressed"] for name, row in found.items()} == {
        "post - pre": False, "followup - pre": False, "followup - post": True,
    }  # fmt: skip
    last = found["followup - post"]
    assert (last["n"], last["estimate"]["value"], last["verdict"], last["before"]["mean"]) == (
        11,
        None,
        None,
        None,
    )
    assert [note["code"] for note in last["caveats"]] == ["averages_give_way"]
    assert last["claim"]["rule"].endswith(".gives_way")
    assert found["followup - pre"]["before"] == {"mean": None, "sd": None}


def test_a_facet_gives_way_to_its_scale_where_one_person_left_items_out(make):
    """fear = (harm + awkwardness) / 2 for who answered all; one person who left one out would be the remainder."""
    whole = make.instrument(scales=("fear",))
    facet = Scale(
        "harm",
        {"en": "Harm"},
        ("fear_1", "fear_2"),
        frozenset(),
        "lower",
        0.5,
        "fear",
        "own",
        {"en": "More harm."},
    )
    instrument = replace(whole, scales=(*whole.scales, facet))
    plan = make.plan(
        outcomes=(Outcome("fear", "primary"), Outcome("harm", "secondary")),
        imputations=0,
        compare_sides=False,
    )
    rows = make.draw(plan, instrument, seed=3, workshops=2, people_per_side=6, shifts={}, dropout=0.0)

    def shown(rows):
        document = make.evaluate(plan, instrument, rows)
        return [
            (one["scale"], one["suppressed"])
            for one in document["findings"]
            if one["subgroup"] == {"side": "a"}
        ], [
            one["mean"] is None
            for one in document["quality"]
            if one["side"] == "a" and one["scale"] == "harm"
        ]

    assert shown(rows) == ([("fear", False), ("harm", False)], [False, False])
    first = next(row for row in rows if row["side"] == "a" and row["wave"] == "pre")
    first["fear_2"] = ""
    assert shown(rows) == ([("fear", False), ("harm", True)], [True, False])


def test_the_public_is_shown_nothing_that_the_team_is_not(make, three_waves):
    plan, instrument, rows = three_waves
    for seed in range(6):
        drawn = rows(seed, seed)
        team, public = (make.evaluate(plan, instrument, drawn, audience=name) for name in ("team", "public"))
        for block in ("findings", "quality", "retention"):
            for mine, theirs in zip(team[block], public[block], strict=True):
                empty = [path for path in leaves(mine) if leaves(mine)[path] is None]
                assert [path for path in empty if leaves(theirs).get(path) is not None] == []


def leaves(row):
    found = {}

    def walk(value, path):
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}")
        elif not isinstance(value, list):
            found[path] = value

    walk({key: value for key, value in json.loads(json.dumps(row)).items() if key != "claim"}, "")
    return found


def test_who_was_lost_is_not_told_beside_a_contrast_that_has_all_but_one_of_them(make, three_waves):
    """Six have no post, five of the six a follow-up: follow-up − pre less post − pre leaves the one who has neither."""
    plan, instrument, rows = three_waves
    drawn = rows(1, 0)
    people = sorted({row["respondent"] for row in drawn if row["side"] == "a"})
    gone = {(person, "post") for person in people[:6]} | {(people[0], "followup")}
    drawn = [row for row in drawn if (row["respondent"], row["wave"]) not in gone]
    document = make.evaluate(plan, instrument, drawn)
    (lost,) = (row for row in document["attrition"]["lost"] if row["side"] == "a")
    assert (lost["kept"], lost["lost"], lost["before"]) == (6, 6, {"kept": None, "lost": None})
    assert not tells_of_few(*equations(document, drawn))


def test_a_pooled_change_goes_with_its_finding(make, three_waves):
    plan, instrument, _ = three_waves
    drawn = make.draw(plan, instrument, seed=1, workshops=6, people_per_side=6, shifts={}, dropout=0.0)
    one = sorted(row["respondent"] for row in drawn if row["side"] == "a")[0]
    drawn = [row for row in drawn if (row["respondent"], row["wave"]) != (one, "followup")]
    document = make.evaluate(plan, instrument, drawn)
    places = [
        {(row["contrast"], row["subgroup"]["side"]): row["suppressed"] for row in rows}
        for rows in (document["findings"], document["portfolio"]["rows"])
    ]
    assert places[0] == places[1]
    assert [place for place, hidden in places[1].items() if hidden] == [("followup - post", "a")]


def row_of(persons, contrast, **more):
    persons = np.array(persons)
    whom = People(persons, np.ones(len(persons), bool), persons[:0])
    base = {"scale": "fear", "contrast": contrast, "subgroup": {"side": "a"}}
    return base | {"_whom": whom, "_shares": ()} | more


def by_hand(findings):
    raw = {"findings": findings, "quality": [], "retention": [], "attrition": {"lost": [], "dose": []}}
    return sorted(i for name, i in withheld(raw, (), K) if name == "finding")


def test_a_subgroup_gives_way_with_its_item_and_leaves_the_side():
    """One of 20 women has no follow-up, nor have six of 20 men: the side tells of seven, the women's results of one."""
    women, men = list(range(20)), list(range(20, 40))
    findings = []
    for contrast, gone in (
        ("post - pre", ()),
        ("followup - pre", (0, *men[:6])),
        ("followup - post", (0, *men[:6])),
    ):
        groups = {"w": women, "m": men}
        here = {name: [one for one in group if one not in gone] for name, group in groups.items()}
        findings.append(row_of(here["w"] + here["m"], contrast))
        for name, group in here.items():
            part = {"subgroup": {"side": "a", "sex": name}, "_partition": ("fear", contrast, "a", "sex")}
            findings.append(row_of(group, contrast, **part))
    assert by_hand(findings) == [7, 8]
    without_men = [row for row in findings if row["subgroup"].get("sex") != "m"]
    assert by_hand(without_men) == [5]


def test_a_side_that_gives_way_takes_its_subgroups():
    people = list(range(20))
    findings = [
        row_of(people, "post - pre"),
        row_of(people[1:], "followup - pre"),
        row_of(people[1:], "followup - post"),
    ]
    part = {"subgroup": {"side": "a", "sex": "w"}, "_partition": ("fear", "followup - post", "a", "sex")}
    findings.append(row_of(people[5:], "followup - post", **part))
    assert by_hand(findings) == [2, 3]


def test_with_more_sets_than_can_be_told_apart_only_the_first_stays():
    findings = [row_of(range(number, 100), f"w{number} - pre") for number in range(MOST_SETS + 1)]
    assert by_hand(findings) == list(range(1, MOST_SETS + 1))
