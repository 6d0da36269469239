"""No combination of the averages that are shown tells of a few: checked person by person, without the engine's classes."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

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
