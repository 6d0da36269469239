"""`python -m tests.spec.book`: write docs/methods.md from the chapters here and the worked examples.

A line `{example: NAME}` of a chapter becomes the example's table, how its numbers come about, what the engine gives
today and the sentence that comes out; `{calibration}` becomes the tables of benchmarks/calibration/results.csv. A
test holds docs/methods.md to it, so the document cannot say what the engine does not do.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.calibration import table as calibration
from tests.spec.examples import EXAMPLES, Example
from tests.spec.tables import Row, findings_of

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "methods.md"
HEAD = "<!-- Made by `make docs` from tests/spec; edit the chapters there. -->\n"
_EXAMPLE = re.compile(r"^\{example: ([^}]+)\}$", re.MULTILINE)


def chapters() -> list[Path]:
    return sorted((HERE / "chapters").glob("*.md"))


def names_used() -> list[str]:
    return [name for path in chapters() for name in _EXAMPLE.findall(path.read_text("utf-8"))]


def book() -> str:
    text = "\n".join(path.read_text("utf-8").strip() + "\n" for path in chapters())
    text = _EXAMPLE.sub(lambda match: shown(EXAMPLES[match[1]]), text)
    title, rest = text.split("\n", 1)
    return f"{title}\n\n{HEAD}{rest}".replace("{calibration}", calibration.tables(calibration.read_results()))


def finding_of(example: Example) -> dict[str, Any]:
    return findings_of(example.table, **example.plan)["findings"][0]


def shown(example: Example) -> str:
    found = finding_of(example)
    caveats = "".join(
        f"\n> *{caveat['text']}*" for caveat in found["caveats"] if caveat["code"] in example.caveats
    )
    return (
        f"*Worked example.* {example.by_hand}\n\n{_table(example.table)}\n\n"
        f"`{found['estimator']}`: {_numbers(found['estimate'])}; verdict: {found['verdict'] or 'none'}.\n\n"
        f"> {found['claim']['text']}\n{'>' + caveats if caveats else ''}".rstrip("\n>")
    )


def _table(table: list[Row] | Any) -> str:
    """One line a group of people alike; an answer of a single item, 1–5."""
    lines = ["| workshop | arm | before → after, each person |", "|---|---|---|"]
    groups: dict[tuple[str, str], list[str]] = {}
    for workshop, arm, before, after in table:
        groups.setdefault((workshop, arm), []).append(f"{before} → {after if after != '' else '–'}")
    return "\n".join(
        [
            *lines,
            *(f"| {room or '–'} | {arm} | {', '.join(people)} |" for (room, arm), people in groups.items()),
        ]
    )


def _numbers(estimate: dict[str, Any]) -> str:
    parts = [("", "value"), ("standard error ", "std_error"), ("df ", "df")]
    shown = [f"{words}{_short(estimate[key])}" for words, key in parts if estimate[key] is not None]
    if estimate["low"] is not None:
        shown.append(
            f"{100 * estimate['level']:g} % interval {_short(estimate['low'])} to {_short(estimate['high'])}"
        )
    return ", ".join(shown) if shown else "no number"


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def unused() -> list[str]:
    """Examples that stand in no chapter, or in two."""
    counts = Counter(names_used())
    return [name for name in EXAMPLES if counts[name] != 1]


if __name__ == "__main__":
    DOCUMENT.write_text(book(), encoding="utf-8")
    sys.exit(f"not shown exactly once: {', '.join(unused())}" if unused() else 0)
