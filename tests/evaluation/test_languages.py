"""Sentences beside the findings, in every language: none breaks its licence, and each is in the language asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.evaluation import check, default_labels, pool_programmes, sensitivity
from impact.evaluation.benchmark import benchmark_block
from impact.evaluation.licences import licence_ids
from impact.evaluation.portfolio import Member, Programme
from impact.evaluation.wording import languages, words
from impact.instruments import load_instrument
from impact.plans import Alerts, Outcome, Retention
from impact.plans.benchmarks import benchmarks

INSTRUMENT = load_instrument(Path(__file__).parents[1] / "instruments" / "looking-back.v1.yaml")
TITLE, SIDE = "Fear", "Side A"
ONE_GROUP = ("these_rooms", "before_after")
ABOVE_ACCOUNT = tuple(name for name in licence_ids() if name != "account")
POOLED = {
    "these_rooms": ("these_rooms", "stayers"),
    "before_after": ("before_after", "before_after_followup"),
    "comparison": ("comparison", "limited_comparison"),
    "randomised": ("randomised",),
}


def leaves(tree):
    """All texts of a part of a catalogue."""
    return [tree] if isinstance(tree, str) else [text for one in tree.values() for text in leaves(one)]


def sentences(language):
    """(licence, form) of every sentence that stands beside the findings, under every licence that it can have."""
    parts = words(language)
    for name in ("perception_gap", "response_shift"):
        yield from ((licence, form) for form in leaves(parts[name]) for licence in ONE_GROUP)
    # Retention begins with one group: an account never has three waves.
    yield from ((licence, form) for form in leaves(parts["retention"]) for licence in ABOVE_ACCOUNT)
    for name in ("harm", "benchmark"):
        yield from ((licence, form) for form in leaves(parts[name]) for licence in ABOVE_ACCOUNT)
    yield from (("account", form) for form in leaves(parts["harm"]))
    yield from (
        (licence, form) for form in leaves(parts["sensitivity"]["summary"]) for licence in licence_ids()
    )
    portfolio = parts["portfolio"]
    for worded, licences in POOLED.items():
        forms = [
            *portfolio["statements"][worded].values(),
            *(portfolio["closes"].get(one, "") for one in licences),
        ]
        forms += [portfolio[name] for name in ("missing", "hidden", "ahead", "rule", "rule_programmes")]
        yield from ((licence, form) for form in forms for licence in licences)
    yield from ((licence, portfolio["workshops"]) for licence in ONE_GROUP)


CASES = [(language, *case) for language in languages() for case in sentences(language)]


@settings(max_examples=1500)
@given(
    st.sampled_from(CASES), st.sampled_from(["up", "down"]), st.sampled_from(["attended", "offered"]),
    st.sampled_from(["−8.2", "+12", "0", "just"]), st.booleans(),
)  # fmt: skip
def test_no_form_of_a_sentence_breaks_its_licence(case, way, arm_means, number, compared):
    language, licence, form = case
    catalogue = words(language)
    chosen, arms = catalogue["words"], catalogue["arms"][arm_means]
    number = chosen["above"].format(mark=5) if number == "just" else number
    values = dict.fromkeys(re.findall(r"\{(\w+)\}", form), number) | arms
    values |= {"who": SIDE, "by": SIDE, "of": "Side B", "title": f"“{TITLE}”", "answer": "agree"}
    values |= {"word": chosen[way], "verb": chosen["raised" if way == "up" else "lowered"]}
    values |= {
        "people": catalogue["frequencies"]["people"] if compared else arms["treated"],
        "expected": catalogue["frequencies"]["expected_few"],
        "compared": catalogue["harm"]["compared"] if compared else "",
        "judged": catalogue["harm"]["judged"]["point" if compared else "low"],
        "design": catalogue["benchmark"]["designs"]["one_group_change"],
        "unit": catalogue["portfolio"]["units"]["points"],
        "basis": catalogue["portfolio"]["within"].format(k=7, people=200),
        "names": catalogue["sensitivity"]["labels"]["lost_at_lowest"],
    }
    text = form.format(**values)
    assert check(text, licence, language) == (), text
    assert "{" not in text


@pytest.mark.parametrize("language", languages())
def test_the_names_of_other_analyses_may_stand_in_a_summary(language):
    for arms in (False, True):
        rows = [
            {
                "analysis": name,
                "label": sensitivity.label(name, arms, language),
                "verdict": "worsened",
                "counted": True,
            }
            for name in sensitivity.ANALYSES
            if name != "tipping_point"
        ]
        text = sensitivity.summary("improved", rows, language)["text"]
        assert all(check(text, licence, language) == () for licence in licence_ids()), text


def told(document, path=""):
    """(path, text, licence) of every sentence and caveat of a document."""
    if isinstance(document, list):
        for one in document:
            yield from told(one, path)
        return
    if not isinstance(document, dict):
        return
    for key, value in document.items():
        if key in ("text", "note_text", "label") and isinstance(value, str):
            yield f"{path}.{key}", value, document.get("licence")
        yield from told(value, f"{path}.{key}")


def programme(make, language):
    plan = make.plan(
        outcomes=(Outcome("fear", "primary"), Outcome("justice", "guard")), alerts=Alerts(0.15),
        retentions=(Retention("kept", "followup", "post", "pre"),), benchmark="contact_randomised_2019",
    )  # fmt: skip
    rows = make.draw(plan, INSTRUMENT, seed=4, workshops=7, people_per_side=14, shifts={"a": {"fear": -25}})
    return plan, rows, default_labels(INSTRUMENT, plan, language)


SCRIPTS = {"ar": r"[\u0600-\u06ff]", "he": r"[\u0590-\u05ff]"}


@pytest.mark.parametrize("language", ["ar", "he"])
def test_a_whole_result_is_in_its_language_with_every_name_and_sign_apart(make, language):
    plan, rows, labels = programme(make, language)
    document = make.evaluate(plan, INSTRUMENT, rows, labels=labels)
    found = list(told({key: value for key, value in document.items() if key != "rules"}))
    kinds = {path.split(".")[1] for path, _, _ in found}
    assert {
        "findings",
        "perception_gap",
        "response_shift",
        "harm",
        "retention",
        "portfolio",
        "attrition",
    } <= kinds
    for path, text, licence in found:
        assert re.search(SCRIPTS[language], text), (path, text)
        outside = re.sub("\u2068[^\u2068\u2069]*\u2069", "", text)
        outside = re.sub("\u2066[^\u2066\u2069]*\u2069", "", outside)
        assert not re.search(r"[−+]\d", outside), (path, text)
        assert text.count("\u2066") + text.count("\u2068") == text.count("\u2069"), (path, text)
        if licence:
            assert check(text, licence, language) == (), (path, text)
            assert not re.search("[A-Za-z]{2}", outside), (path, text)


def blocks(document):
    """Every block of a document that is a sentence with its licence and rule."""
    if isinstance(document, list):
        return [block for one in document for block in blocks(one)]
    if not isinstance(document, dict):
        return []
    own = [document] if {"licence", "rule", "text"} <= set(document) else []
    return own + [block for one in document.values() for block in blocks(one)]


def rooms(make, language, workshops, has_retention):
    """A programme of few workshops whose people all answer everything, so that results are shown; those of the first
    two waves and what was kept at the third are evaluated each for itself."""
    plan, _, labels = programme(make, language)
    plan = plan if has_retention else replace(plan, retentions=())
    rows = make.draw(
        plan, INSTRUMENT, seed=4, workshops=workshops, people_per_side=30, shifts={"a": {"fear": -25}}, dropout=0.0,
    )  # fmt: skip
    asked = [(item.id, item.waves) for item in INSTRUMENT.closed_items if item.type == "likert"]
    rows = [
        row | {name: row[name] or "3" for name, waves in asked if name in row and row["wave"] in waves}
        for row in rows
    ]
    return make.evaluate(plan, INSTRUMENT, rows, labels=labels)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("workshops", [1, 2])
def test_what_is_said_of_one_or_two_workshops_ends_with_whom_it_holds_for(make, language, workshops):
    document = [rooms(make, language, workshops, has_retention) for has_retention in (False, True)]
    entry = words(language)["licences"]["these_rooms"]
    beside = (words(language)["perception_gap"]["rooms"], words(language)["response_shift"]["rooms"])
    nothing_said = ("suppressed", "withheld", "missing")
    said = [one for one in blocks(document) if one["rule"].split(".")[-1] not in nothing_said]
    assert [one["licence"] for one in said] == ["these_rooms"] * len(said)
    labelled = {}
    for one in said:
        found = [part for part in (entry["close"], entry["close_unclear"], *beside) if part in one["text"]]
        labelled.setdefault(".".join(one["rule"].split(".")[:-1]), []).append(len(found) > 0)
    assert {"these_rooms.harm", "these_rooms.retention", "these_rooms"} <= set(labelled)
    assert {rule: all(has) for rule, has in labelled.items()} == dict.fromkeys(labelled, True)


@pytest.mark.parametrize("language", languages())
def test_a_loss_or_a_share_kept_in_these_rooms_is_not_said_to_be_caused(make, language):
    close = words(language)["licences"]["these_rooms"]["close"]
    kept = [
        row for row in rooms(make, language, 2, True)["retention"] if row["estimate"]["value"] is not None
    ]
    worse = [row for row in rooms(make, language, 2, False)["harm"] if row["n"]]
    assert kept
    assert worse
    assert {row["claim"]["text"].endswith(close) for row in kept} == {True}
    assert {close in row["claim"]["text"] for row in worse} == {True}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("licence", ["these_rooms", "stayers", "before_after", "comparison", "randomised"])
def test_pooled_programmes_speak_the_language_of_their_findings(language, licence):
    def one(number, value):
        member = Member(
            value=value, std_error=2.0, scale="trust", contrast="post - pre", side=None, n=40, df=7.0, sesoi=5.0,
            direction="higher", licence=licence,
        )  # fmt: skip
        return Programme(
            name=f"p{number}", members=(member,), plan_id="t", plan_sha256="1" * 64, instrument="tiny.v1",
            instrument_sha256="2" * 64, data_sha256=f"{number:064}", counts=(80, 40), audience="team",
            design=licence if licence in ("comparison", "randomised") else "one_group", arm_means="attended",
            level=0.95, language=language, synthetic=False, sides={"a": "Ash"}, titles={"trust": "Trust"},
        )  # fmt: skip

    for shift in (0.0, 9.0, -30.0):
        document = pool_programmes([one(number, shift + number) for number in range(7)])
        for result in document["results"]:
            claim = result["claim"]
            assert claim["language"] == language
            assert check(claim["text"], licence, language) == (), claim["text"]
            if language != "en":
                assert "\u2068Trust\u2069" in claim["text"]


@pytest.mark.parametrize("language", languages())
def test_what_is_said_of_published_effects_breaks_no_licence(make, language):
    for design, licence in (
        ("one_group", "before_after"),
        ("comparison", "comparison"),
        ("randomised", "randomised"),
    ):
        for name in benchmarks():
            for size in ("g_av", "g_before", "g_after"):
                plan = make.plan(design=design, benchmark=name, effect_size=size)
                effect = {"name": size, "value": 0.5, "low": 0.1, "high": 0.9}
                block = benchmark_block(plan, "primary", "higher", effect, language)
                for text in (block["text"], (block["reason"] or {}).get("text")):
                    assert (
                        text is None or check(text, licence, language, names=[benchmarks()[name].title]) == ()
                    )
