"""A dialogue programme drawn by the simulation, small enough to go through every door in a second or two."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from impact import workflow
from impact.evaluation import draw
from impact.instruments import Instrument
from impact.plans import Plan

Row = dict[str, str]


@pytest.fixture(scope="session")
def dialogue() -> tuple[Plan, Instrument]:
    return workflow.find_plan("dialogue-core")


@pytest.fixture(scope="session")
def rows(dialogue: tuple[Plan, Instrument]) -> list[Row]:
    """Three workshops, both sides, three languages, drop-outs, codes with errors; nobody has a number."""
    plan, instrument = dialogue
    drawn, _ = draw(
        plan,
        instrument,
        seed=7,
        people_per_side=6,
        shifts={"a": {"fear": -15.0}},
        languages={"a": ["ar", "en"], "b": ["he", "en"]},
    )
    return drawn


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Sequence[Row]], Path]:
    """Write rows as a data file; the columns are those of the first row."""

    def write_rows(name: str, rows: Sequence[Row]) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write_rows
