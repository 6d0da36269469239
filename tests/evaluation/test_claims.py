"""Sentences: word for word, and never more than the licence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.evaluation import VERDICTS, check
from impact.evaluation.claims import LICENCES, Basis, claim, licence_of, signed, size_word, suppressed_claim

CLOSE = "There was no comparison group, so it cannot be said that the workshops caused this."


def say(licence, verdict, value=-8.2, low=-12.3, high=-4.1, basis=None, family=1, difference=None):
    return claim(
        licence, verdict, title="Fear", who="Side A", basis=basis or Basis(21, 3), value=value,
        interval=None if low is None else {"low": low, "high": high, "family": family}, sesoi=5, language="en",
        difference=difference,
    )  # fmt: skip


SENTENCES = {
    (
        "before_after",
        "improved",
    ): "Side A: “Fear” was lower after than before, by 8.2 points of 100 (between 4.1 and "
    f"12.3; 21 people in 3 workshops). This is the direction hoped for. {CLOSE}",
    (
        "before_after",
        "worsened",
    ): "Side A: “Fear” was lower after than before, by 8.2 points of 100 (between 4.1 and "
    f"12.3; 21 people in 3 workshops). This is against the direction hoped for. {CLOSE}",
    (
        "before_after",
        "inconclusive",
    ): "Side A: no clear evidence of a change in “Fear” (could be from −12.3 to −4.1 "
    "points of 100; 21 people in 3 workshops).",
    (
        "these_rooms",
        "inconclusive",
    ): "Side A: no clear evidence of a change in “Fear” among the people in these rooms "
    "(could be from −12.3 to −4.1 points of 100; 21 people in 3 workshops). It holds for these people only.",
    (
        "randomised",
        "improved",
    ): "Side A: taking part lowered “Fear” by 8.2 points of 100, compared with not taking "
    "part (between 4.1 and 12.3; 21 people in 3 workshops). This is the direction hoped for. Who took part was decided "
    "by lot. It holds for people like these, in this setting.",
    (
        "comparison",
        "improved",
    ): "Side A: “Fear” changed more among those who took part than among those who did not: "
    "it ended 8.2 points of 100 lower, allowing for where each began (between 4.1 and 12.3; 21 people in 3 workshops). "
    "This is consistent with an effect of taking part. This is the direction hoped for. The two groups were not made "
    "by lot, so other differences between them cannot be ruled out.",
}


@pytest.mark.parametrize(("licence", "verdict"), SENTENCES)
def test_word_for_word(licence, verdict):
    found = say(licence, verdict)
    assert found == {
        "licence": licence,
        "rule": f"{licence}.{verdict}",
        "language": "en",
        "text": SENTENCES[licence, verdict],
    }


def test_inconclusive_says_what_it_could_be():
    text = say("before_after", "inconclusive", value=3, low=-3, high=9)["text"]
    assert "no clear evidence of a change" in text
    assert "could be from −3.0 to +9.0 points" in text


def test_a_family_is_named_and_two_arms_are_counted():
    text = say("randomised", "improved", basis=Basis(40, None, 18), family=4)["text"]
    assert "; allowing for all 4 main results; 22 people who took part and 18 who did not)" in text


def test_a_difference_of_sides_names_both():
    found = say("before_after", "lower", difference=("Side A", "Side B"))
    assert found["rule"] == "before_after.sides.lower"
    assert "it was lower for Side A than for Side B" in found["text"]


def test_interval_ends_where_the_scale_ends():
    text = say("before_after", "inconclusive", value=3, low=-180, high=150)["text"]
    assert "from −100.0 to +100.0 points" in text


@pytest.mark.parametrize(
    ("design", "clustered", "few", "licence"),
    [
        ("one_group", True, False, "before_after"),
        ("one_group", True, True, "these_rooms"),
        ("one_group", False, False, "these_rooms"),
        ("comparison", True, False, "comparison"),
        ("randomised", False, False, "randomised"),
    ],
)
def test_licences(design, clustered, few, licence):
    assert licence_of(design, clustered, few) == licence


NUMBERS = st.floats(-100, 100)


@given(
    st.sampled_from(LICENCES), st.sampled_from([*VERDICTS, None]), NUMBERS, st.floats(0, 50), st.integers(1, 999),
    st.sampled_from([None, 1, 2, 3, 40]), st.sampled_from([None, 5]), st.booleans(), st.integers(1, 20),
)  # fmt: skip
def test_no_sentence_breaks_its_licence(
    licence, verdict, value, reach, n, clusters, comparison, sides, family
):
    found = say(
        licence, verdict, value, None if verdict is None else value - reach, value + reach,
        Basis(n + 5, clusters, comparison), family, ("Side A", "Side B") if sides else None,
    )  # fmt: skip
    assert check(found["text"], licence) == ()
    assert "p-value" not in found["text"]
    assert "p =" not in found["text"]
    assert "nan" not in found["text"].lower()
    assert "-" not in found["text"], "a hyphen is no minus sign"
    assert "{" not in found["text"]
    assert check(suppressed_claim(licence, title="Fear", who="All", language="en")["text"], licence) == ()


OVERCLAIMS = [
    "The workshop led to more trust.",
    "The workshops caused a fall in fear.",
    "Impact: fear fell by 30 points.",
    "Thanks to the programme fear fell.",
    "The workshop had no effect on fear.",
    "Fear fell because of the dialogue.",
    "The programme reduced fear by 30 %.",
    "This proves that dialogue works.",
    "It was an effective programme.",
    "Participants in general trust more.",
]


@pytest.mark.parametrize("sentence", OVERCLAIMS)
@pytest.mark.parametrize("licence", ["these_rooms", "before_after", "comparison"])
def test_overclaims_are_found_with_position_and_remedy(sentence, licence):
    found = check(sentence, licence)
    assert found
    assert sentence[found[0].position :].startswith(found[0].found)
    assert found[0].instead.startswith("Say “")


def test_effect_language_is_for_the_randomised_design():
    sentence = "Taking part lowered fear; the effect was 8 points."
    assert check(sentence, "randomised") == ()
    assert [breach.found for breach in check(sentence, "before_after")] == ["Taking part lowered", "effect"]


def test_names_in_quotation_marks_are_passed_over():
    assert check("“The impact of war” was lower after than before.", "before_after") == ()


@pytest.mark.parametrize(
    ("value", "text"), [(3, "+3.0"), (-3, "−3.0"), (0, "0.0"), (-0.04, "0.0"), (9.06, "+9.1")]
)
def test_signs(value, text):
    assert signed(value) == text


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.1, "very small"), (-0.15, "small"), (0.36, "medium"), (-0.7, "large"), (None, None)],
)
def test_size_words(value, word):
    assert size_word(value) == word
