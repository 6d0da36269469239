"""A JSON file from a stranger, looked at key by key: what is not as it should be becomes a Problem, never an exception."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from impact.errors import Problem
from impact.formats.words import either, shown

MAXIMUM_BYTES = 20_000_000
LONGEST_TEXT = 200
_REMEDY = "Give what “impact evaluate … --format json” wrote."


def read_json(path: Path, name: str, problems: list[Problem]) -> Any:
    """The content of `path`, or None and a problem. NaN, Infinity and deep nesting are no JSON (RFC 8259)."""
    import orjson

    try:
        # Read through a bound, since a file may grow, or be a device without an end.
        with path.open("rb") as file:
            raw = file.read(MAXIMUM_BYTES + 1)
    except (OSError, ValueError) as fault:
        why = (getattr(fault, "strerror", None) or "unknown reason").lower()
        problems.append(Problem(name, f"the file cannot be read: {why}.", "Check the path."))
        return None
    if len(raw) > MAXIMUM_BYTES:
        what = f"the file is larger than {MAXIMUM_BYTES // 1_000_000} MB."
        problems.append(Problem(name, what, _REMEDY))
        return None
    try:
        content = orjson.loads(raw)
    except (orjson.JSONDecodeError, RecursionError) as fault:
        line = getattr(fault, "lineno", None)
        where = f"{name}, line {line}" if line and raw.strip() else name
        problems.append(Problem(where, "this is not valid JSON.", _REMEDY))
        return None
    if not isinstance(content, dict):
        problems.append(Problem(name, "the file holds no keys.", _REMEDY))
        return None
    return content


class Checked:
    """A mapping inside a file. Each getter gives a value of its kind in any case; a fault is noted, once a place.

    `file` names the file; `place` is where in it (“findings[3].estimate”).
    """

    def __init__(
        self, file: str, content: Any, problems: list[Problem], place: str = "", parent: Checked | None = None
    ) -> None:
        self.file, self._problems, self._place, self._parent = file, problems, place, parent
        self._content = content if isinstance(content, dict) else {}
        self._broken = False
        if not isinstance(content, dict):
            self.problem("", f"“{place}” should hold keys.", _REMEDY)

    def problem(self, key: str, what: str, remedy: str) -> None:
        place = ".".join(part for part in (self._place, key) if part)
        found = Problem(f"{self.file}, {place}" if place else self.file, what, remedy)
        if found not in self._problems:
            self._problems.append(found)
        checked: Checked | None = self
        while checked is not None:
            checked._broken = True
            checked = checked._parent

    @property
    def is_broken(self) -> bool:
        """Whether a fault was noted here, or in anything within."""
        return self._broken

    def names(self) -> list[str]:
        return [shown(str(name), LONGEST_TEXT) for name in self._content]

    def value(self, key: str) -> Any:
        return self._content.get(key)

    def within(self, key: str) -> Checked:
        place = f"{self._place}.{shown(key)}" if self._place else shown(key)
        return Checked(self.file, self._content.get(key), self._problems, place, self)

    def item(self, key: str, i: int) -> Checked:
        return Checked(self.file, self._content[key][i], self._problems, f"{key}[{i}]", self)

    def text(self, key: str) -> str:
        """A text that is not empty, cut and without what cannot be seen; quotation marks are ours."""
        value = self._content.get(key)
        if not isinstance(value, str) or not value.strip():
            self.problem(key, "a text is missing.", _REMEDY)
            return ""
        return harmless(value)

    def texts(self) -> dict[str, str]:
        """All keys of the mapping, each with a text."""
        return {shown(key, LONGEST_TEXT): self.text(key) for key in self._content}

    def flag(self, key: str) -> bool:
        value = self._content.get(key)
        if not isinstance(value, bool):
            self.problem(key, "true or false is missing.", _REMEDY)
        return value is True

    def number(self, key: str, low: float, high: float) -> float:
        value = self._content.get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not low <= value <= high:
            self.problem(key, f"there is no number from {low:g} to {high:g}.", _REMEDY)
            return low
        return float(value)

    def whole(self, key: str, low: int, high: int) -> int:
        number = self.number(key, low, high)
        if number != int(number):
            self.problem(key, "there is no whole number.", _REMEDY)
        return int(number)

    def count(self, key: str) -> int | None:
        """A count of people, or None where it is hidden."""
        return None if self._content.get(key) is None else self.whole(key, 0, 10**12)

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        value = self._content.get(key)
        if isinstance(value, str) and value in allowed:
            return value
        self.problem(key, f"there is none of {either(list(allowed))}.", _REMEDY)
        return next(iter(allowed))

    def sha256(self, key: str, optional: bool = False) -> str:
        value = self._content.get(key)
        if value is None and optional:
            return ""
        plain = value.removeprefix("sha256:") if isinstance(value, str) else ""
        if not re.fullmatch(r"[0-9a-f]{64}", plain):
            self.problem(key, "there is no SHA-256 (64 digits and letters a to f).", _REMEDY)
        return plain


def harmless(text: str) -> str:
    """`text` to stand inside a sentence of ours: short, visible, and without our quotation marks and placeholders."""
    plain = shown(" ".join(text.split()), LONGEST_TEXT)
    return plain.replace("“", "'").replace("”", "'").replace("{", "(").replace("}", ")")
