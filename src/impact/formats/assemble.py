"""Parts of files → Submissions. Only distinct values are checked; the rows are looked up when one is wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

from impact.errors import Problem
from impact.formats import words
from impact.formats.cells import MISSING, Answerer, number_of
from impact.formats.copies import check_copies
from impact.formats.people import Labels, check_people
from impact.formats.table import Column, Part
from impact.instruments.model import ARMS, CodeElement, Instrument, Item
from impact.instruments.submissions import Submissions


def assemble(parts: Sequence[Part], instrument: Instrument, problems: list[Problem]) -> Submissions:
    """One Submissions of all parts. Every fault is appended to `problems`; with faults the result is not usable."""
    labels = Labels()
    people = Labels()
    checks = [_Checker(part, instrument, problems) for part in parts]
    waves = [check.known("wave", instrument.waves, is_required=True) for check in checks]
    columns = {
        "wave": waves,
        "side": [check.known("side", instrument.side_ids) for check in checks],
        "language": [check.known("language", tuple(instrument.language)) for check in checks],
        "arm": [check.arms() for check in checks],
        "workshop": [check.labels("workshop", labels) for check in checks],
        "respondent": [check.labels("respondent", people).astype(np.int64) for check in checks],
    }
    codes = [check.codes() for check in checks]
    weights = [check.weights() for check in checks]
    answers = {
        item.id: _joined([check.answers(item, wave) for check, wave in zip(checks, waves, strict=True)], item)
        for item in instrument.closed_items
    }
    texts = {
        item.id: sum((check.open_text(item, wave) for check, wave in zip(checks, waves, strict=True)), ())
        for item in instrument.items
        if item.type == "text" and any(item.id in part.cells for part in parts)
    }
    joined = {
        name: np.concatenate(arrays) if arrays else np.zeros(0, np.int8) for name, arrays in columns.items()
    }
    elements = len(instrument.code_elements)
    code = np.concatenate(codes) if codes else np.zeros((0, elements), np.int64)
    check_people(parts, instrument, joined["wave"], joined["respondent"], people, problems)
    order, workshops = labels.sorted()
    joined["workshop"] = order[joined["workshop"]]
    data = Submissions(
        **joined,
        workshops=workshops,
        code=code,
        answers=answers,
        weight=_weights(weights, parts),
        respondent_labels=tuple(people.numbers),
        code_labels=tuple(tuple(sorted(element.values)) for element in instrument.code_elements),
        texts=texts,
    )
    check_copies(parts, data, problems)
    return data


def _joined(arrays: list[np.ndarray], item: Item) -> np.ndarray:
    return np.concatenate(arrays) if arrays else Answerer(item).nothing(0)


def _weights(weights: list[np.ndarray | None], parts: Sequence[Part]) -> np.ndarray | None:
    if all(weight is None for weight in weights):
        return None
    return np.concatenate(
        [
            np.ones(len(part)) if weight is None else weight
            for weight, part in zip(weights, parts, strict=True)
        ]
    )


class _Checker:
    """The cells of one part as numbers; what they may not be becomes a problem."""

    def __init__(self, part: Part, instrument: Instrument, problems: list[Problem]) -> None:
        self.part, self.instrument, self.problems = part, instrument, problems
        self.n = len(part)

    def problem(self, name: str, mask: np.ndarray, what: str, remedy: str) -> None:
        place = words.rows(self.part.rows[mask].tolist())
        column = words.shown(self.part.column_name(name))
        self.problems.append(
            Problem(f"{words.shown(self.part.name, 80)}, {place}, column “{column}”", what, remedy)
        )

    def known(self, name: str, allowed: Sequence[str], is_required: bool = False) -> np.ndarray:
        """int8 (n,): the place of each cell among `allowed`; −1 if it is empty or not among them."""
        column = self.part.cells.get(name)
        if column is None:
            return np.full(self.n, -1, np.int8)
        places = {value: i for i, value in enumerate(allowed)}
        table = np.array([places.get(value, -1) for value in column.values] or [-1], np.int8)
        strange = [value for value in column.values if value and value not in places]
        mask = column.where(lambda value: bool(value) and value not in places) if strange else None
        if mask is not None and mask.any():
            used = [column.values[i] for i in dict.fromkeys(column.codes[mask].tolist())]
            one = len(set(used)) == 1
            self.problem(
                name,
                mask,
                f"{words.quoted(used)} {'is no' if one else 'are no'} {name}{'' if one else 's'} "
                "of this instrument."
                if name != "arm"
                else f"{words.quoted(used)} {'is no arm' if one else 'are no arms'}.",
                words.nearest(used[0], allowed) if allowed else "Empty the column: it has none.",
            )
        if is_required:
            self._require(name, column, allowed)
        return table[column.codes]

    def arms(self) -> np.ndarray:
        """int8 (n,): the place among ARMS. Without the column all took part; an empty cell in it is −1, unknown."""
        return self.known("arm", ARMS) if "arm" in self.part.cells else np.zeros(self.n, np.int8)

    def _require(self, name: str, column: Column, allowed: Sequence[str]) -> None:
        mask = column.where(lambda value: not value)
        if mask.any():
            self.problem(name, mask, f"the {name} is empty.", f"Write one of: {', '.join(allowed)}.")

    def labels(self, name: str, labels: Labels) -> np.ndarray:
        column = self.part.cells.get(name)
        return np.full(self.n, -1, np.int32) if column is None else labels.of(column)

    def codes(self) -> np.ndarray:
        """int64 (n, E): the place of each answer among all that the element offers; −1 if not given."""
        elements = self.instrument.code_elements
        code = np.full((self.n, len(elements)), -1, np.int64)
        for i, element in enumerate(elements):
            allowed = sorted(element.values)
            name = f"code.{element.id}"
            column = self.part.cells.get(name)
            if column is None:
                continue
            places = {value.casefold(): place for place, value in enumerate(allowed)}
            table = np.array(
                [places.get(_plain(value).casefold(), -1) for value in column.values] or [-1], np.int64
            )
            code[:, i] = table[column.codes]
            mask = (code[:, i] < 0) & ~column.where(lambda value: value in ("", ".r"))
            if mask.any():
                used = [column.values[j] for j in dict.fromkeys(column.codes[mask].tolist())]
                self.problem(
                    name,
                    mask,
                    f"{words.quoted(used)} cannot be chosen in this element of the code.",
                    f"Use {words.either(_in_order(element))}; leave the cell empty if it was not given.",
                )
        return code

    def weights(self) -> np.ndarray | None:
        column = self.part.cells.get("weight")
        if column is None:
            return None
        numbers = [number_of(value, self.part.comma_decimals) for value in column.values]
        table = np.array([-1.0 if number is None else number for number in numbers] or [-1.0])
        weight = table[column.codes]
        mask = ~(weight > 0)
        if mask.any():
            used = [column.values[i] for i in dict.fromkeys(column.codes[mask].tolist())]
            self.problem(
                "weight", mask, f"{words.quoted(used)} is no weight.", "Write a number above 0 in every row."
            )
        return weight

    def answers(self, item: Item, wave: np.ndarray) -> np.ndarray:
        """The answers to a closed item as the instrument stores them."""
        answerer = Answerer(item)
        asked = np.array([*(name in item.waves for name in self.instrument.waves), True])
        column = self.part.cells.get(item.id)
        if column is None:
            # Nobody in this file was asked: not the same as asked and left open.
            return answerer.nothing(self.n)
        table, is_bad, is_answer = answerer.table(column.values, self.part.comma_decimals)
        out = table[column.codes]
        if is_bad.any():
            self._bad_answers(item, column, is_bad)
        if not asked.all():
            outside = ~asked[wave]
            mask = outside & is_answer[column.codes]
            if mask.any():
                self._not_asked(item.id, mask, wave, item)
            out[outside] = answerer.not_asked
        return out

    def _bad_answers(self, item: Item, column: Column, is_bad: np.ndarray) -> None:
        mask = is_bad[column.codes]
        if not mask.any():
            return
        used = [column.values[i] for i in dict.fromkeys(column.codes[mask].tolist())]
        one = len(set(used)) == 1
        joined = ", several joined by “|”" if item.type == "choices" else ""
        recode = ", or recode it in the column map" if self.part.mapped else ""
        self.problem(
            item.id,
            mask,
            f"{words.quoted(used)} {'is no answer' if one else 'are no answers'} to “{item.id}”.",
            f"Answers are {words.allowed_answers(item)}{joined}; leave the cell empty if unanswered{recode}.",
        )

    def _not_asked(self, name: str, mask: np.ndarray, wave: np.ndarray, item: Item) -> None:
        waves = words.listed([f"“{self.instrument.waves[i]}”" for i in np.unique(wave[mask]).tolist()])
        self.problem(
            name,
            mask,
            f"“{item.id}” is answered at wave {waves}, where it is not asked.",
            f"Empty these cells, or correct the wave; it is asked at {words.listed(list(item.waves))}.",
        )

    def open_text(self, item: Item, wave: np.ndarray) -> tuple[str, ...]:
        """The answers in people's own words, "" where there is none; no longer than the instrument allows."""
        column = self.part.cells.get(item.id)
        if column is None:
            return ("",) * self.n
        asked = np.array([*(name in item.waves for name in self.instrument.waves), True])
        outside = ~asked[wave] & column.where(lambda value: value not in ("", ".w", ".s"))
        if outside.any():
            self._not_asked(item.id, outside, wave, item)
        values = ["" if value in MISSING else _without_controls(value) for value in column.values]
        is_long = np.array([len(value) > item.maximum_length for value in values], bool)
        if is_long.any() and (mask := is_long[column.codes]).any():
            self.problem(
                item.id,
                mask,
                f"a text is longer than the {item.maximum_length} characters that “{item.id}” takes.",
                "Shorten it.",
            )
        return tuple(map(values.__getitem__, column.codes.tolist()))


def _without_controls(value: str) -> str:
    """As a form would send it: one kind of line break, no invisible control characters."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs")
    )


def _plain(value: str) -> str:
    """`3` for `3.0`, which spreadsheets make of a whole number in a column with gaps."""
    number = number_of(value, comma=False) if value[-2:] == ".0" else None
    return value if number is None else f"{number:.0f}"


def _in_order(element: CodeElement) -> list[str]:
    """The values as the first language lists them, then those of the others."""
    return list(dict.fromkeys(value for options in element.options.values() for value, _ in options))
