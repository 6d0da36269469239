"""The words of a synthetic programme: answers and linkage codes as a data file has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from impact.instruments.model import Instrument, Item

_SKIPPED, _REFUSED = 0.015, 0.005


def answer_texts(
    rng: np.random.Generator,
    instrument: Instrument,
    wave: str,
    latent: Mapping[str, float],
    options_of: Callable[[Item], list[float]],
    cuts: Callable[[int], np.ndarray],
) -> dict[str, str]:
    """Item → cell: scored items from their latent value, other closed ones at random, open text left empty."""
    cells: dict[str, str] = {}
    for item in instrument.items:
        if item.type == "note":
            continue
        chance = float(rng.random())
        if wave not in item.waves:
            cells[item.id] = ".w"
        elif item.type == "text" or item.show_if or chance < _SKIPPED:
            cells[item.id] = ""
        elif chance < _SKIPPED + _REFUSED:
            cells[item.id] = ".r"
        elif item.id in latent:
            options = options_of(item)
            cells[item.id] = number_text(options[int(np.searchsorted(cuts(len(options)), latent[item.id]))])
        else:
            cells[item.id] = _any_answer(rng, item)
    return cells


def number_text(value: float | str) -> str:
    """As a data file writes it: `3`, not `3.0`."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _any_answer(rng: np.random.Generator, item: Item) -> str:
    if item.type == "number":
        low, high = item.value_range
        return number_text(round(low + (high - low) * float(rng.random()), item.decimals))
    return number_text(item.values[int(rng.integers(len(item.values)))])


def code_texts(
    rng: np.random.Generator,
    instrument: Instrument,
    languages: Sequence[str],
    waves: int,
    code_error: float,
    unlinkable: float,
) -> list[list[dict[str, str]]]:
    """Person → wave → `code.<element>` → value; empty if the instrument has no code.

    From the second wave on a share of people writes one element otherwise, or remembers another code.
    """
    if not instrument.code_elements:
        return []
    people = []
    for language in languages:
        code = _code(rng, instrument, language)
        written = [code]
        for _ in range(waves - 1):
            chance = float(rng.random())
            if chance < unlinkable:
                written.append(_code(rng, instrument, language))
            elif chance < unlinkable + code_error:
                written.append(_with_one_error(rng, instrument, language, code))
            else:
                written.append(code)
        people.append(written)
    return people


def _values(instrument: Instrument, element: int, language: str) -> list[str]:
    options = instrument.code_elements[element].options
    pairs = options.get(language) or next(iter(options.values()))
    return [value for value, _ in pairs]


def _code(rng: np.random.Generator, instrument: Instrument, language: str) -> dict[str, str]:
    code = {}
    for number, element in enumerate(instrument.code_elements):
        values = _values(instrument, number, language)
        code[f"code.{element.id}"] = values[int(rng.integers(len(values)))]
    return code


def _with_one_error(
    rng: np.random.Generator, instrument: Instrument, language: str, code: Mapping[str, str]
) -> dict[str, str]:
    number = int(rng.integers(len(instrument.code_elements)))
    column = f"code.{instrument.code_elements[number].id}"
    others = [value for value in _values(instrument, number, language) if value != code[column]]
    return {**code, column: others[int(rng.integers(len(others)))] if others else ""}
