"""A then-item is an ordinary item on the page: with its own words, after the workshop only, and stored when answered."""

from __future__ import annotations

from pathlib import Path

from impact.instruments import load_instrument, parse_answers, unpack
from impact.instruments.model import NOT_ASKED
from impact.web import static  # noqa: F401 - its pages ask for addresses of files
from impact.web.participant.pages import Naming, Voice, question_sheet

INSTRUMENT = load_instrument(Path(__file__).parents[1] / "instruments" / "looking-back.v1.yaml")


def page_at(wave: str) -> str:
    voice = Voice(INSTRUMENT, "en", Naming("Programme", "Organisation"), "a")
    return question_sheet(voice, wave).blank(b"k" * 32, gzip=False)[1].decode()


def test_it_is_asked_after_the_workshop_with_its_own_words() -> None:
    before, after = page_at("pre"), page_at("post")
    assert after.count('name="i.fear_1_then"') == after.count('name="i.fear_1"') > 0
    assert "Before the workshop I was afraid of" in after
    assert "_then" not in before
    assert "_then" not in page_at("followup")


def test_its_answer_is_stored_beside_that_of_its_item_and_not_where_it_is_not_asked() -> None:
    form = {"i.fear_1": ["2"], "i.fear_1_then": ["5"]}
    stored = [parse_answers(INSTRUMENT, wave, form).packed for wave in ("post", "pre")]
    columns = unpack(INSTRUMENT, stored)
    assert columns["fear_1"].tolist() == [1, 1]
    assert columns["fear_1_then"].tolist() == [4, NOT_ASKED]
