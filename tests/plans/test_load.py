"""A plan is right, or every fault is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from impact.errors import InstrumentInvalid, PlanInvalid
from impact.instruments.model import Instrument, Item, Language, Option, Scale, Side
from impact.plans import Alerts, Contrast, Outcome, Thresholds, load_plan

GOOD = """\
format: 1
id: tiny
title: "A tiny plan"
instrument: {id: tiny, version: 1}
design: one_group
contrasts: [post - pre]
by_side: true
outcomes:
  - {scale: fear, role: primary}
  - {scale: trust, role: secondary, sesoi: 3}
cluster: workshop
sesoi: 5
"""


def make_instrument(sides: int = 2) -> Instrument:
    options = tuple(Option(value, {"en": str(value)}) for value in (1, 2, 3))
    items = (
        Item("f1", "likert", {"en": "f1"}, ("pre", "post"), options),
        Item("t1", "likert", {"en": "t1"}, ("pre", "post"), options),
        Item("m1", "likert", {"en": "m1"}, ("post",), options),
    )
    scales = tuple(
        Scale(name, {"en": name}, (item,), frozenset(), "lower", 0.5, name, "own")
        for name, item in (("fear", "f1"), ("trust", "t1"), ("met", "m1"))
    )
    return Instrument(
        "tiny", 1, {"en": "Tiny"}, (Language("en", "English", "ltr", "source"),), ("pre", "post"), items, scales,
        (), "own", "1" * 64, sides=tuple(Side(side, {"en": side}) for side in "abc"[:sides]),
    )  # fmt: skip


def find(name: str, version: int, sides: int = 2) -> Instrument:
    if (name, version) != ("tiny", 1):
        raise InstrumentInvalid.at("surveys", f"there is no {name}.v{version}.", "Use one of: tiny.v1.")
    return make_instrument(sides)


@pytest.fixture
def load(tmp_path: Path):
    def load(text: str, sides: int = 2):
        path = tmp_path / "tiny.yaml"
        path.write_text(text, encoding="utf-8")
        return load_plan(path, lambda name, version: find(name, version, sides))[0]

    return load


@pytest.fixture
def problems(load):
    def problems(text: str, sides: int = 2) -> list[str]:
        with pytest.raises(PlanInvalid) as caught:
            load(text, sides)
        return [str(problem) for problem in caught.value.problems]

    return problems


def test_a_good_plan_with_its_defaults(load):
    plan = load(GOOD)
    assert plan.outcomes == (Outcome("fear", "primary", None), Outcome("trust", "secondary", 3))
    assert plan.contrasts == (Contrast("post - pre", "post", "pre"),)
    assert (plan.estimator, plan.few_workshops, plan.effect_size) == ("cr2", "paired", "g_av")
    assert (plan.level, plan.minimum_n, plan.thresholds) == (0.95, 5, Thresholds(5, 10))
    assert plan.sesoi_of(plan.outcomes[0]) == 5
    assert plan.sesoi_of(plan.outcomes[1]) == 3


def test_the_hash_is_of_the_content_only(load):
    plan = load(GOOD)
    lines = GOOD.splitlines()
    assert (
        load("# a comment\n" + "\n".join([lines[0], *reversed(lines[1:7]), *lines[7:]])).sha256 == plan.sha256
    )
    assert load(GOOD + "level: 0.95\nestimator: cr2\nseed: 1\n").sha256 == plan.sha256
    assert load(GOOD.replace("sesoi: 5", "sesoi: 5.0")).sha256 == plan.sha256
    assert load(GOOD.replace("sesoi: 5", "sesoi: 6")).sha256 != plan.sha256
    assert load(GOOD.replace("role: secondary", "role: guard")).sha256 != plan.sha256
    assert len(plan.sha256) == 64


CASES = [
    (
        ("sesoi: 5\n", "sesoi: 5\nlevle: 0.9\n"),
        ["tiny.yaml, line 13: the key “levle” is unknown in the file. Did you mean “level”?"],
    ),
    (("scale: fear", "scale: faer"), [
        "tiny.yaml, line 9: the instrument tiny.v1 has no scale “faer”. Did you mean “fear”?"
    ]),
    (("post - pre", "followup - pre"), [
        "tiny.yaml, line 6: the instrument tiny.v1 has no wave “followup”. Use one of: pre, post."
    ]),
    (("post - pre", "post minus pre"), [
        "tiny.yaml, line 6: “post minus pre” is no contrast. Write two waves with a minus between, as in “post - pre”."
    ]),
    (("post - pre", "pre - post"), [
        "tiny.yaml, line 6: “pre - post” takes the later wave from the earlier one. Write “post - pre”."
    ]),
    (("[post - pre]", "[post - pre, post - pre]"), [
        "tiny.yaml, line 6: the contrast “post - pre” is written twice. Keep one of the two."
    ]),
    (("[post - pre]", "[post - post]"), [
        "tiny.yaml, line 6: “post - post” compares a wave with itself. Name two waves."
    ]),
    (("scale: trust", "scale: fear"), [
        "tiny.yaml, line 10: the scale “fear” is an outcome twice. Keep one of the two."
    ]),
    (("scale: trust", "scale: met"), [
        "tiny.yaml, line 10: the scale “met” is not asked at the wave “pre”. "
        "Remove the outcome, or the contrast that needs this wave."
    ]),
    (("role: primary", "role: guard"), [
        "tiny.yaml, line 8: no outcome is primary. Give at least one of them “role: primary”."
    ]),
    (("sesoi: 3", "sesoi: 300"), [
        "tiny.yaml, line 10: “300” is no number from 0.1 to 50. Write one within that range."
    ]),
    (("sesoi: 5", "sesoi: 0"), [
        "tiny.yaml, line 12: “0” is no number from 0.1 to 50. Write one within that range."
    ]),
    (("cluster: workshop", "cluster: none\nestimator: cr2"), [
        "tiny.yaml, line 12: “cr2” needs workshops, and “cluster: none” gives it none. "
        "Write “cluster: workshop”, or “estimator: paired”."
    ]),
    (("cluster: workshop", "cluster: workshop\nestimator: ancova"), [
        "tiny.yaml, line 12: “ancova” does not fit the design “one_group”. Use cr2 or paired."
    ]),
    (("cluster: workshop", "cluster: workshop\nestimator: paired"), [
        "tiny.yaml, line 12: “paired” takes no account of workshops, and “cluster: workshop” asks for it. "
        "Write “estimator: cr2”, or “cluster: none”."
    ]),
    (("design: one_group", "design: randomised\neffect_size: g_av"), [
        "tiny.yaml, line 6: “g_av” does not fit the design “randomised”. Use g_before or g_after."
    ]),
    (("design: one_group", "design: one_grup"), [
        "tiny.yaml, line 5: “one_grup” is no design. Did you mean “one_group”?"
    ]),
    (("version: 1", "version: 2"), [
        "tiny.yaml, line 4: the instrument tiny v2 cannot be used: surveys: there is no tiny.v2. "
        "Use one of: tiny.v1. Mend it first."
    ]),
    (("sesoi: 5\n", "sesoi: 5\nthresholds: {team: 12, public: 10}\n"), [
        "tiny.yaml, line 13: the threshold for the public is smaller than the team's. "
        "The public may never see smaller groups than the team."
    ]),
    (("by_side: true", "by_side: maybe"), [
        "tiny.yaml, line 7: “maybe” is neither true nor false. Write true or false."
    ]),
    (("by_side: true", "by_side: false\ncompare_sides: true"), [
        "tiny.yaml, line 8: sides are compared, but not evaluated each. Write “by_side: true” too."
    ]),
    (("design: one_group", "design: comparison\ncompare_sides: true"), [
        "tiny.yaml, line 6: comparing sides is not available for the design “comparison”. "
        "Remove the line; each side still has its own finding."
    ]),
    (("format: 1", "format: 2"), ["tiny.yaml, line 1: format 2 is not known. Write “format: 1”."]),
    (("sesoi: 5\n", "sesoi: 5\nminimum_n: 4.5\n"), [
        "tiny.yaml, line 13: “4.5” is no whole number. Write one without decimals."
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CASES, ids=[change[1] for change, _ in CASES])
def test_every_fault_names_line_and_remedy(problems, change, expected):
    assert GOOD.count(change[0]) >= 1
    assert problems(GOOD.replace(*change, 1)) == expected


def test_sides_asked_of_an_instrument_without_sides(problems):
    assert problems(GOOD, sides=0) == [
        "tiny.yaml, line 7: the instrument tiny.v1 has no sides. Write “by_side: false”."
    ]


def test_all_faults_at_once_in_line_order(problems):
    text = (
        GOOD.replace("scale: fear", "scale: faer")
        .replace("sesoi: 3", "sesoi: 99")
        .replace("id: tiny", "id: Tiny!", 1)
    )
    found = problems(text)
    assert [line.split(":")[0] for line in found] == [
        "tiny.yaml, line 2",
        "tiny.yaml, line 9",
        "tiny.yaml, line 10",
    ]


def test_a_missing_key_is_named(problems):
    assert problems(GOOD.replace("cluster: workshop\n", "")) == [
        "tiny.yaml, line 1: the key “cluster” is missing in the file. Add “cluster:”."
    ]


def test_the_alert_rule_is_in_the_plan_and_its_hash(load, problems):
    plan = load(GOOD + "alerts: {worse_share: 0.15, scales: {trust: 0.2, fear: 0.1}}\n")
    assert plan.alerts == Alerts(0.15, (("fear", 0.1), ("trust", 0.2)), "point")
    assert [plan.alerts.limit_of(scale) for scale in ("fear", "trust", "other")] == [0.1, 0.2, 0.15]
    assert load(GOOD).alerts is None
    # A rule is content; its order and a default that is spelt out are not. Plans without one keep their hash.
    turned = "alerts: {evaluate: point, scales: {fear: 0.1, trust: 0.2}, worse_share: 0.15}\n"
    assert load(GOOD + turned).sha256 == plan.sha256
    assert load(GOOD + turned.replace("point", "low")).sha256 != plan.sha256
    assert load(GOOD).sha256 == "a677ee7819d75af11dc183715ef01e1dc5ab8474971c865c5da2c87b1abb2d3f"
    assert load(GOOD).sha256 != plan.sha256


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{}", "the key “worse_share” is missing in alerts. Add “worse_share:”."),
        ("{worse_share: 15}", "“15” is no number from 0.01 to 0.99. Write one within that range."),
        ("{worse_share: }", "“None” is no number from 0.01 to 0.99. Write one within that range."),
        ("{worse_share: 0.1, evaluate: lwo}", "“lwo” is no evaluate. Did you mean “low”?"),
        ("{worse_share: 0.1, scales: [fear]}", "“scales” should hold limits by scale. Write {fear: 0.1}."),
        ("{worse_share: 0.1, scales: {faer: 0.1}}", "the scale “faer” is no outcome. Did you mean “fear”?"),
        ("{worse_share: 0.1, scales: {fear: 0}}", "“0” is no number from 0.01 to 0.99. Write one within that range."),
        ("{worse_share: 0.1, limit: 2}", "the key “limit” is unknown in alerts. Use one of: worse_share, scales, evaluate."),
    ],
)  # fmt: skip
def test_every_fault_of_an_alert_rule_is_told(problems, line, expected):
    assert problems(f"{GOOD}alerts: {line}\n") == [f"tiny.yaml, line 13: {expected}"]


def test_what_an_arm_means_is_in_the_plan_and_its_hash(load, problems):
    arms = GOOD.replace("design: one_group", "design: randomised")
    assert load(arms).arm_means == "attended"
    assert load(arms + "arm_means: attended\n").sha256 == load(arms).sha256
    assert load(arms + "arm_means: offered\n").arm_means == "offered"
    assert load(arms + "arm_means: offered\n").sha256 != load(arms).sha256
    assert problems(arms + "arm_means: ofered\n") == [
        "tiny.yaml, line 13: “ofered” is no arm_means. Did you mean “offered”?"
    ]
    assert problems(GOOD + "arm_means: offered\n") == [
        "tiny.yaml, line 13: the design “one_group” has no arms. Remove the line, or name another design."
    ]


def test_how_often_missing_scores_are_filled_in_is_in_the_plan_and_its_hash(load, problems):
    assert load(GOOD).imputations == 20
    assert load(GOOD + "imputations: 20\n").sha256 == load(GOOD).sha256
    assert load(GOOD + "imputations: 0\n").imputations == 0
    assert load(GOOD + "imputations: 0\n").sha256 != load(GOOD).sha256
    [one] = problems(GOOD + "imputations: 1\n")
    assert one.endswith(
        "with one imputation its uncertainty cannot be told. Write 20 or more, or 0 for none."
    )
    assert len(problems(GOOD + "imputations: 201\n")) == len(problems(GOOD + "imputations: 2.5\n")) == 1


def test_a_benchmark_is_a_known_one_and_old_plans_keep_their_hash(load, problems):
    assert load(GOOD).benchmark is None
    named = load(GOOD + "benchmark: contact_randomised_2019\n")
    assert named.benchmark == "contact_randomised_2019"
    assert named.sha256 != load(GOOD).sha256
    assert load(GOOD + "benchmark: null\n").sha256 == load(GOOD).sha256
    assert problems(GOOD + "benchmark: contact_randomized_2019\n") == [
        "tiny.yaml, line 13: “contact_randomized_2019” is no benchmark. Did you mean “contact_randomised_2019”?"
    ]


def test_shipped_plans_keep_the_hash_they_had():
    from impact.workflow import find_plan

    assert {
        name: find_plan(name)[0].sha256[:16] for name in ("dialogue-core", "dialogue-short", "jobs-ii")
    } == {
        "dialogue-core": "a459fd5362288f2f",
        "dialogue-short": "d206631591e5933a",
        "jobs-ii": "0380aff45ebe3815",
    }
