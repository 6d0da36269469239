"""Plans × data that nobody would write by hand, through the real engine, and what must hold for each of them.

`make soak` runs for IMPACT_SOAK_MINUTES (120) and prints how many ran; a seeded slice runs every day. An example is a
plan, as YAML through the real loader, an instrument, and rows, both drawn from hypothesis's numbers and a seed.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import random
import re
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from impact.evaluation import Labels, as_submissions, check, default_labels, run, to_json
from impact.evaluation.licences import table
from impact.instruments.model import (
    CodeElement,
    Instrument,
    Item,
    Language,
    Option,
    PerceptionGap,
    Scale,
    Side,
)
from impact.linkage import link
from impact.plans import Deviation, load_plan

MINUTES = float(os.environ.get("IMPACT_SOAK_MINUTES", "120"))
BATCH = 50
DAILY = 25
KEYS = {
    "format", "plan", "instrument", "data", "audience", "design", "licence", "labels", "rules", "intervals", "flow", "quality", "findings",
    "comparison", "retention", "attrition", "perception_gap", "response_shift", "harm", "linkage", "disclosure", "deviations", "portfolio", "caveats",
}  # fmt: skip
FINDING_KEYS = {
    "scale", "contrast", "subgroup", "role", "planned", "estimator", "n", "clusters", "singletons", "before", "after", "arms",
    "estimate", "tests", "effect_size", "benchmark", "reliable_change", "verdict", "sesoi", "sensitivity", "sensitivity_summary", "claim", "caveats", "suppressed",
}  # fmt: skip
WAVES = ("pre", "post", "followup", "later")
DIRECTIONS = {"fear": "lower", "trust": "higher", "anger": "none"}
LICENCES = tuple(table()["licences"])
ONE_GROUP = ("one_group", "retrospective_pre")
CODE = {"en": tuple((letter, letter.upper()) for letter in "abcd")}


@dataclass(frozen=True)
class Example:
    plan: Any
    instrument: Instrument
    rows: list[dict[str, str]]
    weights: np.ndarray | None
    options: dict[str, Any]
    shape: dict[str, Any]

    def run(self, audience: str, order: np.ndarray | None = None, rename: bool = False) -> dict[str, Any]:
        order = np.arange(len(self.rows)) if order is None else order
        rows = [self.rows[i] for i in order]
        if rename:
            rows = [row | {"workshop": _renamed(row["workshop"])} for row in rows]
        submissions = as_submissions(self.instrument, rows)
        if self.weights is not None:
            submissions = replace(submissions, weight=self.weights[order])
        links = link(self.instrument, submissions)
        return run(self.plan, self.instrument, submissions, links, audience=audience, **self.options)


def _renamed(label: str) -> str:
    """Other names in another order, a bijection."""
    return f"room {9 - int(label[1:])}" if label else ""


# --- the instrument, the plan and the rows ---


def _instrument(shape: dict[str, Any]) -> Instrument:
    waves = WAVES[: shape["waves"]]
    items: list[Item] = []
    scales: list[Scale] = []
    for scale in shape["scales"]:
        names = tuple(f"{scale}_{number}" for number in range(shape["items"]))
        for number, name in enumerate(names):
            items.append(_item(name, waves, shape["steps"], "number" if number == 3 else "likert"))
        scales.append(Scale(scale, {"en": f"About {scale}"}, names, frozenset(names[1:2]), DIRECTIONS[scale],
                            shape["minimum_answered"], scale, "own"))  # fmt: skip
    if shape["then"]:
        at = waves[min(1, len(waves) - 1) :]
        items += [replace(item, id=f"{item.id}_then", then_of=item.id, waves=at) for item in tuple(items)]
    items.append(_choice("sex", waves, "fm" if shape["levels"] == 2 else "fmxy"))
    items.append(Item("sessions", "number", {"en": "Sessions"}, waves[-1:], minimum=0, maximum=5))
    items.append(_choice("why", waves, "pqr", "choices"))
    gaps: tuple[PerceptionGap, ...] = ()
    if shape["gap"]:
        options = tuple(Option(value, {"en": str(value)}) for value in range(11))
        items.append(Item("guess", "choice", {"en": "Of ten"}, waves, options))
        gaps = (PerceptionGap(f"{shape['scales'][0]}_0", "guess", 2.0),)
    return Instrument(
        id="soak", version=1, title={"en": "Soak"}, waves=waves, items=tuple(items), scales=tuple(scales),
        languages=(Language("en", "English", "ltr", "source"), Language("ar", "العربية", "rtl", "draft"),
                   Language("he", "עברית", "rtl", "reviewed"))[: shape["languages"]],
        pages=(), licence="CC BY 4.0", sha256="1" * 64, perception_gaps=gaps,
        sides=tuple(Side(side, {"en": f"Side {side.upper()}"}) for side in "abc"[: shape["sides"]]),
        code_elements=tuple(CodeElement(f"e{number}", {"en": "?"}, CODE) for number in range(4)),
    )  # fmt: skip


def _item(name: str, waves: tuple[str, ...], steps: int, kind: str) -> Item:
    if kind == "number":
        return Item(name, "number", {"en": name}, waves, minimum=0, maximum=10, decimals=1)
    return Item(
        name, kind, {"en": name}, waves, tuple(Option(v, {"en": str(v)}) for v in range(1, steps + 1))
    )


def _choice(name: str, waves: tuple[str, ...], letters: str, kind: str = "choice") -> Item:
    return Item(name, kind, {"en": name}, waves, tuple(Option(one, {"en": one.upper()}) for one in letters))


def _plan_text(shape: dict[str, Any]) -> str:
    design, waves = shape["design"], WAVES[: shape["waves"]]
    has_arms = design not in ONE_GROUP
    pairs = [f"{after} - {before}" for before, after in itertools.combinations(waves, 2)]
    contrasts: list[str] = (
        [f"{waves[-1]} - then"] if design == "retrospective_pre" else pairs[: shape["contrasts"]]
    )
    if design == "one_group" and len(waves) > 2 and shape["retention"]:
        contrasts += [f"({waves[2]} - pre) / (post - pre)"]
    outcomes = [
        {"scale": scale, "role": role} for scale, role in zip(shape["scales"], shape["roles"], strict=False)
    ]
    plan: dict[str, Any] = {
        "format": 1, "id": "soak", "title": "Soak", "instrument": {"id": "soak", "version": 1},
        "design": design, "contrasts": contrasts, "outcomes": outcomes, "sesoi": shape["sesoi"],
        "by_side": shape["by_side"], "cluster": shape["cluster"], "few_workshops": shape["few_workshops"],
        "level": shape["level"], "minimum_n": shape["minimum_n"], "imputations": shape["imputations"],
        "thresholds": dict(zip(("team", "public"), shape["thresholds"], strict=True)), "seed": shape["seed"] % 97,
    }  # fmt: skip
    if has_arms:
        plan |= {"comparison_group": shape["comparison_group"], "arm_means": shape["arm_means"]}
        plan["effect_size"] = shape["effect_sizes"][1]
        if design == "randomised" and not (shape["unit"] == "workshop" and shape["cluster"] == "none"):
            plan |= {"unit": shape["unit"]} if shape["unit"] else {}
    else:
        plan["effect_size"] = shape["effect_sizes"][0]
        plan["compare_sides"] = shape["by_side"] and shape["sides"] > 1 and shape["compare_sides"]
    if shape["subgroup"]:
        plan["subgroups"] = [{"item": "sex", "planned": shape["subgroup"] == 2}]
    if shape["attendance"]:
        plan["attendance"] = {"item": "sessions", "at_least": shape["attendance"]}
    if shape["alerts"]:
        plan["alerts"] = {"worse_share": 0.15, "evaluate": shape["alerts"]}
    if shape["benchmark"]:
        plan["benchmark"] = shape["benchmark"]
    return yaml.safe_dump(plan, allow_unicode=True)


def _rows(shape: dict[str, Any], instrument: Instrument) -> list[dict[str, str]]:
    draw, rows = random.Random(shape["seed"]), []
    for number in range(shape["people"]):
        person = _Person(draw, shape, instrument, number)
        for position, wave in enumerate(instrument.waves):
            if position and draw.random() < shape["lost"]:
                continue
            if not position and draw.random() < shape["late"]:
                continue
            rows.append(person.row(wave, position))
            if person.by_code and draw.random() < shape["double"]:
                rows.append(person.row(wave, position) | {"workshop": _room(draw, shape)})
    return rows or [_Person(draw, shape, instrument, 0).row(instrument.waves[0], 0)]


def _room(draw: random.Random, shape: dict[str, Any]) -> str:
    unknown = draw.random() < shape["unknown"]
    return "" if unknown or not shape["workshops"] else f"W{draw.randrange(shape['workshops'])}"


class _Person:
    def __init__(
        self, draw: random.Random, shape: dict[str, Any], instrument: Instrument, number: int
    ) -> None:
        self.draw, self.shape, self.instrument, self.number = draw, shape, instrument, number
        self.by_code = shape["by"] == "code" or (shape["by"] == "mixed" and number % 2 == 1)
        self.room = _room(draw, shape)
        self.side = draw.choice(instrument.side_ids) if instrument.sides else ""
        self.language = draw.choice([language.tag for language in instrument.languages])
        self.arm = self._arm()
        letters = "ab" if shape["alike_codes"] else "abcd"
        self.code = [draw.choice(letters) for _ in instrument.code_elements]
        self.level = draw.randrange(shape["steps"])

    def _arm(self) -> str:
        if self.shape["arms"] == "room":  # whole workshops
            return ("workshop", "comparison")[sum(map(ord, self.room)) % 2]
        arm = self.draw.choice(("workshop", "comparison"))
        if self.shape["arms"] == "one":
            return "workshop"
        if self.shape["arms"] == "nested" and arm == "comparison":
            self.room = ""
        return arm

    def row(self, wave: str, position: int) -> dict[str, str]:
        draw, unknown = self.draw, self.shape["unknown"]
        cells = {
            "wave": wave, "workshop": self.room, "side": "" if draw.random() < unknown else self.side,
            "arm": "" if draw.random() < unknown else self.arm,
            "language": "" if draw.random() < unknown else self.language,
            "respondent": "" if self.by_code else f"p{self.number}",
        }  # fmt: skip
        if draw.random() < unknown / 2:  # says otherwise at another wave
            cells["side"] = draw.choice(["", *self.instrument.side_ids])
        if self.by_code:
            code = list(self.code)
            if draw.random() < self.shape["code_error"]:
                code[draw.randrange(len(code))] = draw.choice(["", *"abcd"])
            cells |= {f"code.e{number}": letter for number, letter in enumerate(code)}
        return cells | {item.id: self._answer(item, wave, position) for item in self.instrument.closed_items}

    def _answer(self, item: Item, wave: str, position: int) -> str:
        draw, shape = self.draw, self.shape
        if wave not in item.waves:
            return ".w"
        if draw.random() < shape["empty"]:
            return draw.choice(["", ".r", ".s"])
        if item.id == "sex":
            return item.options[self.number % len(item.options)].value
        if item.type == "choices":
            return (
                "|".join(option.value for option in item.options if draw.random() < 0.5)
                or item.options[0].value
            )
        kind, top = shape["answers"], len(item.options) - 1 if item.options else 10
        level = {"alike": min(1, top), "floor": 0, "ceiling": top}.get(kind)
        if kind == "same_change":
            level = min(top, self.level + position)
        if level is None:
            level = draw.randrange(top + 1) if kind == "random" else self.level + draw.choice((-1, 0, 0, 1)) + shape["move"] * position  # fmt: skip
        level = max(0, min(top, level))
        return str(item.options[level].value) if item.options else str(min(level, int(item.maximum)))


MANY = st.sampled_from([0.0, 0.0, 0.1, 0.3, 0.7])
SHAPES = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**20),
        "waves": st.integers(1, 4),
        "sides": st.integers(0, 3),
        "scales": st.sampled_from([("fear",), ("trust",), ("trust", "anger"), ("fear", "trust", "anger")]),
        "roles": st.permutations(["secondary", "guard", "exploratory", "primary"]),
        "items": st.integers(1, 4),
        "steps": st.integers(2, 7),
        "minimum_answered": st.sampled_from([0.5, 2 / 3, 1.0]),
        "then": st.booleans(),
        "levels": st.sampled_from([2, 4]),
        "gap": st.booleans(),
        "languages": st.integers(1, 3),
        "worded": st.sampled_from(["en", "en", "ar", "he"]),
        "design": st.sampled_from(
            ["one_group", "one_group", "retrospective_pre", "comparison", "randomised"]
        ),
        "contrasts": st.integers(1, 6),
        "retention": st.booleans(),
        "sesoi": st.sampled_from([0.5, 5.0, 20.0]),
        "by_side": st.booleans(),
        "compare_sides": st.booleans(),
        "cluster": st.sampled_from(["workshop", "workshop", "none"]),
        "few_workshops": st.sampled_from(["paired", "none"]),
        "level": st.sampled_from([0.8, 0.95, 0.99]),
        "minimum_n": st.sampled_from([2, 5, 10]),
        "imputations": st.sampled_from([0, 0, 0, 2, 2, 20]),
        "thresholds": st.sampled_from([(3, 3), (3, 10), (5, 5), (5, 10), (10, 20)]),
        "comparison_group": st.sampled_from(["other", "matched", "waiting_list"]),
        "arm_means": st.sampled_from(["attended", "offered"]),
        "unit": st.sampled_from(["", "workshop", "person"]),
        "effect_sizes": st.tuples(
            st.sampled_from(["g_av", "g_z", "g_before"]), st.sampled_from(["g_before", "g_after"])
        ),
        "subgroup": st.integers(0, 2),
        "attendance": st.sampled_from([None, 2, 5]),
        "alerts": st.sampled_from([None, "point", "low"]),
        "benchmark": st.sampled_from([None, None, "contact_randomised_2019"]),
        "people": st.one_of(st.just(1), st.integers(2, 12), st.integers(2, 60), st.integers(30, 60)),
        "workshops": st.sampled_from([0, 1, 2, 3, 5, 8]),
        "arms": st.sampled_from(["person", "room", "nested", "one"]),
        "by": st.sampled_from(["respondent", "respondent", "code", "mixed"]),
        "alike_codes": st.booleans(),
        "code_error": MANY,
        "double": MANY,
        "unknown": MANY,
        "lost": MANY,
        "late": MANY,
        "empty": MANY,
        "answers": st.sampled_from(["random", "near", "near", "alike", "floor", "ceiling", "same_change"]),
        "move": st.integers(-1, 1),
        "weights": st.booleans(),
        "invited": st.booleans(),
        "locked": st.integers(0, 2),
    }
)


def _example(shape: dict[str, Any], folder: Any) -> Example:
    shape = dict(shape)
    if shape["design"] == "retrospective_pre":
        shape["then"] = True
    elif shape["waves"] == 1:
        shape["waves"] = 2
    shape["by_side"] = shape["by_side"] and shape["sides"] > 0
    shape["roles"] = ["primary", *[role for role in shape["roles"] if role != "primary"]]
    shape["gap"] = shape["gap"] and shape["sides"] > 0
    instrument = _instrument(shape)
    path = folder / "soak.yaml"
    path.write_text(_plan_text(shape), encoding="utf-8")
    plan, _ = load_plan(path, lambda name, version: instrument)
    rows = _rows(shape, instrument)
    weights = np.random.default_rng(shape["seed"]).random(len(rows)) if shape["weights"] else None
    labels: Labels = replace(
        default_labels(instrument, plan, shape["worded"]), synthetic=shape["seed"] % 2 == 0
    )
    options: dict[str, Any] = {"labels": labels}
    if shape["locked"]:
        options |= {"locked_at": "2026-01-01T00:00:00Z", "locked_by": "evaluator"}
    if shape["locked"] == 2:
        options["deviations"] = (Deviation("level", 0.9, 0.95, None),)
    if shape["invited"]:
        sides = instrument.side_ids if plan.by_side else (None,)
        arms = ("workshop", "comparison") if plan.has_arms else ("workshop",)
        counts = {"invited": len(rows) + 3, "consented": None if shape["seed"] % 3 else len(rows) + 1}
        options["invited"] = {(arm, side): counts for arm in arms for side in sides}
    return Example(plan, instrument, rows, weights, options, shape)


# --- what must hold ---


def assert_holds(example: Example) -> None:
    documents = {audience: example.run(audience) for audience in ("team", "public")}
    order = np.random.default_rng(example.shape["seed"]).permutation(len(example.rows))
    for audience, found in documents.items():
        assert set(found) == KEYS
        assert all(set(one) == FINDING_KEYS for one in found["findings"])
        _assert_sound(found, (), getattr(example.plan.thresholds, audience))
        assert to_json(example.run(audience, order)) == to_json(found)
        renamed = example.run(audience, rename=True)
        if audience == "team":
            assert renamed["data"].pop("sha256")
            found = found | {"data": {key: v for key, v in found["data"].items() if key != "sha256"}}
        assert to_json(renamed) == to_json(found)
        _assert_said(example, found)
        _assert_adds_up(found)
    _assert_monotone(documents["team"], documents["public"], ())


def _assert_sound(value: Any, path: tuple[Any, ...], threshold: int) -> None:
    """No NaN, no infinity, plain types; an estimate inside its interval; a suppressed row without a number."""
    if isinstance(value, float):
        assert math.isfinite(value), path
    elif isinstance(value, list):
        for number, one in enumerate(value):
            _assert_sound(one, (*path, number), threshold)
    elif isinstance(value, dict):
        if value.get("suppressed") is True:
            gives_way = any(note["code"] == "averages_give_way" for note in value.get("caveats", ()))
            told = {key: one for key, one in value.items() if not (gives_way and key == "n")}
            numbers = [number for _, number in _numbers(told, path)]
            # There it is a step, or a distance, that is hidden, not the row.
            by_cell = path[0] in ("flow", "linkage") or path[:2] == ("attrition", "chain")
            assert not [number for number in numbers if not by_cell or 0 < number < threshold], (path, value)
        low, middle, high = (value.get(name) for name in ("low", "value", "high"))
        if middle is not None:
            assert low is None or low <= middle, (path, value)
            assert high is None or middle <= high, (path, value)
        if value.get("simultaneous") and value["simultaneous"]["low"] is not None and low is not None:
            assert value["simultaneous"]["low"] <= low <= high <= value["simultaneous"]["high"], (path, value)
        for key, one in value.items():
            _assert_sound(one, (*path, key), threshold)
    else:
        assert value is None or type(value) in (str, int, bool), path


_TOLD = {"level", "family", "sesoi", "agree_from", "at_least", "expected_share", "worse_share", "suppressed", "limit",
         "planned", "counted", "value_of_level"}  # fmt: skip
"""What a row says of the plan, not of people."""


def _numbers(value: Any, path: tuple[Any, ...]) -> Any:
    """Numbers in a suppressed row that are not from the plan."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in _TOLD and key not in ("subgroup", "alert_rule"):
                yield from _numbers(one, (*path, key))
    elif isinstance(value, list):
        for one in value:
            yield from _numbers(one, path)
    elif isinstance(value, int | float):
        yield path, value


def _assert_said(example: Example, found: dict[str, Any]) -> None:
    plan = example.plan
    names = [*example.options["labels"].sides.values()]
    for path, claim in _claims(found, ()):
        licence, language = claim["licence"], claim.get("language", "en")
        assert claim["text"], path
        assert check(claim["text"], licence, language, plan.arm_means, names) == (), (path, claim)
        assert not re.search(r",,|\s,| {2}|\.\.|\{|\}|None|nan", claim["text"]), (path, claim["text"])
        if plan.design in ONE_GROUP:
            assert LICENCES.index(licence) <= LICENCES.index("before_after_followup"), (path, licence)
    for path, text in _caveat_texts(found, ()):
        assert text, path
        assert not re.search(r",,|\s,| {2}|\{|\}|None|nan\b", text), (path, text)


def _claims(value: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(value, dict):
        if isinstance(value.get("claim"), dict):
            yield (*path, "claim"), value["claim"]
        for key, one in value.items():
            yield from _claims(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _claims(one, (*path, number))


def _caveat_texts(value: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(value, dict):
        for note in value.get("caveats", ()):
            yield path, note["text"]
        for key, one in value.items():
            yield from _caveat_texts(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _caveat_texts(one, (*path, number))


def _assert_adds_up(found: dict[str, Any]) -> None:
    for row in found["flow"]:
        steps = [row[name] for name in ("submissions", "linked", "analysed") if row[name] is not None]
        assert steps == sorted(steps, reverse=True), row
    total = found["data"]["submissions"]
    if total is not None:
        assert sum(row["submissions"] for row in found["flow"]) <= total
    for one in found["findings"]:
        counts = [one["reliable_change"][name] for name in ("improved", "unchanged", "worsened")]
        people = one["arms"]["workshop"]["n"] if one["arms"] else one["n"]
        if None not in counts:
            assert sum(counts) == people, one
        elif people is not None:
            assert sum(count for count in counts if count is not None) <= people
        if one["arms"]:
            assert sum(arm["n"] for arm in one["arms"].values()) == one["n"], one
        summary = one["sensitivity_summary"]
        if summary["of"] is not None:
            assert summary["same"] + len(summary["differing"]) == summary["of"], summary
    for wave in found["linkage"]["waves"]:
        parts = [wave[name] for name in ("exact", "one_differs", "two_differ")]
        if None not in [*parts, wave["linked"]]:
            assert sum(parts) == wave["linked"], wave
    for row in found["attrition"]["lost"]:
        if row["kept"] is not None and row["lost"] is not None and row["share_lost"]["value"] is not None:
            assert row["share_lost"]["value"] == pytest.approx(
                row["lost"] / (row["kept"] + row["lost"]), abs=0.06
            )


_OWN = {"text", "note_text", "caveats", "disclosure", "audience", "note", "rule", "because", "licence", "sms", "nesta",
        "reading", "family", "rooms", "kind"}  # fmt: skip
"""What each document says in its own words."""


def _assert_monotone(team: Any, public: Any, path: tuple[Any, ...]) -> None:
    """What the team is not shown the public is not shown."""
    if team is None:
        assert public in (None, [], {}) or not list(_numbers(public, path)), (path, public)
    elif isinstance(team, dict) and isinstance(public, dict):
        for key in team.keys() & public.keys():
            if key not in _OWN:
                _assert_monotone(team[key], public[key], (*path, key))
        if team.get("suppressed") is True:
            assert public.get("suppressed") is True, path
    elif isinstance(team, list) and isinstance(public, list) and len(team) == len(public):
        for number, (one, other) in enumerate(zip(team, public, strict=True)):
            _assert_monotone(one, other, (*path, number))
    elif isinstance(team, list) and isinstance(public, list):
        assert len(public) < len(team), path


# --- how many ---


class Counter:
    def __init__(self) -> None:
        self.examples, self.rows, self.designs = 0, 0, dict.fromkeys(("one_group", "retrospective_pre", "comparison", "randomised"), 0)  # fmt: skip

    def add(self, example: Example) -> None:
        self.examples += 1
        self.rows += len(example.rows)
        self.designs[example.plan.design] += 1


def _look(folder: Any, first: int, examples: int, counter: Counter) -> None:
    @seed(first)
    @settings(
        max_examples=examples, database=None, verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck), print_blob=True,
    )  # fmt: skip
    @given(SHAPES)
    def one(shape: dict[str, Any]) -> None:
        example = _example(shape, folder)
        try:
            assert_holds(example)
        except Exception as fault:
            fault.add_note(json.dumps(shape))
            raise
        counter.add(example)

    one()


def test_a_seeded_slice_of_the_soak(tmp_path):
    counter = Counter()
    _look(tmp_path, 1, DAILY, counter)
    assert counter.examples >= DAILY


@pytest.mark.soak
def test_the_soak(tmp_path, capsys):
    """As long as IMPACT_SOAK_MINUTES says; each batch has a seed of its own, which a failure names."""
    counter, end = Counter(), time.monotonic() + 60 * MINUTES
    first = int(os.environ.get("IMPACT_SOAK_SEED", str(time.time_ns() % 10**9)))
    for batch in itertools.count(first):
        try:
            _look(tmp_path, batch, BATCH, counter)
        except BaseException as fault:
            fault.add_note(f"IMPACT_SOAK_SEED={batch}, after {counter.examples} plans × data")
            raise
        with capsys.disabled():
            print(
                f"\rsoak: {counter.examples} plans × data, {counter.rows} rows, {counter.designs}", flush=True
            )
        if time.monotonic() > end:
            break
