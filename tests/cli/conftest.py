"""`impact` as a user runs it: a process of its own, in an empty home; and a small questionnaire to run it on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

INSTRUMENT = """\
format: 1
id: tiny
version: 1
title: Tiny
licence: CC0-1.0
languages:
  en: {name: English, direction: ltr, status: source}
waves: [pre, post]
items:
  - id: fear_1
    type: number
    text: "I fear"
    minimum: 1
    maximum: 5
    decimals: 0
  - id: fear_2
    type: number
    text: "I am afraid"
    minimum: 1
    maximum: 5
    decimals: 0
scales:
  - id: fear
    title: Fear
    items: [fear_1, fear_2]
    direction: lower
    minimum_answered: 0.5
    construct: Fear
    source: Own
    sense: "A high score means more fear."
"""
PLAN = """\
format: 1
id: tiny
title: "Fear before and after"
instrument: {id: tiny, version: 1}
design: one_group
contrasts: [post - pre]
outcomes:
  - {scale: fear, role: primary}
cluster: none
sesoi: 5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with an instrument, its plan and good data."""
    place = tmp_path / "work"
    place.mkdir()
    (place / "tiny.v1.yaml").write_text(INSTRUMENT, encoding="utf-8")
    (place / "tiny.yaml").write_text(PLAN, encoding="utf-8")
    (place / "good.csv").write_text(good_data(), encoding="utf-8")
    return place


def good_data() -> str:
    """Twenty people before and after, most of them a little less afraid."""
    lines = ["respondent,wave,workshop,fear_1,fear_2"]
    for i in range(20):
        lines.append(f"p{i},pre,North,{3 + i % 3},{4 + i % 2}")
        lines.append(f"p{i},post,North,{2 + i % 3},{3 + i % 3}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An empty home; nothing of this machine's IMPACT_ settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IMPACT_")}
    return kept | {"HOME": str(tmp_path / "home"), "IMPACT_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "96"}


@pytest.fixture
def impact(folder: Path, environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command in `folder`; standard output and error come back as text."""

    def run(*arguments: str, stdin: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "impact", *arguments],
            cwd=folder,
            env=environment | variables,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
