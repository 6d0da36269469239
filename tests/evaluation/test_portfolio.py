"""Programmes in one: R's metafor and two by hand, what is refused, what is withheld, and the sentence that comes out."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.evaluation import check, pool_programmes, portfolio_faults, to_json
from impact.evaluation.claims import LICENCES
from impact.evaluation.pooling import pooled
from impact.evaluation.portfolio import FEWEST_IN_GROUP, FEWEST_ROWS, Member, Programme
from impact.plans.model import DESIGNS

CASES = json.loads((Path(__file__).parents[1] / "reference" / "meta.json").read_text("utf-8"))["cases"]


def member(value=5.0, std_error=2.0, **changes):
    values = {
        "scale": "trust", "contrast": "post - pre", "side": None, "n": 40, "df": 7.0, "sesoi": 5.0, "direction": "higher",
        "licence": "before_after",
    }  # fmt: skip
    return Member(value=value, std_error=std_error, **(values | changes))


def programme(name, *members, **changes):
    values = {
        "plan_id": "tiny", "plan_sha256": "1" * 64, "instrument": "tiny.v1", "instrument_sha256": "2" * 64,
        "data_sha256": f"{name:0>64.64}", "counts": (80, 40), "audience": "team", "design": "one_group",
        "arm_means": "attended", "level": 0.95, "language": "en", "synthetic": False,
        "sides": {"a": "Ash", "b": "Birch"}, "titles": {"trust": "Trust", "fear": "Fear"},
    }  # fmt: skip
    return Programme(name=name, members=members or (member(),), **(values | changes))


def several(values, errors=None, **changes):
    errors = errors or [2.0] * len(values)
    return [
        programme(f"p{i:02}", member(value, error), **changes)
        for i, (value, error) in enumerate(zip(values, errors, strict=True))
    ]


def codes(block):
    return [one["code"] for one in block["caveats"]]


@pytest.mark.parametrize("name", ["normand", "bcg", "bcg_90", "hackshaw"])
def test_the_pooled_numbers_are_metafor_s(name):
    """Stroke care (length of stay), BCG vaccine, passive smoking: R's metafor 'adhoc' (factor not below 1)."""
    case = CASES[name]
    errors = [math.sqrt(variance) for variance in case["variances"]]
    block, told = pooled(case["effects"], errors, case["confidence"], "points")
    assert told == []
    estimate, spread, ahead = block["estimate"], block["heterogeneity"], block["prediction"]
    for ours, theirs in (
        (estimate["value"], "estimate"), (estimate["low"], "guarded_low"), (estimate["high"], "guarded_high"),
        (spread["tau_squared"], "tau_squared"), (spread["i_squared"], "i_squared"), (spread["q"], "q"),
        (ahead["low"], "prediction_low"), (ahead["high"], "prediction_high"),
    ):  # fmt: skip
        assert ours == pytest.approx(case[theirs], rel=1e-7), theirs
    assert spread["tau"] ** 2 == pytest.approx(case["tau_squared"], rel=1e-7)
    assert estimate["std_error"] == pytest.approx(
        case["std_error"] / min(1.0, math.sqrt(case["knapp_hartung_factor"])), rel=1e-7
    )


def test_real_studies_through_the_whole_document():
    """Nine trials of stroke care (Normand 1999), days of stay as points."""
    case = CASES["normand"]
    found = pool_programmes(several(case["effects"], [math.sqrt(one) for one in case["variances"]]))[
        "results"
    ][0]
    assert found["estimate"]["value"] == round(case["estimate"], 1) == -15.1
    assert (found["estimate"]["low"], found["estimate"]["high"]) == (
        round(case["guarded_low"], 1), round(case["guarded_high"], 1)
    )  # fmt: skip
    assert (found["prediction"]["low"], found["prediction"]["high"]) == (
        round(case["prediction_low"], 1), round(case["prediction_high"], 1)
    )  # fmt: skip
    assert [row["weight"] for row in found["rows"]] == [
        pytest.approx(weight, rel=0.05) for weight in case["weights"]
    ]


def test_two_programmes_by_hand():
    """4 and 10 with the error 2: mean 7, s² = 18, τ² = 18 − 4 = 14, I² = 14/18 = .78; error √(18/2) = 3; t(1) = 12.706."""
    found = pool_programmes(several([4.0, 10.0]))["results"][0]
    assert found["estimate"] == {
        "value": 7.0, "std_error": 3.0, "df": 1.0, "low": -31.1, "high": 45.1, "level": 0.95, "unit": "points",
    }  # fmt: skip
    spread = found["heterogeneity"]
    assert (spread["tau"], spread["tau_squared"], spread["i_squared"]) == (3.7, 14.0, 0.78)
    assert found["prediction"] == {"low": None, "high": None}
    assert (found["programmes"], found["people"], found["verdict"], found["rows"]) == (
        2,
        80,
        "inconclusive",
        None,
    )
    assert codes(found) == ["pooled_of_two", "pooled_no_rows"]
    assert found["claim"] == {
        "language": "en",
        "licence": "before_after",
        "rule": "portfolio.before_after.inconclusive",
        "text": "All people: over 2 programmes with 80 people there is no clear evidence of a change in “Trust” (it could "
        "be from −31 to +45 points of 100, 95\u00a0% interval).",
    }


def test_the_sentence_of_a_clear_result():
    """Mean 10, s² = 8/3, error √(s²/4) = 0.816, t(3) = 3.182; ahead 4.303·√(5/3 + 2/3) = 6.57."""
    found = pool_programmes(several([8.0, 10.0, 12.0, 10.0], [1.0] * 4))["results"][0]
    assert found["claim"]["text"] == (
        "All people: over 4 programmes with 160 people, “Trust” was higher after than before, by 10 points of 100 on "
        "average (95\u00a0% interval 7.4 to 13). This is the direction hoped for. In a further programme like these it would "
        "most likely lie between +3.4 and +17 points of 100 (95\u00a0% prediction interval). There were no comparison groups, "
        "so it cannot be said that the workshops caused it."
    )
    assert found["verdict"] == "improved"


@pytest.mark.parametrize("licence", LICENCES)
@pytest.mark.parametrize(
    "values", [(8, 10, 12, 9), (-8, -10, -12, -9), (0.1, 0.2, -0.1), (20, -20, 3), (5, 5, 5)]
)
@pytest.mark.parametrize("measure", ["points", "effect_size"])
def test_every_sentence_keeps_to_the_weakest_licence(licence, values, measure):
    design = {"these_rooms": "one_group", "before_after": "one_group"}.get(licence, licence)
    listed = [
        programme(
            f"p{i}",
            member(value, 1.0, licence=licence if i == 0 else LICENCES[-1], size_name="g_av", size=value / 20, size_error=0.05),
            design=design,
        )
        for i, value in enumerate(values)
    ]  # fmt: skip
    document = pool_programmes(listed, measure)
    found = document["results"][0]
    assert document["licence"] == found["claim"]["licence"] == licence
    assert check(found["claim"]["text"], licence) == ()
    if licence == "these_rooms":
        assert found["prediction"] == {"low": None, "high": None}
        assert "further programme" not in found["claim"]["text"]
    assert found["estimate"]["unit"] == ("points" if measure == "points" else "g_av")


FAULTS = [
    ({"design": "randomised"}, "the design is “randomised”, and in a “one_group”. Pool programmes of one design; a portfolio for each."),
    ({"audience": "public"}, "the audience is “public”, and in a “team”. Make all findings again with the same --audience."),
    ({"level": 0.9}, "the level of intervals is “0.9”, and in a “0.95”. Pool programmes whose plans have one level."),
    ({"arm_means": "offered"}, "the meaning of the workshop arm is “offered”, and in a “attended”. Pool “attended” and “offered” apart."),
    ({"synthetic": True}, "the kind of data is “synthetic”, and in a “real”. Pool drawn data apart from real ones."),
    ({"language": "de"}, "the language is “de”, and in a “en”. Make all findings again in the same language."),
    ({"instrument": "tiny.v2"}, "the instrument is tiny.v2, and in a tiny.v1. If the scales mean the same, say so in the tags file: “comparable: {instruments: [[tiny.v1, tiny.v2]]}”."),
    ({"instrument_sha256": "3" * 64}, "tiny.v1 is not the tiny.v1 of a: their content differs. Give one of them another version, then declare the two comparable if they are."),
    ({"sides": {"a": "Ash", "b": "Oak"}}, "the names of the sides is “a: Ash, b: Oak”, and in a “a: Ash, b: Birch”. Say in the tags file “comparable: {sides: true}” if side a means the same in all of them."),
    ({"members": (member(3.0, side="a"),)}, "there is no primary finding trust, post - pre. Leave the file out, or choose with --scale and --contrast what all have."),
    ({"members": (member(3.0, direction="lower"),)}, "what is hoped for on trust, post - pre is “lower”, and elsewhere “higher”. Such scales do not measure the same; leave the file out."),
    ({"members": (member(3.0, licence="account"),)}, "its findings are “account”, of which nothing may be said together with others. Leave the file out."),
    ({"data_sha256": f"{'a':0>64}"}, "these are the same data as in a, or cannot be told from them. Give each programme once. If they are two, give the team's findings, whose fingerprints of the data differ."),
    ({"data_sha256": None}, "these are the same data as in a, or cannot be told from them. Give each programme once. If they are two, give the team's findings, whose fingerprints of the data differ."),
    ({"members": (member(),)}, "these are the same data as in a, or cannot be told from them. Give each programme once. If they are two, give the team's findings, whose fingerprints of the data differ."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "told"), FAULTS, ids=lambda value: str(value)[:30])
def test_what_may_not_be_pooled_is_refused(changes, told):
    listed = [programme("a"), replace(programme("b", member(3.0)), **changes)]
    problems = [str(one) for one in portfolio_faults(listed) if one.where == "b"]
    assert problems == [f"b: {told}"]


def test_all_reasons_come_at_once_and_none_where_there_is_none():
    assert portfolio_faults(several([1.0, 2.0, 3.0])) == []
    bad = programme("b", member(3.0), design="comparison", audience="public", instrument="other.v1")
    assert [one.what.split(" is ")[0] for one in portfolio_faults([programme("a"), bad])] == [
        "the design", "the audience", "the instrument",
    ]  # fmt: skip


def test_what_somebody_declares_comparable_is_pooled_and_told():
    listed = [
        programme("a"),
        programme("b", member(3.0), instrument="tiny.v2", sides={"a": "Oak", "b": "Elm"}),
    ]
    assert portfolio_faults(listed, "points", [frozenset({"tiny.v1", "tiny.v2"})], True) == []
    document = pool_programmes(listed, declared=["instruments tiny.v1 and tiny.v2"])
    assert document["caveats"][-1]["text"] == (
        "Declared comparable by whoever pooled them: instruments tiny.v1 and tiny.v2."
    )


def test_effect_sizes_of_two_standardisers_are_never_pooled():
    one = programme("a", member(size_name="g_av", size=0.3, size_error=0.1))
    other = programme("b", member(3.0, size_name="g_z", size=0.4, size_error=0.1))
    none = programme("c", member(4.0))
    assert [str(problem) for problem in portfolio_faults([one, other, none], "effect_size")] == [
        "c: the finding trust, post - pre has no effect size with an interval. Pool in points, or leave the file out.",
        "b: the effect size is g_z, and in a g_av. Different standardisers are never pooled; pool in points.",
    ]
    assert portfolio_faults([one, other, none], "points") == []


def test_single_programmes_are_shown_from_a_number_on_and_never_ranked():
    values = [9.0, 1.0, 5.0, 7.0, 3.0, 2.0]
    few = pool_programmes(several(values[:-1]))["results"][0]
    assert few["rows"] is None
    assert "pooled_no_rows" in codes(few)
    rows = pool_programmes(several(values)[::-1])["results"][0]["rows"]
    assert len(rows) == FEWEST_ROWS
    assert [(row["file"], row["value"]) for row in rows] == [
        (f"p{i:02}", value) for i, value in enumerate(values)
    ]
    assert sum(row["weight"] for row in rows) == pytest.approx(1, abs=0.03)


def tagged(tags):
    listed = several([float(3 * i % 7) for i in range(len(tags))])
    return [replace(one, tags=tag) for one, tag in zip(listed, tags, strict=True)]


def groups(document):
    return {
        (one["group"]["by"], one["group"]["value"]): None if one["suppressed"] else one["programmes"]
        for one in document["results"]
    }


def test_groups_are_shown_only_if_all_of_their_kind_have_enough_programmes():
    north, south = {"site": "N"}, {"site": "S"}
    assert groups(pool_programmes(tagged([north] * 3 + [south] * 3))) == {
        (None, None): 6, ("site", "N"): 3, ("site", "S"): 3,
    }  # fmt: skip
    for tags in ([north] * 3 + [south] * 2, [north] * 4 + [{}], [north] * 4 + [south, {}, {}, {}]):
        found = groups(pool_programmes(tagged(tags)))
        assert {count for (by, _), count in found.items() if by} == {None}


def test_no_programme_follows_from_two_kinds_of_groups():
    """Site N is process 1 and one programme more: together they would give that programme."""
    tags = (
        [{"site": "N", "process": "1"}] * 4
        + [{"site": "N", "process": "2"}]
        + [{"site": "S", "process": "2"}] * 4
    )
    assert groups(pool_programmes(tagged(tags))) == {
        (None, None): 9, ("site", "N"): 5, ("site", "S"): 4, ("process", "1"): None, ("process", "2"): None,
    }  # fmt: skip


def test_a_group_that_would_judge_a_facilitator_is_withheld():
    tags = [{"track": "learning", "facilitator": f"secret{i % 2}"} for i in range(4)]
    tags += [{"track": "religion", "facilitator": f"secret{i}"} for i in range(4)]
    document = pool_programmes(tagged(tags))
    assert groups(document) == {(None, None): 8, ("track", "learning"): None, ("track", "religion"): None}
    assert "pooled_facilitators" in codes(document["results"][1])
    assert b"secret" not in to_json(document)


def test_a_withheld_group_does_not_depend_on_what_is_behind_it():
    listed = tagged([{"site": "N"}] * 3 + [{"site": "S"}] * 2)
    other = [
        replace(one, members=(member(50.0, 9.0, n=4000),)) if one.tags["site"] == "S" else one
        for one in listed
    ]
    hidden = [
        [one for one in pool_programmes(some)["results"] if one["suppressed"]] for some in (listed, other)
    ]
    assert hidden[0] == hidden[1]
    assert len(hidden[0]) == 2
    assert {(one["programmes"], one["people"], one["rows"], one["verdict"]) for one in hidden[0]} == {
        (None,) * 4
    }
    assert FEWEST_IN_GROUP == 3


def test_few_degrees_of_freedom_are_told():
    listed = [programme("a", member(df=3.9)), programme("b", member(3.0, df=50.0))]
    assert "pooled_few_df" in codes(pool_programmes(listed)["results"][0])


finite = st.floats(-100, 100, allow_nan=False)


@given(
    st.lists(
        st.tuples(finite, st.floats(1e-6, 1000), st.floats(0.01, 1e6), st.sampled_from(LICENCES), st.integers(1, 3)),
        min_size=2, max_size=12,
    ),
    st.sampled_from(DESIGNS),
    st.sampled_from(["higher", "lower", "none"]),
    st.randoms(),
)  # fmt: skip
@settings(max_examples=150)
def test_any_programmes_give_a_complete_document_in_any_order(given_members, design, direction, random):
    listed = [
        programme(
            f"p{i:02}", member(value, error, df=df, licence=licence, direction=direction), design=design,
            tags={"process": str(process)},
        )
        for i, (value, error, df, licence, process) in enumerate(given_members)
    ]  # fmt: skip
    document = pool_programmes(listed)
    random.shuffle(listed)
    assert to_json(pool_programmes(listed)) == to_json(document)
    assert b"NaN" not in to_json(document)
    for one in document["results"]:
        estimate = one["estimate"]
        assert check(one["claim"]["text"], one["claim"]["licence"]) == ()
        if estimate["value"] is None:
            assert one["caveats"]
            assert one["verdict"] is None
        else:
            assert estimate["low"] <= estimate["value"] <= estimate["high"]
