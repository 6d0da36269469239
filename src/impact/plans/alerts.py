"""The alert rule of a plan: `alerts: {worse_share: 0.15, evaluate: point, scales: {fear: 0.1}}`."""

from __future__ import annotations

from typing import Any

from impact.instruments.model import Instrument
from impact.instruments.reading import Document, suggestion
from impact.plans.model import ALERT_ON, Alerts

LOWEST, HIGHEST = 0.01, 0.99


def read_alerts(document: Document, instrument: Instrument | None) -> Alerts | None:
    """The rule, or None where the plan has none; problems are noted in `document`."""
    place = ("alerts",)
    value = document.data.get("alerts")
    if "alerts" not in document.data:
        return None
    if not document.keys(place, value, required=("worse_share",), optional=("scales", "evaluate")):
        return None
    share = _share(document, (*place, "worse_share"), value["worse_share"]) if "worse_share" in value else 0.0
    evaluate = document.one_of((*place, "evaluate"), value.get("evaluate"), ALERT_ON, ALERT_ON[0])
    return Alerts(share, _scales(document, value.get("scales"), instrument), evaluate or ALERT_ON[0])


def _scales(document: Document, value: Any, instrument: Instrument | None) -> tuple[tuple[str, float], ...]:
    """Limits of single scales, in order of their names, so that their order in the file changes no hash."""
    if value is None:
        return ()
    place = ("alerts", "scales")
    if not isinstance(value, dict):
        document.problem(place, "“scales” should hold limits by scale.", "Write {fear: 0.1}.")
        return ()
    outcomes = document.data.get("outcomes")
    named = (
        [one.get("scale") for one in outcomes if isinstance(one, dict)] if isinstance(outcomes, list) else []
    )
    found = []
    for name, limit in value.items():
        if name not in named:
            document.problem(
                (*place, name),
                f"the scale “{name}” is no outcome.",
                suggestion(str(name), [str(n) for n in named]),
            )
        elif (
            instrument is not None and name in instrument.scale and instrument.scale[name].direction == "none"
        ):
            what = f"on the scale “{name}” no direction is hoped for, so nobody counts as worse."
            document.problem((*place, name), what, "Remove it.")
        found.append((str(name), _share(document, (*place, name), limit)))
    return tuple(sorted(found))


def _share(document: Document, place: tuple[Any, ...], value: Any) -> float:
    number = document.number(place, value, LOWEST, HIGHEST)
    return LOWEST if number is None else float(number)
