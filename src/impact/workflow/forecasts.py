"""What a plan will find, before any data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from impact.errors import DataInvalid
from impact.instruments import Instrument
from impact.plans import Plan


def simulate_plan(
    plan: Plan,
    instrument: Instrument,
    *,
    effect: float,
    effects: Mapping[str, float],
    repetitions: int,
    seed: int,
    progress: Callable[[float], None] = lambda share: None,
    **declared: Any,
) -> dict[str, Any]:
    """Power, bias, coverage and the chance of each verdict of `plan`: see `evaluation.forecast`.

    `effect` (SD of the score before) holds for every primary outcome that `effects` does not name; `declared` are
    the other fields of `evaluation.Declared`. Raises DataInvalid for what makes no sense, everything at once.
    """
    from impact import evaluation

    primary = [outcome.scale for outcome in plan.primary]
    unknown = [scale for scale in effects if scale not in primary]
    if unknown:
        raise DataInvalid.at(
            "--effect",
            f"{', '.join(unknown)}: no primary outcome of the plan {plan.id}.",
            f"Its primary outcomes are {', '.join(primary)}.",
        )
    supposed = evaluation.Declared(
        effects={scale: effects.get(scale, effect) for scale in primary}, **declared
    )
    try:
        return evaluation.forecast(
            plan, instrument, supposed, repetitions=repetitions, seed=seed, progress=progress
        )
    except ValueError as fault:
        raise DataInvalid.at(
            f"the plan {plan.id}", f"it cannot be simulated so: {fault}.", "Change what is supposed."
        ) from None
