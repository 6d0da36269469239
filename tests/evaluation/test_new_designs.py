"""Looking back, subgroups, the share of a gain kept, who was lost, and what a change after the lock touches."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from impact.evaluation import as_submissions, check, run, to_json
from impact.evaluation.once import once
from impact.evaluation.subgroup_disclosure import is_nearly_same
from impact.instruments.model import Item, Option
from impact.linkage import link
from impact.plans import THEN, Attendance, Contrast, Deviation, Outcome, Retention, Subgroup

ONE = (Outcome("trust", "primary"),)


def choice(name, values, waves=("pre", "post", "followup")):
    return Item(name, "choice", {"en": name}, waves, tuple(Option(v, {"en": v.upper()}) for v in values))


@pytest.fixture
def instrument(make):
    """Trust, then-items of it, two items for subgroups, and how many sessions somebody attended."""
    base = make.instrument(scales=("trust",))
    then = tuple(replace(item, id=f"{item.id}_then", then_of=item.id, waves=("post",)) for item in base.items)
    sessions = Item("sessions", "number", {"en": "sessions"}, ("post",), minimum=0, maximum=5)
    return replace(base, items=(*base.items, *then, choice("sex", "fm"), choice("job", "xyz"), sessions))


def row(instrument, person, wave, level, **cells):
    """All items of the scale give the score (level − 1) · 25; `then` is the level looked back on."""
    then = cells.pop("then", None)
    values = {item.id: "" for item in instrument.closed_items}
    values |= dict(
        zip(("trust_1", "trust_2", "trust_3"), (str(level), str(level), str(6 - level)), strict=True)
    )
    if then is not None:
        names = ("trust_1_then", "trust_2_then", "trust_3_then")
        values |= dict(zip(names, (str(then), str(then), str(6 - then)), strict=True))
    base = {"respondent": person, "wave": wave, "workshop": "W1", "side": "a", "language": "en"}
    return base | values | cells


@pytest.fixture
def evaluate(make, instrument):
    def evaluate(rows, audience="team", plan=None, **changes):
        options = {
            name: changes.pop(name) for name in ("invited", "locked_at", "deviations") if name in changes
        }
        values = {"outcomes": ONE, "by_side": False, "compare_sides": False, "minimum_n": 2} | changes
        return make.evaluate(plan or make.plan(**values), instrument, rows, audience, **options)

    return evaluate


def codes(block):
    return [one["code"] for one in block["caveats"]]


def people(instrument, n, waves=("pre", "post"), seed=1, **columns):
    """n people in four workshops; `columns` are functions of the number of the person."""
    rng, rows = np.random.default_rng(seed), []
    for number in range(n):
        level = int(rng.integers(1, 4))
        cells = {name: make(number) for name, make in columns.items()}
        for wave in waves:
            rows.append(row(instrument, f"p{number}", wave, level, workshop=f"W{number % 4}", **cells))
            level = min(5, level + int(rng.integers(0, 3)))
    return rows


def test_looking_back_is_now_less_then_at_one_wave(evaluate, instrument):
    """Levels now 4, 4, 5, 3 and then 3, 2, 3, 3: changes 25, 50, 50, 0, mean 31.25 points; nobody is linked."""
    levels = [(4, 3), (4, 2), (5, 3), (3, 3)]
    rows = [row(instrument, "", "post", now, then=then) for now, then in levels]
    contrasts = (Contrast("post - then", "post", THEN),)
    findings = evaluate(
        rows, design="retrospective_pre", contrasts=contrasts, thresholds=replace_thresholds()
    )
    found = findings["findings"][0]
    assert (found["n"], found["estimate"]["value"], found["estimator"]) == (4, 31.25, "paired_t")
    assert (found["before"]["mean"], found["after"]["mean"]) == (43.75, 75.0)
    assert found["claim"]["licence"] == findings["licence"]["id"] == "retrospective_pre"
    assert "looking back, " in found["claim"]["text"]
    assert check(found["claim"]["text"], "retrospective_pre") == ()
    assert codes(found)[0] == codes(findings)[0] == "looked_back"
    assert found["reliable_change"]["improved"] is None
    assert [(one["submissions"], one["linked"], one["analysed"]) for one in findings["flow"]] == [(4, 4, 4)]


def replace_thresholds(team=2, public=2):
    from impact.plans import Thresholds

    return Thresholds(team, public)


def test_the_share_kept_is_of_those_who_answered_three_times(evaluate, instrument):
    """Gains of 1 to 2 steps, kept 1 step by all: the share is 1 / mean gain; side by side with Fieller by hand."""
    gains = [1, 2, 3, 2]
    rows = []
    for number, gain in enumerate(gains):
        for wave, level in (("pre", 1), ("post", 1 + gain), ("followup", 2)):
            rows.append(row(instrument, f"p{number}", wave, level))
    rows.append(row(instrument, "lost", "pre", 1))
    retention = Retention("retention", "followup", "post", "pre")
    found = evaluate(rows, retentions=(retention,), thresholds=replace_thresholds())["retention"][0]
    assert (found["n"], found["estimate"]["value"], found["estimate"]["unit"]) == (4, 0.5, "share")
    # The interval of tests/stats/test_ratio.py, four people by hand, to two decimals.
    assert (found["estimate"]["low"], found["estimate"]["high"]) == (0.3, 1.43)
    assert found["claim"]["text"] == (
        "All people: of the gain in “Trust”, 50\u00a0% was still there later (95\u00a0% interval 30\u00a0% to 143\u00a0%). It holds for "
        "these people only, and without a comparison group it cannot be said that the workshops caused it."
    )


@pytest.mark.parametrize(("gains", "code"), [([-1, 1, 0, 1], "no_clear_gain"), ([-1, -2, -2, -2], "no_gain")])
def test_without_a_clear_gain_there_is_no_share(evaluate, instrument, gains, code):
    rows = [
        row(instrument, f"p{number}", wave, level)
        for number, gain in enumerate(gains)
        for wave, level in (("pre", 3), ("post", 3 + gain), ("followup", 3 + number % 2))
    ]
    retention = Retention("retention", "followup", "post", "pre")
    found = evaluate(rows, retentions=(retention,), thresholds=replace_thresholds())["retention"][0]
    assert (found["estimate"]["value"], found["estimate"]["low"], found["estimator"]) == (None, None, None)
    assert code in codes(found)
    assert found["claim"]["text"] == (
        "All people: there was no clear gain in “Trust” of which a share could have been kept. It holds for these people "
        "only."
    )


@pytest.mark.parametrize("n", [1, 12])
def test_without_a_direction_there_is_no_gain_to_keep(make, n):
    instrument = make.instrument(scales=("anger",))
    rows = [
        {"respondent": f"p{number}", "wave": wave, "workshop": f"W{number % 4}", "side": "a", "language": "en"}
        | {"anger_1": str(level), "anger_2": str(level), "anger_3": str(6 - level)}
        for number in range(n)
        for wave, level in (("pre", 1), ("post", 3 + number % 2), ("followup", 2 + number % 3))
    ]  # fmt: skip
    plan = make.plan(
        outcomes=(Outcome("anger", "primary"),), retentions=(Retention("retention", "followup", "post", "pre"),),
        by_side=False, compare_sides=False, thresholds=replace_thresholds(1, 1),
    )  # fmt: skip
    (found,) = make.evaluate(plan, instrument, rows)["retention"]
    assert (found["n"], found["estimate"]["value"], found["estimate"]["low"], found["estimator"]) == (
        n,
        None,
        None,
        None,
    )
    assert found["caveats"] == [
        {
            "code": "gain_without_direction",
            "text": "No direction is hoped for on this scale, so there is no gain of which a share could be kept.",
        }
    ]
    assert found["claim"]["text"] == (
        "All people: no direction is hoped for in “Anger”, so there is no gain of which a share could be kept."
    )


def test_few_people_have_no_share(evaluate, instrument):
    rows = people(instrument, 4, ("pre", "post", "followup"))
    retention = Retention("retention", "followup", "post", "pre")
    row_, *_ = evaluate(rows, retentions=(retention,))["retention"]
    assert (row_["suppressed"], row_["n"], row_["estimate"]["value"], row_["estimate"]["df"]) == (
        True,
        None,
        None,
        None,
    )


def sex(number):
    return "f" if number % 2 else "m"


def test_levels_stand_in_order_and_are_told_apart_by_the_interval_of_their_difference(evaluate, instrument):
    rows = people(instrument, 40, sex=sex)
    found = evaluate(rows, subgroups=(Subgroup("sex", True),), locked_at="2026-11-01")["findings"]
    assert [one["subgroup"] for one in found] == [{}, {"sex": "f"}, {"sex": "m"}, {"sex": ["f", "m"]}]
    assert [one["role"] for one in found] == ["primary", "secondary", "secondary", "secondary"]
    assert [one["planned"] for one in found] == [True] * 4
    assert sum(one["n"] for one in found[1:3]) == found[0]["n"] == found[3]["n"] == 40
    values = [one["estimate"]["value"] for one in found]
    assert values[3] == pytest.approx(values[1] - values[2])
    assert values[0] == pytest.approx((values[1] + values[2]) / 2)
    assert found[3]["estimator"] == "subgroup_by_time_cr2"
    assert found[1]["claim"]["text"].startswith("All people (F): ")
    unplanned = evaluate(rows, subgroups=(Subgroup("sex"),), locked_at="2026-11-01")["findings"]
    assert [(one["role"], one["planned"]) for one in unplanned[1:]] == [("exploratory", False)] * 3


@pytest.mark.parametrize("few", [3, 4])
def test_one_small_level_hides_all_of_them(evaluate, instrument, few):
    rows = people(instrument, 40, job=lambda number: "x" if number < few else "y" if number % 2 else "z")
    found = evaluate(rows, subgroups=(Subgroup("job"),))["findings"]
    assert [one["suppressed"] for one in found] == [False] + [True] * 6
    assert {one["n"] for one in found[1:]} == {None}


def test_few_without_an_answer_hide_the_levels(evaluate, instrument):
    rows = people(instrument, 40, sex=lambda number: "" if number < 3 else sex(number))
    found = evaluate(rows, subgroups=(Subgroup("sex"),))["findings"]
    assert [one["suppressed"] for one in found] == [False, True, True, True]


def test_of_two_items_that_tell_nearly_the_same_people_apart_one_is_hidden(evaluate, instrument):
    rows = people(instrument, 42, sex=sex, job=lambda n: "z" if n > 34 else ("x" if n % 2 else "y"))
    found = evaluate(rows, subgroups=(Subgroup("sex"), Subgroup("job")))["findings"]
    hidden = [one["suppressed"] for one in found]
    assert hidden == [False, False, False, False] + [True] * 6
    assert is_nearly_same(np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 1, 1]), 2)
    assert not is_nearly_same(np.array([0, 0, 0, 1, 1, 1]), np.array([1, 1, 1, 0, 0, 0]), 2)


def test_levels_are_those_of_the_first_wave(evaluate, instrument):
    rows = people(instrument, 40, sex=sex)
    other = [one | {"sex": "f"} if one["wave"] == "post" else one for one in rows]
    plan = {"subgroups": (Subgroup("sex"),)}
    assert [one["estimate"] for one in evaluate(rows, **plan)["findings"]] == [
        one["estimate"] for one in evaluate(other, **plan)["findings"]
    ]


def test_the_chain_counts_people_and_tells_of_no_few(evaluate, instrument):
    rows = people(instrument, 40, sessions=lambda n: "4" if n < 25 else "1")
    for one in rows:
        if one["wave"] == "pre":
            one["sessions"] = ""
    rows = [one for one in rows if not (one["wave"] == "post" and int(one["respondent"][1:]) >= 33)]
    plan = {"attendance": Attendance("sessions", 3)}
    findings = evaluate(rows, invited={("workshop", None): {"invited": 60, "consented": 50}}, **plan)
    chain = findings["attrition"]["chain"][0]
    assert [(one["stage"], one["wave"], one["people"]) for one in chain["stages"]] == [
        ("invited", None, 60), ("consented", None, 50), ("answered", "pre", 40), ("attended", None, 25),
        ("answered", "post", 33), ("not_linkable", None, 0), ("analysed", None, 33),
    ]  # fmt: skip
    lost = findings["attrition"]["lost"][0]
    assert (lost["kept"], lost["lost"], lost["share_lost"]["value"]) == (33, 7, 0.175)
    dose = findings["attrition"]["dose"][0]
    assert (dose["reached"]["n"], dose["others"]["n"], dose["role"], dose["planned"]) == (
        25,
        8,
        "exploratory",
        False,
    )
    public = evaluate(rows, "public", invited={("workshop", None): {"invited": 60, "consented": 51}}, **plan)
    stages = {(one["stage"], one["wave"]): one["people"] for one in public["attrition"]["chain"][0]["stages"]}
    assert stages["invited", None] is None  # nine refused
    assert stages["attended", None] is None  # eight came too seldom
    assert public["attrition"]["lost"][0]["suppressed"]
    assert public["attrition"]["dose"][0]["reached"]["n"] is None


def test_nobody_of_the_plan_may_be_invited(evaluate, instrument):
    with pytest.raises(ValueError, match="nobody of this plan"):
        evaluate(people(instrument, 8), invited={("comparison", None): {"invited": 5}})


def test_a_person_of_two_workshops_counts_once(make, instrument):
    """The same code and side in two workshops: the workshop where they answered more waves counts."""
    elements = tuple(f"e{number}" for number in range(4))
    from impact.instruments.model import CodeElement

    options = {"en": tuple((str(value), str(value)) for value in range(30))}
    coded = replace(
        instrument, code_elements=tuple(CodeElement(one, {"en": one}, options) for one in elements)
    )
    rows = []
    for number in range(24):
        code = {f"code.{one}": str((number * (place + 1)) % 29) for place, one in enumerate(elements)}
        for wave, level in (("pre", 2), ("post", 2 + number % 3)):
            rows.append(row(instrument, "", wave, level, workshop=f"W{number % 3}", **code))
        if number < 6:
            rows.append(row(instrument, "", "pre", 5, workshop=f"W{(number + 1) % 3}", **code))
    plan = make.plan(outcomes=ONE, by_side=False, compare_sides=False)
    texts = set()
    for order in (range(len(rows)), np.random.default_rng(1).permutation(len(rows))):
        submissions = as_submissions(coded, [rows[i] for i in order])
        links = link(coded, submissions)
        single = once(coded, submissions, links)
        assert (single.repeated, len(single.submissions), len(set(single.person.tolist()))) == (6, 48, 24)
        texts.add(to_json(run(plan, coded, submissions, links, audience="team")))
    assert len(texts) == 1
    findings = json.loads(texts.pop())
    assert (findings["findings"][0]["n"], findings["findings"][0]["before"]["mean"]) == (24, None)
    told = next(one for one in findings["caveats"] if one["code"] == "several_workshops")
    assert told["text"].startswith("6 people took part in several workshops")


@pytest.mark.parametrize(
    ("path", "was", "now", "planned"),
    [
        ("title", "a", "b", [True, True, True]),
        ("level", 0.95, 0.9, [False, False, False]),
        ("outcomes.anger.sesoi", None, 3, [True, True, False]),
        ("outcomes.anger", None, {"role": "primary"}, [False, False, False]),
        ("outcomes.anger.role", "exploratory", "secondary", [True, True, False]),
        ("contrasts.followup - pre", None, {}, [False, False, True]),
    ],
)
def test_only_what_a_change_touches_is_no_longer_planned(make, path, was, now, planned):
    plan, base = make.plan(by_side=False, compare_sides=False), make.instrument()
    rows = make.draw(plan, base, workshops=3, people_per_side=6)
    change = Deviation(path, was, now, "a reason")
    findings = make.evaluate(plan, base, rows, locked_at="2026-11-01", deviations=[change])
    assert [one["planned"] for one in findings["findings"]] == planned
    assert findings["deviations"] == [{"path": path, "was": was, "now": now, "reason": "a reason"}]


def test_people_put_into_arms_inside_of_workshops_are_compared_inside_of_them(make, instrument):
    """`unit: person` and workshops that hold both arms: blocks. By workshop, or not said: as before."""
    rows = people(instrument, 48, arm=lambda n: "workshop" if (n // 4) % 2 else "comparison")
    names = {}
    for unit in ("", "workshop", "person"):
        plan = make.plan(
            design="randomised", outcomes=ONE, by_side=False, minimum_n=2, unit=unit, **make.arms_plan
        )
        findings = make.evaluate(plan, instrument, rows)
        assert findings["comparison"] == {"group": "other", "unit": unit or None}
        names[unit] = findings["findings"][0]["estimator"]
    assert names == {"": "ancova_cr2", "workshop": "ancova_cr2", "person": "ancova_blocked"}


def test_a_waiting_list_is_named(make, instrument):
    rows = people(instrument, 48, arm=lambda n: "workshop" if (n // 4) % 2 else "comparison")
    plan = make.plan(
        design="comparison", outcomes=ONE, by_side=False, comparison_group="waiting_list", **make.arms_plan
    )
    findings = make.evaluate(plan, instrument, rows)
    assert findings["comparison"] == {"group": "waiting_list", "unit": None}
    assert "waiting_list" in codes(findings)
