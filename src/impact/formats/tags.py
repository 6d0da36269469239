"""Tags of programmes that are pooled, and what somebody vouches for (YAML). Data only, checked with line numbers.

format: 1
programmes:
  north-2025.json: {site: North, process: 1, track: learning, facilitator: f1}   # each may be left out
comparable:
  instruments: [[dialogue-core.v1, dialogue-core.v2]]   # their scales of one name measure the same
  sides: true                                           # side a means the same in all programmes

`process`: 1 relationships and understanding, 2 public opinion, 3 economic cooperation. `track`: one of the nine.
`facilitator` is any name or number; it is used only to hide groups that would judge a person, and is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from impact.errors import DataInvalid
from impact.formats.json_checks import harmless
from impact.instruments.reading import Document, suggestion

FORMAT = 1
PROCESSES = (1, 2, 3)
TRACKS = (
    "diplomacy", "conflict_resolution", "commerce", "personal_involvement", "learning", "advocacy", "religion",
    "funding", "information",
)  # fmt: skip
_KEYS = ("site", "process", "track", "facilitator")
_REFERENCE = re.compile(r"[a-z0-9][a-z0-9_-]*\.v[1-9][0-9]*")


@dataclass(frozen=True)
class Tags:
    """`programmes`: file name → its tags; `instruments`: sets of `id.v1` that are declared comparable."""

    programmes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    instruments: tuple[frozenset[str], ...] = ()
    sides: bool = False

    @property
    def declared(self) -> list[str]:
        """What somebody vouches for, to be told with the results."""
        told = ["instruments " + " and ".join(sorted(group)) for group in self.instruments]
        return [*told, "the sides of all programmes"] if self.sides else told


def load_tags(path: Path, files: Collection[str]) -> Tags:
    """Read a tags file for `files` (names as given to the command). Raises DataInvalid with every problem."""
    document = Document.read(path, DataInvalid)
    document.keys((), document.data, required=("format",), optional=("programmes", "comparable"))
    if document.data.get("format", FORMAT) != FORMAT:
        document.problem(("format",), f"format {document.data['format']} is not known.", "Write “format: 1”.")
    programmes = _programmes(document, files)
    instruments, sides = _comparable(document)
    document.finish()
    return Tags(programmes, instruments, sides)


def _programmes(document: Document, files: Collection[str]) -> dict[str, dict[str, str]]:
    entries = document.data.get("programmes")
    if entries is None:
        return {}
    if not isinstance(entries, Mapping):
        document.problem(
            ("programmes",), "“programmes” should hold file names.", "Write “file.json: {site: North}”."
        )
        return {}
    found = {}
    for name, entry in entries.items():
        place = ("programmes", name)
        if str(name) not in files:
            document.problem(place, f"“{name}” is none of the files.", suggestion(str(name), list(files)))
        if document.keys(place, entry, optional=_KEYS):
            found[str(name)] = _entry(document, place, entry)
    return found


def _entry(document: Document, place: tuple[Any, ...], entry: Mapping[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for name in ("site", "facilitator"):
        value = entry.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
            document.problem((*place, name), f"“{name}” should be a name.", "Write a word or a number.")
        else:
            tags[name] = harmless(str(value))
    for name, allowed in (("process", PROCESSES), ("track", TRACKS)):
        value = entry.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or value not in allowed:
            remedy = suggestion(str(value), [str(one) for one in allowed])
            document.problem((*place, name), f"“{value}” is no {name}.", remedy)
        else:
            tags[name] = str(value)
    return tags


def _comparable(document: Document) -> tuple[tuple[frozenset[str], ...], bool]:
    value, place = document.data.get("comparable"), ("comparable",)
    if value is None or not document.keys(place, value, optional=("instruments", "sides")):
        return (), False
    sides = value.get("sides", False)
    if not isinstance(sides, bool):
        document.problem((*place, "sides"), f"“{sides}” is neither true nor false.", "Write true or false.")
    groups = value.get("instruments", [])
    if not isinstance(groups, list) or not all(
        isinstance(group, list) and len(group) > 1 for group in groups
    ):
        document.problem(
            (*place, "instruments"),
            "this is no list of lists.",
            "Write [[dialogue-core.v1, dialogue-core.v2]].",
        )
        return (), sides is True
    for group in groups:
        for name in group:
            if not isinstance(name, str) or not _REFERENCE.fullmatch(name):
                document.problem(
                    (*place, "instruments"),
                    f"“{name}” names no instrument.",
                    "Write its id and version: my-scale.v1.",
                )
    return tuple(frozenset(str(name) for name in group) for group in groups), sides is True
