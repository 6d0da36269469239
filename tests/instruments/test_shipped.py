"""The instruments of surveys/: complete, coherent, frozen."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from impact.instruments import Instrument, Text, items_at, list_instruments, pages_at
from impact.instruments.alphabets import letters_of

SURVEYS = Path(__file__).parents[2] / "surveys"
SHIPPED = {instrument.ref: instrument for instrument in list_instruments([SURVEYS])}
CORE, SHORT, JOBS = (SHIPPED[f"{name}.v1"] for name in ("dialogue-core", "dialogue-short", "jobs-ii"))
SURVEY_FORMS = pytest.mark.parametrize("instrument", [CORE, SHORT], ids=["core", "short"])


def test_released_instruments_are_frozen() -> None:
    """Frozen once used: a changed file fails here. Make a new version instead of editing (surveys/README.md)."""
    lock = json.loads((SURVEYS / "used.lock.json").read_text(encoding="utf-8"))
    assert {ref: instrument.sha256 for ref, instrument in SHIPPED.items()} == lock


def texts_of(instrument: Instrument) -> list[tuple[str, Text]]:
    """Every text of an instrument, with a name to find it by."""
    found = [("title", instrument.title), ("code", instrument.code_intro), ("thanks", instrument.thanks)]
    found += [(f"side {side.id}", side.name) for side in instrument.sides]
    for element in instrument.code_elements:
        found += [(element.id, element.text), (f"{element.id} help", element.help)]
    for item in instrument.items:
        found += [(item.id, item.text), *([(f"{item.id} help", item.help)] if item.help else [])]
        found += [(f"{item.id} option {option.value}", option.label) for option in item.options]
    for scale in instrument.scales:
        found += [(scale.id, scale.title), (f"{scale.id} sense", scale.sense)]
    for page in instrument.pages:
        found += [(page.id, page.title), (f"{page.id} intro", page.intro)]
    return found


@SURVEY_FORMS
def test_every_text_is_in_every_language_with_the_same_placeholders(instrument: Instrument) -> None:
    for name, text in texts_of(instrument):
        assert list(text) == ["en", "ar", "he"], name
        assert all(words.strip() for words in text.values()), name
        assert len({frozenset(re.findall(r"\{.*?\}", words)) for words in text.values()}) == 1, name


@SURVEY_FORMS
def test_translations_are_in_their_script_and_marked_as_drafts(instrument: Instrument) -> None:
    assert {language.tag: language.status for language in instrument.languages} == {
        "en": "source",
        "ar": "draft",
        "he": "draft",
    }
    scripts = {"en": r"[A-Za-z]", "ar": r"[\u0600-\u06ff]", "he": r"[\u0590-\u05ff]"}
    for name, text in texts_of(instrument):
        if name.startswith("joint_action_estimate option"):
            continue  # plain numbers
        for tag, words in text.items():
            letters = re.sub(r"\{.*?\}", "", words)
            assert re.search(scripts[tag], letters), (name, tag)
            assert not any(re.search(scripts[other], letters) for other in scripts if other != tag), (
                name,
                tag,
            )


def test_the_core_covers_the_constructs_with_their_directions() -> None:
    assert {scale.id: (scale.direction, len(scale.items)) for scale in CORE.scales} == {
        "fear": ("lower", 6),
        "fear_of_harm": ("lower", 3),
        "fear_of_awkwardness": ("lower", 3),
        "anger": ("none", 3),
        "tension": ("lower", 4),
        "trust_people_met": ("higher", 3),
        "trust_group": ("higher", 3),
        "understanding": ("higher", 3),
        "empathy": ("higher", 3),
        "closeness": ("higher", 1),
        "competitive_victimhood": ("lower", 3),
        "humanity": ("higher", 3),
        "joint_action": ("higher", 3),
    }
    assert all(len(scale.reversed) <= 1 for scale in CORE.scales)
    scored = {name for scale in CORE.scales for name in scale.items}
    assert {item.id for item in CORE.items} - scored == {"joint_action_estimate", "answered_freely", "remark"}


def test_people_met_are_asked_about_only_after_they_were_met() -> None:
    assert [len(items_at(CORE, wave)) for wave in CORE.waves] == [35, 38, 38]
    for name in CORE.scale["trust_people_met"].items:
        assert CORE.item[name].waves == ("post", "followup")
    assert [page.items for page in pages_at(CORE, "pre") if page.id == "trust"] == [
        ("trust_group_1", "trust_group_2", "trust_group_3")
    ]


@SURVEY_FORMS
def test_pages_are_short_and_the_hard_one_is_last_but_one(instrument: Instrument) -> None:
    for wave in instrument.waves:
        pages = pages_at(instrument, wave)
        assert all(3 <= len(page.items) <= 6 for page in pages)
        assert [page.id for page in pages][-2:] == ["hard", "ahead"]


@SURVEY_FORMS
def test_seven_code_elements_in_three_scripts(instrument: Instrument) -> None:
    sizes = {e.id: [len(e.options[tag]) for tag in ("en", "ar", "he")] for e in instrument.code_elements}
    letters = [26, 28, 22]
    assert sizes == {
        "mother": letters, "father": letters, "grandmother": letters, "birth_town": letters,
        "own_last": letters, "birth_month": [12, 12, 12], "older_siblings": [10, 10, 10],
    }  # fmt: skip
    assert [len(set(letters_of(tag))) for tag in ("en", "ar-EG", "he")] == letters
    assert instrument.code_elements[-1].options["en"][-1] == ("9", "9 or more")
    assert instrument.code_elements == CORE.code_elements


@SURVEY_FORMS
def test_consent_says_what_it_must(instrument: Instrument) -> None:
    assert instrument.consent is not None
    for tag in ("en", "ar", "he"):
        assert sum(len(paragraph.split()) for paragraph in instrument.consent.summary[tag]) <= 120
        everything = " ".join(
            [*instrument.consent.summary[tag], *map(" ".join, instrument.consent.details[tag])]
        )
        assert "{organisation}" in everything
        assert re.search(r"\b5\b", everything)
        assert re.search(r"\b10\b", everything)
        assert len(instrument.consent.details[tag]) == 7


def test_both_forms_ask_for_consent_in_the_same_words() -> None:
    assert CORE.consent
    assert SHORT.consent
    assert CORE.consent.details == SHORT.consent.details
    for tag in ("en", "ar", "he"):
        first, *others = CORE.consent.summary[tag]
        assert SHORT.consent.summary[tag] == (first.replace("10", "5"), *others)


def test_items_that_both_forms_share_have_the_same_words() -> None:
    shared = [item.id for item in SHORT.items]
    assert len(shared) == 15
    assert [SHORT.item[name] for name in shared] == [CORE.item[name] for name in shared]
    for scale in SHORT.scales:
        core = CORE.scale[scale.id]
        assert set(scale.items) <= set(core.items)
        assert (scale.title, scale.direction, scale.sense) == (core.title, core.direction, core.sense)


def test_the_perception_gap_is_about_an_item_of_our_own() -> None:
    (gap,) = CORE.perception_gaps
    assert (gap.own, gap.estimate, gap.agree_from) == ("joint_action_1", "joint_action_estimate", 4)
    assert CORE.item["joint_action_estimate"].values == tuple(range(11))


def test_jobs_ii_is_data_only() -> None:
    assert (JOBS.pages, JOBS.sides, JOBS.code_elements, JOBS.consent) == ((), (), (), None)
    assert JOBS.waves == ("pre", "post")
    (item,) = JOBS.items
    assert (item.id, item.type, item.value_range, item.decimals) == ("depression", "number", (1.0, 5.0), 10)
    assert JOBS.scale["depression"].direction == "lower"


def test_the_hash_is_of_the_content_not_of_the_layout(tmp_path: Path) -> None:
    text = (SURVEYS / "jobs-ii.v1.yaml").read_text(encoding="utf-8")
    copy = tmp_path / "jobs-ii.v1.yaml"
    copy.write_text("# another comment\n" + text.replace("[pre, post]", "[ pre,\n  post ]"), encoding="utf-8")
    assert list_instruments([tmp_path])[0].sha256 == JOBS.sha256
    copy.write_text(text.replace("maximum: 5", "maximum: 6"), encoding="utf-8")
    assert list_instruments([tmp_path])[0].sha256 != JOBS.sha256
