"""The sentence of a pooled result: what the weakest member's licence allows (`wording/*.yaml`, part `portfolio`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impact.evaluation.isolates import isolated, named
from impact.evaluation.pooling import clipped, written
from impact.evaluation.wording import worded_in, words

WORDED = ("these_rooms", "before_after", "comparison", "randomised")
_WORDED_AS = {
    "stayers": "these_rooms",
    "before_after_followup": "before_after",
    "limited_comparison": "comparison",
}
_MOVED = ("improved", "improved_below_sesoi", "worsened", "higher", "lower")


def worded_as(licence: str) -> str | None:
    """The licence whose pooled sentences one may use, none of which says more; None: nothing pooled may be said."""
    return licence if licence in WORDED else _WORDED_AS.get(licence)


def claim_block(
    licence: str, block: Mapping[str, Any], decided: str | None, sesoi: float | None, **about: Any
) -> dict[str, str]:
    """The block `claim` of a pooled result. `block` as `pooling.pooled` gives it, exact; `decided` its verdict (None
    where there is no SESOI in its unit: then the sentence says only whether the interval leaves zero)."""
    language = worded_in(about["programme"].language, "portfolio")
    catalogue = words(language)
    forms = catalogue["portfolio"]
    values = _names(catalogue, **about)
    estimate = block["estimate"]
    as_licence = worded_as(licence)
    if estimate["low"] is None or as_licence is None:
        return _said(licence, "missing", language, forms["missing"].format(**values))
    values |= _numbers(catalogue, block, sesoi)
    kind = _kind(decided, estimate)
    parts = [forms["statements"][as_licence][kind]]
    parts += [catalogue["tails"][decided]] if decided in catalogue["tails"] else []
    if block["prediction"]["low"] is not None:
        parts.append(forms["ahead"])
        low, high = clipped(block["prediction"]["low"], block["prediction"]["high"], estimate["unit"])
        ahead = {
            name: isolated(catalogue, written(end, sesoi, estimate["unit"], catalogue["words"], True))
            for name, end in (("low", low), ("high", high))
        }
        texts = [part.format(**(values | ahead if part is parts[-1] else values)) for part in parts]
    else:
        texts = [part.format(**values) for part in parts]
    close = forms["closes"].get(licence) or forms["closes"][as_licence]
    texts += [close.format(**values)] if kind == "moved" else []
    return _said(licence, decided or kind, language, " ".join(texts))


def hidden_claim(licence: str, **about: Any) -> dict[str, str]:
    """The same block for groups that are withheld: nothing in it depends on a number."""
    language = worded_in(about["programme"].language, "portfolio")
    catalogue = words(language)
    values = _names(catalogue, **about) | named(catalogue, kind=about["by"])
    return _said(licence, "suppressed", language, catalogue["portfolio"]["hidden"].format(**values))


def _said(licence: str, rule: str, language: str, text: str) -> dict[str, str]:
    text = text[:1].upper() + text[1:]
    return {"licence": licence, "rule": f"portfolio.{licence}.{rule}", "language": language, "text": text}


def _kind(decided: str | None, estimate: Mapping[str, Any]) -> str:
    if decided is None:
        return "moved" if estimate["low"] > 0 or estimate["high"] < 0 else "unclear"
    return "moved" if decided in _MOVED else "within" if decided == "no_meaningful_change" else "unclear"


def _names(
    catalogue: Mapping[str, Any],
    cell: Any,
    programme: Any,
    group: str | None,
    by: str | None,
    k: int,
    people: int,
) -> dict[str, str]:
    forms = catalogue["portfolio"]
    groups = named(catalogue, group=f"{by}: {group}")
    basis = forms["within_group" if group else "within"].format(k=k, people=people, **groups)
    who = programme.sides.get(cell.side, cell.side) if cell.side else catalogue["sides"]["everybody"]
    title = programme.titles.get(cell.scale, cell.scale)
    names = named(catalogue, who=who, title=title)
    return names | {"basis": basis, "k": str(k), **catalogue["arms"][programme.arm_means]}


def _numbers(catalogue: Mapping[str, Any], block: Mapping[str, Any], sesoi: float | None) -> dict[str, str]:
    estimate, phrases = block["estimate"], catalogue["words"]
    unit, value = estimate["unit"], estimate["value"]
    low, high = clipped(estimate["low"], estimate["high"], unit)

    def told(number: float, with_sign: bool) -> str:
        return isolated(catalogue, written(number, sesoi, unit, phrases, with_sign))

    small, large = sorted((abs(low), abs(high)))
    units = catalogue["portfolio"]["units"]
    return {
        "size": told(value, False),
        "small": told(small, False),
        "large": told(large, False),
        "low": told(low, True),
        "high": told(high, True),
        "word": phrases["up" if value > 0 else "down"],
        "verb": phrases["raised" if value > 0 else "lowered"],
        "level": f"{100 * estimate['level']:g}",
        "sesoi": "" if sesoi is None else f"{sesoi:g}",
        "worth": catalogue["worth"]["unplanned"],
        "unit": units["points"]
        if unit == "points"
        else units["effect_size"].format(**named(catalogue, name=unit)),
    }
