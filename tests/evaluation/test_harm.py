"""Harm monitor: shares with cut-off and interval, guard outcomes, alerts that give no hidden count back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact import stats
from impact.evaluation import check
from impact.evaluation.harm import _average, _is_beyond, disclose_harm
from impact.instruments import load_instrument
from impact.plans import Alerts, Outcome, Thresholds

INSTRUMENT = load_instrument(Path(__file__).parents[1] / "instruments" / "looking-back.v1.yaml")
KEYS = {
    "scale", "contrast", "subgroup", "role", "n", "threshold", "worsened", "share", "expected_share", "average", "alert",
    "alert_rule", "claim", "caveats", "suppressed",
}  # fmt: skip


def plan_of(make, **changes):
    values = {
        "outcomes": (Outcome("fear", "primary"), Outcome("justice", "guard")),
        "compare_sides": True,
        "alerts": Alerts(0.15),
    }
    return make.plan(**(values | changes))


def programme(make, plan, worse, total=24):
    """Side a: `worse` of `total` people end with full fear, the others stay where they were."""
    rows = make.draw(plan, INSTRUMENT, seed=4, workshops=4, people_per_side=total // 4, dropout=0.0)
    first = {row["respondent"]: row for row in rows if row["wave"] == "pre"}
    people = sorted(one for one, row in first.items() if row["side"] == "a")
    fear = ("fear_1", "fear_2", "fear_3", "fear_4")
    made = []
    for row in rows:
        kept = {name: first[row["respondent"]][name] or "3" for name in fear}
        low = {"fear_1": "1", "fear_2": "2", "fear_3": "5", "fear_4": "1"}
        if row["respondent"] in people[:worse]:
            kept = (
                low if row["wave"] == "pre" else {"fear_1": "5", "fear_2": "5", "fear_3": "1", "fear_4": "4"}
            )
        made.append(row | kept)
    return made


def harm_of(findings, scale="fear", side="a"):
    return next(
        row for row in findings["harm"] if (row["scale"], row["subgroup"].get("side")) == (scale, side)
    )


def test_the_share_worse_with_its_interval_beside_what_error_alone_gives(make):
    plan = plan_of(make)
    findings = make.evaluate(plan, INSTRUMENT, programme(make, plan, 6))
    found = harm_of(findings)
    assert set(found) == KEYS
    assert (found["n"], found["worsened"], found["expected_share"]) == (24, 6, 0.025)
    wilson = stats.share(6, 24)
    assert (found["share"]["value"], found["share"]["method"]) == (0.25, "wilson")
    assert (found["share"]["low"], found["share"]["high"]) == pytest.approx((wilson.low, wilson.high))
    assert found["threshold"] == findings["findings"][0]["reliable_change"]["threshold"]
    assert found["alert"] is True
    assert found["alert_rule"] == {"worse_share": 0.15, "evaluate": "point"}
    assert "share_takes_people_alone" in [one["code"] for one in found["caveats"]]
    assert found["claim"]["text"].startswith(
        "North: of 24 people about “Fear of the other side”, 6 moved clearly against the direction hoped for, by more than "
    )
    assert (
        " points of 100: 25\u00a0% (95\u00a0% interval 12 to 45). Chance in answering alone would put about 1"
        not in found["claim"]["text"]
    )
    assert "would put about one, or nobody, there." in found["claim"]["text"]
    assert found["claim"]["text"].endswith(
        "Alert: The share reaches the limit of 15\u00a0% that the plan sets."
    )


def test_of_so_many_people_says_by_how_many_points(make):
    plan = plan_of(make)
    change = make.evaluate(plan, INSTRUMENT, programme(make, plan, 6))["findings"][0]["reliable_change"]
    assert (
        f"by more than {change['threshold']:.0f} points of 100, in the direction hoped for" in change["text"]
    )


@pytest.mark.parametrize(
    ("alerts", "alert"),
    [
        (Alerts(0.25), True),
        (Alerts(0.26), False),
        (Alerts(0.119, evaluate="low"), True),  # the lower end is 12.0 %
        (Alerts(0.121, evaluate="low"), False),
        (Alerts(0.5, (("fear", 0.2),)), True),
        (Alerts(0.1, (("fear", 0.3),)), False),
        (None, None),
    ],
)
def test_the_rule_is_the_plans(make, alerts, alert):
    plan = plan_of(make, alerts=alerts)
    found = harm_of(make.evaluate(plan, INSTRUMENT, programme(make, plan, 6)))
    assert found["alert"] is alert
    assert (found["alert_rule"] is None) == (alerts is None)


def test_a_hidden_count_is_not_told_by_the_alert(make):
    """Of 24, 0 to 4 are hidden from the team: at 15 % (from 4 on) an answer would tell them apart, at 25 % it does not."""
    for worse in range(5):
        plan = plan_of(make, alerts=Alerts(0.15, (("fear", 0.15),)))
        found = harm_of(make.evaluate(plan, INSTRUMENT, programme(make, plan, worse)))
        told = (found["worsened"], found["share"]["value"], found["share"]["low"], found["alert"])
        assert told == (None, None, None, None), worse
        assert "alert_hidden" in [one["code"] for one in found["caveats"]]
        other = harm_of(
            make.evaluate(replace(plan, alerts=Alerts(0.25)), INSTRUMENT, programme(make, plan, worse))
        )
        is_few = "everyone_in_one_category" not in [one["code"] for one in other["caveats"]]
        assert other["alert"] is (False if is_few else None)


def shown_of(count, n, k, alerts):
    """What disclosure makes of a hidden count, everything else alike."""
    rule = {"worse_share": alerts.worse_share, "evaluate": alerts.evaluate}
    result = stats.share(count, n)
    row = {
        "scale": "fear", "contrast": "post - pre", "subgroup": {}, "role": "primary", "n": n, "threshold": 20.0,
        "worsened": count, "share": {"value": result.value, "low": result.low, "high": result.high, "level": 0.95, "method": "wilson"},
        "expected_share": 0.025, "average": {"verdict": "inconclusive", "harm": "not_excluded", "sesoi": 5.0, "_least": -9.0},
        "alert": result.value >= 0.15, "alert_rule": rule, "claim": None, "caveats": [], "suppressed": False, "_finding": 0,
    }  # fmt: skip
    found = {"suppressed": False, "reliable_change": {"worsened": None}, "caveats": []}
    raw = {"licence": {"arms": None}, "harm": [row], "findings": [{"claim": {"licence": "before_after"}}]}
    from impact.evaluation import Labels

    return disclose_harm(raw, [found], k, Labels("P", {}), INSTRUMENT)[0]


@settings(max_examples=150)
@given(
    n=st.integers(5, 80),
    k=st.integers(3, 10),
    limit=st.floats(0.01, 0.99),
    evaluate=st.sampled_from(["point", "low"]),
)
def test_every_hidden_count_gives_the_same_row(n, k, limit, evaluate):
    """Whatever count below the threshold is behind it, an attacker sees one and the same row."""
    alerts = Alerts(limit, evaluate=evaluate)
    seen = [shown_of(count, n, k, alerts) for count in range(min(k, n + 1))]
    assert all(one == seen[0] for one in seen)
    if seen[0]["alert"] is not None:
        ends = [stats.share(count, n) for count in range(min(k, n + 1))]
        assert all((one.value if evaluate == "point" else one.low) < limit for one in ends)


def found_of(low, high, verdict, sesoi=5.0):
    return {"estimate": {"low": low, "high": high, "simultaneous": None}, "sesoi": sesoi, "verdict": verdict}


@pytest.mark.parametrize(
    ("interval", "direction", "verdict", "harm"),
    [
        ((-9, -6), "higher", "worsened", "found"),
        ((-6, 9), "higher", "inconclusive", "not_excluded"),
        ((-5, 9), "higher", "inconclusive", "excluded"),
        ((2, 9), "higher", "improved", "excluded"),
        ((-9, 6), "lower", "inconclusive", "not_excluded"),
        ((-9, 5), "lower", "inconclusive", "excluded"),
        ((6, 9), "lower", "worsened", "found"),
        ((-6, 9), "none", "inconclusive", None),
        ((None, None), "higher", None, None),
    ],
)
def test_harm_on_average_is_read_from_the_interval(interval, direction, verdict, harm):
    assert _average(found_of(*interval, verdict), direction)["harm"] == harm


def test_a_guard_outcome_says_that_harm_cannot_be_excluded(make):
    plan = plan_of(make)
    rows = make.draw(plan, INSTRUMENT, seed=8, workshops=3, people_per_side=6, dropout=0.0)
    found = harm_of(make.evaluate(plan, INSTRUMENT, rows), "justice")
    assert (found["role"], found["average"]["verdict"], found["average"]["harm"]) == (
        "guard",
        "inconclusive",
        "not_excluded",
    )
    assert (
        "Harm cannot be excluded: on average, the move may have been against the direction hoped for by up to "
        in found["claim"]["text"]
    )


@pytest.mark.parametrize("audience", ["team", "public"])
@pytest.mark.parametrize("design", ["one_group", "comparison", "randomised"])
def test_harm_is_never_said_to_be_absent_and_small_groups_say_nothing(make, audience, design):
    changes = {} if design == "one_group" else make.arms_plan | {"design": design}
    for seed, people in ((1, 2), (2, 8), (3, 16)):
        plan = plan_of(make, **changes)
        rows = make.draw(plan, INSTRUMENT, seed=seed, workshops=4, people_per_side=people, dropout=0.2)
        findings = make.evaluate(plan, INSTRUMENT, rows, audience)
        about_one = [one for one in findings["findings"] if "sides" not in one["subgroup"]]
        assert len(findings["harm"]) == len(about_one)
        for row, found in zip(findings["harm"], about_one, strict=True):
            assert set(row) == KEYS
            assert row["suppressed"] == found["suppressed"]
            assert row["worsened"] == found["reliable_change"]["worsened"]
            assert (row["share"]["value"] is None) == (row["worsened"] is None)
            text = row["claim"]["text"]
            assert check(text, row["claim"]["licence"]) == ()
            assert "{" not in text
            assert "None" not in text
            for phrase in ("no harm", "harmless", "nobody was harmed"):
                assert phrase not in text.replace("this does not show that nobody was harmed", "")
            if row["suppressed"]:
                assert not any(character.isdigit() for character in text)
                assert (row["n"], row["alert"], row["threshold"], row["average"]["harm"]) == (None,) * 4
            if row["average"]["harm"] == "excluded" and row["average"]["verdict"] == "inconclusive":
                assert "a smaller one, and harm to single people, cannot." in text


def test_wilson_by_hand():
    """4 of 20: centre (0.2 + z²/40)/(1 + z²/20), reach z·√(0.2·0.8/20 + z²/1600)/(1 + z²/20), z = 1.96."""
    found = stats.share(4, 20)
    z = 1.959963984540054
    centre, grown = (0.2 + z * z / 40) / (1 + z * z / 20), 1 + z * z / 20
    reach = z * (0.2 * 0.8 / 20 + z * z / 1600) ** 0.5 / grown
    assert (found.low, found.high) == pytest.approx((centre - reach, centre + reach), rel=1e-12)
    # R 4.2.2: prop.test(4, 20, correct = FALSE)$conf.int
    assert (found.low, found.high) == pytest.approx((0.0806576625798, 0.4160174322519), abs=1e-12)
    assert (stats.share(0, 12).low, stats.share(12, 12).high, stats.share(0, 0).value) == (0.0, 1.0, None)


def test_thresholds_of_the_plan_hide_by_audience(make):
    plan = plan_of(make, thresholds=Thresholds(5, 10))
    rows = programme(make, plan, 6)
    assert harm_of(make.evaluate(plan, INSTRUMENT, rows))["worsened"] == 6
    public = harm_of(make.evaluate(plan, INSTRUMENT, rows, "public"))
    assert (public["worsened"], public["share"]["high"], public["alert"]) == (None, None, None)


@pytest.mark.parametrize(("worse", "is_beyond"), [(6, True), (5, True), (4, False)])
def test_more_people_worse_than_error_explains_is_said(make, worse, is_beyond):
    """Of 24, 5 have the lower end 9.2 %, above the 2.5 % of error alone; 4 are hidden, and nothing is said of them."""
    plan = plan_of(make)
    text = harm_of(make.evaluate(plan, INSTRUMENT, programme(make, plan, worse)))["claim"]["text"]
    said = "there. Even the lower end of the interval is above that: more people moved so than chance in answering alone explains. "
    assert text.count(said) == int(is_beyond)


def test_a_share_that_reaches_down_to_error_is_not_said_to_be_beyond_it():
    """3 of 60 shown: Wilson's lower end is 1.7 %."""
    row = {"share": {"low": stats.share(3, 60).low}, "expected_share": 0.025}
    assert _is_beyond(row) is False
    assert _is_beyond(row | {"share": {"low": None}}) is False
    assert _is_beyond(row | {"share": {"low": 0.026}}) is True
