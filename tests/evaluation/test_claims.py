"""Sentences: word for word, and never more than the licence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.evaluation import VERDICTS, check
from impact.evaluation import verdict as read_verdict
from impact.evaluation.claims import (
    LICENCES,
    Basis,
    Evidence,
    claim,
    frequencies,
    licence_block,
    licence_of,
    size_word,
    suppressed_claim,
)

NO_CAUSE = "There was no comparison group, so it cannot be said that the workshops caused this."
HOPED = "This is the direction hoped for."


def say(licence, verdict, value=-8.2, low=-12.3, high=-4.1, basis=None, difference=None, **more):
    words = {name: more.pop(name) for name in ("arm_means", "is_planned", "sesoi", "who") if name in more}
    evidence = Evidence(value, low, high, **more)
    return claim(
        licence, verdict, evidence, title="Fear", basis=basis or Basis(21, 3), language="en", difference=difference,
        **({"who": "Side A", "sesoi": 5} | words),
    )  # fmt: skip


def text(*args, **kwargs):
    return say(*args, **kwargs)["text"]


SENTENCES = {
    ("before_after", "improved"): "Side A: “Fear” was lower after than before, by 8.2 points of 100 (95\u00a0% interval 4.1 "
    f"to 12; 21 people in 3 workshops). {HOPED} {NO_CAUSE}",
    ("before_after", "worsened"): "Side A: “Fear” was lower after than before, by 8.2 points of 100 (95\u00a0% interval 4.1 "
    f"to 12; 21 people in 3 workshops). This is against the direction hoped for. {NO_CAUSE}",
    ("before_after", "inconclusive"): "Side A: no clear evidence of a change in “Fear” (it could be from −12 to −4.1 "
    "points of 100, 95\u00a0% interval; 21 people in 3 workshops).",
    ("before_after", "no_meaningful_change"): "Side A: “Fear” stayed about where it was: a change of 5 points of 100 "
    "or more can be ruled out at the 95\u00a0% level (it could be from −12 to −4.1; 21 people in 3 workshops).",
    ("these_rooms", "inconclusive"): "Side A: no clear evidence of a change in “Fear” among the people in these rooms "
    "(it could be from −12 to −4.1 points of 100, 95\u00a0% interval; 21 people in 3 workshops). It holds for these people "
    "only.",
    ("randomised", "improved"): "Side A: taking part lowered “Fear” by 8.2 points of 100, compared with not taking "
    f"part (95\u00a0% interval 4.1 to 12; 21 people in 3 workshops). {HOPED} Chance decided who took part. It holds for "
    "people like these, in this setting.",
    ("comparison", "improved"): "Side A: “Fear” ended 8.2 points of 100 lower among those who took part than in the "
    "comparison group, allowing for where each began (95\u00a0% interval 4.1 to 12; 21 people in 3 workshops). This is "
    f"consistent with an effect of taking part. {HOPED} Chance did not decide who took part, so other differences "
    "between the two groups cannot be ruled out.",
}  # fmt: skip


@pytest.mark.parametrize(("licence", "verdict"), SENTENCES)
def test_word_for_word(licence, verdict):
    found = say(licence, verdict)
    levels = {
        "before_after": ("1", "2"),
        "these_rooms": ("1", "2"),
        "comparison": ("3", "3"),
        "randomised": ("5", "3"),
    }
    assert found == {
        "licence": licence,
        "sms": levels[licence][0],
        "nesta": levels[licence][1],
        "reading": licence_block(licence, "comparison", "en")["reading"],
        "because": [],
        "rule": f"{licence}.{verdict}",
        "language": "en",
        "status": "source",
        "text": SENTENCES[licence, verdict],
    }


def test_inconclusive_says_what_it_could_be():
    assert "(it could be from −3.0 to +9.0 points" in text("before_after", "inconclusive", 3, -3, 9)


def test_a_family_is_named_once_and_two_arms_are_counted():
    found = text("randomised", "improved", basis=Basis(40, None, 18), family=4, level=0.9)
    part = "(90\u00a0% interval 4.1 to 12, allowing for 4 main results; 22 people who took part and 18 who did not)"
    assert part in found


def test_a_difference_of_sides_names_both():
    found = say("before_after", "lower", difference=("Side A", "Side B"))
    assert found["rule"] == "before_after.sides.lower"
    assert "it was lower for Side A than for Side B" in found["text"]


def test_an_interval_ends_where_the_scale_ends():
    """From an average of 40.4 nobody can fall by 61, or rise by 82."""
    assert "from −40 to +4.0 points of 100, as far as the scale reaches, 95\u00a0% interval" in text(
        "before_after", "inconclusive", -3, -61.2, 4, before=40.4
    )
    assert "from −2.0 to +60 points of 100, as far as the scale reaches, 95\u00a0% interval" in text(
        "before_after", "inconclusive", 3, -2, 82.2, before=40.4
    )
    assert "from −100 to +100 points of 100, as far as the scale reaches, 95\u00a0% interval" in text(
        "comparison", "inconclusive", 3, -180, 150
    )


@pytest.mark.parametrize("language", ["en", "ar", "he"])
@pytest.mark.parametrize(
    "licence", ["these_rooms", "before_after", "comparison", "randomised", "retrospective_pre"]
)
@pytest.mark.parametrize("difference", [None, ("Side A", "Side B")])
@pytest.mark.parametrize(
    ("verdict", "value", "low", "high"),
    [("improved", 50, 2, 101), ("no_meaningful_change", 1, -101, 2), ("inconclusive", 1, -2, 101), ("inconclusive", 1, -101, 101)],
)  # fmt: skip
def test_a_cut_interval_says_so_and_a_whole_one_does_not(
    language, licence, difference, verdict, value, low, high
):
    reach = {"en": "as far as the scale reaches", "ar": "بقدر ما يسمح به المقياس", "he": "ככל שהסולם מאפשר"}[
        language
    ]

    def told(low, high):
        evidence = Evidence(value, low, high)
        return claim(
            licence, verdict, evidence, title="Fear", who="Side A", sesoi=5, basis=Basis(21, 3), language=language,
            difference=difference,
        )["text"].count(reach)  # fmt: skip

    assert told(low, high) == 1
    assert told(max(low, -100), min(high, 100)) == 0


def test_an_interval_that_leaves_the_direction_open_is_said_to():
    found = say("before_after", "inconclusive", 10.5, -61.2, 82.2, before=40.4, family=4)
    assert found["rule"] == "before_after.inconclusive_wide"
    assert found["text"] == (
        "Side A: from 21 people in 3 workshops it cannot be told whether “Fear” rose or fell "
        "(it could be from −40 to +60 points of 100, as far as the scale reaches, 95\u00a0% interval, allowing for 4 main results)."
    )
    assert say("before_after", "inconclusive", 0, -15, 15.1)["rule"] == "before_after.inconclusive"


def test_people_who_were_invited_need_not_have_taken_part():
    basis = Basis(40, None, 18)
    assert text("randomised", "improved", basis=basis, arm_means="offered") == (
        "Side A: being invited to the workshop lowered “Fear” by 8.2 points of 100, compared with not being invited "
        "(95\u00a0% interval 4.1 to 12; 22 people who were invited and 18 who were not). This is the direction hoped for. "
        "Chance decided who was invited; people count as invited whether they came or not. "
        "It holds for people like these, in this setting."
    )
    block = licence_block("randomised", "randomised", "en", "offered")
    assert block["reading"] == (
        "Chance decided who was invited, and people count as invited whether they came or not. It may be said that "
        "being invited to the workshop raised or lowered a score, by how much and how surely, for people like these; "
        "it may not be said of other places."
    )
    assert block["arms"] == {
        "workshop": "people who were invited",
        "comparison": "people who were not invited",
    }
    assert licence_block("before_after", "one_group", "en")["arms"] is None
    for licence in ("randomised", "comparison"):
        for verdict in [*VERDICTS, None]:
            assert "tak" not in text(licence, verdict, arm_means="offered")


def test_who_changed_less_is_not_said_to_have_changed_more():
    found = text("comparison", "worsened", -28, -36, -20, arms=(11.3, 39.4))
    assert found.startswith(
        "Side A: “Fear” ended 28 points of 100 lower among those who took part than in the comparison group, allowing "
        "for where each began (95\u00a0% interval 20 to 36; 21 people in 3 workshops; change among those who took part: "
        "+11, in the comparison group: +39)."
    )
    assert not any("changed more" in text("comparison", verdict) for verdict in VERDICTS)


@pytest.mark.parametrize(
    ("value", "alike", "rule", "begins"),
    [
        (-25.0, True, "all_alike", "Side A: all 21 people changed by the same 25 points of 100 in “Fear”, which was "
         "lower after than before; no interval can be computed."),
        (0.0, True, "nobody", "Side A: none of the 21 people changed in “Fear”; no interval can be computed."),
        (-25.0, False, "value_without_interval", "Side A: the average change in “Fear” was −25 points of 100; no "
         "interval can be computed, so it cannot be told from chance (21 people in 3 workshops)."),
        (None, False, "missing", "Side A: from these data nothing can be said about a change in “Fear” (21 people in 3 "
         "workshops)."),
    ],
)  # fmt: skip
def test_without_an_interval_what_is_known_is_said(value, alike, rule, begins):
    found = say("before_after", None, value, None, None, is_alike=alike)
    assert found["rule"] == f"before_after.{rule}"
    assert found["text"].startswith(begins)


def test_nothing_was_set_beforehand_if_the_plan_was_not_locked():
    numbers = ("before_after", "improved_below_sesoi", 2, 1, 4)
    assert "than the 5 points that the plan calls worth having." in text(*numbers)
    assert "than the 5 points that were set beforehand as worth having." in text(*numbers, is_planned=True)


def test_a_bound_is_never_rounded_to_what_the_rule_depends_on():
    assert "95\u00a0% interval 0.02 to 4.0;" in text("before_after", "improved_below_sesoi", 2, 0.02, 4)
    assert "95\u00a0% interval just above 0 to 4.0;" in text(
        "before_after", "improved_below_sesoi", 2, 0.0002, 4
    )
    assert "from −5.04 to +4.98 points" in text("before_after", "inconclusive", 0, -5.04, 4.98)
    assert "from just below −5 to +1.0 points" in text("before_after", "inconclusive", -2, -5.0001, 1)
    assert "by 0.03 points" in text("before_after", "improved_below_sesoi", 0.03, 0.01, 0.05)
    assert "from 0 to +20 points" in text("before_after", "inconclusive", 10, 0.0, 20.0)


@given(st.floats(-100, 100), st.floats(0, 60), st.floats(0, 60), st.sampled_from([0.5, 3.0, 5.0, 7.25, 12.0]))
def test_what_is_printed_has_the_verdict_that_is_claimed(value, below, above, sesoi):
    low, value, high = (
        round(max(-100.0, min(end, 100.0)), 6) for end in (value - below, value, value + above)
    )
    found = read_verdict(low, high, sesoi, "higher")
    printed = text("before_after", found, value, low, high, sesoi=sesoi)
    if "just" in printed:
        return
    pattern = (
        r"interval ([\d.]+) to ([\d.]+);"
        if found[0] in "iw" and found != "inconclusive"
        else r"from (\S+) to (\S+?)[; ]"
    )
    ends = [float(end.replace("−", "-")) for end in re.search(pattern, printed).groups()]
    if found == "worsened":
        ends = [-ends[1], -ends[0]]
    assert read_verdict(*ends, sesoi, "higher") == found


def test_frequencies_can_be_read_and_small_counts_are_not_told():
    counts = {"improved": 12, "worsened": None, "unchanged": None}
    assert frequencies(counts, 40, 1.0, 10, None, "en", 18.4) == (
        "Of 40 people, 12 moved clearly, by more than 18 points of 100, in the direction hoped for, fewer than 10 clearly the other way; for the "
        "others the difference is too small to tell from chance in answering (about 1 in each direction would be "
        "expected by that alone)."
    )
    found = frequencies(counts, 20, 0.5, 10, "people who took part", "en", 20.0)
    assert found.startswith("Of 20 people who took part, 12 moved clearly")
    assert "(about one, or nobody, in each direction" in found


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
    st.sampled_from(["attended", "offered"]), st.booleans(), st.sampled_from([None, (3.0, -4.0)]),
)  # fmt: skip
def test_no_sentence_breaks_its_licence(
    licence, verdict, value, reach, n, clusters, comparison, sides, family, arm_means, flag, arms
):
    found = say(
        licence, verdict, value, None if verdict is None else value - reach, value + reach,
        Basis(n + 5, clusters, comparison), ("Side A", "Side B") if sides else None, family=family,
        arm_means=arm_means, is_planned=flag, is_alike=flag, arms=arms,
    )  # fmt: skip
    assert check(found["text"], licence) == ()
    assert "p-value" not in found["text"]
    assert "p =" not in found["text"]
    assert "nan" not in found["text"].lower()
    assert "-" not in found["text"], "a hyphen is no minus sign"
    assert "{" not in found["text"]
    assert found["text"].count("95\u00a0%") == (verdict is not None and licence != "account")
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
    ("value", "word"),
    [(0.1, "very small"), (-0.15, "small"), (0.36, "medium"), (-0.7, "large"), (None, None)],
)
def test_size_words(value, word):
    assert size_word(value) == word
