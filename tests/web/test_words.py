"""Catalogues, digits, the two circles, and which language a browser gets."""

import re

import pytest

from impact.i18n import catalogue, languages
from impact.web.participant.circles import RADIUS, STEPS, WIDTH, circles
from impact.web.participant.words import Words
from impact.web.problems import preferred


def test_every_catalogue_has_every_word_with_the_same_placeholders():
    assert languages() == ("ar", "en", "he")
    source = catalogue("en")
    for language in languages():
        own = catalogue(language)
        assert own.keys() == source.keys()
        for key, text in own.items():
            assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", source[key])), (
                language,
                key,
            )


def test_a_draft_says_so_in_its_own_language():
    assert [Words(tag).draft for tag in ("en", "ar", "he")] == [
        "draft translation",
        "ترجمة أولية",
        "טיוטת תרגום",
    ]


def test_numbers_have_the_same_digits_in_every_language():
    assert Words("ar")("part", number=3, total=17) == "الجزء 3 من 17"
    assert Words("he")("part", number=3, total=17) == "חלק 3 מתוך 17"
    assert Words("en")("number_range", low=0.0, high=2.5) == "A number from 0 to 2.5"


def test_the_circles_come_closer_with_each_step_and_the_last_ones_are_almost_one():
    gaps = [circles(step, "ltr").them - circles(step, "ltr").me for step in range(1, STEPS + 1)]
    assert gaps == [54, 42, 35, 28, 21, 10.5, 3]
    assert gaps[0] > 2 * RADIUS == gaps[1]


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_the_circles_are_mirrored_where_one_reads_from_the_right(step):
    left, right = circles(step, "ltr"), circles(step, "rtl")
    assert (right.me, right.them) == (WIDTH - left.me, WIDTH - left.them)
    assert left.me < left.them
    assert right.me > right.them


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "en"),
        ("ar-EG,ar;q=0.9,en;q=0.8", "ar"),
        ("de,he;q=0.4,ar;q=0.5", "ar"),
        ("de", "en"),
        ("ar;q=0,he", "he"),
        ("ar;q=x,he;q=0.1", "he"),
        (",;q=1,,;;", "en"),
    ],
)
def test_the_language_that_a_browser_likes_best(accepted, expected):
    assert preferred(accepted, ("en", "ar", "he")) == expected


def test_without_english_the_first_language_is_the_fallback():
    assert preferred("de", ("fr", "ar")) == "fr"
