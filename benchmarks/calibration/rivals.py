"""One data set at a time: the engine itself, to check the twins, and R's usual mixed model as a rival.

`impact.stats.mixed_model` agrees with R's lmerTest and pbkrtest (tests/reference/mixed.R).
"""

from __future__ import annotations

import math
import time

import numpy as np

from benchmarks.calibration.cells import Analysis, Row, default, known_of, regressions, run
from benchmarks.calibration.designs import Answers, Cell, Draw, answers, draw, one
from benchmarks.calibration.twins import Estimates
from impact import stats

MIXED = [
    Cell("A", 2, 6, 12, 0.2),
    Cell("A", 4, 6, 12, 0.0),
    Cell("A", 4, 6, 12, 0.05),
    Cell("A", 12, 6, 12, 0.2),
    Cell("B", 4, 6, 12, 0.2),
    Cell("B", 8, 6, 12, 0.2),
    Cell("C", 2, 6, 12, 0.2),
    Cell("C", 4, 6, 12, 0.05),
    Cell("C", 8, 6, 12, 0.2),
    Cell("D", 2, 6, 12, 0.2),
    Cell("D", 8, 6, 12, 0.2),
    Cell("E", 2, 6, 12, 0.2),
    Cell("E", 8, 6, 12, 0.2),
]
"""Where the mixed model is at its worst, or at its least powerful: a fit takes milliseconds, so few cells."""

MIXED_SCALE = "seven"


def model_matrix(design: str, data: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """y and X as the default analysis of the design has them; the last column is the one of interest."""
    ones = np.ones(len(data["after"]))
    if design in "BC":
        return data["after"], np.column_stack([ones, data["before"], data["treated"]])
    columns = [ones] if design == "A" else [ones, data["treated"]]
    return data["after"] - data["before"], np.column_stack(columns)


def by_engine(design: str, data: dict[str, np.ndarray]) -> tuple[float | None, ...]:
    """(estimate, standard error, df, low, high) of the default analysis as a user gets it."""
    if design == "A":
        found = stats.mean_change_cr2(data["after"] - data["before"], data["workshop"])
    elif design == "B":
        scores, icc = (data["after"], data["before"], data["treated"]), stats.WORKING_ICC
        found = stats.ancova(*scores, data["workshop"], working_icc=icc)
    elif design == "C":
        found = stats.partially_nested(data["after"], data["before"], data["treated"], data["workshop"])
    else:
        fit = stats.ols_cr2(*model_matrix(design, data), data["workshop"])
        return fit.params[1], fit.std_errors[1], fit.df[1], fit.low[1], fit.high[1]
    return found.estimate, found.std_error, found.df, found.low, found.high


def largest_disagreement(cell: Cell, scale: str, sets: int, shift: float = 0.0) -> float:
    """Of the twin from the engine over so many data sets: relative to the standard error, or to the df."""
    given = answers(draw(cell, sets, 0), scale, shift)
    twin, worst = default(given), 0.0
    for r in range(sets):
        estimate, error, df, low, high = by_engine(cell.design, one(given, r))
        if error is None:
            worst = max(worst, math.inf if twin.answered[r] else 0.0)
            continue
        middle, reach = twin.estimate[r], twin.reach[r]
        for value, expected, unit in (
            (middle, estimate, error), (twin.error[r], error, error), (twin.df[r], df, df),
            (middle - reach, low, high - low), (middle + reach, high, high - low),
        ):  # fmt: skip
            difference = abs(value - expected) / unit
            worst = max(worst, math.inf if math.isnan(difference) else difference)
    return worst


def mixed(drawn: Draw, scale: str) -> Analysis:
    """Random intercept for each workshop by REML, with both degrees of freedom."""
    design = drawn.cell.design

    def analyse(given: Answers) -> dict[str, Estimates]:
        rows: dict[str, list[tuple[float, float, float]]] = {
            "mixed_satterthwaite": [],
            "mixed_kenward_roger": [],
        }
        for r in range(len(given.after)):
            data = one(given, r)
            y, X = model_matrix(design, data)
            fit = stats.mixed_model(y, X, data["workshop"])
            rows["mixed_satterthwaite"].append((fit.params[-1], fit.std_errors[-1], fit.df_satterthwaite[-1]))
            rows["mixed_kenward_roger"].append(
                (fit.params[-1], fit.std_errors_kenward_roger[-1], fit.df_kenward_roger[-1])
            )
        return {name: Estimates(*_columns(found)) for name, found in rows.items()}

    return analyse


def _columns(rows: list[tuple[float | None, ...]]) -> tuple[np.ndarray, ...]:
    """Three columns; what is None has NaN as its error, and so no interval."""
    whole = [row if None not in row else (0.0, math.nan, 1.0) for row in rows]
    return tuple(np.array(column, dtype=float) for column in zip(*whole, strict=True))


def statsmodels_disagreement(sets: int = 20) -> float | None:
    """Of our “cr1_z” from statsmodels' clustered default; None where statsmodels is not installed."""
    try:
        import statsmodels.api as sm
    except ImportError:
        return None
    worst = 0.0
    for design in "ABDE":
        given = answers(draw(Cell(design, 4, 6, 12, 0.05), sets, 0), "seven", 0.0)
        twin = regressions(given, known_of(given))["cr1_z"]
        for r in range(sets):
            data = one(given, r)
            groups = data["workshop"].astype(int)
            fit = sm.OLS(*model_matrix(design, data)).fit(cov_type="cluster", cov_kwds={"groups": groups})
            low, high = fit.conf_int()[-1]
            pairs = ((twin.error[r], fit.bse[-1]), (2.0 * twin.reach[r], high - low))
            worst = max([worst, *(abs(ours - theirs) / theirs for ours, theirs in pairs)])
    return worst


def task(order: tuple[str, Cell, int, int]) -> tuple[list[Row], float]:
    """One cell in a worker process: its rows and seconds."""
    kind, cell, sets, rival_sets = order
    began = time.perf_counter()
    if kind == "mixed":
        rows = run(cell, sets, scales=(MIXED_SCALE,), analysis=mixed)
    else:
        rows = run(cell, sets, rival_sets)
    return rows, time.perf_counter() - began
