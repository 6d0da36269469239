"""What is asked: Instrument, Item, Scale. Frozen; an invalid one cannot be loaded (see load.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

Text = Mapping[str, str]
"""One text in several languages: BCP 47 tag → text. The first declared language is always there."""

# One answer of a single-choice item is stored as the index of its option; these codes tell apart why there is none.
UNANSWERED, REFUSED, NOT_SHOWN, NOT_ASKED = 255, 254, 253, 252
MISSING_CODES = (UNANSWERED, REFUSED, NOT_SHOWN, NOT_ASKED)
# The same for `number` (float64) and `choices` (uint32 bit mask of at most 24 options).
MISSING_NUMBER = {UNANSWERED: -1e300, REFUSED: -2e300, NOT_SHOWN: -3e300, NOT_ASKED: -4e300}
MISSING_MASK = {code: 0xFFFFFF00 | code for code in MISSING_CODES}

SINGLE_TYPES = ("likert", "choice", "thermometer", "closeness")
ITEM_TYPES = (*SINGLE_TYPES, "choices", "number", "text", "note")
ARMS = ("workshop", "comparison")


def option_key(value: float | str) -> str:
    """An option's value as it stands in a form or a data file: 3 and 3.0 give "3"."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))


@dataclass(frozen=True)
class Language:
    """A language of the instrument. `status`: `source`, `draft` (no native reviewer yet) or `reviewed`."""

    tag: str
    name: str
    direction: str
    status: str


@dataclass(frozen=True)
class Side:
    """One side of the conflict: an alias in the data, names per language for people."""

    id: str
    name: Text


@dataclass(frozen=True)
class Option:
    value: float | str
    label: Text


@dataclass(frozen=True)
class Item:
    """One question or statement.

    `options` of `thermometer` are 0 to 10, of `closeness` 1 to 7. `minimum`, `maximum` and `decimals` are
    for `number`, `maximum_length` for `text`. `waves` are those at which it is asked. `then_of` is the id of the
    item that this one asks again about the time before, looking back from a later wave (see then.py); else "".
    """

    id: str
    type: str
    text: Text
    waves: tuple[str, ...]
    options: tuple[Option, ...] = ()
    help: Text = field(default_factory=dict)
    low_label: Text = field(default_factory=dict)
    high_label: Text = field(default_factory=dict)
    show_if: str = ""
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    maximum_length: int = 1000
    then_of: str = ""

    @property
    def is_single(self) -> bool:
        return self.type in SINGLE_TYPES

    @property
    def is_closed(self) -> bool:
        """Answers are packed with the submission (not open text, not a note)."""
        return self.type not in ("text", "note")

    @cached_property
    def values(self) -> tuple[float | str, ...]:
        return tuple(option.value for option in self.options)

    @cached_property
    def index_of(self) -> Mapping[str, int]:
        """Option value as text (see option_key) → its index, which is what is stored."""
        return {option_key(value): index for index, value in enumerate(self.values)}

    @property
    def is_scorable(self) -> bool:
        """It may be part of a scale: one answer, numeric, with a range of more than one value."""
        if self.type == "number":
            return self.minimum is not None and self.maximum is not None and self.minimum < self.maximum
        numeric = all(isinstance(value, int | float) for value in self.values)
        return self.is_single and numeric and len(self.values) > 1

    @property
    def value_range(self) -> tuple[float, float]:
        """Lowest and highest possible value of an item that may be scored."""
        if self.type == "number":
            return float(self.minimum), float(self.maximum)  # type: ignore[arg-type]
        numbers = [float(value) for value in self.values]
        return min(numbers), max(numbers)


@dataclass(frozen=True)
class Scale:
    """Items that make one score (mean of answered items, then 0–100).

    `direction` is the desired one: `higher`, `lower` or `none`. `minimum_answered` is the share of items
    that must be answered for a score. `sense` says what a high score means, in plain words.
    """

    id: str
    title: Text
    items: tuple[str, ...]
    reversed: frozenset[str]
    direction: str
    minimum_answered: float
    construct: str
    source: str
    sense: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    id: str
    title: Text
    items: tuple[str, ...]
    intro: Text = field(default_factory=dict)


@dataclass(frozen=True)
class CodeElement:
    """One element of the self-generated linkage code: always a fixed choice.

    `options` per language: a letter list differs by script, numbers do not. Pairs are (value, label).
    """

    id: str
    text: Text
    options: Mapping[str, tuple[tuple[str, str], ...]]
    help: Text = field(default_factory=dict)

    @cached_property
    def values(self) -> frozenset[str]:
        """Every value of any language."""
        return frozenset(value for options in self.options.values() for value, _ in options)


@dataclass(frozen=True)
class PerceptionGap:
    """`own` asks for one's own view; `estimate` how many of 10 people of the other side would agree with it."""

    own: str
    estimate: str
    agree_from: float


@dataclass(frozen=True)
class Consent:
    """Per language: paragraphs of `summary`, at most 120 words, and (heading, text) pairs of `details`."""

    summary: Mapping[str, tuple[str, ...]]
    details: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Instrument:
    """A versioned questionnaire definition, never edited once used.

    `sha256` is of the canonical content; `items` keep the frozen order in which answers are packed.
    """

    id: str
    version: int
    title: Text
    languages: tuple[Language, ...]
    waves: tuple[str, ...]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    pages: tuple[Page, ...]
    licence: str
    sha256: str
    sides: tuple[Side, ...] = ()
    code_elements: tuple[CodeElement, ...] = ()
    code_intro: Text = field(default_factory=dict)
    consent: Consent | None = None
    thanks: Text = field(default_factory=dict)
    contacts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    perception_gaps: tuple[PerceptionGap, ...] = ()
    path: str = ""

    @property
    def ref(self) -> str:
        return f"{self.id}.v{self.version}"

    @cached_property
    def item(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def scale(self) -> Mapping[str, Scale]:
        return {scale.id: scale for scale in self.scales}

    @cached_property
    def language(self) -> Mapping[str, Language]:
        return {language.tag: language for language in self.languages}

    @cached_property
    def closed_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.is_closed)

    @cached_property
    def then_items(self) -> Mapping[str, Item]:
        """Item id → the then-item that asks it again about the time before, where there is one."""
        return {item.then_of: item for item in self.items if item.then_of}

    @cached_property
    def order_of_asking(self) -> tuple[Item, ...]:
        """All items, those on pages in page order: what an item's `show_if` refers to comes before it."""
        on_pages = [self.item[name] for page in self.pages for name in page.items]
        placed = {item.id for item in on_pages}
        return (*on_pages, *(item for item in self.items if item.id not in placed))

    @cached_property
    def form_fields(self) -> frozenset[str]:
        """Names of the form fields: `i.<item>` for questions, `c.<element>` for the linkage code."""
        items = (f"i.{item.id}" for item in self.items if item.type != "note")
        return frozenset((*items, *(f"c.{element.id}" for element in self.code_elements)))

    @property
    def side_ids(self) -> tuple[str, ...]:
        return tuple(side.id for side in self.sides)
