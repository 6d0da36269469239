"""Findings to draw: a small example of the contract, what becomes of it in hard states, and the engine's own."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).with_name("findings.json")
GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("findings-*.json"))
Findings = dict[str, Any]


@pytest.fixture
def findings() -> Findings:
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


@pytest.fixture(params=GOLDEN, ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest) -> Findings:
    """Findings as the engine writes them now."""
    return json.loads(request.param.read_text(encoding="utf-8"))


@pytest.fixture
def hide() -> Callable[[Findings, int], Findings]:
    """`hide(findings, i)`: the i-th finding as disclosure control leaves it."""

    def hidden(findings: Findings, i: int) -> Findings:
        changed = copy.deepcopy(findings)
        finding = changed["findings"][i]
        for key in ("n", "clusters", "verdict"):
            finding[key] = None
        for key in ("before", "after"):
            finding[key] = {"mean": None, "sd": None}
        for key in finding["estimate"]:
            if key not in ("level", "unit"):
                finding["estimate"][key] = None
        finding["reliable_change"] = dict.fromkeys(finding["reliable_change"])
        finding["tests"], finding["suppressed"] = [], True
        finding["claim"]["text"] = "Too few people to show a result."
        return changed

    return hidden
