"""Read a YAML file so that every fault can be told with its line: shared by instruments, plans and column maps."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Hashable, Mapping, Set
from pathlib import Path
from typing import Any

import yaml

from impact.errors import InputInvalid, Problem

Place = tuple[Hashable, ...]
"""Where in the document: keys and list positions from the root, e.g. ("items", 3, "text", "ar")."""

MAXIMUM_BYTES = 5_000_000
MAXIMUM_NODES = 200_000
MAXIMUM_DEPTH = 50
_MOST_DIGITS = 300
_READ_TWICE = 200_000
_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][+-]?[0-9]+)?")


class Document:
    """The plain data of one YAML file, the line of each value, and the problems found so far.

    >>> document = Document.read(path, InstrumentInvalid)
    >>> document.keys((), document.data, required={"id"}, optional={"title"})
    >>> document.finish()     # raises `error` with every problem, in line order; nothing if there is none
    """

    def __init__(self, path: Path, data: Any, lines: dict[Place, int], error: type[InputInvalid]) -> None:
        self.path, self.data, self.error = path, data, error
        self._lines = lines
        self._problems: list[tuple[int, Problem]] = []

    @classmethod
    def read(cls, path: Path, error: type[InputInvalid]) -> Document:
        """Parse `path`. A file that is missing, binary, not UTF-8, broken or no mapping raises `error` at once."""
        text = _read_text(path, error)
        lines: dict[Place, int] = {}
        try:
            _scan(text, path, error)
            root = yaml.compose(text, Loader=_Loader)
            data = _construct(root, (), lines, path, error)
        except yaml.MarkedYAMLError as fault:
            fault = _in_plain_words(fault, text)
            line = fault.problem_mark.line + 1 if fault.problem_mark else 1
            raise error.at(
                f"{path.name}, line {line}",
                f"this is not valid YAML: {fault.problem}.",
                "Check the indentation, the colons and the quotation marks around this line.",
            ) from None
        if not isinstance(data, dict):
            raise error.at(f"{path.name}, line 1", "the file holds no keys.", "Begin it with “format: 1”.")
        return cls(path, data, lines, error)

    def line(self, place: Place) -> int:
        """The line of the value at `place`, or of the nearest thing around it."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)

    def problem(self, place: Place, what: str, remedy: str) -> None:
        """Note a fault and go on."""
        line = self.line(place)
        self._problems.append((line, Problem(f"{self.path.name}, line {line}", what, remedy)))

    def with_data(self, data: dict[str, Any]) -> Document:
        """The same file with other data, such as a part of it: lines and problems are shared."""
        document = Document(self.path, data, self._lines, self.error)
        document._problems = self._problems
        return document

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was noted so far, in line order."""
        return tuple(problem for _, problem in sorted(self._problems, key=lambda pair: pair[0]))

    def finish(self) -> None:
        self.error.raise_if(self.problems)

    @property
    def is_sound(self) -> bool:
        return not self.problems

    def keys(
        self, place: Place, value: Any, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> bool:
        """Check that `value` is a mapping with these keys and no others; True if it is a mapping at all."""
        name = ".".join(str(part) for part in place) or "the file"
        if not isinstance(value, Mapping):
            self.problem(
                place, f"“{name}” should hold keys, and holds {_kind(value)}.", "Write “key: value” lines."
            )
            return False
        known = [*required, *optional]
        for key in value:
            if key not in known:
                self.problem(
                    (*place, key), f"the key “{key}” is unknown in {name}.", suggestion(str(key), known)
                )
        for key in required:
            if key not in value:
                self.problem(place, f"the key “{key}” is missing in {name}.", f"Add “{key}:”.")
        return True

    def one_of(self, place: Place, value: Any, allowed: Collection[Any], default: Any = None) -> Any:
        """`value` if it is allowed (or absent and there is a default), else a problem and the default."""
        if value is None and default is not None:
            return default
        if isinstance(value, Hashable) and value in allowed:
            return value
        name = place[-1] if place else "value"
        self.problem(
            place, f"“{value}” is no {name}.", suggestion(str(value), [str(item) for item in allowed])
        )
        return default

    def number(
        self, place: Place, value: Any, low: float, high: float, default: float | None = None
    ) -> float | None:
        """A number within [low, high]; absent gives the default."""
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.problem(
                place, f"“{value}” is no number from {low:g} to {high:g}.", "Write one within that range."
            )
            return default
        return value

    def texts(self, place: Place, value: Any, kind: str = "a list of names") -> tuple[str, ...]:
        """A list of short texts or numbers, as strings."""
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str | int) for item in value):
            self.problem(place, f"“{place[-1]}” should be {kind}.", "Write it as [first, second].")
            return ()
        return tuple(str(item) for item in value)


def suggestion(word: str, known: Collection[str]) -> str:
    """What to do about an unknown word: the nearest known one, or the list of all, in the order given."""
    listed = sorted(known) if isinstance(known, Set) else list(dict.fromkeys(known))
    near = difflib.get_close_matches(word, listed, n=1, cutoff=0.6)
    if near:
        return f"Did you mean “{near[0]}”?"
    return "Use one of: " + ", ".join(listed) + "." if listed else "Remove it."


def _kind(value: Any) -> str:
    return "nothing" if value is None else "a list" if isinstance(value, list) else f"“{str(value)[:40]}”"


def _read_text(path: Path, error: type[InputInvalid]) -> str:
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise error.at(
            str(path),
            f"the file cannot be read: {(fault.strerror or 'unknown reason').lower()}.",
            "Check the path.",
        ) from None
    if len(raw) > MAXIMUM_BYTES:
        raise error.at(path.name, f"the file is larger than {MAXIMUM_BYTES // 1_000_000} MB.", "Split it.")
    if b"\x00" in raw:
        raise error.at(path.name, "this is a binary file, not YAML.", "Give a text file that ends in .yaml.")
    if not raw.strip():
        raise error.at(path.name, "the file is empty.", "Begin it with “format: 1”.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise error.at(
            f"{path.name}, line {line}", "the file is not in UTF-8.", "Save it again with the encoding UTF-8."
        ) from None


# Many times faster where PyYAML was built with libyaml; both read the same.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _in_plain_words(fault: yaml.MarkedYAMLError, text: str) -> yaml.MarkedYAMLError:
    """The same fault as PyYAML itself tells it: libyaml says less of what it found. Not worth a minute, though."""
    if len(text) <= _READ_TWICE:
        try:
            yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as clearer:
            return clearer
    return fault


_CONSTRUCTOR = yaml.constructor.SafeConstructor()


def _scan(text: str, path: Path, error: type[InputInvalid]) -> None:
    """Refuse what cannot be read safely: aliases (a few lines may stand for billions), depth, and sheer number."""
    unfit = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if unfit:
        raise error.at(
            f"{path.name}, line {text[: unfit.start()].count(chr(10)) + 1}",
            f"the character U+{ord(unfit[0]):04X}, which cannot be seen, may not stand in YAML.",
            "Remove it.",
        )
    nodes = depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if getattr(event, "anchor", None) is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            raise error.at(
                f"{path.name}, line {event.start_mark.line + 1}",
                f"“{sign}{event.anchor[:40]}” is an anchor or alias of YAML, which is not read here.",
                "Write the content out in each place; a text that begins with * or & needs quotation marks.",
            )
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAXIMUM_DEPTH:
            raise error.at(
                f"{path.name}, line {event.start_mark.line + 1}",
                "the file is nested too deeply.",
                "Flatten it.",
            )
        if nodes > MAXIMUM_NODES:
            raise error.at(
                f"{path.name}, line {event.start_mark.line + 1}",
                f"the file holds more than {MAXIMUM_NODES} values.",
                "Remove what does not belong to it; no content of this kind is that long.",
            )


def _construct(
    node: Any, place: Place, lines: dict[Place, int], path: Path, error: type[InputInvalid]
) -> Any:
    """Plain data from composed nodes, remembering lines; a key written twice is an error."""
    if node is None:
        return None
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        data: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _key(key_node, path, error)
            if key in data:
                raise error.at(
                    f"{path.name}, line {key_node.start_mark.line + 1}",
                    f"the key “{key}” is written twice.",
                    "Keep one of the two.",
                )
            data[key] = _construct(value_node, (*place, key), lines, path, error)
            if not isinstance(value_node, yaml.ScalarNode):
                lines[(*place, key)] = key_node.start_mark.line + 1
        return data
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, (*place, i), lines, path, error) for i, child in enumerate(node.value)]
    return _scalar(node, path, error)


def _key(node: Any, path: Path, error: type[InputInvalid]) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, path, error)
    raise error.at(
        f"{path.name}, line {node.start_mark.line + 1}",
        "a list or mapping stands where a key should.",
        "Write “key: value”, and put braces or brackets that belong to a text between quotation marks.",
    )


def _scalar(node: Any, path: Path, error: type[InputInvalid]) -> Any:
    written = str(node.value)
    if node.tag == "tag:yaml.org,2002:timestamp":
        return written  # an unquoted date: whoever writes it means the words, even 2024-13-45
    try:
        if len(written) > _MOST_DIGITS and node.tag.endswith((":int", ":float")):
            raise ValueError("too long")
        build = _CONSTRUCTOR.yaml_constructors.get(node.tag) or _CONSTRUCTOR.yaml_constructors[None]
        value = build(_CONSTRUCTOR, node)  # not construct_object, which remembers: threads share this one
    except (yaml.MarkedYAMLError, ValueError, OverflowError, LookupError, TypeError):
        raise error.at(
            f"{path.name}, line {node.start_mark.line + 1}",
            f"“{written[:40]}{'…' if len(written) > 40 else ''}” cannot be read as {_named(node.tag)}.",
            "Correct it, or put it between quotation marks if it is a text.",
        ) from None
    # YAML 1.1 also reads Yes, No, On and Off as truth values, 12:30 and 010 as numbers; whoever writes a label
    # means the word.
    if isinstance(value, bool) and written.lower() not in ("true", "false"):
        return written
    if isinstance(value, int | float) and not isinstance(value, bool) and not _NUMBER.fullmatch(written):
        return written
    return value if isinstance(value, str | int | float | bool | type(None)) else written


def _named(tag: str) -> str:
    short = tag.removeprefix("tag:yaml.org,2002:")
    return {"int": "a whole number", "float": "a number", "bool": "true or false"}.get(
        short, f"“{short[:40]}”"
    )
