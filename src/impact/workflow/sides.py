"""What the people of each side are called in a programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from impact.errors import InputInvalid, Problem
from impact.instruments import Instrument, Side


def side_names(instrument: Instrument, given: Sequence[str]) -> dict[str, dict[str, str]] | None:
    """`a:en=the upper valley`, … → {side: {language: name}}.

    In a language without a name of its own the first name given for the side stands: people are never shown
    one that nobody accepted. A side without any name keeps the instrument's.
    """
    if not given:
        return None
    names: dict[str, dict[str, str]] = {side.id: {} for side in instrument.sides}
    problems = []
    for text in given:
        place, _, name = text.partition("=")
        side, _, language = place.partition(":")
        if side not in names or language not in instrument.language or not name.strip():
            known = f"sides {', '.join(names)}; languages {', '.join(instrument.language)}"
            problems.append(
                Problem(text, "names no side and language of the instrument.", f"It has {known}.")
            )
        else:
            names[side][language] = name.strip()
    InputInvalid.raise_if(problems)
    return {side.id: _in_all_languages(instrument, side, names[side.id]) for side in instrument.sides}


def _in_all_languages(instrument: Instrument, side: Side, given: Mapping[str, str]) -> dict[str, str]:
    if not given:
        return dict(side.name)
    first = next(iter(given.values()))
    return {tag: given.get(tag, first) for tag in instrument.language}
