"""The sentence on a perception gap: its people, its cut-off and its reference group in words."""

from __future__ import annotations

from typing import Any

from impact.evaluation.isolates import named, numbered
from impact.evaluation.labels import Labels
from impact.evaluation.numbers import in_words
from impact.evaluation.setting import Setting
from impact.evaluation.wording import language_for, words
from impact.instruments.model import Instrument
from impact.instruments.text import in_language

_MARKS = (0.0,)


def gap_claim(setting: Setting, row: dict[str, Any], is_rooms: bool) -> dict[str, str]:
    """The block `claim` of a row. `is_rooms`: it is about the people in these rooms only."""
    language = language_for(setting.labels.language)
    forms = words(language)["perception_gap"]
    group = forms["change" if row["contrast"] else "wave"]
    kind = row["verdict"] or ("missing" if row["gap"]["value"] is None else "value")
    licence = "these_rooms" if is_rooms else "before_after"
    parts = [group[kind]]
    if kind != "missing":
        parts += [forms["reference"], forms["rooms"] if is_rooms else ""]
        parts += [forms["close"] if kind in ("smaller", "larger") else ""]
    text = " ".join(part for part in parts if part).format(**_values(setting, row, language))
    rule = f"{licence}.perception_gap.{'change' if row['contrast'] else 'wave'}.{kind}"
    return {"licence": licence, "rule": rule, "language": language, "text": text[:1].upper() + text[1:]}


def withheld_claim(row: dict[str, Any], labels: Labels) -> dict[str, str]:
    """The same block where numbers are not shown: nothing in it depends on them, nor on how many people there are."""
    language = language_for(labels.language)
    by, of = (labels.sides.get(row[side], row[side]) for side in ("by", "of"))
    catalogue = words(language)
    names = named(catalogue, by=by, of=of, title=row["title"])
    text = catalogue["perception_gap"]["withheld"].format(**names)
    return {
        "licence": "these_rooms",
        "rule": "these_rooms.perception_gap.withheld",
        "language": language,
        "text": text[:1].upper() + text[1:],
    }


def item_title(instrument: Instrument, labels: Labels, item: str, side: str) -> str:
    """The text of an item as people of `side` read it, in the language of the findings."""
    text = in_language(instrument.item[item].text, labels.language)
    other = next((name for key, name in labels.sides.items() if key != side), "")
    return text.replace("{own}", labels.sides.get(side, side)).replace("{other}", other)


def _values(setting: Setting, row: dict[str, Any], language: str) -> dict[str, str]:
    sides, catalogue = setting.labels.sides, words(language)
    gap, basis = row["gap"], catalogue["perception_gap"]["basis"]
    by, of = (sides.get(row[side], row[side]) for side in ("by", "of"))
    values = {
        **named(catalogue, by=by, of=of, title=row["title"], answer=_answer(setting, row)),
        "level": f"{100 * gap['level']:g}",
        "n_measured": str(row["n_measured"]),
        "basis": basis["workshops" if (row["clusters"] or 0) > 1 else "people"].format(
            first=row["n_estimating"], second=row["n_measured"], clusters=row["clusters"]
        ),
    }
    return values | numbered(catalogue, **_numbers(row, catalogue["words"]))


def _numbers(row: dict[str, Any], chosen: dict[str, str]) -> dict[str, str]:
    gap, values = row["gap"], {}
    if gap["value"] is not None:
        values |= {
            "size": in_words(abs(gap["value"]), _MARKS, chosen),
            "change": in_words(gap["value"], _MARKS, chosen, True),
            "estimated": in_words(row["estimated"], (), chosen),
            "measured": in_words(row["measured"], (), chosen),
        }
    if gap["low"] is not None:
        # Shares lie between 0 and 100, so neither gap nor change can be larger than the scale allows.
        reach = 200.0 if row["contrast"] else 100.0
        low, high = max(gap["low"], -reach), min(gap["high"], reach)
        small, large = sorted((abs(low), abs(high)))
        values |= {
            "low": in_words(low, _MARKS, chosen, True), "high": in_words(high, _MARKS, chosen, True),
            "small": in_words(small, _MARKS, chosen), "large": in_words(large, _MARKS, chosen),
        }  # fmt: skip
    return values


def _answer(setting: Setting, row: dict[str, Any]) -> str:
    """The lowest answer that counts as agreeing, as people read it."""
    item = setting.instrument.item[row["own_item"]]
    labels = [
        in_language(o.label, setting.labels.language) for o in item.options if o.value == row["agree_from"]
    ]
    return labels[0] if labels else f"{row['agree_from']:g}"
