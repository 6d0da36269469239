"""Published distributions of effects that a plan may name as its benchmark: cited data, checked when read.

What they are in is named by `design` and `standardisers`: evaluation compares a finding with an entry only where both
are the finding's own (`impact.evaluation.benchmark`). Unit: standard deviations; positive = the direction hoped for.
Source of every entry: its `source`; what was computed for this project says so in `words`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from impact.errors import PlanInvalid
from impact.instruments.reading import Document

FORMAT = 1
PUBLISHED_DESIGNS = ("randomised_between", "comparison_between", "one_group_change", "association")
STANDARDISERS = (
    "comparison_sd_after", "pooled_sd_after", "pooled_sd_before", "average_sd", "change_sd", "before_sd",
    "correlation", "unknown",
)  # fmt: skip
_TEXTS = ("id", "title", "source", "design", "standardisers", "words")
_NUMBERS: Mapping[str, tuple[float, float]] = {
    "value": (-5.0, 5.0), "low": (-5.0, 5.0), "high": (-5.0, 5.0), "level": (0.5, 0.999), "tau": (0.0, 5.0),
    "prediction_low": (-10.0, 10.0), "prediction_high": (-10.0, 10.0), "k": (1, 100_000),
    "delay_days": (0, 10_000), "people": (1, 1_000_000),
}  # fmt: skip
_PATH = Path(__file__).with_name("benchmarks.yaml")


@dataclass(frozen=True)
class Benchmark:
    """One published distribution. `low`, `high` of the mean at `level`; `tau` the spread between studies; the
    prediction interval says where the true effect of a further study would lie. None: not published, not computed."""

    id: str
    title: str
    source: str
    design: str
    standardisers: tuple[str, ...]
    words: str
    value: float
    low: float | None
    high: float | None
    level: float | None
    tau: float | None
    prediction_low: float | None
    prediction_high: float | None
    k: int
    delay_days: float | None
    people: float | None


@cache
def benchmarks() -> Mapping[str, Benchmark]:
    """All entries by id, in the order of the file.

    >>> benchmarks()["contact_randomised_2019"].tau
    0.44
    """
    return load_benchmarks(_PATH)


def load_benchmarks(path: Path) -> Mapping[str, Benchmark]:
    """The entries of a YAML file. Raises PlanInvalid with every problem (file, line, what, what to do)."""
    document = Document.read(path, PlanInvalid)
    document.keys((), document.data, ("format", "benchmarks"))
    if document.data.get("format", FORMAT) != FORMAT:
        document.problem(("format",), f"format {document.data['format']} is not known.", "Write “format: 1”.")
    entries = document.data.get("benchmarks")
    if not isinstance(entries, list) or not entries:
        document.problem(("benchmarks",), "there is no list of benchmarks.", "Write at least one entry.")
        entries = []
    found: dict[str, Benchmark] = {}
    for i, entry in enumerate(entries):
        values = _entry(document, ("benchmarks", i), entry)
        if values is None:
            continue
        if values["id"] in found:
            document.problem(
                ("benchmarks", i, "id"), f"“{values['id']}” stands twice.", "Rename one of the two."
            )
        found[values["id"]] = Benchmark(**values)
    document.finish()
    return found


def _entry(document: Document, place: tuple[Any, ...], entry: Any) -> dict[str, Any] | None:
    if not document.keys(place, entry, (*_TEXTS, *_NUMBERS)):
        return None
    for name in ("id", "title", "source", "words"):
        value = entry.get(name)
        if name in entry and not (isinstance(value, str) and value.strip()):
            document.problem((*place, name), f"“{name}” should be a text.", "Write it out.")
    name = str(entry.get("id"))
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        document.problem((*place, "id"), f"“{name}” is no id.", "Use small letters, digits and _.")
    numbers = {key: _number(document, place, entry, key, *ends) for key, ends in _NUMBERS.items()}
    _check_order(document, place, numbers)
    units = document.texts((*place, "standardisers"), entry.get("standardisers"))
    for unit in units:
        document.one_of((*place, "standardisers"), unit, STANDARDISERS)
    if not units:
        document.problem((*place, "standardisers"), "no standardiser is named.", "Write [unknown] at least.")
    design = document.one_of((*place, "design"), entry.get("design", ""), PUBLISHED_DESIGNS)
    texts = {key: str(entry.get(key)) for key in ("title", "source", "words")}
    return {"id": name, **texts, "design": design, "standardisers": units, **numbers}


def _number(document: Document, place: tuple[Any, ...], entry: Any, key: str, low: float, high: float) -> Any:
    value = entry.get(key)
    if value is None and key not in ("value", "k"):
        return None
    found = document.number((*place, key), value, low, high)
    if key == "k" and isinstance(found, float):
        document.problem((*place, key), f"“{found}” is no whole number.", "Write one without decimals.")
    return found


def _check_order(document: Document, place: tuple[Any, ...], numbers: Mapping[str, Any]) -> None:
    for ends in (("low", "high"), ("prediction_low", "prediction_high")):
        low, high = (numbers[end] for end in ends)
        if (low is None) != (high is None):
            document.problem((*place, ends[0]), f"one of “{ends[0]}” and “{ends[1]}” is null.", "Give both.")
        elif low is not None and numbers["value"] is not None and not low <= numbers["value"] <= high:
            document.problem(
                (*place, ends[0]), "the value does not lie inside the interval.", "Look at the source again."
            )
    if (numbers["low"] is None) != (numbers["level"] is None):
        document.problem(
            (*place, "level"), "an interval and its level belong together.", "Give both or none."
        )
