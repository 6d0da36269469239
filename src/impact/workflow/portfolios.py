"""Findings of many programmes become one result."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from impact.errors import DataInvalid


def pool_findings(
    paths: Sequence[Path],
    *,
    tags: Path | None = None,
    measure: str = "points",
    scales: Collection[str] = (),
    contrasts: Collection[str] = (),
) -> dict[str, Any]:
    """The portfolio of Findings files (JSON), in `points` or as `effect_size`. Raises DataInvalid: all reasons."""
    from impact import evaluation, formats

    names = formats.names_of(paths)
    told = formats.load_tags(tags, names) if tags else formats.Tags()
    programmes = formats.read_programmes(paths, told.programmes, scales, contrasts)
    DataInvalid.raise_if(evaluation.portfolio_faults(programmes, measure, told.instruments, told.sides))
    return evaluation.pool_programmes(programmes, measure, told.declared)
