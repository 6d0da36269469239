"""A survey with what its modules bring: one document, in which every fault still has its own file and line.

`modules: [fear.v1, trust-group.v1]` brings the option sets, items, scales, pages and perception gaps of both, in
that order, before those of the survey. The version is named, so what a survey asks never changes silently.

    languages  those of the survey are taken, the others are left behind
    waves      an item is asked at those of its waves that the survey has; with none left it is left out, and with
               it its scale, its place on a page and its perception gap
    pages      an item that the survey puts on a page of its own leaves the module's page

The result is the document of an ordinary instrument, and nothing after loading knows of modules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from impact.errors import InstrumentInvalid, Problem
from impact.instruments.modules import FOLDER, LISTS, Build, read_module
from impact.instruments.reading import Document, Place, suggestion
from impact.resources import folder

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}\.v[1-9][0-9]*")
_KINDS = {"items": "item", "scales": "scale", "pages": "page"}


class Composed(Document):
    """A survey's document with the content of its modules; a problem is noted where the words were written.

    `is_whole` is False where something of a module is missing: then what refers to it is not checked.
    """

    def __init__(self, survey: Document) -> None:
        super().__init__(survey.path, {**survey.data}, {}, survey.error)
        self.survey = survey
        self.is_whole = True
        self._members: list[Document] = [survey]
        self._foreign: list[Problem] = []
        self._origins: dict[Place, tuple[Document, Place]] = {}

    def problem(self, place: Place, what: str, remedy: str) -> None:
        document, origin = self._origins.get(place[:2], (self.survey, place[:2]))
        document.problem((*origin, *place[2:]), what, remedy)

    def refuse(self, place: Place, what: str, remedy: str) -> None:
        """Note a problem that leaves something out."""
        self.is_whole = False
        self.survey.problem(place, what, remedy)

    def faulty(self, problems: Sequence[Problem]) -> None:
        """Note what a module's own file has for problems."""
        self.is_whole = False
        self._foreign += problems

    def add(self, source: Document, key: str, where: Any, value: Any) -> None:
        """Take in one option set (by name) or one thing of a list (by its position in `source`)."""
        if source not in self._members:
            self._members.append(source)
        if key == "option_sets":
            self.data.setdefault(key, {})[where] = value
            self._origins[key, where] = (source, (key, where))
            return
        listed = self.data.setdefault(key, [])
        self._origins[key, len(listed)] = (source, (key, where))
        listed.append(value)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Those of the survey first, then those of each module, each in line order."""
        noted = [problem for document in self._members for problem in document.problems]
        return tuple(dict.fromkeys((*noted, *self._foreign)))


def compose(document: Document, build: Build) -> Document:
    """`document` with what its `modules` bring; itself if it names none. `build` checks each module alone."""
    if "modules" not in document.data:
        return document
    composed = Composed(document)
    named = _named(composed, composed.data.pop("modules"), build)
    own = _own(composed)
    placed = {name for page in own["pages"] for name in _items_of(page)}
    taken: dict[tuple[str, str], str] = {}
    for place, name, module in named:
        if _fits(composed, place, name, module):
            _take_in(composed, place, name, module, placed, taken)
    _take_in_own(composed, own, taken)
    composed.data.setdefault("items", [])
    return composed


def _named(composed: Composed, named: Any, build: Build) -> list[tuple[Place, str, Document]]:
    """Each module that the survey names, is there, and is sound alone: (place in the survey, name, document)."""
    if not isinstance(named, list):
        composed.refuse(("modules",), "“modules” should be a list.", "Write for example [fear.v1, anger.v1].")
        return []
    files, found = _files(composed.path.parent), []
    for index, name in enumerate(named):
        place: Place = ("modules", index)
        paths = files.get(name, []) if isinstance(name, str) else []
        if name in named[:index]:
            composed.refuse(place, f"the module “{name}” is listed twice.", "List it once.")
        elif len(paths) > 1:
            what = f"the module “{name}” is in two folders: {paths[0].parent} and {paths[1].parent}."
            composed.refuse(place, what, "Remove one, or give yours another id.")
        elif not paths:
            _unknown(composed, place, str(name), list(files))
        else:
            try:
                found.append((place, str(name), read_module(paths[0], build)[1]))
            except InstrumentInvalid as fault:
                composed.faulty(fault.problems)
    return found


def _files(beside: Path) -> dict[str, list[Path]]:
    """Name → files of the modules that lie beside the survey, and of those that come with the program."""
    places = dict.fromkeys((one / FOLDER).resolve() for one in (beside, folder("surveys")))
    files: dict[str, list[Path]] = {}
    for path in sorted(path for place in places for path in place.glob("*.yaml")):
        files.setdefault(path.stem, []).append(path)
    return files


def _unknown(composed: Composed, place: Place, name: str, known: list[str]) -> None:
    versions = [one for one in known if one.rpartition(".v")[0] == name]
    if versions:
        composed.refuse(place, f"“{name}” names no version of the module.", suggestion(name, versions))
    elif not _NAME.fullmatch(name):
        composed.refuse(place, f"“{name}” names no module.", "Write its id and version, as in fear.v1.")
    else:
        composed.refuse(place, f"there is no module “{name}”.", suggestion(name, known))


def _fits(composed: Composed, place: Place, name: str, module: Document) -> bool:
    """Whether the survey has the languages, waves and sides that the module needs; what lacks is noted."""
    survey, faults = composed.survey.data, []
    theirs = module.data["languages"]
    languages = survey.get("languages") if isinstance(survey.get("languages"), Mapping) else {}
    for tag, parts in languages.items():
        if tag not in theirs:
            remedy = "Take the language out, or translate the module first (see README.md)."
            faults.append((f"the module “{name}” has no words in “{tag}”.", remedy))
        elif _status(parts) == "reviewed" and _status(theirs[tag]) == "draft":
            remedy = "Write “status: draft”, or have the module reviewed."
            faults.append((f"“{tag}” is reviewed here, and a draft in the module “{name}”.", remedy))
    waves = survey.get("waves")
    if isinstance(waves, list):
        faults += _wave_faults(name, module, waves)
    sides = survey.get("sides")
    number = len(sides) if isinstance(sides, list) else 0
    if number != 2 and ("{other}" in json.dumps(module.data) or module.data.get("perception_gaps")):
        what = f"the module “{name}” needs two sides, and there are {number}."
        faults.append((what, "Declare two sides, or take the module out."))
    for what, remedy in faults:
        composed.refuse(place, what, remedy)
    return not faults


def _wave_faults(name: str, module: Document, waves: Sequence[Any]) -> list[tuple[str, str]]:
    """An item that names its waves says nothing about a wave that the module does not know."""
    known, items = module.data["waves"], module.data["items"]
    if not waves or not any(item.get("waves") for item in items):
        return []
    unknown = [wave for wave in waves if wave not in known]
    if unknown:
        remedy = f"Use its waves ({', '.join(known)}), or take the module out."
        return [(f"the module “{name}” does not know the wave “{wave}”.", remedy) for wave in unknown]
    if any(_waves_left(item, waves) for item in items):
        return []
    listed = dict.fromkeys(wave for item in items for wave in item["waves"])
    remedy = f"Add one of its waves ({', '.join(listed)}), or take the module out."
    return [(f"the module “{name}” asks nothing at {', '.join(str(wave) for wave in waves)}.", remedy)]


def _take_in(
    composed: Composed,
    place: Place,
    name: str,
    module: Document,
    placed: set[str],
    taken: dict[tuple[str, str], str],
) -> None:
    """Add what the module brings: without clashes, other languages, and what is not asked in this survey."""
    brought = bring(module.data, composed.survey.data, placed)
    for key, options in brought["option_sets"].items():
        if composed.data.get("option_sets", {}).get(key, options) != options:
            what = f"the option set “{key}” of “{name}” is another one in “{taken['option_sets', key]}”."
            composed.refuse(place, what, "Take versions that agree, or only one of the two.")
        elif ("option_sets", key) not in taken:
            taken["option_sets", key] = name
            composed.add(module, "option_sets", key, options)
    for key in LISTS:
        for index, parts in brought[key].items():
            spot = (key, str(parts.get("id"))) if key in _KINDS else (key, f"{name} {index}")
            if spot in taken:
                what = f"the {_KINDS[key]} “{spot[1]}” of “{name}” is in “{taken[spot]}”, too."
                composed.refuse(place, what, "Take only one of the two.")
                continue
            taken[spot] = name
            composed.add(module, key, index, parts)


def bring(data: Mapping[str, Any], survey: Mapping[str, Any], placed: set[str]) -> dict[str, dict[Any, Any]]:
    """What of a sound module's `data` comes into `survey`: key → name or position in the module → content."""
    tags, waves = survey.get("languages"), survey.get("waves")
    kept = set(tags) if isinstance(tags, Mapping) else set(data["languages"])
    waves = waves if isinstance(waves, list) else data["waves"]
    spoken = {
        key: _spoken(data.get(key) or ([] if key in LISTS else {}), set(data["languages"]), kept)
        for key in ("option_sets", *LISTS)
    }
    items = {
        index: _asked(item, waves) for index, item in enumerate(spoken["items"]) if _waves_left(item, waves)
    }
    asked = {item["id"] for item in items.values()}
    pages = {index: _page(page, asked - placed) for index, page in enumerate(spoken["pages"])}
    gaps = enumerate(spoken["perception_gaps"])
    return {
        "option_sets": spoken["option_sets"],
        "items": items,
        "scales": {index: one for index, one in enumerate(spoken["scales"]) if set(one["items"]) <= asked},
        "pages": {index: page for index, page in pages.items() if page["items"]},
        "perception_gaps": {index: one for index, one in gaps if {one["own"], one["estimate"]} <= asked},
    }


def _take_in_own(composed: Composed, own: Mapping[str, Any], taken: Mapping[tuple[str, str], str]) -> None:
    for key, options in own["option_sets"].items():
        if ("option_sets", key) not in taken:
            composed.add(composed.survey, "option_sets", key, options)
        elif composed.data["option_sets"][key] != options:
            what = f"the option set “{key}” is another one in the module “{taken['option_sets', key]}”."
            composed.refuse(("option_sets", key), what, "Give yours another name.")
    for key in LISTS:
        for index, parts in enumerate(own[key]):
            spot = (key, str(parts.get("id"))) if isinstance(parts, Mapping) else (key, "")
            if key in _KINDS and spot in taken:
                what = f"the {_KINDS[key]} “{spot[1]}” comes with the module “{taken[spot]}” already."
                composed.refuse((key, index), what, "Remove it, or give it another id.")
            else:
                composed.add(composed.survey, key, index, parts)


def _own(composed: Composed) -> dict[str, Any]:
    """What the survey brings itself, taken out of the composed data; what is no list there is noted."""
    own: dict[str, Any] = {}
    for key, kind in (("option_sets", dict), *((key, list) for key in LISTS)):
        own[key] = composed.data.pop(key, None) or kind()
        if not isinstance(own[key], kind):
            form = (
                ("hold sets by name", "Write “agree: [{value: 1, …}]”.")
                if kind is dict
                else ("be a list", "Begin each with “- ”.")
            )
            composed.refuse((key,), f"“{key}” should {form[0]}.", form[1])
            own[key] = kind()
    return own


def _items_of(page: Any) -> list[str]:
    listed = page.get("items") if isinstance(page, Mapping) else None
    return [str(name) for name in listed] if isinstance(listed, list) else []


def _status(parts: Any) -> Any:
    return parts.get("status") if isinstance(parts, Mapping) else None


def _waves_left(item: Mapping[str, Any], waves: Sequence[Any]) -> list[Any]:
    return [wave for wave in waves if not item.get("waves") or wave in item["waves"]]


def _asked(item: Mapping[str, Any], waves: Sequence[Any]) -> dict[str, Any]:
    return {**item, "waves": _waves_left(item, waves)} if item.get("waves") else dict(item)


def _page(page: Mapping[str, Any], items: set[str]) -> dict[str, Any]:
    return {**page, "items": [name for name in page["items"] if name in items]}


def _spoken(value: Any, tags: set[str], kept: set[str]) -> Any:
    """`value` with the texts in the languages `kept`; a text is a mapping from some of `tags` to words."""
    if isinstance(value, list):
        return [_spoken(one, tags, kept) for one in value]
    if not isinstance(value, Mapping):
        return value
    if (
        value
        and set(value) <= tags
        and not any(isinstance(words, Mapping | list) for words in value.values())
    ):
        return {tag: words for tag, words in value.items() if tag in kept}
    return {key: _spoken(one, tags, kept) for key, one in value.items()}
