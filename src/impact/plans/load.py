"""YAML → Plan, checked against its instrument; every fault with its line, all at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from impact.errors import InstrumentInvalid, NotFound, PlanInvalid
from impact.instruments.model import Instrument
from impact.instruments.reading import Document
from impact.plans.alerts import read_alerts
from impact.plans.benchmarks import benchmarks
from impact.plans.canonical import content_sha256
from impact.plans.contrast_keys import read_contrasts
from impact.plans.design_keys import read_arms, read_design
from impact.plans.entries import check_waves, read_outcomes
from impact.plans.model import ARM_MEANS, TWO_ARMS, Plan, Thresholds
from impact.plans.people_keys import read_attendance, read_reasons, read_subgroups

FORMAT = 1
ESTIMATORS: Mapping[str, tuple[str, ...]] = {
    "one_group": ("cr2", "paired"),
    "retrospective_pre": ("cr2", "paired"),
    "comparison": ("ancova",),
    "randomised": ("ancova",),
}
EFFECT_SIZES: Mapping[str, tuple[str, ...]] = {
    "one_group": ("g_av", "g_z", "g_before"),
    "retrospective_pre": ("g_av", "g_z", "g_before"),
    "comparison": ("g_before", "g_after"),
    "randomised": ("g_before", "g_after"),
}
CLUSTERS = ("workshop", "none")
FEW_WORKSHOPS = ("paired", "none")
CORRECTIONS = ("simultaneous",)
MISSING = ("complete_cases",)
WORDS = ("lovakov2021",)

_REQUIRED = ("format", "id", "title", "instrument", "design", "outcomes", "contrasts", "cluster", "sesoi")
_OPTIONAL = (
    "by_side", "compare_sides", "estimator", "few_workshops", "effect_size", "correction", "level",
    "missing", "minimum_n", "thresholds", "words", "seed", "arm_means", "alerts", "imputations",
    "comparison_group", "unit", "subgroups", "attendance", "deviations", "benchmark",
)  # fmt: skip

Find = Callable[[str, int], Instrument]
"""Instrument by id and version, or InstrumentInvalid or NotFound."""


def load_plan(path: Path, find: Find) -> tuple[Plan, Instrument]:
    """The plan in `path` and the instrument it is for, got from `find` and checked against it.

    Raises PlanInvalid with every problem (file, line, what, what to do).

    >>> plan, instrument = load_plan(Path("analysis/dialogue-core.yaml"), find)
    >>> plan.design
    'one_group'
    """
    document = Document.read(path, PlanInvalid)
    document.keys((), document.data, _REQUIRED, _OPTIONAL)
    instrument = _instrument(document, find)
    values = _values(document, instrument)
    if instrument is not None and document.is_sound:
        check_waves(document, instrument, values)
    document.finish()
    assert instrument is not None  # noqa: S101 - finish() has raised otherwise
    return Plan(**values, sha256=content_sha256(values), path=str(path)), instrument


def _instrument(document: Document, find: Find) -> Instrument | None:
    place = ("instrument",)
    value = document.data.get("instrument")
    if value is None:
        return None
    if not document.keys(place, value, required=("id", "version")):
        return None
    name, version = value.get("id"), value.get("version")
    if not isinstance(name, str) or not isinstance(version, int) or isinstance(version, bool):
        document.problem(
            place, "the instrument needs a name and a whole number.", "Write {id: dialogue-core, version: 1}."
        )
        return None
    try:
        return find(name, version)
    except (InstrumentInvalid, NotFound) as fault:
        for problem in fault.problems:
            document.problem(
                place, f"the instrument {name} v{version} cannot be used: {problem}", "Mend it first."
            )
        return None


def _values(document: Document, instrument: Instrument | None) -> dict[str, Any]:
    """All fields of the Plan but sha256 and path; problems are noted in `document`."""
    data = document.data
    if data.get("format", FORMAT) != FORMAT:
        document.problem(("format",), f"format {data['format']} is not known.", f"Write “format: {FORMAT}”.")
    design = read_design(document)
    reference = data.get("instrument") if isinstance(data.get("instrument"), dict) else {}
    values: dict[str, Any] = {
        "id": _identifier(document, "id"),
        "title": _title(document),
        "instrument_id": reference.get("id"),
        "instrument_version": reference.get("version"),
        "design": design,
        "outcomes": read_outcomes(document, instrument),
        **read_contrasts(document, instrument, design),
        "thresholds": _thresholds(document),
        **_numbers(document),
        **_words(document),
        **_sides(document, instrument, design),
        **_estimation(document, design),
        "arm_means": _arm_means(document, design),
        "alerts": read_alerts(document, instrument),
        "imputations": _imputations(document),
        **read_arms(document, design),
        "subgroups": read_subgroups(document, instrument),
        "attendance": read_attendance(document, instrument),
        "deviations": read_reasons(document),
        "benchmark": _benchmark(document),
    }
    return values


def _identifier(document: Document, key: str) -> str:
    value = document.data.get(key)
    if key in document.data and not (
        isinstance(value, str) and re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", value)
    ):
        document.problem(
            (key,), f"“{value}” is no id.", "Use small letters, digits and hyphens, as in dialogue-core."
        )
    return str(value)


def _title(document: Document) -> str:
    value = document.data.get("title")
    if "title" in document.data and not (isinstance(value, str) and value.strip()):
        document.problem(("title",), "the title should be a line of text.", "Say what the plan is for.")
    return str(value).strip()


def _thresholds(document: Document) -> Thresholds:
    value = document.data.get("thresholds")
    if value is None or not document.keys(("thresholds",), value, optional=("team", "public")):
        return Thresholds()
    default = Thresholds()
    team = _whole(document, ("thresholds", "team"), value.get("team"), 3, 1000, default.team)
    public = _whole(document, ("thresholds", "public"), value.get("public"), 3, 1000, default.public)
    if public < team:
        document.problem(
            ("thresholds", "public"),
            "the threshold for the public is smaller than the team's.",
            "The public may never see smaller groups than the team.",
        )
    return Thresholds(team, public)


def _whole(document: Document, place: tuple[Any, ...], value: Any, low: int, high: int, default: int) -> int:
    if isinstance(value, float):
        document.problem(place, f"“{value}” is no whole number.", "Write one without decimals.")
        return default
    number = document.number(place, value, low, high, default)
    return default if number is None else int(number)


def _numbers(document: Document) -> dict[str, Any]:
    data = document.data
    return {
        "level": document.number(("level",), data.get("level"), 0.8, 0.999, 0.95),
        "sesoi": document.number(("sesoi",), data["sesoi"], 0.1, 50) if "sesoi" in data else None,
        "minimum_n": _whole(document, ("minimum_n",), data.get("minimum_n"), 2, 1000, 5),
        "seed": _whole(document, ("seed",), data.get("seed"), 0, 2**31, 1),
    }


def _words(document: Document) -> dict[str, Any]:
    data = document.data
    return {
        "correction": document.one_of(("correction",), data.get("correction"), CORRECTIONS, "simultaneous"),
        "missing": document.one_of(("missing",), data.get("missing"), MISSING, "complete_cases"),
        "words": document.one_of(("words",), data.get("words"), WORDS, "lovakov2021"),
    }


def _flag(document: Document, key: str, default: bool) -> bool:
    value = document.data.get(key, default)
    if not isinstance(value, bool):
        document.problem((key,), f"“{value}” is neither true nor false.", "Write true or false.")
        return default
    return value


def _sides(document: Document, instrument: Instrument | None, design: str | None) -> dict[str, Any]:
    by_side = _flag(document, "by_side", False)
    compare = _flag(document, "compare_sides", False)
    if by_side and instrument is not None and not instrument.sides:
        document.problem(
            ("by_side",), f"the instrument {instrument.ref} has no sides.", "Write “by_side: false”."
        )
    if compare and not by_side:
        document.problem(
            ("compare_sides",), "sides are compared, but not evaluated each.", "Write “by_side: true” too."
        )
    if compare and instrument is not None and len(instrument.sides) == 1:
        document.problem(
            ("compare_sides",), f"the instrument {instrument.ref} has one side only.", "Remove the line."
        )
    if compare and design in TWO_ARMS:
        document.problem(
            ("compare_sides",),
            f"comparing sides is not available for the design “{design}”.",
            "Remove the line; each side still has its own finding.",
        )
    return {"by_side": by_side, "compare_sides": compare}


def _arm_means(document: Document, design: str | None) -> str:
    value = document.data.get("arm_means")
    if value is not None and design is not None and design not in TWO_ARMS:
        document.problem(
            ("arm_means",), f"the design “{design}” has no arms.", "Remove the line, or name another design."
        )
    return document.one_of(("arm_means",), value, ARM_MEANS, "attended")


def _imputations(document: Document) -> int:
    number = _whole(document, ("imputations",), document.data.get("imputations"), 0, 200, 20)
    if number == 1:
        document.problem(
            ("imputations",),
            "with one imputation its uncertainty cannot be told.",
            "Write 20 or more, or 0 for none.",
        )
    return number


def _benchmark(document: Document) -> str | None:
    value = document.data.get("benchmark")
    return None if value is None else document.one_of(("benchmark",), value, tuple(benchmarks()))


def _estimation(document: Document, design: str | None) -> dict[str, Any]:
    data = document.data
    cluster = document.one_of(("cluster",), data["cluster"], CLUSTERS) if "cluster" in data else "workshop"
    chosen = design or "one_group"
    by_person = chosen not in TWO_ARMS and cluster == "none"
    default = ESTIMATORS[chosen][1 if by_person else 0]
    estimator = _for_design(document, "estimator", chosen, ESTIMATORS[chosen], default)
    if (estimator, cluster) == ("cr2", "none"):
        document.problem(
            ("estimator",),
            "“cr2” needs workshops, and “cluster: none” gives it none.",
            "Write “cluster: workshop”, or “estimator: paired”.",
        )
    if (estimator, cluster) == ("paired", "workshop"):
        document.problem(
            ("estimator",),
            "“paired” takes no account of workshops, and “cluster: workshop” asks for it.",
            "Write “estimator: cr2”, or “cluster: none”.",
        )
    return {
        "cluster": cluster,
        "estimator": estimator,
        "few_workshops": document.one_of(
            ("few_workshops",), data.get("few_workshops"), FEW_WORKSHOPS, "paired"
        ),
        "effect_size": _for_design(
            document, "effect_size", chosen, EFFECT_SIZES[chosen], EFFECT_SIZES[chosen][0]
        ),
    }


def _for_design(document: Document, key: str, design: str, allowed: tuple[str, ...], default: str) -> str:
    """A choice that depends on the design: a right word with a wrong design is told as such."""
    value = document.data.get(key)
    known = {
        word for words in (ESTIMATORS if key == "estimator" else EFFECT_SIZES).values() for word in words
    }
    if value in known and value not in allowed:
        document.problem(
            (key,),
            f"“{value}” does not fit the design “{design}”.",
            "Use " + " or ".join(allowed) + ".",
        )
        return default
    return document.one_of((key,), value, allowed, default)
