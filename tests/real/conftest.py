"""Real programmes: where their data lie, and the public route from files to Findings."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from impact.evaluation import run
from impact.formats import load_columns, read_data
from impact.instruments import Instrument, Submissions, load_instrument
from impact.linkage import link
from impact.plans import Plan, load_plan

HERE = Path(__file__).parent
SHARED = HERE.parents[1].parent / "shared" / "data"


@dataclass(frozen=True)
class Programme:
    """One real programme: read once, evaluated by any of its plans."""

    instrument: Instrument
    submissions: Submissions
    links: Any

    def plan(self, path: Path) -> Plan:
        plan, _ = load_plan(path, lambda *_: self.instrument)
        return plan

    def findings(self, path: Path, audience: str = "team") -> dict[str, Any]:
        return run(self.plan(path), self.instrument, self.submissions, self.links, audience=audience)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """The folder of a data set that lies beside the repository; without it the test is skipped."""

    def folder(name: str) -> Path:
        if not (SHARED / name).is_dir():
            pytest.skip("data not here")
        return SHARED / name

    return folder


@pytest.fixture(scope="session")
def programme() -> Callable[..., Programme]:
    """programme(instrument file, column map, data files)"""

    def read(instrument_file: Path, columns_file: Path, paths: list[Path]) -> Programme:
        instrument = load_instrument(instrument_file)
        submissions = read_data(paths, instrument, load_columns(columns_file, instrument))
        return Programme(instrument, submissions, link(instrument, submissions))

    return read


@pytest.fixture(scope="session")
def reference() -> Callable[[str], list[Mapping[str, str]]]:
    """The rows of a table in tests/real/reference, which the R script of the same name wrote."""

    def table(name: str) -> list[Mapping[str, str]]:
        with (HERE / "reference" / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    return table
