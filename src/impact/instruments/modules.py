"""A module: one construct's items with what comes with them, which surveys take in by name and version.

A module file is an instrument file without what frames a survey (sides, consent, code, thanks), and with a head
that says what it is about. It must be loadable alone: it is checked as the small survey between two sides that
holds nothing else, by the same rules as every instrument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impact.errors import InstrumentInvalid
from impact.instruments.load_content import DIRECTIONS
from impact.instruments.model import Instrument
from impact.instruments.reading import Document, Place, suggestion

FOLDER = "modules"
"""Below a folder of surveys."""

# What a module brings into a survey, and what stands at the head of a file beside it.
LISTS = ("items", "scales", "pages", "perception_gaps")
BROUGHT = ("option_sets", *LISTS)
_AS_IN_A_SURVEY = ("format", "id", "version", "title", "licence", "languages", "waves", *BROUGHT)
_HEAD = ("minutes", "direction", "source", "facets")
_MOST_MINUTES = 15

Build = Callable[[Document], Instrument]


@dataclass(frozen=True)
class Facet:
    """One side of the construct, in plain English, and the items that ask about it."""

    about: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Module:
    """A module as it stands in its file; `instrument` is the small survey that it makes alone.

    `minutes` is an estimate. `direction` is what a programme hopes for of the construct: `higher`, `lower` or
    `none`; each scale has its own. `source` cites the construct, not the words. `caution` says what to beware of.
    """

    instrument: Instrument
    minutes: float
    direction: str
    source: str
    facets: tuple[Facet, ...]
    caution: str = ""

    @property
    def ref(self) -> str:
        return self.instrument.ref


def read_module(path: Path, build: Build) -> tuple[Module, Document]:
    """The module and its document as a survey of its own. Raises InstrumentInvalid with all its problems."""
    whole = Document.read(path, InstrumentInvalid)
    whole.keys((), whole.data, required=_HEAD, optional=(*_AS_IN_A_SURVEY, "caution"))
    minutes, direction, source, caution = _head(whole)
    facets = _facets(whole)
    alone = whole.with_data(_as_survey(whole.data))
    instrument = build(alone)  # raises what was noted so far, too
    return Module(instrument, minutes, direction, source, facets, caution), alone


def _as_survey(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of the file also stands in a survey, between two sides that have no names of their own."""
    tags = data["languages"] if isinstance(data.get("languages"), Mapping) else {}
    sides = [{"id": side, "name": dict.fromkeys(tags, side.upper())} for side in ("a", "b")]
    return {
        **{key: data[key] for key in _AS_IN_A_SURVEY if key in data},
        **({"sides": sides} if tags else {}),
    }


def _head(document: Document) -> tuple[float, str, str, str]:
    data = document.data
    minutes = document.number(("minutes",), data.get("minutes", 1), 0.25, _MOST_MINUTES) or 0.0
    direction = document.one_of(("direction",), data.get("direction", "none"), DIRECTIONS) or "none"
    words = []
    for key in ("source", "caution"):
        written = data.get(key, "")
        if key in data and not (isinstance(written, str) and written.strip()):
            document.problem((key,), f"“{key}” should be a text.", "Write one.")
        words.append(str(written).strip())
    scales = data.get("scales")
    wanted = (
        [one.get("direction") for one in scales if isinstance(one, dict)] if isinstance(scales, list) else []
    )
    if wanted and direction not in wanted:
        what = f"no scale of the module has the direction “{direction}”."
        document.problem(("direction",), what, suggestion("", [str(one) for one in wanted]))
    return float(minutes), direction, *words


def _facets(document: Document) -> tuple[Facet, ...]:
    listed = document.data.get("facets", [])
    if not isinstance(listed, list):
        document.problem(
            ("facets",), "“facets” should be a list.", "Write “- {about: …, items: [first, second]}”."
        )
        return ()
    items = document.data.get("items")
    known = [str(one.get("id")) for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return tuple(_facet(document, ("facets", index), one, known) for index, one in enumerate(listed))


def _facet(document: Document, place: Place, parts: Any, known: list[str]) -> Facet:
    if not document.keys(place, parts, required=("about", "items")):
        return Facet("", ())
    names = document.texts((*place, "items"), parts.get("items"), "a list of items")
    for index, name in enumerate(names):
        if name not in known:
            what = f"the item “{name}” does not exist."
            document.problem((*place, "items", index), what, suggestion(name, known))
    return Facet(str(parts.get("about", "")).strip(), names)
