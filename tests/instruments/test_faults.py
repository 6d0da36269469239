"""Every fault of an instrument file is told with file, line, what is wrong and what to do."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import InstrumentInvalid
from impact.instruments import Instrument, find_instrument, list_instruments, load_instrument

CHOICES_25 = ", ".join(f'{{value: {n}, label: {{en: "{n}", ar: "{n}"}}}}' for n in range(25))
PLACES = '[{value: home, label: {en: Home, ar: "بيت"}}, {value: work, label: {en: Work, ar: "عمل"}}]'

# (name, what is replaced by what, the one message)
FAULTS = [
    ("translation", 'text: {en: Tense., ar: "توتر."}', "text: {en: Tense.}", "line 30: the translation into “ar” is missing. Add it below the others."),
    ("language", '"صغير"}', '"صغير", fr: "Petit"}', "line 4: the language “fr” is not declared. Use one of: en, ar."),
    ("empty text", "text: {en: Tense.,", 'text: {en: "",', "line 30: the text in “en” is empty. Write it, between quotation marks."),
    ("text as list", 'text: {en: Tense., ar: "توتر."}', "text: [Tense.]", "line 30: “text” is no text by language. Write one line for each language: en: …, ar: …."),
    ("option set", "id: calm, type: likert, options: steps", "id: calm, type: likert, options: stps", "line 29: the option set “stps” is unknown. Did you mean “steps”?"),
    ("scale item", "[calm, tense, uneasy], rev", "[calm, tense, unesy], rev", "line 38: the item “unesy” does not exist. Did you mean “uneasy”?"),
    ("unscorable", "[calm, tense, uneasy], rev", "[calm, tense, places], rev", "line 38: the item “places” (type choices) cannot be scored. A scale takes single answers with numbers, or numbers with a range."),
    ("reversed", "[calm, tense, uneasy], rev", "[tense, uneasy], rev", "line 38: the reversed item “calm” is not in the scale “fear”. Use one of: tense, uneasy."),
    ("page item", "items: [calm, tense, uneasy]}", "items: [calm, tense, uneasy, tens]}", "line 40: the item “tens” does not exist. Did you mean “tense”?"),
    ("on no page", "items: [calm, tense, uneasy]}", "items: [calm, tense]}", "line 31: the item “uneasy” is on no page, so nobody is asked. Put it on a page."),
    ("on two pages", "items: [age,", "items: [calm, age,", "line 41: the item “calm” stands on the page “one” already. Keep it on one page."),
    ("scale waves", "id: uneasy, type", "id: uneasy, waves: [post], type", "line 38: in the scale “fear”, “uneasy” is not asked at pre, the others are. Ask all items of a scale at the same waves."),
    ("condition", '"tense >= 2"', '"tense => 2"', "line 34: a number or a 'text' is expected (column 8 of the condition). Write for example: fear_1 >= 4 and not answered(note_1)."),
    ("condition item", '"tense >= 2"', '"tens >= 2"', "line 34: the item “tens” does not exist. Did you mean “tense”?"),
    ("condition order", '"tense >= 2"', '"guess = 10"', "line 34: show_if of “why” refers to “guess”, which does not come before it. Put the question that decides first."),
    ("condition wave", "id: age, type", "id: age, waves: [pre], type", "line 35: show_if of “warm” refers to “age”, which is not asked at post. Ask both at the same waves."),
    ("condition value", '"tense >= 2"', '"tense = 7"', "line 34: “tense = 7” can never be decided by an answer. Compare with one of 1, 2, 3."),
    ("choices", PLACES, f"[{CHOICES_25}]", "line 33: an item of type choices takes 2 to 24 options, and has 25. Add options, or merge some."),
    ("consent", "asks.", "asks" + " word" * 119 + ".", "line 14: the consent summary has 121 words in “en”. Use at most 120; move the rest to the details."),
    ("wave", "waves: [post], low", "waves: [pst], low", "line 35: the wave “pst” is not declared. Did you mean “post”?"),
    ("placeholders", "هدوء مع {other}.", "هدوء.", "line 29: the placeholders in “ar” are none, in “en” {other}. Use the same ones in every language."),
    ("version", "version: 1", "version: 0", "line 3: “0” is no version. Count whole numbers from 1."),
    ("file name", "id: small", "id: tall", "line 2: the file is named small.v1.yaml, its content is tall, version 1. Name it tall.v1.yaml."),
    ("format", "format: 1", "format: 2", "line 1: the format “2” is unknown. This program reads format 1."),
    ("direction", "direction: lower", "direction: low", "line 38: “low” is no direction. Did you mean “lower”?"),
    ("type", "type: number", "type: nummer", "line 32: “nummer” is no type. Did you mean “number”?"),
    ("foreign key", "minimum: 0,", "minimum: 0, options: steps,", "line 32: an item of type number has no “options”. Remove it."),
    ("refusal value", "value: home", "value: r", "line 33: “r” cannot be the value of an option. Use a number, or a short text without | and not r, beginning with a letter or digit."),
    ("share", "minimum_answered: 0.66", "minimum_answered: 66", "line 38: “66” is no number from 0 to 1. Write one within that range."),
    ("gap", "agree_from: 3", "agree_from: 9", "line 43: 9 does not divide the answers 1 to 3 of “calm”. Name the lowest answer that counts as agreeing."),
    ("gap estimate", "estimate: guess", "estimate: tense", "line 43: the item “tense” does not run from 0 to 10. Make it so."),
    ("maximum", "maximum: 120", "maximum: 0", "line 32: the maximum 0 is not above 0. Raise it."),
    ("source", "status: draft", "status: source", "line 6: exactly the first language should have “status: source”. Put the language in which the wording was written first; the others are draft or reviewed."),
    ("sense", ', sense: {en: More fear, ar: "خوف أكثر"}', "", "line 38: the key “sense” is missing in scales.0. Add “sense:”."),
    ("letters", "options: letters", "options: leters", "line 21: “leters” is no set of options. Write letters, {from: 1, to: 12}, or a list for each language."),
    ("option twice", "{value: 2,", "{value: 1,", "line 26: the option id “1” is used twice. Give each its own."),
    ("item key", "id: age, type", "id: age, tipe: 1, type", "line 32: the key “tipe” is unknown in items.3. Did you mean “type”?"),
    ("YAML", "waves: [pre, post]", "waves: [pre, post", "line 10: this is not valid YAML: expected ',' or ']', but got ':'. Check the indentation, the colons and the quotation marks around this line."),
    ("key twice", "licence: own", "licence: own\nlicence: other", "line 6: the key “licence” is written twice. Keep one of the two."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_one_fault_gives_one_message(
    faults: Callable[..., list[str]], old: str, new: str, message: str
) -> None:
    assert faults((old, new)) == [f"small.v1.yaml, {message}"]


def test_many_faults_are_told_at_once_in_line_order(faults: Callable[..., list[str]]) -> None:
    found = faults(
        ("licence: own", "licens: own"),
        ("waves: [pre, post]", "waves: [pre, post, pre]"),
        ("options: letters", "options: leters"),
        ("id: uneasy", "id: Uneasy"),
        ("direction: lower", "direction: down"),
        ("items: [age, places,", "items: [age, place, places,"),
    )
    assert found == [
        "small.v1.yaml, line 1: the key “licence” is missing in the file. Add “licence:”.",
        "small.v1.yaml, line 5: the key “licens” is unknown in the file. Did you mean “licence”?",
        "small.v1.yaml, line 9: the wave id “pre” is used twice. Give each its own.",
        "small.v1.yaml, line 21: “leters” is no set of options. Write letters, {from: 1, to: 12}, or a list for "
        "each language.",
        "small.v1.yaml, line 31: “Uneasy” is no item id. Begin with a small letter; use a–z, 0–9 and _, at most "
        "40 characters.",
        "small.v1.yaml, line 31: the item “Uneasy” is on no page, so nobody is asked. Put it on a page.",
        "small.v1.yaml, line 38: “down” is no direction. Use one of: higher, lower, none.",
        "small.v1.yaml, line 38: the item “uneasy” does not exist. Did you mean “Uneasy”?",
        "small.v1.yaml, line 40: the item “uneasy” does not exist. Did you mean “Uneasy”?",
        "small.v1.yaml, line 41: the item “place” does not exist. Did you mean “places”?",
    ]


def test_a_duplicate_item_and_what_lacks_because_of_it(faults: Callable[..., list[str]]) -> None:
    assert faults(
        ("id: guess", "id: warm"), ("warm, guess]", "warm]"), ("estimate: guess", "estimate: warm")
    ) == ["small.v1.yaml, line 36: the item id “warm” is used twice. Give each its own."]


def test_an_unknown_placeholder(faults: Callable[..., list[str]]) -> None:
    assert faults(("Calm with {other}", "Calm with {others}"), ("هدوء مع {other}", "هدوء مع {others}")) == [
        "small.v1.yaml, line 29: the placeholder “{others}” is unknown here. Did you mean “{other}”?",
        "small.v1.yaml, line 29: the placeholder “{others}” is unknown here. Did you mean “{other}”?",
    ]


def test_other_needs_two_sides(faults: Callable[..., list[str]]) -> None:
    third = ('ar: "الجنوب"}}', 'ar: "الجنوب"}}\n  - {id: c, name: {en: East, ar: "الشرق"}}')
    message = (
        "“{other}” needs exactly two sides, and there are 3. Declare two sides, or name the people meant."
    )
    assert faults(third) == [
        f"small.v1.yaml, line 30: {message}",
        f"small.v1.yaml, line 30: {message}",
        "small.v1.yaml, line 44: a perception gap needs two sides, and there are 3. Remove it.",
    ]


def test_a_language_without_a_known_alphabet_must_list_its_letters(tmp_path: Path) -> None:
    text = (
        "format: 1\nid: tiny\nversion: 1\ntitle: Petit\nlicence: own\n"
        "languages: {fr: {name: français, direction: ltr, status: source}}\nwaves: [pre]\n"
        "code:\n  intro: Code\n  elements:\n    - {id: mother, text: Mère, options: letters}\n"
        "items: []\n"
    )
    path = tmp_path / "tiny.v1.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InstrumentInvalid) as caught:
        load_instrument(path)
    assert str(caught.value) == (
        "tiny.v1.yaml, line 11: the alphabet of “fr” is not known here. Give the options for each language: "
        "letters, or “fr: [first, second, …]”."
    )
    path.write_text(text.replace("options: letters", "options: {fr: [A, B]}"), encoding="utf-8")
    assert load_instrument(path).code_elements[0].options == {"fr": (("A", "A"), ("B", "B"))}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "small.v1.yaml: the file is empty. Begin it with “format: 1”."),
        (b"a\x00b", "small.v1.yaml: this is a binary file, not YAML. Give a text file that ends in .yaml."),
        (b"id: a\ntitle: caf\xe9\n", "small.v1.yaml, line 2: the file is not in UTF-8. Save it again with the encoding UTF-8."),
        (b"- a\n", "small.v1.yaml, line 1: the file holds no keys. Begin it with “format: 1”."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_instrument(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "small.v1.yaml"
    path.write_bytes(raw)
    with pytest.raises(InstrumentInvalid) as caught:
        load_instrument(path)
    assert str(caught.value) == message


def test_an_absent_instrument_names_those_there_are(tmp_path: Path, small: Instrument) -> None:
    with pytest.raises(InstrumentInvalid) as caught:
        find_instrument("small", 2, [tmp_path])
    assert str(caught.value) == "small.v2.yaml: there is no such instrument. There are: small.v1."
    assert find_instrument("small", 1, [tmp_path]) == small


def test_the_same_instrument_in_two_folders_is_an_error(tmp_path: Path, small: Instrument) -> None:
    second = tmp_path / "own"
    second.mkdir()
    (second / "small.v1.yaml").write_bytes((tmp_path / "small.v1.yaml").read_bytes())
    message = (
        f"small.v1.yaml: the instrument is in two folders: {tmp_path} and {second}. "
        "Remove one, or give yours another id."
    )
    for call in (
        lambda: find_instrument("small", 1, [tmp_path, second]),
        lambda: list_instruments([tmp_path, second]),
    ):
        with pytest.raises(InstrumentInvalid) as caught:
            call()
        assert str(caught.value) == message
    assert list_instruments([tmp_path, tmp_path]) == (small,)


def test_the_faults_of_all_files_are_told_at_once(tmp_path: Path, small: Instrument) -> None:
    for name in ("one", "two"):
        text = (tmp_path / "small.v1.yaml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.v1.yaml").write_text(
            text.replace("id: small", f"id: {name}").replace("licence: own", "licence:"), encoding="utf-8"
        )
    with pytest.raises(InstrumentInvalid) as caught:
        list_instruments([tmp_path])
    assert [str(problem) for problem in caught.value.problems] == [
        "one.v1.yaml, line 5: “licence” should be a text. Write one.",
        "two.v1.yaml, line 5: “licence” should be a text. Write one.",
    ]


def _places(value: object, place: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [place, *(found for key, child in children for found in _places(child, (*place, key)))]


SMALL_DATA = yaml.safe_load((Path(__file__).parent / "small.v1.yaml").read_text(encoding="utf-8"))
JUNK = [
    None,
    True,
    -1,
    0,
    3.5,
    "",
    "x",
    "{own}",
    "1:30",
    [],
    [[]],
    [None],
    {},
    {"en": None},
    {"a": []},
    {1: 2},
]


@settings(max_examples=200)
@given(
    replacements=st.lists(
        st.tuples(st.sampled_from(_places(SMALL_DATA)[1:]), st.sampled_from(JUNK)), min_size=1, max_size=3
    )
)
def test_no_content_makes_the_loader_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, replacements: list[tuple[tuple[object, ...], object]]
) -> None:
    data = copy.deepcopy(SMALL_DATA)
    for place, junk in replacements:
        holder = data
        for part in place[:-1]:
            holder = holder[part] if isinstance(holder, dict | list) and _has(holder, part) else {}
        if isinstance(holder, dict | list) and _has(holder, place[-1]):
            holder[place[-1]] = junk
    path = tmp_path_factory.getbasetemp() / "small.v1.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    problems = ()
    try:
        load_instrument(path)
    except InstrumentInvalid as fault:
        problems = fault.problems
    assert all(problem.where and problem.what and problem.remedy for problem in problems)


def _has(holder: dict | list, part: object) -> bool:
    return part in holder if isinstance(holder, dict) else isinstance(part, int) and part < len(holder)
