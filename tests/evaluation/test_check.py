"""The linter against a corpus of sentences in three languages: all breaches found, nothing acceptable flagged."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from impact.evaluation import check
from impact.evaluation.check import _fold, _group
from impact.evaluation.licences import licence_ids, table
from impact.evaluation.wording import forbidden_words, languages, words

CORPUS = Path(__file__).parent / "corpus"


def corpus(kind):
    """(language, sentence) of all files; those that are named for a language are in it."""
    return [
        (row.get("language", path.stem), row)
        for path in sorted(CORPUS.glob("*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))[kind]
    ]


BREACHES, ACCEPTABLE = corpus("breaches"), corpus("acceptable")


def test_the_corpus_is_large_enough_in_every_language():
    for kind in (BREACHES, ACCEPTABLE):
        assert len(kind) >= 60
        assert len({row["text"] for _, row in kind}) == len(kind)
        for language in languages():
            assert sum(one == language for one, _ in kind) >= 20


def overlaps(breach, text, words_in_text):
    start = text.index(words_in_text)
    return breach.position < start + len(words_in_text) and start < breach.position + len(breach.found)


@pytest.mark.parametrize(("language", "row"), BREACHES, ids=[row["text"][:40] for _, row in BREACHES])
def test_every_breach_is_found_where_it_stands(language, row):
    text = row["text"]
    found = check(text, row["licence"], language)
    for expected in row["found"]:
        assert any(overlaps(breach, text, expected) for breach in found), (expected, found)
    for breach in found:
        assert text[breach.position : breach.position + len(breach.found)] == breach.found
        assert breach.instead.strip()
        assert check(breach.instead, row["licence"], language) == (), "what to say instead may be said"


@pytest.mark.parametrize(("language", "row"), ACCEPTABLE, ids=[row["text"][:40] for _, row in ACCEPTABLE])
def test_nothing_acceptable_is_flagged(language, row):
    assert check(row["text"], row["licence"], language) == ()


def test_the_weaker_the_licence_the_more_is_forbidden():
    sets = [set(table()["licences"][name]["forbids"]) for name in licence_ids()]
    assert all(weaker >= stronger for weaker, stronger in pairwise(sets))


@pytest.mark.parametrize("language", languages())
def test_every_group_has_words_in_every_language(language):
    lists = forbidden_words(language)
    groups = set().union(*(entry["forbids"] for entry in table()["licences"].values()))
    assert set(lists["forbidden"]["groups"]) == groups
    assert set(lists["instead"]) == set(forbidden_words("en")["instead"])
    for group in groups:
        assert not _group(language, group).search(""), "a pattern that finds nothing everywhere is a fault"


def test_what_is_quoted_is_passed_over_and_what_is_not_quoted_is_not():
    said = "impact"
    for opening, closing in ("“”", "«»", "״״"):
        assert check(f"The word {opening}{said}{closing} was used.", "before_after") == ()
    assert [one.found for one in check("The word impact” was used.", "before_after")] == ["impact"]
    assert [one.found for one in check("בארה״ב ובצה״ל הייתה השפעה", "before_after", "he")] == ["השפעה"]


def test_a_second_negation_turns_the_first_round():
    assert check("We cannot say that the workshop caused this.", "before_after") == ()
    assert check("We cannot say that the workshop has not caused this.", "before_after")
    assert check("We cannot say enough: the workshop caused this.", "before_after")
    assert check("It cannot be denied that the workshop caused this.", "before_after")


def test_a_disclaimer_covers_its_own_clause_only():
    found = check("We cannot say why, but the workshop led to this.", "before_after")
    assert [one.found for one in found] == ["led to"]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("THE IMPACT", "en", "IMPACT"),
        ("the im\u00adpact of it", "en", "im\u00adpact"),
        ("a game\u2011changer", "en", "game\u2011changer"),
        ("it led\nto trust", "en", "led\nto"),
        ("تَأْثِيرٌ", "ar", "تَأْثِيرٌ"),
        ("تـــأثيـــر", "ar", "تـــأثيـــر"),
        ("وبالتأثير", "ar", "وبالتأثير"),
        ("تاثير", "ar", "تاثير"),
        ("וְשֶׁהַשְׁפָּעָה", "he", "וְשֶׁהַשְׁפָּעָה"),
        ("בר\u05beקיימא", "he", "בר\u05beקיימא"),
    ],
)
def test_spelling_does_not_hide_a_word(text, language, found):
    assert [one.found.rstrip() for one in check(text, "before_after", language)] == [found]


def test_names_of_sides_are_passed_over():
    text = "Success Village: “Fear” was lower after than before."
    assert [one.found for one in check(text, "before_after")] == ["Success"]
    assert check(text, "before_after", names=["Success Village"]) == ()


def test_folding_keeps_places():
    folded, places = _fold("أَثَرٌ ﬁne")
    assert folded == "اثر fine"
    assert places == [0, 2, 4, 6, 7, 7, 8, 9]


def test_a_number_is_asked_of_what_is_called_significant():
    assert check("Trust rose significantly.", "before_after")[0].group == "significance"
    assert check("Trust was significantly higher after than before, by 8 points.", "before_after") == ()
    assert check("Trust rose significantly. There were 8 sessions.", "before_after")


def test_what_to_say_instead_follows_the_licence():
    found = check("The workshop led to more trust.", "randomised")
    assert found == ()
    assert check("It led to more trust.", "comparison", arm_means="offered")[0].instead == words("en")[
        "licences"
    ]["comparison"]["instead"].format(doing="being invited to the workshop")


def test_reading_is_quick_even_for_hostile_text():
    """No pattern takes longer than in proportion: a page of near misses is read in well under a second."""
    import time

    start = time.perf_counter()
    for language, word in (
        ("en", "we cannot the our because whether "),
        ("ar", "لا يمكن أدى المشروع "),
        ("he", "לא ניתן הסדנה "),
    ):
        check(word * 300, "account", language)
    assert time.perf_counter() - start < 20


def test_a_negation_of_only_is_no_negation():
    assert check("It is not proven that the workshop caused this.", "before_after") == ()
    found = check("It is not only proven that the workshop caused this.", "before_after")
    assert [one.found for one in found] == ["proven", "caused"]
    assert check("The workshop cannot be credited with the change.", "before_after") == ()
    found = check("The workshop is not just credited with the change.", "before_after")
    assert [one.found for one in found] == ["credited with"]


def test_that_nothing_is_no_evidence_of_nothing_may_be_said():
    assert check("No evidence of a change is not evidence of no change.", "before_after") == ()
    assert [one.found for one in check("This is evidence of no change.", "before_after")] == ["no change"]


def test_praise_that_leaves_no_room_is_too_much_even_where_chance_decided():
    """What a trial may say of a cause, a trial may say of healing; recipes and purchases it may not."""
    assert check("The encounter shrinks prejudice.", "randomised") == ()
    assert [one.group for one in check("The encounter shrinks prejudice.", "comparison")] == ["verb"]
    assert [one.group for one in check("A tried and tested recipe.", "randomised")] == ["prove"]
    assert [one.group for one in check("Every dollar invested bought calm.", "randomised")] == ["success"]
    assert [one.group for one in check("Their hope is a return on your support.", "comparison")] == ["due"]
