"""What the participant's pages say: from an instrument, a programme's names and a language to templates' context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from impact.i18n import direction
from impact.instruments import Instrument, Item, Page, fill, pages_at
from impact.instruments.answers import option_key
from impact.instruments.text import fill_words, in_language
from impact.templating import render
from impact.web.participant.circles import HEIGHT, RADIUS, STEPS, WIDTH, circles
from impact.web.participant.sheet import Sheet, Slots
from impact.web.participant.words import Words

LEAVE_TO = "https://www.wikipedia.org/"
"""Where “Leave this page” goes: a page that everybody opens, which says nothing about where one was."""


@dataclass(frozen=True)
class Naming:
    """What a programme calls itself and its sides: side → language → name, where it differs from the instrument."""

    programme: str = ""
    organisation: str = ""
    sides: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    @classmethod
    def of(cls, programme: str, organisation: str, sides: Mapping[str, Mapping[str, str]]) -> Naming:
        ordered = tuple(
            (side, tuple(sorted(names.items()))) for side, names in sorted((sides or {}).items()) if names
        )
        return cls(programme, organisation, ordered)

    def side(self, instrument: Instrument, side_id: str, language: str) -> str:
        """A side's name: the programme's in this language, else the instrument's."""
        own = dict(dict(self.sides).get(side_id, ()))
        side = next(side for side in instrument.sides if side.id == side_id)
        return own.get(language) or side.name.get(language) or in_language(own or side.name, language)


@dataclass(frozen=True)
class Voice:
    """Everything that fills a text: the language, whom it speaks to, about whom."""

    instrument: Instrument
    language: str
    naming: Naming
    side: str | None = None

    @property
    def words(self) -> Words:
        return Words(self.language)

    @property
    def own(self) -> str:
        return self.naming.side(self.instrument, self.side, self.language) if self.side else ""

    @property
    def other(self) -> str:
        """The other side, where there are just two."""
        others = [side for side in self.instrument.side_ids if side != self.side]
        if not self.side or len(others) != 1:
            return ""
        return self.naming.side(self.instrument, others[0], self.language)

    @property
    def organisation(self) -> str:
        """Who asks; without a name a neutral word, since a programme's name is nobody that one could turn to."""
        return self.naming.organisation or self.words("organisers")

    @property
    def contacts(self) -> list[str]:
        return [self.fill_words(words) for words in _of_language(self.instrument.contacts, self.language)]

    def fill(self, text: Mapping[str, str]) -> str:
        return fill(text, self.language, self.own, self.other, self.organisation)

    def fill_words(self, words: str) -> str:
        return fill_words(words, self.own, self.other, self.organisation)

    def common(self) -> dict[str, object]:
        language = self.instrument.language[self.language]
        return {
            "language": self.language,
            "direction": direction(self.language),
            "stylesheet": "participant.css",
            "words": self.words,
            "title": self.words("title"),
            "is_draft": language.status == "draft",
            "leave_to": LEAVE_TO,
        }


def consent_sheet(
    voice: Voice, token: str, ask_side: bool, rotation: int = 0, chosen: str = "", missing: bool = False
) -> Sheet:
    """Consent, language choice, and the side if the invitation leaves it open; `rotation` turns the sides' order."""
    instrument, consent = voice.instrument, voice.instrument.consent
    sides = [(side, voice.naming.side(instrument, side, voice.language)) for side in instrument.side_ids]
    turn = rotation % max(len(sides), 1)
    summary = _of_language(consent.summary, voice.language) if consent else ()
    details = _of_language(consent.details, voice.language) if consent else ()
    rendered = render(
        "web/participant/consent.html",
        **voice.common(),
        token=token,
        naming=voice.naming,
        languages=[
            {
                "tag": item.tag,
                "name": item.name,
                "direction": item.direction,
                "draft": Words(item.tag).draft if item.status == "draft" else "",
                "href": f"{token}?lang={item.tag}",
            }
            for item in instrument.languages
        ],
        summary=[voice.fill_words(words) for words in summary],
        details=[(voice.fill_words(head), voice.fill_words(words)) for head, words in details],
        contacts=voice.contacts,
        sides=sides[turn:] + sides[:turn] if ask_side else [],
        chosen=chosen,
        missing=missing,
    )
    return Sheet(rendered, ())


def question_sheet(voice: Voice, wave: str) -> Sheet:
    """The whole questionnaire of one wave as one document with one section a part."""
    slots = Slots()
    pages = pages_at(voice.instrument, wave)
    total = len(pages) + 1 + bool(voice.instrument.code_elements)
    rendered = render(
        "web/participant/questions.html",
        **voice.common(),
        voice=voice,
        slots=slots,
        side=voice.side or "",
        code=_code(voice) if voice.instrument.code_elements else None,
        pages=[_page(voice, page) for page in pages],
        total=total,
        drawn=[(step, circles(step, direction(voice.language))) for step in range(1, STEPS + 1)],
        drawing={"width": WIDTH, "height": HEIGHT, "radius": RADIUS},
    )
    return Sheet(rendered, slots.found)


def thanks_page(voice: Voice) -> str:
    """The same for everybody: it says nothing about what was answered, nor whether it was sent before."""
    return render(
        "web/participant/thanks.html",
        **voice.common(),
        text=voice.fill(voice.instrument.thanks) or voice.words("thanks_text"),
        contacts=voice.contacts,
    )


def goodbye_page(voice: Voice, token: str) -> str:
    return render("web/participant/goodbye.html", **voice.common(), token=token)


def _page(voice: Voice, page: Page) -> dict[str, object]:
    return {
        "title": voice.fill(page.title),
        "intro": voice.fill(page.intro),
        "items": [_item(voice, voice.instrument.item[name]) for name in page.items],
    }


def _item(voice: Voice, item: Item) -> dict[str, object]:
    words = voice.words
    return {
        "id": item.id,
        "field": f"i.{item.id}",
        "type": item.type,
        "text": voice.fill(item.text),
        "help": voice.fill(item.help),
        "low": voice.fill(item.low_label),
        "high": voice.fill(item.high_label),
        "options": [(option_key(option.value), voice.fill(option.label)) for option in item.options],
        "has_condition": bool(item.show_if),
        "hint": _hint(words, item),
        "decimals": item.decimals,
        "limit": item.maximum_length,
    }


def _hint(words: Words, item: Item) -> str:
    if item.type == "choices":
        return words("several")
    if item.type == "text":
        return words("characters", limit=item.maximum_length)
    if item.type == "number" and item.minimum is not None and item.maximum is not None:
        return words("number_range", low=item.minimum, high=item.maximum)
    return ""


def _code(voice: Voice) -> dict[str, object]:
    elements = [
        {
            "field": f"c.{element.id}",
            "text": voice.fill(element.text),
            "help": voice.fill(element.help),
            "options": _of_language(element.options, voice.language),
        }
        for element in voice.instrument.code_elements
    ]
    return {
        "intro": voice.fill(voice.instrument.code_intro) or voice.words("code_intro"),
        "elements": elements,
    }


def _of_language(by_language: Mapping[str, tuple], language: str) -> tuple:
    """A language's list, else that of the first declared language."""
    return by_language.get(language) or next(iter(by_language.values()), ())
