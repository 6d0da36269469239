"""Then-items: the same item, asked again about the time before; every misfit is told; scored by their scale's rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from impact.errors import InstrumentInvalid
from impact.instruments import Instrument, load_instrument, score, then_scale, then_waves
from impact.instruments.model import NOT_ASKED, UNANSWERED
from impact.instruments.submissions import Submissions

PATH = Path(__file__).parent / "looking-back.v1.yaml"
TEXT = PATH.read_text(encoding="utf-8")


@pytest.fixture
def instrument() -> Instrument:
    return load_instrument(PATH)


@pytest.fixture
def faults(tmp_path: Path) -> Callable[..., list[str]]:
    def spoil(*replacements: tuple[str, str]) -> list[str]:
        text = TEXT
        for old, new in replacements:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        (tmp_path / PATH.name).write_text(text, encoding="utf-8")
        with pytest.raises(InstrumentInvalid) as caught:
            load_instrument(tmp_path / PATH.name)
        return [str(problem).removeprefix(f"{PATH.name}, ") for problem in caught.value.problems]

    return spoil


def test_the_then_scale_is_the_scale_over_its_then_items(instrument: Instrument) -> None:
    found = then_scale(instrument, instrument.scale["fear"])
    assert found is not None
    assert found.items == ("fear_1_then", "fear_2_then", "fear_3_then", "fear_4_then")
    assert found.reversed == {"fear_3_then"}
    assert (found.id, found.direction, found.minimum_answered) == ("fear", "lower", 2 / 3)
    assert then_waves(instrument, instrument.scale["fear"]) == ("post",)
    assert then_scale(instrument, instrument.scale["justice"]) is None
    assert then_waves(instrument, instrument.scale["justice"]) == ()


def test_then_scores_follow_the_rule_of_the_scale(instrument: Instrument) -> None:
    # Options 0–4 by index: 4, 3, reversed 1 → 3, 2 of 4 each: (4 + 3 + 3 + 2)/16 = 75 %; two of four are too few.
    then = {
        "fear_1_then": [4, 4, NOT_ASKED],
        "fear_2_then": [3, 3, NOT_ASKED],
        "fear_3_then": [1, UNANSWERED, NOT_ASKED],
        "fear_4_then": [2, UNANSWERED, NOT_ASKED],
    }
    answers = {item.id: np.zeros(3, dtype=np.uint8) for item in instrument.closed_items}
    answers |= {name: np.array(column, dtype=np.uint8) for name, column in then.items()}
    column = np.zeros(3, dtype=np.int8)
    submissions = Submissions(
        wave=column, workshop=column, workshops=("w",), side=column, arm=column, language=column,
        respondent=np.arange(3), code=np.empty((3, 0)), answers=answers,
    )  # fmt: skip
    looking_back = then_scale(instrument, instrument.scale["fear"])
    assert looking_back is not None
    np.testing.assert_array_equal(score(instrument, looking_back, submissions), [75.0, np.nan, np.nan])
    # The scale's own score has nothing of it: 0, 0, reversed 0 → 4, 0 of 4.
    assert score(instrument, instrument.scale["fear"], submissions).tolist() == [25.0, 25.0, 25.0]


THEN_1 = "waves: [post], then_of: fear_1,"
FAULTS = [
    ("unknown", THEN_1, "waves: [post], then_of: fera_1,", ["line 25: the item “fera_1” does not exist. Did you mean “fear_1”?"]),
    ("itself", THEN_1, "waves: [post], then_of: fear_1_then,", ["line 25: “fear_1_then” is a then-item itself. Name the item that it asks again."]),
    ("of a then-item", THEN_1, "waves: [post], then_of: fear_2_then,", ["line 25: “fear_2_then” is a then-item itself. Name the item that it asks again."]),
    ("no text", THEN_1, "waves: [post], then_of: [],", ["line 25: “then_of” should be a text. Write one."]),
    ("other answers", 'fear_1_then, type: likert, options: five', 'fear_1_then, type: likert, options: [{value: 1, label: "No"}, {value: 2, label: "Yes"}]', ["line 25: “fear_1_then” has not the type and the answers of “fear_1”. Give both the same type, options and range."]),
    ("before", THEN_1, "then_of: fear_1,", ["line 25: “fear_1_then” looks back, and is asked at pre, when there is nothing to look back on. Name its later waves, as in “waves: [post]”."]),
    ("item not asked then", "id: want_peace, type: likert, options: five, text", "id: want_then, type: likert, options: five, waves: [post, followup], then_of: want_peace, text: x}\n  - {id: want_peace, type: likert, options: five, waves: [post], text", ["line 31: “want_then” is asked at followup, and “want_peace” is not. Ask both at that wave, so that people judge both times by one yardstick."]),
    ("in a scale", "items: [justice_1, justice_2]", "items: [justice_1, justice_2, fear_1_then]", ["line 37: “fear_1_then” looks back and cannot be in the scale “justice”. Remove it: a scale has its then-score through “then_of”."]),
    ("in a gap", "{own: would_talk,", "{own: fear_1_then,", ["line 44: “fear_1_then” looks back and cannot be in a perception gap. Name an item about now."]),
    ("unscorable", "id: justice_1, type", "id: why, type: text, text: Why}\n  - {id: why_then, type: text, waves: [post], then_of: why, text: Why}\n  - {id: justice_1, type", ["line 30: the item “why” (type text) cannot be scored. Only an item that can be scored is asked again about the time before."]),
]  # fmt: skip

# What such a change breaks besides, told by other checks.
ELSEWHERE = ("is on no page", "not asked again", "is not asked at")


@pytest.mark.parametrize(("old", "new", "messages"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_each_misfit_is_told(
    faults: Callable[..., list[str]], old: str, new: str, messages: list[str]
) -> None:
    found = faults((old, new))
    assert [one for one in found if not any(other in one for other in ELSEWHERE)] == messages


def test_an_item_is_asked_again_once(faults: Callable[..., list[str]]) -> None:
    assert faults(("then_of: fear_2,", "then_of: fear_1,"))[0] == (
        "line 26: “fear_1” is asked again by “fear_1_then” already. Keep one then-item for each item."
    )


def test_a_scale_is_asked_again_whole_or_not_at_all(faults: Callable[..., list[str]]) -> None:
    found = faults(("then_of: fear_4, ", ""))
    told = "“fear_4” is not asked again at the waves of “fear_{n}_then”."
    remedy = "Ask all items of a scale again, at the same waves, or none."
    assert found == [f"line {24 + n}: in the scale “fear”, {told.format(n=n)} {remedy}" for n in (1, 2, 3)]


def test_retrospective_pre_asks_at_the_first_wave_alone(tmp_path: Path) -> None:
    """Where nobody was asked before, now and then stand side by side at the first wave."""
    text = TEXT.replace("waves: [pre, post, followup]", "waves: [post, followup]")
    path = tmp_path / PATH.name
    path.write_text(text, encoding="utf-8")
    found = load_instrument(path)
    assert then_waves(found, found.scale["fear"]) == ("post",)
