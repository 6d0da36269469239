"""The named rules of evaluation as cited data: claim licences, verdicts, words for sizes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).resolve().parent
FORMAT = 1


@cache
def rule_file(name: str) -> dict[str, Any]:
    """The data of `<name>.yaml`. Another format than this code reads is a fault of ours: ValueError."""
    data = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    if data.get("format") != FORMAT:
        raise ValueError(f"{name}.yaml has format {data.get('format')!r}; this code reads {FORMAT}")
    return data
