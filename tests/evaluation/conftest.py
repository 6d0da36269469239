"""A small instrument and plan, made in code, and data drawn or written out for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from impact.evaluation import as_submissions, draw, run
from impact.instruments.model import Instrument, Item, Language, Option, Scale, Side
from impact.linkage import link
from impact.plans.model import Contrast, Outcome, Plan, Thresholds

WAVES = ("pre", "post", "followup")


def likert(name, waves=WAVES, steps=5):
    options = tuple(Option(value, {"en": str(value)}) for value in range(1, steps + 1))
    return Item(name, "likert", {"en": name}, waves, options)


def make_instrument(sides=("a", "b"), scales=("fear", "trust", "anger")):
    directions = {"fear": "lower", "trust": "higher", "anger": "none"}
    items, made = [], []
    for scale in scales:
        names = tuple(f"{scale}_{i}" for i in (1, 2, 3))
        items += [likert(name) for name in names]
        made.append(
            Scale(
                scale,
                {"en": scale.capitalize()},
                names,
                frozenset({names[2]}),
                directions[scale],
                2 / 3,
                scale,
                "own",
                {"en": f"A high score means more {scale}."},
            )
        )
    return Instrument(
        id="tiny",
        version=1,
        title={"en": "Tiny"},
        languages=(
            Language("en", "English", "ltr", "source"),
            Language("ar", "العربية", "rtl", "draft"),
        ),
        waves=WAVES,
        items=tuple(items),
        scales=tuple(made),
        pages=(),
        licence="CC BY 4.0",
        sha256="1" * 64,
        sides=tuple(Side(side, {"en": f"Side {side.upper()}"}) for side in sides),
    )


def make_plan(**changes):
    plan = Plan(
        id="tiny",
        instrument_id="tiny",
        instrument_version=1,
        title="Tiny plan",
        design="one_group",
        outcomes=(Outcome("fear", "primary"), Outcome("trust", "primary"), Outcome("anger", "secondary")),
        contrasts=(Contrast("post - pre", "post", "pre"),),
        by_side=True,
        cluster="workshop",
        estimator="cr2",
        few_workshops="paired",
        effect_size="g_av",
        correction="simultaneous",
        level=0.95,
        sesoi=5.0,
        missing="complete_cases",
        minimum_n=5,
        thresholds=Thresholds(),
        words="lovakov2021",
        sha256="0" * 64,
        compare_sides=True,
    )
    return replace(plan, **changes)


ARMS_PLAN = {
    "estimator": "ancova",
    "effect_size": "g_before",
    "compare_sides": False,
}


@pytest.fixture(scope="session")
def instrument():
    return make_instrument()


@pytest.fixture(scope="session")
def plan():
    return make_plan()


def evaluate(plan, instrument, rows, audience="team", **options):
    submissions = as_submissions(instrument, rows)
    return run(plan, instrument, submissions, link(instrument, submissions), audience=audience, **options)


def drawn(plan, instrument, **options):
    return draw(plan, instrument, **({"seed": 1, "by": "respondent"} | options))[0]


@pytest.fixture(scope="session")
def make():
    """The makers of this file, for tests: import of one test file by another is not possible here."""

    class Make:
        instrument = staticmethod(make_instrument)
        plan = staticmethod(make_plan)
        evaluate = staticmethod(evaluate)
        draw = staticmethod(drawn)
        links = staticmethod(link)
        arms_plan = ARMS_PLAN

    return Make
