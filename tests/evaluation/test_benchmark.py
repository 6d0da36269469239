"""A finding beside published effects: only within its own design and standardiser; shrinking worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.errors import PlanInvalid
from impact.evaluation import benchmark
from impact.plans import benchmarks as cited
from impact.plans.model import Outcome

LOT = "contact_randomised_2019"
ETHNIC = "contact_ethnic_2019"


def block_of(make, *, role="primary", direction="higher", size=(0.5, 0.1, 0.9), name="g_after", **changes):
    plan = make.plan(
        **({"design": "randomised", "effect_size": name, "benchmark": LOT} | make.arms_plan | changes)
        | {"effect_size": name}
    )
    value, low, high = size
    effect = {"name": name, "value": value, "low": low, "high": high}
    return benchmark.benchmark_block(plan, role, direction, effect, "en")


def test_the_cited_figures_are_those_of_the_notes():
    shipped = cited.benchmarks()
    figures = {
        name: (one.value, one.low, one.high, one.tau, one.prediction_low, one.prediction_high, one.k)
        for name, one in shipped.items()
    }
    assert figures == {
        LOT: (0.40, 0.22, 0.59, 0.44, -0.50, 1.31, 27),
        ETHNIC: (0.24, 0.12, 0.36, None, -0.14, 0.62, 16),
        "contact_planned_2019": (0.02, -0.11, 0.15, None, None, None, 3),
        "contact_unplanned_2019": (0.46, None, None, None, None, None, 24),
        "contact_preregistered_2025": (0.10, None, None, None, None, None, 41),
        "contact_association_2006": (0.21, None, None, None, None, None, 713),
    }
    assert (shipped[LOT].delay_days, shipped[LOT].people) == (90, 136)
    assert all(one.source and one.words for one in shipped.values())
    assert [one.words.startswith("Computed for this project from") for one in shipped.values()] == (
        [True] * 4 + [False] * 2
    )


def test_shrinking_by_hand(make):
    """Half the interval over 1.96 is the error: 0.4/1.95996 = 0.20409, v = 0.041652; τ² = 0.1936.
    Share 0.1936/0.235252 = 0.822947; 0.822947·0.5 + 0.177053·0.4 = 0.482295; error √(0.822947·0.041652) = 0.185142."""
    block = block_of(make)
    assert (block["comparable"], block["reason"]) == (True, None)
    assert (block["low"], block["high"]) == (-0.50, 1.31)
    assert block["shrunken"]["value"] == pytest.approx(0.482295, abs=2e-6)
    assert block["shrunken"]["low"] == pytest.approx(0.482295 - 1.959964 * 0.185142, abs=1e-5)
    assert block["shrunken"]["high"] == pytest.approx(0.482295 + 1.959964 * 0.185142, abs=1e-5)
    assert block["text"] == (
        "Of randomised contact programmes, measured at least one day later (27 studies), the true value of a further, "
        "similar study would most likely lie between −0.50 and +1.31 in this unit (g_after). Read together with those "
        "studies, this result is best taken as +0.48 (from +0.12 to +0.85)."
    )


def test_where_less_is_hoped_for_the_published_figures_are_turned(make):
    up, down = block_of(make), block_of(make, direction="lower", size=(-0.5, -0.9, -0.1))
    assert (down["low"], down["high"]) == (-1.31, 0.50)
    assert down["shrunken"]["value"] == -up["shrunken"]["value"]
    assert (down["shrunken"]["low"], down["shrunken"]["high"]) == (
        -up["shrunken"]["high"],
        -up["shrunken"]["low"],
    )


REFUSED = [
    ({"design": "one_group", "name": "g_av"}, "lot_for_one_group",
     "Published differences between randomised groups are no yardstick for the change of one group, which holds "
     "everything else that happened in that time as well; nothing is compared."),
    ({"design": "comparison"}, "other_design",
     "The published figures on randomised contact programmes, measured at least one day later are differences between "
     "groups that were drawn by lot, and this result is of another design; nothing is compared."),
    ({"name": "g_before"}, "other_standardiser",
     "The published figures on randomised contact programmes, measured at least one day later are measured in another "
     "spread than this result (or in one that is not known), so the numbers do not mean the same; nothing is compared."),
    ({"direction": "none"}, "no_direction",
     "No direction is hoped for on this scale, and the published figures are in the direction hoped for; nothing is "
     "compared."),
    ({"benchmark": "contact_preregistered_2025"}, "other_standardiser",
     "The published figures on preregistered contact experiments are measured in another spread than this result (or in "
     "one that is not known), so the numbers do not mean the same; nothing is compared."),
    ({"benchmark": "contact_association_2006"}, "other_design",
     "The published figures on surveys of contact and prejudice are associations in surveys, which are no changes at "
     "all, and this result is of another design; nothing is compared."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "text"), REFUSED, ids=lambda value: str(value)[:24])
def test_what_is_no_yardstick_gives_a_reason_and_no_number(make, changes, code, text):
    block = block_of(make, **changes)
    assert block["reason"] == {"code": code, "text": text}
    assert (block["comparable"], block["low"], block["high"], block["text"]) == (False, None, None, None)
    assert block["shrunken"] == {"value": None, "low": None, "high": None}


def test_nothing_is_drawn_towards_a_benchmark_of_unknown_spread_or_without_an_interval(make):
    block = block_of(make, benchmark=ETHNIC)
    assert (block["comparable"], block["low"], block["high"]) == (True, -0.14, 0.62)
    assert (block["reason"]["code"], block["shrunken"]["value"]) == ("no_spread_published", None)
    block = block_of(make, size=(None, None, None))
    assert (block["comparable"], block["reason"]["code"]) == (True, "no_effect_size")
    assert block["shrunken"] == {"value": None, "low": None, "high": None}
    assert block_of(make, benchmark="contact_unplanned_2019")["text"] == (
        "The average of randomised contact programmes without a pre-analysis plan (24 studies) is +0.46 in the "
        "direction hoped for; where a further study would lie was not published."
    )


@given(value=st.floats(-3, 3), reach=st.floats(0.01, 3))
def test_shrinking_lies_between_the_finding_and_the_published_mean_and_is_surer(value, reach):
    entry = cited.benchmarks()[LOT]
    size = {"name": "g_after", "value": value, "low": value - reach, "high": value + reach}
    shrunken, missing = benchmark._shrunken(entry, size, 0.95, 1.0)
    assert missing is None
    assert min(value, 0.40) - 1e-9 <= shrunken["value"] <= max(value, 0.40) + 1e-9
    assert shrunken["high"] - shrunken["low"] < 2 * reach


def test_in_the_findings_of_a_programme_with_arms(make):
    outcomes = (Outcome("fear", "primary"), Outcome("trust", "secondary"))
    plan = make.plan(
        **make.arms_plan | {"effect_size": "g_after"}, design="randomised", benchmark=LOT, outcomes=outcomes
    )
    rows = make.draw(plan, make.instrument(), workshops=8, people_per_side=12, shifts={"a": {"fear": -20}})
    team = make.evaluate(plan, make.instrument(), rows, "team")["findings"]
    fear = [found for found in team if found["scale"] == "fear"]
    for found in fear:
        size, block = found["effect_size"], found["benchmark"]
        assert block["low"] == -1.31
        assert min(size["value"], -0.40) <= block["shrunken"]["value"] <= max(size["value"], -0.40)
        sds = [arm["after"]["sd"] for arm in found["arms"].values()]
        ns = [arm["n"] for arm in found["arms"].values()]
        df = sum(ns) - 2
        pooled = (sum((n - 1) * sd**2 for n, sd in zip(ns, sds, strict=True)) / df) ** 0.5
        expected = found["estimate"]["value"] / pooled * (1 - 3 / (4 * df - 1))
        assert size["value"] == pytest.approx(expected, rel=1e-8)
    assert [found["benchmark"] for found in team if found["scale"] == "trust"] == [None, None]
    few = rows[: len(rows) // 8]
    hidden = make.evaluate(plan, make.instrument(), few, "public")["findings"]
    assert {found["benchmark"] for found in hidden if found["suppressed"]} == {None}
    assert any(found["suppressed"] for found in hidden)
    public = make.evaluate(plan, make.instrument(), rows, "public")["findings"]
    assert public[0]["benchmark"]["shrunken"]["value"] == float(
        f"{team[0]['benchmark']['shrunken']['value']:.3g}"
    )


FAULTY = """\
format: 1
benchmarks:
  - {id: One, title: t, source: s, design: lottery, standardisers: [sd], value: 1, low: 2, high: 3, level: 0.95, tau: -1,
     prediction_low: null, prediction_high: 1, k: 2.5, delay_days: null, people: null, words: w}
  - {id: two, title: "", source: s, design: association, standardisers: [], value: null, low: null, high: null,
     level: 0.9, tau: null, prediction_low: null, prediction_high: null, k: 3, delay_days: null, people: null, word: w}
"""


def test_every_fault_of_a_file_of_benchmarks_is_told(tmp_path):
    path = tmp_path / "b.yaml"
    path.write_text(FAULTY, encoding="utf-8")
    with pytest.raises(PlanInvalid) as caught:
        cited.load_benchmarks(path)
    assert [str(problem).split(": ", 1)[1] for problem in caught.value.problems] == [
        "“One” is no id. Use small letters, digits and _.",
        "“-1” is no number from 0 to 5. Write one within that range.",
        "the value does not lie inside the interval. Look at the source again.",
        "“sd” is no standardisers. Use one of: comparison_sd_after, pooled_sd_after, pooled_sd_before, average_sd, "
        "change_sd, before_sd, correlation, unknown.",
        "“lottery” is no design. Use one of: randomised_between, comparison_between, one_group_change, association.",
        "“2.5” is no whole number. Write one without decimals.",
        "one of “prediction_low” and “prediction_high” is null. Give both.",
        "the key “words” is missing in benchmarks.1. Add “words:”.",
        "“title” should be a text. Write it out.",
        "“None” is no number from -5 to 5. Write one within that range.",
        "no standardiser is named. Write [unknown] at least.",
        "the key “word” is unknown in benchmarks.1. Did you mean “words”?",
        "an interval and its level belong together. Give both or none.",
    ]
