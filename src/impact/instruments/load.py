"""From a YAML file to an Instrument, or to every fault in it at once: file, line, what is wrong, what to do."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from impact.errors import InstrumentInvalid, Problem
from impact.instruments.compose import Composed, compose
from impact.instruments.load_checks import Checks
from impact.instruments.load_content import (
    read_gaps,
    read_items,
    read_option_sets,
    read_pages,
    read_scales,
)
from impact.instruments.load_frame import (
    read_code,
    read_consent,
    read_contacts,
    read_languages,
    read_sides,
    read_waves,
)
from impact.instruments.load_then import check_then
from impact.instruments.load_words import Reader
from impact.instruments.model import Instrument, Item, Page
from impact.instruments.modules import FOLDER, Module, read_module
from impact.instruments.reading import Document

FORMAT = 1
REQUIRED = ("format", "id", "version", "title", "licence", "languages", "waves", "items")
OPTIONAL = (
    "modules",
    "sides",
    "consent",
    "code",
    "option_sets",
    "scales",
    "pages",
    "perception_gaps",
    "thanks",
    "contacts",
)
Loaded = TypeVar("Loaded")
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_FILE_NAME = re.compile(_ID.pattern + r"\.v[1-9][0-9]*\.yaml")


def load_instrument(path: Path) -> Instrument:
    """Read one instrument with its modules. Raises InstrumentInvalid with all its problems, in line order."""
    return build(compose(Document.read(path, InstrumentInvalid), build))


def load_module(path: Path) -> Module:
    """Read one module, as the small survey that it makes alone. Raises InstrumentInvalid with all its problems."""
    return read_module(path, build)[0]


def build(document: Document) -> Instrument:
    """The instrument that a document holds. Raises InstrumentInvalid with all its problems, in line order."""
    path = document.path
    document.keys((), document.data, required=REQUIRED, optional=OPTIONAL)
    _check_head(document, path)
    data, reader = document.data, Reader(document)
    languages = read_languages(reader, data.get("languages"))
    reader.tags = tuple(language.tag for language in languages)
    if not reader.tags:
        document.finish()  # without a language, every text would be reported as faulty
        raise InstrumentInvalid.at(path.name, "no language is declared.", "Add “languages:”.")
    sides = read_sides(reader, data.get("sides"))
    reader.number_of_sides = len(sides)
    waves = read_waves(reader, data.get("waves"))
    items = read_items(reader, data.get("items"), waves, read_option_sets(reader, data.get("option_sets")))
    scales, pages = read_scales(reader, data.get("scales")), read_pages(reader, data.get("pages"))
    gaps = read_gaps(reader, data.get("perception_gaps"))
    code_intro, code_elements = read_code(reader, data.get("code"))
    parts: dict[str, Any] = {
        "title": reader.text(("title",), data.get("title")),
        "licence": reader.word(("licence",), data.get("licence"), "licence" in data),
        "thanks": reader.text(("thanks",), data.get("thanks"), required=False, names=("organisation",)),
        "consent": read_consent(reader, data.get("consent")),
        "contacts": read_contacts(reader, data.get("contacts")),
    }
    if not isinstance(document, Composed) or document.is_whole:
        Checks(reader, items, pages).all(scales, gaps, len(sides))
        check_then(reader, items, scales, gaps, waves)
    document.finish()
    return Instrument(
        id=data["id"],
        version=data["version"],
        languages=languages,
        waves=waves,
        items=items,
        scales=scales,
        pages=pages,
        sha256=content_hash(data),
        sides=sides,
        code_elements=code_elements,
        code_intro=code_intro,
        perception_gaps=gaps,
        path=str(path),
        **parts,
    )


def content_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical content: keys sorted, no white space; comments and layout do not count."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def find_instrument(id: str, version: int, folders: Sequence[Path]) -> Instrument:  # noqa: A002
    """The instrument `id`.v`version` from the folders. Raises InstrumentInvalid if absent, twice or faulty."""
    name = f"{id}.v{version}.yaml"
    found = [folder / name for folder in _distinct(folders) if (folder / name).is_file()]
    if not found:
        files = {path for folder in _distinct(folders) for path in _files(folder)}
        known = sorted({path.stem for path in files if _FILE_NAME.fullmatch(path.name)})
        raise InstrumentInvalid.at(
            name,
            "there is no such instrument.",
            f"There are: {', '.join(known)}." if known else "No folder holds an instrument.",
        )
    InstrumentInvalid.raise_if(_twice(found))
    return load_instrument(found[0])


def list_instruments(folders: Sequence[Path]) -> tuple[Instrument, ...]:
    """Every instrument of the folders, by id and version. Raises InstrumentInvalid with the problems of all."""
    loaded = _load_all([path for folder in _distinct(folders) for path in _files(folder)], load_instrument)
    return tuple(sorted(loaded, key=lambda instrument: (instrument.id, instrument.version)))


def list_modules(folders: Sequence[Path]) -> tuple[Module, ...]:
    """Every module below the folders of surveys, by id and version. Raises InstrumentInvalid with all problems."""
    paths = [path for folder in _distinct(folders) for path in _files(folder / FOLDER)]
    loaded = _load_all(paths, load_module)
    return tuple(sorted(loaded, key=lambda module: (module.instrument.id, module.instrument.version)))


def _load_all(paths: Sequence[Path], load: Callable[[Path], Loaded]) -> list[Loaded]:
    loaded: list[Loaded] = []
    problems: list[Problem] = _twice(paths)
    for path in paths:
        try:
            loaded.append(load(path))
        except InstrumentInvalid as fault:
            problems += fault.problems
    # A module's problem is told once, however many surveys take it in.
    InstrumentInvalid.raise_if(dict.fromkeys(problems))
    return loaded


def pages_at(instrument: Instrument, wave: str) -> tuple[Page, ...]:
    """Pages with only the items asked at `wave`; those left empty are dropped."""
    pages = []
    for page in instrument.pages:
        asked = tuple(name for name in page.items if wave in instrument.item[name].waves)
        if asked:
            pages.append(Page(page.id, page.title, asked, page.intro))
    return tuple(pages)


def items_at(instrument: Instrument, wave: str) -> tuple[Item, ...]:
    """The items asked at `wave`, notes included, in the instrument's order."""
    return tuple(item for item in instrument.items if wave in item.waves)


def _check_head(document: Document, path: Path) -> None:
    """Format, id, version and file name."""
    data = document.data
    if "format" in data and (data["format"] != FORMAT or isinstance(data["format"], bool)):
        document.problem(
            ("format",), f"the format “{data['format']}” is unknown.", f"This program reads format {FORMAT}."
        )
    name, version = data.get("id"), data.get("version")
    if "id" in data and not (isinstance(name, str) and _ID.fullmatch(name)):
        document.problem(("id",), f"“{name}” is no instrument id.", "Use a–z, 0–9 and -, a letter first.")
        return
    if "version" in data and (isinstance(version, bool) or not isinstance(version, int) or version < 1):
        document.problem(("version",), f"“{version}” is no version.", "Count whole numbers from 1.")
        return
    if name and version and path.name != f"{name}.v{version}.yaml":
        document.problem(
            ("id",),
            f"the file is named {path.name}, its content is {name}, version {version}.",
            f"Name it {name}.v{version}.yaml.",
        )


def _distinct(folders: Sequence[Path]) -> list[Path]:
    return list(dict.fromkeys(folder.resolve() for folder in folders))


def _files(folder: Path) -> list[Path]:
    """Files that are named, or look as if they were meant to be, instruments."""
    return sorted(folder.glob("*.yaml"))


def _twice(paths: Sequence[Path]) -> list[Problem]:
    seen: dict[str, Path] = {}
    problems = []
    for path in paths:
        if path.name in seen:
            problems.append(
                Problem(
                    path.name,
                    f"the instrument is in two folders: {seen[path.name].parent} and {path.parent}.",
                    "Remove one, or give yours another id.",
                )
            )
        seen.setdefault(path.name, path)
    return problems
