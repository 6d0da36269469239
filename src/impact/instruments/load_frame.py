"""What frames the questions of an instrument file: languages, waves, sides, consent, linkage code, contacts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from impact.instruments.alphabets import letters_of
from impact.instruments.load_words import Reader
from impact.instruments.model import CodeElement, Consent, Language, Side

MAXIMUM_SUMMARY_WORDS = 120
MAXIMUM_CODE_OPTIONS = 100
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_STATUSES = ("source", "draft", "reviewed")


def read_languages(reader: Reader, value: Any) -> tuple[Language, ...]:
    """Declared languages in order; the first one is the source from which the others are translated."""
    place = ("languages",)
    if not isinstance(value, Mapping) or not value:
        if value is not None:
            reader.problem(
                place, "“languages” holds no language.", "Write “en: {name: English, …}” below it."
            )
        return ()
    found = [_language(reader, tag, parts) for tag, parts in value.items()]
    sources = [language.tag for language in found if language.status == "source"]
    if sources != [found[0].tag]:
        reader.problem(
            place,
            "exactly the first language should have “status: source”.",
            "Put the language in which the wording was written first; the others are draft or reviewed.",
        )
    return tuple(found)


def _language(reader: Reader, tag: Any, parts: Any) -> Language:
    place = ("languages", tag)
    if not isinstance(tag, str) or not _TAG.fullmatch(tag):
        reader.problem(place, f"“{tag}” is no language tag.", "Write one such as en, ar or pt-BR, in quotes.")
    if not reader.document.keys(place, parts, required=("name", "direction", "status")):
        return Language(str(tag), "", "ltr", "draft")
    return Language(
        str(tag),
        reader.word((*place, "name"), parts["name"]) if "name" in parts else "",
        _one_of(reader, (*place, "direction"), parts, ("ltr", "rtl")),
        _one_of(reader, (*place, "status"), parts, _STATUSES),
    )


def _one_of(reader: Reader, place: tuple[Any, ...], parts: Any, allowed: tuple[str, ...]) -> str:
    if place[-1] not in parts:
        return allowed[0]
    return reader.document.one_of(place, parts[place[-1]], allowed) or allowed[0]


def read_waves(reader: Reader, value: Any) -> tuple[str, ...]:
    names = [
        reader.identifier(("waves", index), wave, "wave")
        for index, wave in enumerate(reader.list_of(("waves",), value, "waves"))
    ]
    duplicates(reader, ("waves",), names, "wave")
    if value == []:
        reader.problem(("waves",), "there is no wave.", "Write for example [pre, post].")
    return tuple(names)


def read_sides(reader: Reader, value: Any) -> tuple[Side, ...]:
    sides = []
    for index, parts in enumerate(reader.list_of(("sides",), value, "sides")):
        place = ("sides", index)
        if reader.document.keys(place, parts, required=("id", "name")):
            name = reader.identifier((*place, "id"), parts.get("id"), "side")
            sides.append(Side(name, reader.text((*place, "name"), parts.get("name"))))
    duplicates(reader, ("sides",), [side.id for side in sides], "side")
    return tuple(sides)


def duplicates(reader: Reader, place: tuple[Any, ...], names: list[str], kind: str) -> None:
    """Note each id that appears a second time in a list of ids or of mappings with ids."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name and name in seen:
            reader.problem((*place, index), f"the {kind} id “{name}” is used twice.", "Give each its own.")
        seen.add(name)


def read_consent(reader: Reader, value: Any) -> Consent | None:
    """Paragraphs of the summary, and titled paragraphs of the details, each in every language."""
    if value is None or not reader.document.keys(("consent",), value, required=("summary", "details")):
        return None
    names = ("organisation",)
    place = ("consent", "summary")
    summary = [
        reader.text((*place, index), paragraph, names=names)
        for index, paragraph in enumerate(reader.list_of(place, value.get("summary"), "paragraphs"))
    ]
    for tag in reader.tags:
        words = sum(len(text.get(tag, "").split()) for text in summary)
        if words > MAXIMUM_SUMMARY_WORDS:
            reader.problem(
                place,
                f"the consent summary has {words} words in “{tag}”.",
                f"Use at most {MAXIMUM_SUMMARY_WORDS}; move the rest to the details.",
            )
    details = []
    place = ("consent", "details")
    for index, parts in enumerate(reader.list_of(place, value.get("details"), "titled paragraphs")):
        if reader.document.keys((*place, index), parts, required=("heading", "text")):
            heading = reader.text((*place, index, "heading"), parts.get("heading"), names=names)
            details.append((heading, reader.text((*place, index, "text"), parts.get("text"), names=names)))
    return Consent(
        {tag: tuple(text.get(tag, "") for text in summary) for tag in reader.tags},
        {tag: tuple((head.get(tag, ""), text.get(tag, "")) for head, text in details) for tag in reader.tags},
    )


def read_contacts(reader: Reader, value: Any) -> dict[str, tuple[str, ...]]:
    """Lines about whom to turn to, by language."""
    lines = [
        reader.text(("contacts", index), line, names=("organisation",))
        for index, line in enumerate(reader.list_of(("contacts",), value, "lines"))
    ]
    return {tag: tuple(line.get(tag, "") for line in lines) for tag in reader.tags} if lines else {}


def read_code(reader: Reader, value: Any) -> tuple[dict[str, str], tuple[CodeElement, ...]]:
    """(intro, elements) of the self-generated linkage code."""
    if value is None or not reader.document.keys(("code",), value, required=("intro", "elements")):
        return {}, ()
    place = ("code", "elements")
    elements = [
        _code_element(reader, (*place, index), parts)
        for index, parts in enumerate(reader.list_of(place, value.get("elements"), "elements"))
    ]
    duplicates(reader, place, [element.id for element in elements], "code element")
    return dict(reader.text(("code", "intro"), value.get("intro"))), tuple(elements)


def _code_element(reader: Reader, place: tuple[Any, ...], parts: Any) -> CodeElement:
    if not reader.document.keys(place, parts, required=("id", "text", "options"), optional=("help",)):
        return CodeElement("", {}, {})
    return CodeElement(
        reader.identifier((*place, "id"), parts.get("id"), "code element"),
        reader.text((*place, "text"), parts.get("text")),
        _code_options(reader, (*place, "options"), parts.get("options")),
        reader.text((*place, "help"), parts.get("help"), required=False),
    )


def _code_options(
    reader: Reader, place: tuple[Any, ...], value: Any
) -> dict[str, tuple[tuple[str, str], ...]]:
    """`letters`; {from, to, last}; or for each language `letters` or a list of its own."""
    if value is None:
        return {}
    if value == "letters":
        return {tag: _letters(reader, place, tag) for tag in reader.tags}
    if isinstance(value, Mapping) and "from" in value:
        return _numbers(reader, place, value)
    if isinstance(value, list):
        value = dict.fromkeys(reader.tags, value)
        return {tag: _own_list(reader, place, letters) for tag, letters in value.items()}
    if not isinstance(value, Mapping):
        reader.problem(
            place,
            f"“{value}” is no set of options.",
            "Write letters, {from: 1, to: 12}, or a list for each language.",
        )
        return {}
    reader.document.keys(place, value, required=reader.tags)
    return {
        tag: _letters(reader, (*place, tag), tag)
        if value[tag] == "letters"
        else _own_list(reader, (*place, tag), value[tag])
        for tag in reader.tags
        if tag in value
    }


def _letters(reader: Reader, place: tuple[Any, ...], tag: str) -> tuple[tuple[str, str], ...]:
    letters = letters_of(tag)
    if not letters:
        reader.problem(
            place,
            f"the alphabet of “{tag}” is not known here.",
            f"Give the options for each language: letters, or “{tag}: [first, second, …]”.",
        )
    return tuple((letter, letter) for letter in letters)


def _numbers(
    reader: Reader, place: tuple[Any, ...], value: Mapping[Any, Any]
) -> dict[str, tuple[tuple[str, str], ...]]:
    document = reader.document
    document.keys(place, value, required=("from", "to"), optional=("last",))
    low = document.number((*place, "from"), value.get("from"), 0, 9999, 0)
    high = document.number((*place, "to"), value.get("to"), 0, 9999, low)
    last = reader.text((*place, "last"), value.get("last"), required=False)
    if int(high) - int(low) + 1 > MAXIMUM_CODE_OPTIONS or high < low:
        reader.problem(place, f"{low:g} to {high:g} is no range of 1 to 100 numbers.", "Write a smaller one.")
        return {}
    numbers = [str(number) for number in range(int(low), int(high) + 1)]
    return {
        tag: tuple((number, last.get(tag, number) if number == numbers[-1] else number) for number in numbers)
        for tag in reader.tags
    }


def _own_list(reader: Reader, place: tuple[Any, ...], value: Any) -> tuple[tuple[str, str], ...]:
    options = reader.document.texts(place, value, "“letters” or a list of options")
    if len(set(options)) != len(options) or len(options) > MAXIMUM_CODE_OPTIONS:
        reader.problem(
            place, "the options repeat themselves or are more than 100.", "List each once, at most 100."
        )
    return tuple((option, option) for option in options)
