"""How well a scale measured: by wave, side and language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation.canonical import Canonical
from impact.evaluation.findings import level, no_interval
from impact.evaluation.quality_items import Grids, item_parts
from impact.evaluation.wording import caveat
from impact.instruments.model import Instrument, Scale

# Below these, an estimate says more about chance than about the scale.
FEWEST_FOR_ALPHA, FEWEST_FOR_OMEGA = 10, 50


def quality_rows(
    data: Canonical,
    instrument: Instrument,
    scale: Scale,
    scores: np.ndarray,
    items: np.ndarray,
    waves: Sequence[str],
    by_side: bool,
    language: str,
    in_design: np.ndarray,
    grids: Grids,
) -> list[dict[str, Any]]:
    """One row for each wave, side and, where there are several, language (None: all of them).

    `scores` float64 (rows,) 0–100; `items` float64 (rows, k) 0–1; NaN where missing. `floor` and `ceiling` are
    shares of scores at 0 and 100, `missing` the share of items without an answer. `in_design`: bool (rows,), those
    of the arms that the plan is about; the others are in no row. Item by item: see quality_items.py.
    """
    submissions = data.submissions
    rows = []
    for wave in waves:
        at_wave = in_design & (submissions.wave == instrument.waves.index(wave))
        if not at_wave.any():
            continue
        straight = grids.of(scale, wave)
        # A side has its row even if nobody of it answered: that it is missing would tell so.
        for side, of_side in _sides(submissions.side, instrument, by_side):
            group = np.flatnonzero(at_wave & of_side)
            for tag, chosen in _languages(submissions.language, instrument, group):
                row = {"scale": scale.id, "wave": wave, "side": side, "language": tag}
                here = {page: state[chosen] for page, state in straight.items()}
                measures = _measures(scale, scores[chosen], items[chosen], here, language)
                rows.append(row | measures | {"_rows": chosen[~np.isnan(scores[chosen])]})
    return rows


def _sides(
    side: np.ndarray, instrument: Instrument, by_side: bool
) -> Iterator[tuple[str | None, np.ndarray]]:
    if not by_side:
        yield None, np.ones(len(side), dtype=bool)
        return
    for number, name in enumerate(instrument.side_ids):
        yield name, side == number


def _languages(
    language: np.ndarray, instrument: Instrument, group: np.ndarray
) -> Iterator[tuple[str | None, np.ndarray]]:
    """All of `group`, then each language apart if there is more than one."""
    yield None, group
    found = np.flatnonzero(np.bincount(language[group].astype(np.intp) + 1)) - 1  # sorts nothing
    if len(found) < 2:
        return
    for number in found:
        if number >= 0:
            yield instrument.languages[number].tag, group[language[group] == number]


def _measures(
    scale: Scale, scores: np.ndarray, items: np.ndarray, straight: dict[str, np.ndarray], language: str
) -> dict[str, Any]:
    has_score = ~np.isnan(scores)
    scored = scores if has_score.all() else scores[has_score]
    # A product with ones carries every NaN into its row's sum, at a fraction of the cost of any(axis=1).
    is_complete = ~np.isnan(items @ np.ones(items.shape[1]))
    complete = items if is_complete.all() else items[is_complete]
    alpha, omega, codes = reliability(complete)
    is_enough = len(complete) >= FEWEST_FOR_ALPHA
    parts, notes = item_parts(scale, items, complete, straight, is_enough, language)
    share = len(scored) or None
    return {
        "n": len(scored),
        "alpha": alpha,
        "omega": omega,
        "floor": None if share is None else float((scored <= 1e-9).sum() / share),
        "ceiling": None if share is None else float((scored >= 100 - 1e-9).sum() / share),
        "missing": np.count_nonzero(np.isnan(items)) / items.size if items.size else None,
        **level(scored),
        **parts,
        "caveats": [caveat(code, language) for code in codes] + notes,
        "suppressed": False,
    }


def reliability(
    items: np.ndarray, with_omega: bool = True
) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """(alpha, omega, caveat codes) of complete answers, float64 (n, k)."""
    people, width = items.shape
    if width < 2:
        return no_interval(), no_interval(), ["one_item"]
    if people < FEWEST_FOR_ALPHA:
        return no_interval(), no_interval(), ["alpha_needs_more"]
    alpha = _block(stats.cronbach_alpha(items))
    codes = ["alpha_negative"] if alpha["value"] is not None and alpha["value"] < 0 else []
    if not with_omega or people < FEWEST_FOR_OMEGA or width < 3:
        return alpha, no_interval(), [*codes, "omega_needs_more"]
    return alpha, _block(stats.mcdonald_omega(items)), codes


def _block(result: Any) -> dict[str, Any]:
    return {"value": result.value, "low": result.low, "high": result.high}
