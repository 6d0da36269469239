"""Several estimates of one thing in one: the block that both doors of the portfolio share.

Random effects by REML; the interval is Knapp and Hartung's with their factor not below 1 (`stats.random_effects_meta`:
the one that a sentence may rest on), and its standard error is that interval's. The prediction interval says where the
true value of a further, similar workshop or programme would lie. Unit: that of what is given (points of 0–100, or an
effect size). Figures are rounded for every audience: exact ones could be solved for those of single workshops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from impact import stats
from impact.evaluation.numbers import in_words, marks_of, published, significant
from impact.stats.distributions import t_quantile

_NUMBERS = ("value", "std_error", "df", "low", "high")
_SPREADS = ("tau", "tau_squared", "i_squared", "tau_low", "tau_high", "q", "q_p_value")
_CODES = {
    "ONE_STUDY": "pooled_of_one",
    "NO_DATA": "pooled_of_one",
    "TWO_STUDIES": "pooled_of_two",
    "TOO_ALIKE": "pooled_too_alike",
    "NO_SPREAD_BETWEEN_STUDIES": "pooled_no_spread",
    "NOT_FINITE": "no_interval",
}


def no_pooling(level: float, unit: str) -> dict[str, Any]:
    """The shape of a pooled result without a number."""
    return {
        "estimate": {**dict.fromkeys(_NUMBERS), "level": level, "unit": unit},
        "heterogeneity": dict.fromkeys(_SPREADS),
        "prediction": {"low": None, "high": None},
    }


def pooled(
    values: Sequence[float], errors: Sequence[float], level: float, unit: str
) -> tuple[dict[str, Any], list[str]]:
    """(`estimate`, `heterogeneity` and `prediction` of the studies together, exact; codes of caveats).

    values  one estimate a study, all in `unit`; errors: their standard errors, above 0.
    tau     the standard deviation of true values between studies, in `unit`; its limits by the Q-profile.
    """
    result = stats.random_effects_meta(list(values), [error**2 for error in errors], level)
    codes = [_CODES[result.caveat.name]] if result.caveat is not None else []
    if result.estimate is None:
        return no_pooling(level, unit), codes
    error = (result.guarded_high - result.guarded_low) / 2 / t_quantile(result.df, level)
    numbers = (result.estimate, error, result.df, result.guarded_low, result.guarded_high)
    taus = [_root(square) for square in (result.tau_squared, result.tau_squared_low, result.tau_squared_high)]
    spreads = (taus[0], result.tau_squared, result.i_squared, *taus[1:], result.q, result.q_p_value)
    return {
        "estimate": {**dict(zip(_NUMBERS, numbers, strict=True)), "level": level, "unit": unit},
        "heterogeneity": dict(zip(_SPREADS, spreads, strict=True)),
        "prediction": {"low": result.prediction_low, "high": result.prediction_high},
    }, codes


def _root(square: float | None) -> float | None:
    return None if square is None else square**0.5


def rounded(block: dict[str, Any], sesoi: float | None) -> dict[str, Any]:
    """`block` as it is shown: points with one decimal (two below 1), never across 0 or ±SESOI; else three digits."""
    marks = (0.0,) if sesoi is None else marks_of(sesoi)
    is_points = block["estimate"]["unit"] == "points"

    def ends(value: float | None) -> float | None:
        return published(value, marks) if is_points else significant(value)

    estimate, prediction = block["estimate"], block["prediction"]
    return block | {
        "estimate": estimate
        | {name: ends(estimate[name]) for name in ("value", "low", "high")}
        | {"std_error": significant(estimate["std_error"], 2)},
        "heterogeneity": {name: significant(value, 2) for name, value in block["heterogeneity"].items()},
        "prediction": {name: ends(value) for name, value in prediction.items()},
    }


def clipped(low: float, high: float, unit: str) -> tuple[float, float]:
    """An interval of points as far as a scale of 0–100 allows."""
    return (max(low, -100.0), min(high, 100.0)) if unit == "points" else (low, high)


def written(value: float, sesoi: float | None, unit: str, phrases: dict[str, str], with_sign: bool) -> str:
    """A number for a sentence."""
    if unit != "points":
        text = f"{value:+.2f}" if with_sign else f"{abs(value):.2f}"
        return text.replace("-", "−")
    marks = (0.0,) if sesoi is None else marks_of(sesoi)
    return in_words(value if with_sign else abs(value), marks, phrases, with_sign)
