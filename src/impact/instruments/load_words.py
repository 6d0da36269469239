"""Texts of an instrument file: every language there, placeholders known and equal in all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impact.instruments.model import Text
from impact.instruments.reading import Document, Place, suggestion

MAXIMUM_TEXT = 4000
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass
class Reader:
    """A document with what its texts must satisfy: `tags` in declared order and the number of sides."""

    document: Document
    tags: tuple[str, ...] = ()
    number_of_sides: int = 0

    def problem(self, place: Place, what: str, remedy: str) -> None:
        self.document.problem(place, what, remedy)

    def list_of(self, place: Place, value: Any, of: str) -> list[Any]:
        """A list, or nothing with a problem; absent is empty."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(place, f"“{place[-1]}” should be a list of {of}.", "Begin each with “- ”.")
            return []
        return value

    def identifier(self, place: Place, value: Any, kind: str) -> str:
        """An id: small letters, digits and underscores; a bad one is noted and given back as text."""
        if isinstance(value, str) and IDENTIFIER.fullmatch(value):
            return value
        if value is not None:
            self.problem(
                place,
                f"“{value}” is no {kind} id.",
                "Begin with a small letter; use a–z, 0–9 and _, at most 40 characters.",
            )
        return "" if value is None else str(value)

    def word(self, place: Place, value: Any, required: bool = True) -> str:
        """A plain text that is not translated."""
        if isinstance(value, str) and value.strip():
            return value.strip()
        if required or value is not None:
            self.problem(place, f"“{place[-1]}” should be a text.", "Write one.")
        return ""

    def text(self, place: Place, value: Any, required: bool = True, names: tuple[str, ...] = ()) -> Text:
        """A text in every declared language, in declared order; `names` are the placeholders it may use.

        With one language a plain text stands for that language. Absent gives no words, noted if required.
        """
        if value is None:
            if required and place[-1] in self._around(place):
                self.problem(place, f"“{place[-1]}” is empty.", "Write a text for each language.")
            return {}
        if isinstance(value, str | int | float) and not isinstance(value, bool) and len(self.tags) == 1:
            value = {self.tags[0]: str(value)}
        if not isinstance(value, Mapping):
            remedy = "Write one line for each language: " + ", ".join(f"{tag}: …" for tag in self.tags) + "."
            self.problem(place, f"“{place[-1]}” is no text by language.", remedy)
            return {}
        words = {tag: self._words((*place, tag), value[tag]) for tag in self.tags if tag in value}
        self._check_languages(place, value)
        self._check_placeholders(place, words, names)
        return words

    def _around(self, place: Place) -> Any:
        """What holds the value at `place`, to tell an empty key from a missing one (told elsewhere)."""
        holder: Any = self.document.data
        for part in place[:-1]:
            holder = holder[part]
        return holder

    def _words(self, place: Place, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
            self.problem(place, f"the text in “{place[-1]}” is empty.", "Write it, between quotation marks.")
            return ""
        words = str(value).strip()
        if len(words) > MAXIMUM_TEXT:
            self.problem(place, f"the text has {len(words)} characters.", f"Use at most {MAXIMUM_TEXT}.")
        return words

    def _check_languages(self, place: Place, value: Mapping[Any, Any]) -> None:
        missing = [tag for tag in self.tags if tag not in value]
        if missing:
            listed = ", ".join(f"“{tag}”" for tag in missing)
            self.problem(place, f"the translation into {listed} is missing.", "Add it below the others.")
        for tag in value:
            if tag not in self.tags:
                self.problem(
                    (*place, tag),
                    f"the language “{tag}” is not declared.",
                    suggestion(str(tag), self.tags),
                )

    def _check_placeholders(self, place: Place, words: Text, names: tuple[str, ...]) -> None:
        used = {tag: frozenset(_BRACES.findall(text)) for tag, text in words.items()}
        first: frozenset[str] | None = None
        for tag, found in used.items():
            for name in sorted(found):
                self._check_placeholder((*place, tag), name, names)
            if first is None:
                first = found
            elif words[tag] and found != first:
                self.problem(
                    (*place, tag),
                    f"the placeholders in “{tag}” are {_listed(found)}, in “{self.tags[0]}” {_listed(first)}.",
                    "Use the same ones in every language.",
                )

    def _check_placeholder(self, place: Place, name: str, names: tuple[str, ...]) -> None:
        if name not in names:
            known = [f"{{{known}}}" for known in names]
            remedy = suggestion(f"{{{name}}}", known) if known else "Write the words themselves."
            self.problem(place, f"the placeholder “{{{name}}}” is unknown here.", remedy)
        elif name == "other" and self.number_of_sides != 2:
            self.problem(
                place,
                f"“{{other}}” needs exactly two sides, and there are {self.number_of_sides}.",
                "Declare two sides, or name the people meant.",
            )
        elif name == "own" and self.number_of_sides == 0:
            self.problem(
                place, "“{own}” needs sides, and there are none.", "Declare sides, or name the people meant."
            )


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
