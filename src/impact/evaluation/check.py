"""Words in a text that a claim licence does not allow: where they stand, and what to say instead.

The lists are data, `wording/forbidden/<language>.yaml`; which groups of words a licence forbids is in
`rules/licences.yaml`. A text is folded before it is read (`_fold`): no case, no accents, no Arabic or Hebrew vowel
marks, no lengthening (tatweel), one form of hamza, alef maqsura and ta marbuta, typographic quotes and hyphens made
plain; every character of the folded text knows where it stood, so that positions are those of the original.

Passed over: what stands in “ ”, « » or ״ ״ (a quotation or a name), names that the caller gives, and clauses that say
the opposite (“we cannot say that the workshop caused this”).

A list is a help, not a judge: words can be found without a claim behind them, and a claim can be made without them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from impact.evaluation.licences import table
from impact.evaluation.wording import forbidden_words, language_for, words

_ONE_FORM = str.maketrans({"ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "’": "'", "‘": "'", "־": "-", "‐": "-",
                           "‑": "-", "–": "-", "״": '"', "׳": "'"})  # fmt: skip
_TATWEEL = "ـ"
_LONGEST_QUOTATION = 400
_QUOTATIONS = (
    re.compile(rf"“[^“”]{{1,{_LONGEST_QUOTATION}}}”"),
    re.compile(rf"«[^«»]{{1,{_LONGEST_QUOTATION}}}»"),
    # Gershayim also stand inside acronyms (ארה״ב): before the last letter of a word. Those open and close nothing.
    re.compile(rf"״(?!\w\b)[^״\n]{{1,{_LONGEST_QUOTATION}}}(?:(?<=\w)״(?=\w\b)[^״\n]*)*״(?!\w)"),
)
_SENTENCE_END = re.compile(r"[.!?؟](?:\s|$)|\n")
REST = "{REST}"


@dataclass(frozen=True)
class Breach:
    """Words that the licence does not allow: where they stand, what they are, what to say, and their group."""

    position: int
    found: str
    instead: str
    group: str = ""


def check(
    text: str, licence: str, language: str = "en", arm_means: str = "attended", names: Sequence[str] = ()
) -> tuple[Breach, ...]:
    """Words in `text` that `licence` does not allow. `names` (of sides, of the programme) are passed over.

    >>> check("The workshop led to more trust.", "before_after")[0].found
    'led to'
    """
    language = language_for(language)
    folded, places = _fold(_without(text, _QUOTATIONS))
    folded = _without(folded, [re.compile(re.escape(_fold(name)[0])) for name in names if name.strip()])
    folded = _without(folded, _permitted(language, licence))
    found = []
    for start, end, group in _outermost(_spans(folded, licence, language)):
        begin, words_found = places[start], _whole(text, places[start], places[end - 1] + 1)
        found.append(Breach(begin, words_found, _instead(group, licence, language, arm_means), group))
    return tuple(found)


def _whole(text: str, start: int, end: int) -> str:
    """`text` from `start` to `end`, with the marks of its last letter."""
    while end < len(text) and _is_passed_over(text[end]):
        end += 1
    return text[start:end]


def _spans(folded: str, licence: str, language: str) -> Iterator[tuple[int, int, str]]:
    unless_number = forbidden_words(language)["forbidden"].get("unless_number", ())
    ends = [match.end() for match in _SENTENCE_END.finditer(folded)]
    for group in table()["licences"][licence]["forbids"]:
        for match in _group(language, group).finditer(folded):
            if group in unless_number and _has_number(folded, ends, match.start()):
                continue
            yield match.start(), match.end(), group


def _has_number(folded: str, ends: Sequence[int], position: int) -> bool:
    """Whether the sentence around `position` has a number."""
    which = bisect_right(ends, position)
    begin = ends[which - 1] if which else 0
    end = ends[which] if which < len(ends) else len(folded)
    return any(char.isdigit() for char in folded[begin:end])


def _outermost(spans: Iterator[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Of spans that overlap only the one that begins first, and of those the longest."""
    kept: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _instead(group: str, licence: str, language: str, arm_means: str) -> str:
    own = forbidden_words(language)["instead"].get(group)
    if own is not None:
        return str(own)
    catalogue = words(language)
    return str(catalogue["licences"][licence]["instead"].format(**catalogue["arms"][arm_means]))


def _fold(text: str) -> tuple[str, list[int]]:
    """The text as it is read, and for each of its characters the place in `text`."""
    folded: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for part in unicodedata.normalize("NFKD", char).casefold().translate(_ONE_FORM):
            if _is_passed_over(part):
                continue
            folded.append(" " if part.isspace() and part != "\n" else part)
            places.append(place)
    return "".join(folded), places


def _is_passed_over(char: str) -> bool:
    """Accents, vowel marks, direction marks and lengthening."""
    return unicodedata.category(char) in ("Mn", "Cf") or char == _TATWEEL


def _without(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    """`text` with what the patterns find made blank, of the same length. Each reads the whole text."""
    kept = list(text)
    for pattern in patterns:
        for match in pattern.finditer(text):
            kept[match.start() : match.end()] = " " * len(match[0])
    return "".join(kept)


@cache
def _group(language: str, group: str) -> re.Pattern[str]:
    """One pattern for a group of words."""
    lists = forbidden_words(language)["forbidden"]
    before, after = (_readable(lists["affixes"][end], {}) for end in ("before", "after"))
    entries = "|".join(_readable(entry, lists["parts"]) for entry in lists["groups"][group])
    return re.compile(rf"(?<!\w){before}(?:{entries}){after}(?!\w)")


@cache
def _permitted(language: str, licence: str) -> tuple[re.Pattern[str], ...]:
    """What is passed over under a licence."""
    lists = forbidden_words(language)["permitted"]
    entries = list(lists["entries"])
    entries += [one["entry"] for one in lists["under"] if licence in one["licences"]]
    return tuple(re.compile(rf"(?<!\w)(?:{_permitted_entry(entry, lists)})(?!\w)") for entry in entries)


def _permitted_entry(entry: str, lists: Mapping[str, Any]) -> str:
    """{REST}: up to the end of the clause, unless a second negation turns it round."""
    text = _readable(entry.replace(REST, ""), lists["parts"])
    if not entry.endswith(REST):
        return text
    stops, double = (_readable(lists[name], {}) for name in ("stops", "double"))
    step = rf"(?:(?!{stops})[\s\S])"
    return rf"{text}(?!{step}*?{double}){step}*"


def _readable(entry: str, parts: Mapping[str, str]) -> str:
    """An entry of a list as a regular expression on folded text: parts put in, letters folded, spaces loose."""
    while (found := re.search(r"\{([A-Z]+)\}", entry)) is not None:
        entry = entry.replace(found[0], f"(?:{parts[found[1]]})")
    plain = _fold(entry)[0]
    return plain.replace(" ?", r"[\s-]*").replace(" ", r"[\s-]+")
