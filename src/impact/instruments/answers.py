"""From a form to Answers: every field checked, all problems at once, hidden questions dropped on the server.

Form fields are `i.<item id>` and `c.<code element id>`; other fields are not ours and are passed over.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from impact.errors import AnswersInvalid, Problem
from impact.instruments.alphabets import western_digits
from impact.instruments.conditions import Condition, Value, parse_condition
from impact.instruments.model import (
    NOT_ASKED,
    NOT_SHOWN,
    REFUSED,
    UNANSWERED,
    CodeElement,
    Instrument,
    Item,
    option_key,
)
from impact.instruments.packing import missing_value, pack, record_size, unpack

__all__ = ["Answers", "option_key", "pack", "parse_answers", "record_size", "unpack"]

REFUSED_VALUE = "r"
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,]([0-9]{1,15}))?")
# C0 and C1 controls except tab and newline, and lone surrogates: nothing that a person writes.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Answers:
    """One submission's answers: closed ones packed, open texts by item id, code element id → value given."""

    packed: bytes
    texts: Mapping[str, str]
    code: Mapping[str, str]


@dataclass(frozen=True)
class _Read:
    """One item's answer: as stored, as conditions see it, and its open text."""

    stored: int | float
    value: Value = None
    text: str = ""


def parse_answers(instrument: Instrument, wave: str, form: Form) -> Answers:
    """Check and pack the answers sent for `wave`; raises AnswersInvalid with one problem for each bad field.

    Absent or empty is unanswered, "r" is refused. An item not asked at this wave, or hidden by its `show_if`,
    is stored as such even if something was sent for it. Numbers may have comma or point, and Arabic digits.
    """
    problems = _unknown_fields(instrument, form)
    stored: dict[str, int | float] = {}
    texts: dict[str, str] = {}
    seen: dict[str, Value] = {}
    for item in instrument.order_of_asking:
        read = _read_item(item, wave, form, seen, problems)
        seen[item.id] = read.value
        if item.is_closed:
            stored[item.id] = read.stored
        elif read.text:
            texts[item.id] = read.text
    code = {
        element.id: value
        for element in instrument.code_elements
        if (value := _read_code(element, form.get(f"c.{element.id}", ()), problems))
    }
    AnswersInvalid.raise_if(problems)
    return Answers(pack(instrument, stored), texts, code)


@lru_cache(maxsize=1024)
def _condition(text: str) -> Condition:
    return parse_condition(text)


def _read_item(
    item: Item, wave: str, form: Form, seen: Mapping[str, Value], problems: list[Problem]
) -> _Read:
    if item.type == "note":
        return _Read(UNANSWERED)
    if wave not in item.waves:
        return _Read(missing_value(item, NOT_ASKED))
    if item.show_if and not _condition(item.show_if).holds(seen):
        return _Read(missing_value(item, NOT_SHOWN))
    field = f"i.{item.id}"
    sent = [text for text in form.get(field, ()) if text.strip()]
    if not sent:
        return _Read(missing_value(item, UNANSWERED))
    if item.type == "text":
        return _read_text(item, field, sent, problems)
    if REFUSED_VALUE in sent:
        # Whoever also ticked something else, yet said “prefer not to say”, is taken at the more careful word.
        return _Read(missing_value(item, REFUSED))
    if item.type == "choices":
        return _read_choices(item, field, sent, problems)
    if len(sent) > 1:
        return _bad(item, field, "more than one answer was sent.", "Choose one.", problems)
    if item.type == "number":
        return _read_number(item, field, sent[0], problems)
    index = item.index_of.get(sent[0], -1)
    if index < 0:
        return _bad(item, field, _is_no_choice(sent[0]), "Choose one of those shown.", problems)
    return _Read(index, item.values[index])


def _read_choices(item: Item, field: str, sent: Sequence[str], problems: list[Problem]) -> _Read:
    keys = item.index_of
    unknown = [text for text in sent if text not in keys]
    if unknown:
        return _bad(item, field, _is_no_choice(unknown[0]), "Choose among those shown.", problems)
    chosen = sorted({keys[text] for text in sent})
    return _Read(sum(1 << index for index in chosen), tuple(item.values[index] for index in chosen))


def _read_number(item: Item, field: str, sent: str, problems: list[Problem]) -> _Read:
    text = western_digits(sent.strip())
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _bad(item, field, f"“{sent.strip()[:40]}” is no number.", "Write digits only.", problems)
    if len(match[1] or "") > item.decimals:
        places = "no decimals" if item.decimals == 0 else f"at most {item.decimals} decimals"
        return _bad(item, field, f"the number may have {places}.", "Round it.", problems)
    number = float(text.replace(",", "."))
    low = -math.inf if item.minimum is None else item.minimum
    high = math.inf if item.maximum is None else item.maximum
    if not low <= number <= high:
        remedy = f"Write a number from {low:g} to {high:g}."
        return _bad(item, field, f"{number:g} is out of range.", remedy, problems)
    return _Read(number, number)


def _read_text(item: Item, field: str, sent: Sequence[str], problems: list[Problem]) -> _Read:
    text = _UNWANTED.sub("", "\n".join(sent).replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > item.maximum_length:
        what = f"the text has {len(text)} characters; {item.maximum_length} are possible."
        return _bad(item, field, what, "Shorten it.", problems)
    return _Read(UNANSWERED, text or None, text)


def _read_code(element: CodeElement, sent: Sequence[str], problems: list[Problem]) -> str:
    given = [text for text in sent if text.strip() and text != REFUSED_VALUE]
    if not given:
        return ""
    if len(given) > 1 or given[0] not in element.values:
        what = "more than one was sent." if len(given) > 1 else _is_no_choice(given[0])
        problems.append(Problem(element.id, what, "Choose one of those shown.", f"c.{element.id}"))
        return ""
    return given[0]


def _bad(item: Item, field: str, what: str, remedy: str, problems: list[Problem]) -> _Read:
    problems.append(Problem(item.id, what, remedy, field))
    return _Read(missing_value(item, UNANSWERED))


def _is_no_choice(text: str) -> str:
    return f"“{text[:40]}” is none of the choices."


def _unknown_fields(instrument: Instrument, form: Form) -> list[Problem]:
    return [
        Problem(
            field[:60], "no such question is asked.", "Open the survey again and send it once more.", field
        )
        for field in form
        if field[:2] in ("i.", "c.") and field not in instrument.form_fields
    ]
