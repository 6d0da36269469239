"""A survey composed of modules is an ordinary instrument, and each fault is told at the line where it was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import AnswersInvalid, InstrumentInvalid
from impact.instruments import (
    NOT_ASKED,
    REFUSED,
    Instrument,
    items_at,
    list_instruments,
    list_modules,
    load_instrument,
    load_module,
    pages_at,
    parse_answers,
    unpack,
)
from impact.instruments.reading import Document

PEACE = """\
format: 1
id: peace
version: 1
title: {en: Peace, ar: "سلام"}
licence: own
minutes: 1
direction: higher
source: Somebody 1999
facets:
  - {about: wish, items: [wish]}
languages:
  en: {name: English, direction: ltr, status: source}
  ar: {name: "العربية", direction: rtl, status: draft}
  he: {name: "עברית", direction: rtl, status: draft}
waves: [pre, post, later]
option_sets:
  peace3:
    - {value: 1, label: {en: Little, ar: "لا", he: "לא"}}
    - {value: 2, label: {en: Some, ar: "قليلًا", he: "קצת"}}
    - {value: 3, label: {en: Much, ar: "كثيرًا", he: "הרבה"}}
items:
  - {id: wish, type: likert, options: peace3, text: {en: "Peace with {other}.", ar: "سلام مع {other}.", he: "שלום עם {other}."}}
  - {id: done, type: likert, options: peace3, waves: [post, later], text: {en: Done., ar: "تم.", he: "נעשה."}}
  - {id: late, type: likert, options: peace3, waves: [later], text: {en: Late., ar: "متأخر.", he: "מאוחר."}}
  - {id: share, type: thermometer, waves: [later], low_label: {en: L, ar: "ق", he: "ע"}, high_label: {en: H, ar: "ع", he: "ה"}, text: {en: "How many?", ar: "كم؟", he: "כמה?"}}
scales:
  - {id: peace, title: {en: Peace, ar: "سلام", he: "שלום"}, items: [wish], direction: higher, construct: Peace, source: own, sense: {en: More, ar: "أكثر", he: "יותר"}}
  - {id: lateness, title: {en: Late, ar: "تأخر", he: "איחור"}, items: [late], direction: none, construct: Late, source: own, sense: {en: More, ar: "أكثر", he: "יותר"}}
pages:
  - {id: peace, title: {en: Peace, ar: "سلام", he: "שלום"}, items: [wish, done]}
  - {id: late, title: {en: Late, ar: "متأخر", he: "מאוחר"}, items: [late, share]}
perception_gaps:
  - {own: wish, estimate: share, agree_from: 2}
""".replace('title: {en: Peace, ar: "سلام"}', 'title: {en: Peace, ar: "سلام", he: "שלום"}', 1)
SURVEY = """\
format: 1
id: mine
version: 1
title: {en: Mine, ar: "لي"}
licence: own
languages:
  en: {name: English, direction: ltr, status: source}
  ar: {name: "العربية", direction: rtl, status: draft}
waves: [pre, post]
sides:
  - {id: a, name: {en: North, ar: "الشمال"}}
  - {id: b, name: {en: South, ar: "الجنوب"}}
modules: [peace.v1]
items:
  - {id: remark, type: text, text: {en: "More?", ar: "المزيد؟"}}
pages:
  - {id: last, title: {en: Last, ar: "أخيرًا"}, items: [remark]}
"""
ONLY_POST = [
    ("items: [wish]}\nlang", "items: [done]}\nlang"),
    ("{id: wish, type: likert, options: peace3", "{id: wish, type: likert, waves: [later], options: peace3"),
    ("waves: [post, later]", "waves: [later]"),
]


@pytest.fixture
def compose(tmp_path: Path) -> Callable[..., Instrument]:
    """Load the survey after replacing texts of it, with modules beside it: file stem → text."""

    def write(*replacements: tuple[str, str], **modules: str) -> Instrument:
        folder = tmp_path / "modules"
        folder.mkdir(exist_ok=True)
        for name, text in {"peace": PEACE, **modules}.items():
            (folder / f"{name}.v1.yaml").write_text(text, encoding="utf-8")
        path = tmp_path / "mine.v1.yaml"
        path.write_text(replaced(SURVEY, *replacements), encoding="utf-8")
        return load_instrument(path)

    return write


@pytest.fixture
def faults(compose: Callable[..., Instrument]) -> Callable[..., list[str]]:
    def spoil(*replacements: tuple[str, str], **modules: str) -> list[str]:
        with pytest.raises(InstrumentInvalid) as caught:
            compose(*replacements, **modules)
        return [str(problem) for problem in caught.value.problems]

    return spoil


def replaced(text: str, *replacements: tuple[str, str]) -> str:
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def named(name: str, *replacements: tuple[str, str]) -> str:
    """The module under another id, and otherwise changed."""
    return replaced(PEACE, ("id: peace", f"id: {name}"), *replacements)


def test_a_module_brings_its_items_scales_and_pages_before_those_of_the_survey(
    compose: Callable[..., Instrument],
) -> None:
    mine = compose()
    assert [(item.id, item.waves) for item in mine.items] == [
        ("wish", ("pre", "post")),
        ("done", ("post",)),
        ("remark", ("pre", "post")),
    ]
    assert mine.item["wish"].text == {"en": "Peace with {other}.", "ar": "سلام مع {other}."}
    assert [option.label["ar"] for option in mine.item["wish"].options] == ["لا", "قليلًا", "كثيرًا"]
    assert [(scale.id, scale.items) for scale in mine.scales] == [("peace", ("wish",))]
    assert [(page.id, page.items) for page in mine.pages] == [
        ("peace", ("wish", "done")),
        ("last", ("remark",)),
    ]
    assert [item.id for item in items_at(mine, "pre")] == ["wish", "remark"]
    assert [page.items for page in pages_at(mine, "pre")] == [("wish",), ("remark",)]
    assert mine.perception_gaps == ()  # its estimate is only asked at a wave that the survey has not


def test_a_third_wave_brings_the_rest(compose: Callable[..., Instrument]) -> None:
    mine = compose(("[pre, post]", "[pre, post, later]"))
    assert [item.id for item in mine.items] == ["wish", "done", "late", "share", "remark"]
    assert [scale.id for scale in mine.scales] == ["peace", "lateness"]
    assert [(gap.own, gap.estimate, gap.agree_from) for gap in mine.perception_gaps] == [("wish", "share", 2)]


def test_the_composed_instrument_and_its_hash_are_those_of_the_same_content_by_hand(
    compose: Callable[..., Instrument], tmp_path: Path
) -> None:
    mine = compose()
    (tmp_path / "peace.yaml").write_text(PEACE, encoding="utf-8")
    data, peace = (
        Document.read(tmp_path / name, InstrumentInvalid).data for name in ("mine.v1.yaml", "peace.yaml")
    )
    del data["modules"]
    words = json.loads(
        json.dumps({key: peace[key] for key in ("option_sets", "items", "scales", "pages")}),
        object_hook=lambda found: {key: value for key, value in found.items() if key != "he"},
    )
    words["items"][1]["waves"] = ["post"]
    by_hand = {
        **data,
        "option_sets": words["option_sets"],
        "items": [*words["items"][:2], *data["items"]],
        "scales": words["scales"][:1],
        "pages": [*words["pages"][:1], *data["pages"]],
    }
    (tmp_path / "hand").mkdir()
    path = tmp_path / "hand" / "mine.v1.yaml"
    path.write_text(yaml.safe_dump(by_hand, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert load_instrument(path) == replace(mine, path=str(path))


def test_the_hash_covers_the_words_of_the_module_but_not_what_the_survey_leaves_behind(
    compose: Callable[..., Instrument],
) -> None:
    mine = compose()
    for left_behind in (
        ('he: "נעשה."', 'he: "בוצע."'),
        ("minutes: 1", "minutes: 2"),
        ("Somebody", "Another"),
        ("Late.", "Late!"),
    ):
        assert compose(peace=replaced(PEACE, left_behind)).sha256 == mine.sha256
    assert compose(peace=replaced(PEACE, ("en: Done.", "en: Finished."))).sha256 != mine.sha256
    assert compose(peace=replaced(PEACE, ("value: 3", "value: 4"))).sha256 != mine.sha256


def test_an_item_on_a_page_of_the_survey_leaves_the_page_of_its_module(
    compose: Callable[..., Instrument],
) -> None:
    mine = compose(("[remark]}", "[done, remark]}"))
    assert [(page.id, page.items) for page in mine.pages] == [
        ("peace", ("wish",)),
        ("last", ("done", "remark")),
    ]
    mine = compose(("[remark]}", "[done, wish, remark]}"))
    assert [(page.id, page.items) for page in mine.pages] == [("last", ("done", "wish", "remark"))]


def test_a_survey_may_hold_nothing_but_modules_and_use_their_option_sets(
    compose: Callable[..., Instrument],
) -> None:
    alone = compose((SURVEY[SURVEY.index("items:") :], ""))
    assert [item.id for item in alone.items] == ["wish", "done"]
    mine = compose(("type: text,", "type: likert, options: peace3,"))
    assert mine.item["remark"].values == (1, 2, 3)


def test_a_scale_and_a_condition_of_the_survey_may_refer_to_items_of_a_module(
    compose: Callable[..., Instrument],
) -> None:
    mine = compose(
        ("type: text,", 'type: text, show_if: "wish >= 2",'),
        (
            "pages:",
            "scales: [{id: own, title: {en: O, ar: ع}, items: [wish], direction: none, construct: C, source: own, sense: {en: M, ar: ع}}]\npages:",
        ),
    )
    assert [scale.id for scale in mine.scales] == ["peace", "own"]
    assert mine.item["remark"].show_if == "wish >= 2"


def test_answers_to_a_composed_survey_are_read_packed_and_kept_apart_as_ever(
    compose: Callable[..., Instrument],
) -> None:
    mine = compose()
    form = {"i.wish": ["3"], "i.done": ["r"], "i.remark": ["Yes."]}
    before, after = (parse_answers(mine, wave, form) for wave in ("pre", "post"))
    columns = unpack(mine, [before.packed, after.packed])
    assert {name: list(column) for name, column in columns.items()} == {
        "wish": [2, 2],
        "done": [NOT_ASKED, REFUSED],
    }
    assert before.texts == after.texts == {"remark": "Yes."}
    with pytest.raises(AnswersInvalid, match=r"^i\.late: no such question is asked\."):
        parse_answers(mine, "post", {"i.late": ["1"]})


PAIR = "modules: [peace.v1, second.v1]"
FAULTS = [
    ("no list", ("modules: [peace.v1]", "modules: peace.v1"), {}, ["mine.v1.yaml, line 13: “modules” should be a list. Write for example [fear.v1, anger.v1]."]),
    ("unknown", ("peace.v1", "peaec.v1"), {}, ["mine.v1.yaml, line 13: there is no module “peaec.v1”. Did you mean “peace.v1”?"]),
    ("no version", ("peace.v1", "peace"), {}, ["mine.v1.yaml, line 13: “peace” names no version of the module. Did you mean “peace.v1”?"]),
    ("no name", ("peace.v1", "{peace: 1}"), {}, ["mine.v1.yaml, line 13: “{'peace': 1}” names no module. Write its id and version, as in fear.v1."]),
    ("twice", ("peace.v1", "peace.v1, peace.v1"), {}, ["mine.v1.yaml, line 13: the module “peace.v1” is listed twice. List it once."]),
    ("language", ("status: draft}", 'status: draft}\n  fr: {name: français, direction: ltr, status: draft}'), {}, [
        "mine.v1.yaml, line 4: the translation into “fr” is missing. Add it below the others.",
        "mine.v1.yaml, line 12: the translation into “fr” is missing. Add it below the others.",
        "mine.v1.yaml, line 13: the translation into “fr” is missing. Add it below the others.",
        "mine.v1.yaml, line 14: the module “peace.v1” has no words in “fr”. Take the language out, or translate the module first (see README.md).",
        "mine.v1.yaml, line 16: the translation into “fr” is missing. Add it below the others.",
        "mine.v1.yaml, line 18: the translation into “fr” is missing. Add it below the others.",
    ]),
    ("status", ("status: draft", "status: reviewed"), {}, ["mine.v1.yaml, line 13: “ar” is reviewed here, and a draft in the module “peace.v1”. Write “status: draft”, or have the module reviewed."]),
    ("wave", ("[pre, post]", "[pre, middle]"), {}, ["mine.v1.yaml, line 13: the module “peace.v1” does not know the wave “middle”. Use its waves (pre, post, later), or take the module out."]),
    ("nothing asked", ("licence: own", "licence: own"), {"peace": replaced(PEACE, *ONLY_POST[1:])}, ["mine.v1.yaml, line 13: the module “peace.v1” asks nothing at pre, post. Add one of its waves (later), or take the module out."]),
    ("sides", ("  - {id: b, name: {en: South, ar: \"الجنوب\"}}\n", ""), {}, ["mine.v1.yaml, line 12: the module “peace.v1” needs two sides, and there are 1. Declare two sides, or take the module out."]),
    ("own item", ("id: remark,", "id: wish,"), {}, ["mine.v1.yaml, line 15: the item “wish” comes with the module “peace.v1” already. Remove it, or give it another id."]),
    ("own page", ("id: last,", "id: peace,"), {}, ["mine.v1.yaml, line 17: the page “peace” comes with the module “peace.v1” already. Remove it, or give it another id."]),
    ("own option set", ("items:\n", "option_sets:\n  peace3: [{value: 1, label: {en: N, ar: ل}}, {value: 2, label: {en: Y, ar: ن}}]\nitems:\n"), {}, ["mine.v1.yaml, line 15: the option set “peace3” is another one in the module “peace.v1”. Give yours another name."]),
    ("items of two", ("modules: [peace.v1]", PAIR), {"second": named("second")}, [
        *[f"mine.v1.yaml, line 13: the {kind} “{name}” of “second.v1” is in “peace.v1”, too. Take only one of the two." for kind, name in (("item", "wish"), ("item", "done"), ("scale", "peace"), ("page", "peace"))],
    ]),
    ("option sets of two", ("modules: [peace.v1]", PAIR), {"second": PEACE.replace("id: peace", "id: second").replace("wish", "wish_2").replace("done", "done_2").replace("late", "late_2").replace("en: Some", "en: A bit")}, [
        "mine.v1.yaml, line 13: the option set “peace3” of “second.v1” is another one in “peace.v1”. Take versions that agree, or only one of the two.",
    ]),
    ("own reference", ("[remark]}", "[remark, wsh]}"), {}, ["mine.v1.yaml, line 17: the item “wsh” does not exist. Did you mean “wish”?"]),
    ("own items", ("items:\n  - {id: remark", "items:\n  a: {id: remark"), {}, ["mine.v1.yaml, line 14: “items” should be a list. Begin each with “- ”."]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "modules", "messages"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_fault_is_told_where_it_was_written(
    faults: Callable[..., list[str]], change: tuple[str, str], modules: dict[str, str], messages: list[str]
) -> None:
    assert faults(change, **modules) == messages


HEAD_FAULTS = [
    ("minutes", ("minutes: 1", "minutes: 60"), "line 6: “60” is no number from 0.25 to 15. Write one within that range."),
    ("no minutes", ("minutes: 1\n", ""), "line 1: the key “minutes” is missing in the file. Add “minutes:”."),
    ("direction", ("direction: higher", "direction: hihger"), "line 7: “hihger” is no direction. Did you mean “higher”?"),
    ("other direction", ("direction: higher", "direction: lower"), "line 7: no scale of the module has the direction “lower”. Use one of: higher, none."),
    ("source", ("source: Somebody 1999", "source:"), "line 8: “source” should be a text. Write one."),
    ("facet item", ("items: [wish]}", "items: [wsh]}"), "line 10: the item “wsh” does not exist. Did you mean “wish”?"),
    ("facet key", ("about: wish,", "abut: wish,"), "line 10: the key “abut” is unknown in facets.0. Did you mean “about”?"),
    ("consent", ("licence: own", "licence: own\nthanks: {en: T, ar: ت, he: ת}"), "line 6: the key “thanks” is unknown in the file. Use one of: minutes, direction, source, facets, format, id, version, title, licence, languages, waves, option_sets, items, scales, pages, perception_gaps, caution."),
    ("file name", ("id: peace", "id: peas"), "line 2: the file is named peace.v1.yaml, its content is peas, version 1. Name it peas.v1.yaml."),
    ("translation", ('en: Done., ar: "تم."', "en: Done."), "line 23: the translation into “ar” is missing. Add it below the others."),
    ("wave", ("[post, later]", "[post, latr]"), "line 23: the wave “latr” is not declared. Did you mean “later”?"),
    ("alone", ("items: [wish, done]", "items: [wish]"), "line 23: the item “done” is on no page, so nobody is asked. Put it on a page."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), [f[1:] for f in HEAD_FAULTS], ids=[f[0] for f in HEAD_FAULTS])
def test_a_fault_of_a_module_is_told_with_its_own_file_alone_and_in_a_survey(
    faults: Callable[..., list[str]], tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    spoiled = replaced(PEACE, change)
    found = faults(("licence: own", "licence: own"), peace=spoiled)
    assert [text for text in found if "is missing in facets" not in text] == [f"peace.v1.yaml, {message}"]
    with pytest.raises(InstrumentInvalid) as caught:
        load_module(tmp_path / "modules" / "peace.v1.yaml")
    assert [str(problem) for problem in caught.value.problems] == found


def test_faults_of_the_survey_and_of_its_modules_are_told_at_once(faults: Callable[..., list[str]]) -> None:
    found = faults(
        ("licence: own", "licens: own"),
        ("[peace.v1]", "[peace.v1, peaec.v1, second.v1]"),
        ("type: text,", "type: txt,"),
        peace=replaced(PEACE, ("en: Done.", 'en: ""'), ("value: 3", "value: 2")),
        second=named("second", ("licence: own", "licence: ")),
    )
    assert found == [
        "mine.v1.yaml, line 1: the key “licence” is missing in the file. Add “licence:”.",
        "mine.v1.yaml, line 5: the key “licens” is unknown in the file. Did you mean “licence”?",
        "mine.v1.yaml, line 13: there is no module “peaec.v1”. Did you mean “peace.v1”?",
        "mine.v1.yaml, line 15: “txt” is no type. Did you mean “text”?",
        "peace.v1.yaml, line 20: the option id “2” is used twice. Give each its own.",
        "peace.v1.yaml, line 23: the text in “en” is empty. Write it, between quotation marks.",
        "second.v1.yaml, line 5: “licence” should be a text. Write one.",
    ]


def test_the_same_module_beside_the_survey_and_with_the_program_is_an_error(
    compose: Callable[..., Instrument], tmp_path: Path
) -> None:
    from impact.resources import folder

    shipped = folder("surveys") / "modules"
    with pytest.raises(InstrumentInvalid) as caught:
        compose(("peace.v1", "fear.v1"), fear=(shipped / "fear.v1.yaml").read_text(encoding="utf-8"))
    first, second = sorted((str(tmp_path / "modules"), str(shipped)))
    assert str(caught.value) == (
        f"mine.v1.yaml, line 13: the module “fear.v1” is in two folders: {first} and {second}. "
        "Remove one, or give yours another id."
    )


def test_a_module_that_two_surveys_take_in_tells_its_fault_once(
    compose: Callable[..., Instrument], tmp_path: Path
) -> None:
    compose()
    (tmp_path / "yours.v1.yaml").write_text(SURVEY.replace("id: mine", "id: yours"), encoding="utf-8")
    assert [one.ref for one in list_instruments([tmp_path])] == ["mine.v1", "yours.v1"]
    assert [one.ref for one in list_modules([tmp_path])] == ["peace.v1"]
    (tmp_path / "modules" / "peace.v1.yaml").write_text(
        PEACE.replace("en: Done.", 'en: ""'), encoding="utf-8"
    )
    for listing in (list_instruments, list_modules):
        with pytest.raises(InstrumentInvalid) as caught:
            listing([tmp_path])
        assert str(caught.value) == (
            "peace.v1.yaml, line 23: the text in “en” is empty. Write it, between quotation marks."
        )


def test_a_module_alone_is_a_small_survey_between_two_sides(
    compose: Callable[..., Instrument], tmp_path: Path
) -> None:
    compose()
    module = load_module(tmp_path / "modules" / "peace.v1.yaml")
    assert (module.ref, module.minutes, module.direction, module.source) == (
        "peace.v1",
        1.0,
        "higher",
        "Somebody 1999",
    )
    assert [(facet.about, facet.items) for facet in module.facets] == [("wish", ("wish",))]
    assert (module.instrument.side_ids, module.instrument.waves) == (("a", "b"), ("pre", "post", "later"))
    assert [item.id for item in module.instrument.items] == ["wish", "done", "late", "share"]


JUNK = [
    None,
    True,
    -1,
    "",
    "x",
    "{other}",
    "peace.v1",
    [],
    [[]],
    [None],
    [{}],
    {},
    {"en": None},
    {"a": []},
    {1: 2},
]


def _places(value: object, place: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(found for key, child in pairs for found in _places(child, (*place, key)))]


def _spoiled(text: str, place: tuple[object, ...], junk: object) -> str:
    data = yaml.safe_load(text)
    holder = data
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] = junk
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


@settings(max_examples=80, deadline=None)
@given(data=st.data(), junk=st.sampled_from(JUNK), in_module=st.booleans())
def test_no_content_of_either_file_makes_the_loader_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, junk: object, in_module: bool
) -> None:
    texts = [SURVEY, PEACE]
    chosen = texts[in_module]
    place = data.draw(st.sampled_from(_places(yaml.safe_load(chosen))[1:]))
    texts[in_module] = _spoiled(chosen, place, junk)
    folder = tmp_path_factory.getbasetemp() / "junk"
    (folder / "modules").mkdir(parents=True, exist_ok=True)
    (folder / "mine.v1.yaml").write_text(texts[0], encoding="utf-8")
    (folder / "modules" / "peace.v1.yaml").write_text(texts[1], encoding="utf-8")
    problems = ()
    try:
        load_instrument(folder / "mine.v1.yaml")
    except InstrumentInvalid as fault:
        problems = fault.problems
    assert all(problem.where and problem.what and problem.remedy for problem in problems)
