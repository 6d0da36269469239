"""Column map (crosswalk): how the raw files of another tool are to be read. Data only, checked with line numbers.

format: 1
instrument: my-instrument.v1
files:
  - match: "*pre*.csv"              # on the file's name; one file may match several entries (wide files)
    wave: pre                       # a wave of the instrument, or {column: Time}
    respondent: id_person           # a column, or a list of columns: the first that is not missing counts
    workshop: [date_text, date]
    side: party
    arm: treat
    code: {pet: Q3}                 # elements of the linkage code
    items: {trust_1: Q5_1}          # item: column
    constants: {arm: workshop}      # for the whole entry
    drop_when: {Progress: [0]}      # rows to leave out
    drop_empty: true                # leave out rows without any answer (a wide row whose person dropped out)
values:
  agreement: {Strongly Agree: 7}    # a named recode: text → value of the data format
recode: {party: sides, Q5_1: agreement}   # name of the data format, or column of the file → named recode
missing: [77, "NA"]                 # these are empty cells, everywhere
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impact.errors import DataInvalid
from impact.instruments.model import ARMS, Instrument
from impact.instruments.reading import Document, Place, suggestion

COLUMN_KEYS = ("respondent", "workshop", "side", "arm", "weight", "language")
CONSTANTS = ("workshop", "side", "arm", "language")
_ENTRY_KEYS = (*COLUMN_KEYS, "code", "items", "constants", "drop_when", "drop_empty")
_TEXT = str | int | float


@dataclass(frozen=True)
class FileEntry:
    """How one kind of file gives submissions. `columns`: name of the data format → columns, first not missing."""

    match: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    drop_when: Mapping[str, frozenset[str]]
    drop_empty: bool


@dataclass(frozen=True)
class ColumnMap:
    """A valid column map. `recode`: name of the data format or column → (text → value).

    `missing_answers` and `missing_labels` stand for an empty cell, in items and in all other columns.
    """

    name: str
    files: tuple[FileEntry, ...]
    recode: Mapping[str, Mapping[str, str]]
    missing_answers: frozenset[str]
    missing_labels: frozenset[str]


def load_columns(path: Path, instrument: Instrument) -> ColumnMap:
    """Read a column map and check it against `instrument`. Raises DataInvalid with every problem and its line."""
    document = Document.read(path, DataInvalid)
    data = document.data
    document.keys(
        (), data, required=("format", "instrument", "files"), optional=("values", "recode", "missing")
    )
    if "format" in data:
        document.one_of(("format",), data["format"], (1,))
    if "instrument" in data and data["instrument"] != instrument.ref:
        document.problem(
            ("instrument",),
            f"this column map is for “{data['instrument']}”, not for “{instrument.ref}”.",
            "Give the map of this instrument, or the other instrument.",
        )
    recodes = _named_recodes(document, data.get("values"))
    entries = _entries(document, data.get("files"), instrument)
    recode = _recode(document, data.get("recode"), recodes, entries)
    missing = _mapping(document, ("missing",), data.get("missing"))
    document.keys(("missing",), missing, optional=("answers", "labels"))
    answers, labels = (
        frozenset(document.texts(("missing", key), _as_texts(missing.get(key))))
        for key in ("answers", "labels")
    )
    document.finish()
    return ColumnMap(path.name, entries, recode, answers, labels)


def text(value: Any) -> str:
    """A YAML scalar as a data file would write it: `3` for 3.0, `TRUE` for true."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value).strip()


def _as_texts(values: Any) -> Any:
    """The scalars of a list as text; anything else as it is, for the document to complain of."""
    if isinstance(values, list) and all(isinstance(value, _TEXT) for value in values):
        return [text(value) for value in values]
    return values


def _mapping(document: Document, place: Place, value: Any) -> Mapping[Any, Any]:
    """`value` if it is a mapping (absent: an empty one), else a problem and an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        document.keys(place, value)
        return {}
    return value


def _named_recodes(document: Document, value: Any) -> dict[str, dict[str, str]]:
    recodes: dict[str, dict[str, str]] = {}
    for name, pairs in _mapping(document, ("values",), value).items():
        place = ("values", name)
        for old in pairs if isinstance(pairs, Mapping) else ():
            if isinstance(old, bool):  # nobody knows whether the file says true, True or TRUE
                document.problem(
                    (*place, old),
                    "true or false stands without quotation marks.",
                    "Write it in quotation marks, as it stands in the file.",
                )
        recodes[str(name)] = {
            text(old): text(new)
            for old, new in _mapping(document, place, pairs).items()
            if _is_text(document, (*place, old), new)
        }
    return recodes


def _is_text(document: Document, place: Place, value: Any) -> bool:
    if isinstance(value, _TEXT):
        return True
    document.problem(
        place, f"“{place[-1]}” should be a text or a number.", "Write one value after the colon."
    )
    return False


def _entries(document: Document, value: Any, instrument: Instrument) -> tuple[FileEntry, ...]:
    if not isinstance(value, list) or not value:
        if value is not None or "files" in document.data:
            document.problem(("files",), "“files” should be a list of files.", "Begin each with “- match:”.")
        return ()
    entries = (
        _entry(document, ("files", i), entry, instrument)
        for i, entry in enumerate(value)
        if document.keys(("files", i), entry, required=("match", "wave"), optional=_ENTRY_KEYS)
    )
    return tuple(entries)


def _entry(document: Document, place: Place, entry: Mapping[str, Any], instrument: Instrument) -> FileEntry:
    columns: dict[str, tuple[str, ...]] = {}
    constants: dict[str, str] = {}
    _wave(document, place, entry, instrument, columns, constants)
    for key in COLUMN_KEYS:
        if key in entry:
            columns[key] = _column(document, (*place, key), entry[key])
    elements = [element.id for element in instrument.code_elements]
    for element, column in _known(document, (*place, "code"), entry.get("code"), elements, "code element"):
        columns[f"code.{element}"] = column
    items = [item.id for item in instrument.items if item.type != "note"]
    columns |= dict(_known(document, (*place, "items"), entry.get("items"), items, "item"))
    _constants(document, place, entry.get("constants"), instrument, columns, constants)
    drop_when = {}
    for column, values in _mapping(document, (*place, "drop_when"), entry.get("drop_when")).items():
        texts = document.texts((*place, "drop_when", column), _as_texts(values))
        drop_when[str(column)] = frozenset(texts)
    drop_empty = document.one_of(
        (*place, "drop_empty"), entry.get("drop_empty"), (True, False), default=False
    )
    match = entry.get("match")
    if "match" in entry and (not isinstance(match, str) or not match.strip()):
        document.problem(
            (*place, "match"), "“match” should be a pattern for file names.", "Write one, such as “pre*.csv”."
        )
    return FileEntry(str(match), columns, constants, drop_when, bool(drop_empty))


def _wave(
    document: Document,
    place: Place,
    entry: Mapping[str, Any],
    instrument: Instrument,
    columns: dict[str, tuple[str, ...]],
    constants: dict[str, str],
) -> None:
    wave = entry.get("wave")
    if isinstance(wave, Mapping):
        if document.keys((*place, "wave"), wave, required=("column",)) and "column" in wave:
            columns["wave"] = _column(document, (*place, "wave", "column"), wave["column"])
    elif "wave" in entry:
        constants["wave"] = str(document.one_of((*place, "wave"), wave, instrument.waves))


def _column(document: Document, place: Place, value: Any) -> tuple[str, ...]:
    """One column or a list of them."""
    if isinstance(value, list) and value:
        return document.texts(place, value, "a column or a list of columns")
    if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
        return (str(value).strip(),)
    document.problem(place, f"“{place[-1]}” should name a column of the file.", "Write its name.")
    return ()


def _known(
    document: Document, place: Place, value: Any, known: list[str], kind: str
) -> list[tuple[str, tuple[str, ...]]]:
    pairs = []
    for name, column in _mapping(document, place, value).items():
        if name in known:
            pairs.append((str(name), _column(document, (*place, name), column)))
        else:
            document.problem(
                (*place, name), f"“{name}” is no {kind} of this instrument.", suggestion(str(name), known)
            )
    return pairs


def _constants(
    document: Document,
    place: Place,
    value: Any,
    instrument: Instrument,
    columns: Mapping[str, tuple[str, ...]],
    constants: dict[str, str],
) -> None:
    allowed = {"side": instrument.side_ids, "arm": ARMS, "language": tuple(instrument.language)}
    for key, constant in _mapping(document, (*place, "constants"), value).items():
        here = (*place, "constants", key)
        if key not in CONSTANTS:
            document.problem(here, f"“{key}” cannot be a constant.", suggestion(str(key), CONSTANTS))
        elif key in columns:
            document.problem(here, f"“{key}” is a column and a constant.", "Keep one of the two.")
        elif key in allowed:
            constants[key] = str(document.one_of(here, constant, allowed[key]))
        elif _is_text(document, here, constant):
            constants[key] = text(constant)


def _recode(
    document: Document, value: Any, recodes: Mapping[str, dict[str, str]], entries: tuple[FileEntry, ...]
) -> dict[str, dict[str, str]]:
    """For every name its recode; a name that nothing uses is a slip of the pen."""
    used = {name for entry in entries for name in entry.columns}
    used |= {column for entry in entries for columns in entry.columns.values() for column in columns}
    out: dict[str, dict[str, str]] = {}
    for name, recode in _mapping(document, ("recode",), value).items():
        place = ("recode", name)
        if str(name) not in used:
            document.problem(place, f"nothing is read from or into “{name}”.", suggestion(str(name), used))
        if isinstance(recode, str) and recode in recodes:
            out[str(name)] = recodes[recode]
        else:
            document.problem(place, f"there is no recode “{recode}”.", suggestion(str(recode), recodes))
    return out
