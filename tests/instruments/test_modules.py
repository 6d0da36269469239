"""The module library: every construct, own words, three languages, and the same words wherever an item stands."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import InstrumentInvalid
from impact.instruments import (
    Instrument,
    Module,
    Text,
    content_hash,
    list_instruments,
    list_modules,
    load_instrument,
)
from impact.instruments.compose import bring
from impact.instruments.reading import Document

SURVEYS = Path(__file__).parents[2] / "surveys"
LIBRARY = {module.instrument.id: module for module in list_modules([SURVEYS])}
EVERY_MODULE = pytest.mark.parametrize("module", LIBRARY.values(), ids=LIBRARY)
SHIPPED = {instrument.id: instrument for instrument in list_instruments([SURVEYS])}
TAGS = ("en", "ar", "he")

# Number in the table of constructs: module, its direction, and its scales with theirs.
CONSTRUCTS = {
    1: {"fear": ("lower", {"fear": "lower", "fear_of_harm": "lower", "fear_of_awkwardness": "lower"})},
    2: {"anger": ("none", {"anger": "none", "hatred": "lower", "humiliation": "lower"})},
    3: {"tension": ("lower", {"tension": "lower", "realistic_threat": "lower", "symbolic_threat": "lower"})},
    4: {
        "trust-group": ("higher", {"trust_group": "higher"}),
        "trust-people-met": ("higher", {"trust_people_met": "higher"}),
        "trust-leaders": ("higher", {"trust_leaders": "higher"}),
    },
    5: {"understanding": ("higher", {"understanding": "higher"})},
    6: {"empathy": ("higher", {"empathy": "higher", "empathy_own": "none"})},
    7: {"contact": ("higher", {"contact_quantity": "higher", "contact_quality": "higher", "contact_negative": "lower"})},
    8: {"friendship": ("higher", {"friendship": "higher"})},
    9: {"closeness": ("higher", {"closeness": "higher", "closeness_met": "higher", "closeness_groups": "higher"})},
    10: {"victimhood": ("lower", {"competitive_victimhood": "lower", "shared_suffering": "higher"})},
    11: {"humanity": ("higher", {"humanity": "higher", "humanity_mind": "higher"})},
    12: {"warmth": ("higher", {"warmth_people": "higher", "warmth_leaders": "none", "warmth_own": "none"})},
    13: {"hostile-image": ("lower", {"hostile_image": "lower", "fear_seen": "higher"})},
    14: {"perception-gaps": ("lower", {})},
    15: {"hope": ("higher", {"hope_wish": "higher", "hope_expected": "higher", "hope_feeling": "higher"})},
    16: {"compromise": ("higher", {"negotiation": "higher", "concessions": "none"})},
    17: {"joint-action": ("higher", {"joint_action": "higher", "joint_action_done": "higher"})},
    18: {"economic-cooperation": ("higher", {"economic_willingness": "higher", "economic_barriers": "lower", "economic_exchange": "higher"})},
    19: {"justice": ("higher", {"justice": "higher"})},
    20: {"answered-freely": ("none", {})},
}  # fmt: skip
BESIDE = {
    "about-you": ("none", {}),
    "workshop-experience": ("higher", {"workshop_experience": "higher"}),
}


def texts_of(instrument: Instrument) -> list[tuple[str, Text]]:
    """Every text that a reader may see of a module, with a name to find it by."""
    found = [("title", instrument.title)]
    for item in instrument.items:
        parts = [("text", item.text), ("help", item.help), ("low", item.low_label), ("high", item.high_label)]
        found += [(f"{item.id} {name}", text) for name, text in parts if text]
        found += [(f"{item.id} option {option.value}", option.label) for option in item.options]
    for scale in instrument.scales:
        found += [(scale.id, scale.title), (f"{scale.id} sense", scale.sense)]
    for page in instrument.pages:
        found += [(page.id, page.title), *([(f"{page.id} intro", page.intro)] if page.intro else [])]
    return found


def test_every_construct_has_its_module_with_its_directions() -> None:
    wanted = {name: parts for modules in (*CONSTRUCTS.values(), BESIDE) for name, parts in modules.items()}
    assert {
        name: (module.direction, {scale.id: scale.direction for scale in module.instrument.scales})
        for name, module in LIBRARY.items()
    } == wanted
    assert len(LIBRARY["perception-gaps"].instrument.perception_gaps) == 4
    for number, modules in CONSTRUCTS.items():
        for name in modules:
            head = (SURVEYS / "modules" / f"{name}.v1.yaml").read_text(encoding="utf-8").split("\n", 1)[0]
            assert f"Construct {number} of the library" in head


@EVERY_MODULE
def test_the_head_says_what_a_programme_must_know(module: Module) -> None:
    items = module.instrument.items
    assert module.instrument.licence == (
        "CC BY 4.0: own wordings, see surveys/LICENSE. The sources are of the construct, not of the texts."
    )
    assert {tag: language.status for tag, language in module.instrument.language.items()} == {
        "en": "source",
        "ar": "draft",
        "he": "draft",
    }
    assert module.minutes == max(0.5, math.ceil(len(items) / 4 * 2) / 2), "a quarter of a minute an item"
    assert module.source
    assert module.caution
    assert [name for facet in module.facets for name in facet.items] == list(
        dict.fromkeys(name for facet in module.facets for name in facet.items)
    )
    assert {name for facet in module.facets for name in facet.items} == {item.id for item in items}
    assert all(len(scale.reversed) <= 1 for scale in module.instrument.scales)


@EVERY_MODULE
def test_every_text_is_in_three_languages_in_their_scripts_and_marks(module: Module) -> None:
    scripts = {"en": r"[A-Za-z]", "ar": r"[\u0600-\u06ff]", "he": r"[\u0590-\u05ff]"}
    for name, text in texts_of(module.instrument):
        assert tuple(text) == TAGS, name
        assert len({tuple(sorted(re.findall(r"\{.*?\}", words))) for words in text.values()}) == 1, name
        for tag, words in text.items():
            letters = re.sub(r"\{.*?\}", "", words)
            if letters.isdecimal():
                continue
            assert re.search(scripts[tag], letters), (name, tag)
            assert not any(re.search(scripts[other], letters) for other in TAGS if other != tag), (name, tag)
            assert not re.search(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", words), (name, tag)
        ends = {tag: words[-1] if words[-1] in ".?؟:" else "" for tag, words in text.items()}
        assert ends == {"en": ends["en"], "ar": ends["en"].replace("?", "؟"), "he": ends["en"]}, name
        assert not re.search(r"[?,;]", text["ar"]), name  # ؟ ، ؛
        assert not re.search(r"[؟،؛]", text["en"] + text["he"]), name


# Words that take sides on the reader's gender: “you (f.)/(m.)” with a stroke, and adjectives that must agree.
_GENDERED = {
    "ar": r"/|أنتَ|أنتِ|تشعرين|تعتقدين|\bتشعر\b|\bتعتقد\b|\bتظنّ?\b|\bأنا مستعدّ?ة?\b|\bخائفة?\b(?! )",
    "he": r"/|\bאתה\b|\bאת (?=מרגיש|חושב|רוצה)|מרגיש|מרגישה|מוכן|מוכנה|בטוח\b|בטוחה|חושב\b|חושבת|מאמין|מאמינה",
}


@EVERY_MODULE
def test_the_reader_has_no_grammatical_gender(module: Module) -> None:
    for item in module.instrument.items:
        for tag, forms in _GENDERED.items():
            assert not re.search(forms, item.text[tag]), (item.id, tag)


def test_an_item_has_the_same_words_in_every_module_and_survey() -> None:
    for survey in (SHIPPED["dialogue-core"], SHIPPED["dialogue-short"]):
        shared = [
            (module.instrument.item[item.id], item)
            for module in LIBRARY.values()
            for item in survey.items
            if item.id in module.instrument.item
        ]
        assert all(mine == theirs for mine, theirs in shared)
        assert {item.id for item in survey.items} - {item.id for item, _ in shared} <= {"remark"}
    seen: dict[str, str] = {}
    for name, module in LIBRARY.items():
        for item in module.instrument.items:
            assert seen.setdefault(item.id, name) == name


def test_a_scale_of_the_core_is_the_same_scale_in_its_module() -> None:
    scales = {scale.id: scale for module in LIBRARY.values() for scale in module.instrument.scales}
    assert [scales[scale.id] for scale in SHIPPED["dialogue-core"].scales] == list(
        SHIPPED["dialogue-core"].scales
    )
    (gap,) = SHIPPED["dialogue-core"].perception_gaps
    assert LIBRARY["joint-action"].instrument.perception_gaps == (gap,)


def test_released_modules_are_frozen_in_each_language() -> None:
    """A survey that names fear.v1 must ask the same tomorrow. A further language, minutes, facets and caution may change.

    A changed word, item or scale fails here: copy the file to the next version instead (surveys/README.md).
    """
    lock = json.loads((SURVEYS / "modules" / "used.lock.json").read_text(encoding="utf-8"))
    found = {
        module.ref: {tag: brought_in(module, tag) for tag in lock.get(module.ref, TAGS)}
        for module in LIBRARY.values()
    }
    assert found == lock


def brought_in(module: Module, tag: str) -> str:
    """Hash of what a module brings into a survey in one language."""
    data = Document.read(Path(module.instrument.path), InstrumentInvalid).data
    brought = bring(data, {"languages": {tag: {}}}, set())
    return content_hash(
        {key: list(parts.values()) if key != "option_sets" else parts for key, parts in brought.items()}
    )


HEAD = """\
format: 1
id: mine
version: 1
title: {title}
licence: own
languages:
{languages}
waves: [{waves}]
sides:
  - {{id: a, name: {north}}}
  - {{id: b, name: {south}}}
modules: [{modules}]
"""


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Instrument]:
    path = tmp_path_factory.mktemp("composed") / "mine.v1.yaml"

    def load(modules: list[str], tags: list[str], waves: list[str]) -> Instrument:
        def text(words: str) -> str:
            return "{" + ", ".join(f"{tag}: {words}" for tag in tags) + "}"

        statuses = ["source", *["draft"] * 2]
        languages = [
            f"  {tag}: {{name: N, direction: ltr, status: {status}}}"
            for tag, status in zip(tags, statuses, strict=False)
        ]
        path.write_text(
            HEAD.format(
                title=text("Mine"), languages="\n".join(languages), waves=", ".join(waves), north=text("North"),
                south=text("South"), modules=", ".join(f"{name}.v1" for name in modules),
            ),
            encoding="utf-8",
        )  # fmt: skip
        return load_instrument(path)

    return load


def test_the_whole_library_fits_into_one_survey(composed: Callable[..., Instrument]) -> None:
    everything = composed(list(LIBRARY), list(TAGS), ["pre", "post", "followup"])
    assert len(everything.items) == sum(len(module.instrument.items) for module in LIBRARY.values()) == 119
    assert len(everything.scales) == sum(len(module.instrument.scales) for module in LIBRARY.values()) == 43
    assert len(everything.perception_gaps) == 5


ASKED_NOT_BEFORE = {"trust-people-met", "workshop-experience"}


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_modules_in_any_order_languages_and_waves_make_an_instrument(
    composed: Callable[..., Instrument], data: st.DataObject
) -> None:
    waves = data.draw(st.sampled_from([["pre"], ["pre", "post"], ["pre", "post", "followup"]]))
    possible = sorted(set(LIBRARY) - (ASKED_NOT_BEFORE if waves == ["pre"] else set()))
    names = data.draw(st.lists(st.sampled_from(possible), min_size=1, max_size=6, unique=True))
    tags = data.draw(st.permutations(TAGS))[: data.draw(st.integers(1, 3))]
    mine = composed(names, tags, waves)
    expected = [
        (item, [wave for wave in item.waves if wave in waves])
        for name in names
        for item in LIBRARY[name].instrument.items
    ]
    assert [(item.id, list(item.waves)) for item in mine.items] == [
        (item.id, asked) for item, asked in expected if asked
    ]
    for item, _ in expected:
        if item.id in mine.item:
            assert mine.item[item.id].text == {tag: item.text[tag] for tag in tags}
            assert mine.item[item.id].values == item.values
            assert mine.item[item.id].show_if == item.show_if
    assert [name for page in mine.pages for name in page.items] == [
        name
        for module in names
        for page in LIBRARY[module].instrument.pages
        for name in page.items
        if name in mine.item
    ]
    assert composed(names, tags, waves).sha256 == mine.sha256


README = (SURVEYS / "README.md").read_text(encoding="utf-8")


def test_the_readme_lists_the_library_as_it_is() -> None:
    number = {name: str(key) for key, modules in CONSTRUCTS.items() for name in modules}
    rows = {
        f"| {number.get(name, '–')} | `{module.ref}` | {len(module.instrument.items)} | {module.minutes:g} "
        f"| {module.direction} | {', '.join(f'`{scale.id}`' for scale in module.instrument.scales) or '–'} |"
        for name, module in LIBRARY.items()
    }
    assert {line for line in README.splitlines() if re.match(r"\| (\d+|–) \| `", line)} == rows


def test_the_example_of_the_readme_is_a_survey(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(waves:.*?)```", README, re.S)
    assert example
    head, _, _ = HEAD.format(
        title="Mine",
        languages="  en: {name: N, direction: ltr, status: source}",
        waves="",
        north="N",
        south="S",
        modules="",
    ).partition("waves:")
    sides = "sides: [{id: a, name: N}, {id: b, name: S}]\n"
    path = tmp_path / "mine.v1.yaml"
    path.write_text(head + sides + example[1], encoding="utf-8")
    mine = load_instrument(path)
    assert [page.id for page in mine.pages] == ["trust_group", "meeting", "closeness", "justice", "last"]
    assert mine.pages[-1].items == ("answered_freely", "remark")
