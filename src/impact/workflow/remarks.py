"""What participants wrote in their own words, for the evaluators who run the programme."""

from __future__ import annotations

from dataclasses import dataclass

from impact.settings import Settings
from impact.store import Database, programmes, submissions, unseal_text
from impact.vault import Vault
from impact.workflow.content import instrument_of

FEWEST = 5
"""Fewer remarks than this are not shown: among so few, a way of writing may tell who wrote."""


@dataclass(frozen=True)
class Remarks:
    """The remarks on one open item, sorted by their text; `texts` is empty where there are `count` < FEWEST."""

    item: str
    question: str
    count: int
    texts: tuple[str, ...]


def read_remarks(
    database: Database, vault: Vault, settings: Settings, programme_id: str
) -> tuple[Remarks, ...]:
    """The remarks of a programme, one entry for each open item of its instrument. Raises NotFound, KeyMissing.

    Without side, workshop, wave or other answers, and in an order that depends on the texts alone.
    """
    with database.session() as session:
        programme = programmes.get(session, programme_id)
        instrument = instrument_of(programme, settings)
        sealed = submissions.open_texts(session, programme_id)
    found: dict[str, list[str]] = {item.id: [] for item in instrument.items if item.type == "text"}
    for submission, item, text in sealed:
        if item in found:
            found[item].append(unseal_text(vault, programme_id, submission, item, text))
    language = instrument.languages[0].tag
    return tuple(_remarks(item, instrument.item[item].text[language], texts) for item, texts in found.items())


def _remarks(item: str, question: str, texts: list[str]) -> Remarks:
    shown = sorted(texts, key=lambda text: (text.casefold(), text)) if len(texts) >= FEWEST else ()
    return Remarks(item, question, len(texts), tuple(shown))
