"""A design declared before data: drawn as it says, judged as real data are, and right where the answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from impact import stats
from impact.evaluation import Declared, forecast
from impact.evaluation.declared import Drawer, scale_spread
from impact.plans.model import Contrast, Outcome

EFFECTS = {"fear": 0.4, "trust": 0.2}


@pytest.fixture(scope="module")
def one_scale(make):
    """One primary outcome, one group: a family of one, as the formulas of power have it."""
    return make.plan(
        by_side=False, compare_sides=False, outcomes=(Outcome("trust", "primary"),)
    ), make.instrument(sides=(), scales=("trust",))


@pytest.fixture(scope="module")
def many(make):
    """20,000 people of each side in 4,000 workshops, drawn once: what was declared must be seen in them."""
    plan, instrument = make.plan(compare_sides=False), make.instrument()
    declared = Declared(
        workshops=4000, people_per_side=5, effects=EFFECTS, icc=0.1, correlation=0.6, attrition=0.2
    )
    drawer = Drawer(plan, instrument, declared, np.random.default_rng(1))
    return instrument, drawer, drawer.samples()


def test_what_is_declared_is_drawn(many):
    instrument, drawer, samples = many
    for (name, contrast, _), sample in samples.items():
        assert sample.n == pytest.approx(0.8 * 20_000, rel=0.02)
        assert sample.change.mean() == pytest.approx(drawer.truth(name, contrast), abs=0.6)
        # Cutting into five answers takes a little of a correlation away, never adds to it.
        assert 0.52 < np.corrcoef(sample.before, sample.after)[0, 1] < 0.62
        spread = scale_spread(instrument, instrument.scale[name])
        assert sample.before.std() == pytest.approx(spread, rel=0.03)
        size = sample.change.mean() / spread
        assert size == pytest.approx(-0.4 if name == "fear" else 0.2, abs=0.03)


def test_the_declared_share_of_the_change_lies_between_workshops(many):
    _, _, samples = many
    for sample in samples.values():
        counts = np.bincount(sample.cluster, minlength=4000).astype(float)
        sums = np.bincount(sample.cluster, sample.change, minlength=4000)
        used = counts > 1
        means = sums[used] / counts[used]
        inside = ((sample.change**2).sum() - (sums[counts > 0] ** 2 / counts[counts > 0]).sum()) / (sample.n - (counts > 0).sum())  # fmt: skip
        between = means.var(ddof=1) - inside * (1 / counts[used]).mean()
        assert between / (between + inside) == pytest.approx(0.1, abs=0.025)


def test_the_spread_of_a_score_by_hand(make):
    """One item of two options cut at the middle is a coin: 0 or 100 with equal chance, SD 50."""
    from dataclasses import replace

    from impact.instruments.model import Option

    instrument = make.instrument(sides=(), scales=("trust",))
    coin = replace(instrument.items[0], options=(Option(0, {"en": "no"}), Option(1, {"en": "yes"})))
    scale = replace(instrument.scales[0], items=(coin.id,), reversed=frozenset())
    instrument = replace(instrument, items=(coin, *instrument.items[1:]), scales=(scale,))
    assert scale_spread(instrument, scale) == pytest.approx(50.0, rel=1e-6)


@pytest.mark.parametrize(("workshops", "icc", "attrition"), [(4, 0.0, 0.0), (8, 0.05, 0.2), (12, 0.2, 0.1)])
def test_power_is_that_of_the_formula(one_scale, workshops, icc, attrition):
    """`power_clustered` is checked against R and by its own simulation; answers in steps cost a little power."""
    plan, instrument = one_scale
    declared = Declared(workshops, 8, {"trust": 0.4}, icc, 0.6, attrition)
    found = forecast(plan, instrument, declared, repetitions=1500, seed=3)["findings"][0]
    # There the yardstick is the spread inside a workshop, here that of all people: workshops differ by
    # icc/(1 − icc) of half the variance of a change, which is 2(1 − r).
    effect = 0.4 * math.sqrt(1 + icc / (1 - icc) * 0.4)
    expected = stats.power_clustered(effect, 8, workshops, 0.6, icc, attrition).power
    assert found["power"] == pytest.approx(expected, abs=0.05)
    assert found["power_error"] == pytest.approx(math.sqrt(found["power"] * (1 - found["power"]) / 1500))
    assert abs(found["bias"]) < 4 * found["bias_error"]
    assert 0.93 < found["coverage"] <= 1.0
    assert sum(found["verdicts"].values()) == pytest.approx(1.0)


def test_when_nothing_changes_a_claim_is_rare(make):
    """At most 5 % of programmes; of 600, 50 or more with probability below .0005, and the seed is fixed."""
    plan, instrument = make.plan(compare_sides=False), make.instrument()
    found = forecast(plan, instrument, Declared(workshops=4, people_per_side=8), repetitions=600)
    assert found["any_moved"] == found["any_wrong"] < 50 / 600
    assert [row["truth"] for row in found["findings"]] == [0.0] * 4
    assert all(row["power"] == row["wrong_sign"] for row in found["findings"])


@pytest.mark.parametrize("alone", [0, 40])
def test_two_arms_find_the_difference_that_the_workshops_make(make, alone):
    plan = make.plan(design="randomised", by_side=False, **make.arms_plan)
    declared = Declared(workshops=8, people_per_side=6, effects={"trust": 0.6}, alone=alone)
    found = forecast(plan, make.instrument(sides=()), declared, repetitions=200)
    fear, trust = sorted(found["findings"], key=lambda row: row["scale"])
    assert (fear["truth"], trust["truth"] > 10) == (0.0, True)
    assert abs(trust["bias"]) < 4 * trust["bias_error"]
    assert trust["power"] > 5 * fear["power"]
    assert trust["people"] == pytest.approx(0.85 * (8 * 6 + (alone or 8 * 6)), rel=0.05)


def test_what_is_kept_at_a_follow_up_is_the_truth_there(make):
    contrasts = (Contrast("post - pre", "post", "pre"), Contrast("followup - pre", "followup", "pre"))
    plan = make.plan(contrasts=contrasts, compare_sides=False)
    found = forecast(plan, make.instrument(), Declared(effects={"trust": 0.5}, kept=0.5), repetitions=5)
    truths = {
        row["contrast"]: row["truth"]
        for row in found["findings"]
        if (row["scale"], row["side"]) == ("trust", "a")
    }
    assert truths["followup - pre"] == pytest.approx(truths["post - pre"] / 2, rel=1e-6)


def test_the_same_seed_gives_the_same_forecast(one_scale):
    one, other = (
        forecast(*one_scale, Declared(effects={"trust": 0.3}), repetitions=30, seed=5) for _ in range(2)
    )
    assert one == other
    assert forecast(*one_scale, Declared(effects={"trust": 0.3}), repetitions=30, seed=6) != one


def test_with_one_workshop_nothing_is_generalised(one_scale):
    found = forecast(*one_scale, Declared(workshops=1, effects={"trust": 0.3}), repetitions=20)
    assert found["licence"] == "these_rooms"


def test_too_few_people_give_no_interval_and_no_error(one_scale):
    row = forecast(*one_scale, Declared(workshops=1, people_per_side=1), repetitions=10)["findings"][0]
    assert (row["coverage"], row["half_width"], row["mean"]) == (None, None, None)
    assert (row["verdicts"], row["power"]) == ({"none": 1.0}, 0.0)


def test_everything_wrong_is_told_at_once(one_scale):
    wrong = Declared(
        workshops=0, people_per_side=0, effects={"trust": math.nan}, icc=1.0, correlation=-0.1, kept=9
    )
    with pytest.raises(ValueError, match="workshops must be 1 or more") as fault:
        forecast(*one_scale, wrong, repetitions=0)
    assert str(fault.value).split("; ") == [
        "workshops must be 1 or more",
        "people_per_side must be 1 or more",
        "icc must be 0 or more and below 1",
        "correlation must be 0 or more and below 1",
        "kept must lie between −1 and 2",
        "the effect on trust must be a number",
        "repetitions must be 1 or more",
    ]


def test_an_effect_that_the_answers_cannot_express_is_refused(one_scale):
    with pytest.raises(ValueError, match="more than the scale 'trust' leaves room for"):
        forecast(*one_scale, Declared(effects={"trust": 9.0}), repetitions=1)
