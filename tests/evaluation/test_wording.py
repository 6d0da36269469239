"""Catalogues: the translations have what the source has, and are called drafts until somebody has reviewed them."""

from __future__ import annotations

import re
import string

import pytest
import yaml

from impact.cli.options import language as language_option
from impact.evaluation import wording
from impact.evaluation.wording import STATUSES, counted, languages, plural, words

TRANSLATIONS = [language for language in languages() if language != "en"]


def raw(language):
    """The file itself: `words` fills what a translation lacks with English."""
    return yaml.safe_load((wording._FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))


def flat(tree, prefix=""):
    """Key → text; the forms of a plural are one entry, since languages have different ones."""
    found = {}
    for key, value in tree.items():
        if prefix == "plurals.":
            found[prefix + key] = value["other"]
        elif isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = str(value)
    return found


def placeholders(text):
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})


def test_there_are_three_languages_and_the_command_offers_them():
    assert languages() == ("ar", "en", "he")
    assert _choices() == list(languages())


def _choices():
    def command():
        pass

    return list(language_option(command).__click_params__[0].type.choices)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_same_keys_and_placeholders(language):
    source, own = flat(raw("en")), flat(raw(language))
    assert set(own) == set(source)
    for key, text in source.items():
        assert placeholders(own[key]) == placeholders(text), key
        assert bool(own[key].strip()) == bool(text.strip()) or key == "draft_note", key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_is_in_its_own_script_and_a_draft(language):
    own = raw(language)
    assert (own["status"], own["direction"]) == ("draft", "rtl")
    assert own["draft_note"]
    script = {"ar": r"[\u0600-\u06ff]", "he": r"[\u0590-\u05ff]"}[language]
    plain = {
        "status",
        "direction",
        "sides.level",
        "frequencies.expected",
        "basis.in_workshops",
        "plurals.people",
        "sensitivity.summary.joiner",
    }
    for key, text in flat(own).items():
        bare = re.sub(r"\{\w+\}", "", text)
        assert re.search(script, bare) or key in plain or not bare.strip(" .:؛،"), key
        assert not re.search(r"[A-Za-z]", bare) or key in ("status", "direction"), key


def test_the_source_says_so():
    assert words("en")["status"] == "source"
    assert all(words(language)["status"] in STATUSES for language in languages())


def test_an_unknown_language_is_english_and_a_missing_text_too():
    assert words("fr") is words("xx") or words("fr") == words("en")
    assert wording._over({"a": {"b": "B", "c": "C"}, "d": "D"}, {"a": {"b": "ב"}}) == {
        "a": {"b": "ב", "c": "C"},
        "d": "D",
    }


def test_plural_categories_are_those_of_cldr():
    arabic = {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other", 102: "other",
              103: "few", 110: "few", 111: "many", 200: "other"}  # fmt: skip
    assert {number: plural(number, "ar") for number in arabic} == arabic
    assert [plural(number, "he") for number in (0, 1, 2, 3, 20)] == ["other", "one", "two", "other", "other"]
    assert [plural(number, "en") for number in (0, 1, 2)] == ["other", "one", "other"]
    for language in languages():
        needed = {plural(number, language) for number in range(1, 200)}
        assert all(needed <= set(forms) for forms in raw(language)["plurals"].values())


def test_people_are_counted_in_the_language():
    assert counted("people", 2, "he") == "שני אנשים"
    assert counted("people", 7, "ar") == "7 أشخاص"
    assert counted("workshops", 3, "en") == "3 workshops"


@pytest.mark.parametrize("language", languages())
def test_a_number_and_its_per_cent_are_never_parted(language):
    """A no-break space stands between them, in the sentences of findings and in those of the report."""
    report = yaml.safe_load(
        (wording._FOLDER.parents[1] / "report" / "words" / "en.yaml").read_text(encoding="utf-8")
    )
    texts = {**flat(raw(language)), **flat(report)}
    assert {key: text for key, text in texts.items() if re.search(r"[}0-9] ?%", text)} == {}
    assert sum(text.count("\u00a0%") for text in flat(raw(language)).values()) > 60
