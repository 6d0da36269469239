"""Who takes one row from another learns of nobody, of at least k people, or of nothing."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from impact import stats
from impact.evaluation.sensitivity import ANALYSES
from impact.evaluation.sensitivity_disclosure import _few
from impact.plans import Outcome

K = {"team": 5, "public": 10}
WHOM = {"imputation": "all", "tipping_point": "all", "lost_at_lowest": "before", "lost_at_highest": "before"}


def rows_of(people):
    """(room, before, after), answers 1–5 or None, side a."""
    rows = []
    for number, (room, before, after) in enumerate(people):
        for wave, answer in (("pre", before), ("post", after)):
            if answer is not None:
                cells = dict.fromkeys(("trust_1", "trust_2"), str(answer)) | {"trust_3": str(6 - answer)}
                rows.append(
                    {"respondent": f"p{number}", "wave": wave, "workshop": f"W{room}", "side": "a", "arm": "workshop", "language": "en"}
                    | cells
                )  # fmt: skip
    return rows


@pytest.fixture
def looks(make):
    def inner(people, audience="team", **changes):
        plan = make.plan(
            **(
                {"outcomes": (Outcome("trust", "primary"),), "by_side": False, "compare_sides": False}
                | changes
            )
        )
        found = make.evaluate(plan, make.instrument(scales=("trust",)), rows_of(people), audience)[
            "findings"
        ][0]
        return found, {row["analysis"]: row for row in found["sensitivity"]}

    return inner


def drawn(seed):
    """A small programme with a few at the ends, a few lost at either time, and rooms of unlike size."""
    rng = np.random.default_rng(seed)
    people = []
    for room in range(int(rng.integers(2, 6))):
        for _ in range(int(rng.integers(3, 16))):
            before = int(rng.integers(1, 6)) if rng.random() < 0.5 else 3
            after = int(np.clip(before + rng.integers(-1, 3), 1, 5))
            fate = rng.random()
            people.append((room, None if fate < 0.12 else before, None if fate > 0.8 else after))
    return people


def masks(people):
    has = {name: np.array([person[place] is not None for person in people]) for name, place in (("before", 1), ("after", 2))}  # fmt: skip
    kept = has["before"] & has["after"]
    ends = np.array([person[1] in (1, 5) for person in people])
    return {
        "main": kept, "all": has["before"] | has["after"], "before": has["before"], "without_ends": kept & ~ends,
    }  # fmt: skip


@pytest.mark.parametrize("audience", ["team", "public"])
@pytest.mark.parametrize("seed", range(24))
def test_sums_and_differences_of_what_is_shown_are_about_k_people_or_nobody(looks, audience, seed):
    people, k = drawn(seed), K[audience]
    found, rows = looks(people, audience, imputations=4)
    if found["suppressed"]:
        assert rows == {}
        return
    whom = masks(people)
    sets = [whom["main"]]
    for analysis, row in rows.items():
        if row["suppressed"] or row["value"] is None or analysis in ("plain", "clustered", "permutation"):
            continue
        if analysis == "leave_one_out":
            sets.append(left_out(people, row["value"], whom["main"], audience))
        else:
            sets.append(whom[WHOM.get(analysis, analysis)])
    sets = list({tuple(one): one.astype(int) for one in sets}.values())
    for signs in product((-1, 0, 1), repeat=len(sets)):
        told = sum(sign * one for sign, one in zip(signs, sets, strict=True)) != 0
        assert not np.any(told) or told.sum() >= k
    sizes = np.unique([room for (room, *_), kept in zip(people, whom["main"], strict=True) if kept], return_counts=True)[1]  # fmt: skip
    if min(sizes) < k:
        for analysis in ("permutation", "leave_one_out"):
            assert rows[analysis]["value"] is rows[analysis]["verdict"] is rows[analysis]["low"] is None
    lost = int((whom["before"] & ~whom["main"]).sum())
    if lost < k:
        for analysis in ("tipping_point", "lost_at_lowest", "lost_at_highest"):
            assert rows[analysis]["value"] is rows[analysis]["verdict"] is None


def left_out(people, value, kept, audience):
    """The people of the run that a row shows, found as an attacker would: by trying every workshop."""
    rooms = np.array([person[0] for person in people])
    change = np.array([25.0 * (p[2] - p[1]) if None not in p else math.nan for p in people])
    for room in np.unique(rooms):
        mask = kept & (rooms != room)
        if mask.any() and abs(change[mask].mean() - value) < (0.06 if audience == "public" else 1e-6):
            return mask
    raise AssertionError("no workshop gives this value")


@pytest.mark.parametrize("audience", ["team", "public"])
def test_a_row_appears_with_the_k_th_person_and_looks_alike_below(looks, audience):
    k, hidden = K[audience], []
    for count in (0, 1, k - 1, k):
        at_ends = [(number % 3, 5 if number < count else 3, 4) for number in range(3 * 14)]
        at_ends = [(room, before, after - number % 2) for number, (room, before, after) in enumerate(at_ends)]
        row = looks(at_ends, audience)[1]["without_ends"]
        if count < k:
            hidden.append(row)
        else:
            assert not row["suppressed"]
            assert row["value"] is not None
    assert hidden[0] == hidden[1] == hidden[2]
    assert (hidden[0]["note"], hidden[0]["verdict"], hidden[0]["counted"]) == ("few_people", None, False)


@pytest.mark.parametrize("audience", ["team", "public"])
def test_the_lost_are_told_of_from_k_on(looks, audience):
    k, hidden = K[audience], []
    for count in (0, 1, k - 1, k):
        people = [
            (number % 3, 2 + number % 2, None if number < count else 3 + (number // 3) % 2)
            for number in range(60)
        ]
        rows = looks(people, audience, imputations=4)[1]
        shown = [rows[name] for name in ("imputation", "lost_at_lowest", "lost_at_highest", "tipping_point")]
        if count < k:
            hidden.append(shown)
        else:
            assert not any(row["suppressed"] for row in shown)
    assert hidden[0] == hidden[1] == hidden[2]
    assert {row["note"] for row in hidden[0]} == {"few_people"}


def test_two_few_that_are_nearly_the_same_are_not_both_told():
    """Six at an end and, in another row, the same six and one more: their difference is one person."""
    raw = {
        "analyses": ["exact_codes", "without_ends"],
        # kinds of people: in main; in exact; in without_ends
        "members": np.array([[1, 1, 1], [1, 0, 0], [1, 0, 1]], dtype=bool),
        "arm": np.ones(3, dtype=int),
        "count": np.array([30, 6, 1]),
        "alike": set(),
    }
    assert _few(raw, 5, set()) == {"without_ends"}
    assert _few(raw | {"count": np.array([30, 6, 5])}, 5, set()) == set()


def test_three_rows_together_do_not_tell_of_one_person_either():
    """A workshop is those at an end, those with unlike codes, and one more person."""
    raw = {
        "analyses": ["exact_codes", "without_ends", "leave_one_out"],
        "members": np.array([[1, 1, 1, 1], [1, 0, 1, 0], [1, 1, 0, 0], [1, 1, 1, 0]], dtype=bool),
        "arm": np.ones(4, dtype=int),
        "count": np.array([30, 6, 6, 1]),
        "alike": set(),
    }
    assert _few(raw, 5, set()) == {"leave_one_out"}
    assert _few(raw | {"count": np.array([30, 6, 6, 5])}, 5, set()) == set()


def test_each_arm_counts_apart():
    """Eight lost, but one of them alone in the comparison arm."""
    raw = {
        "analyses": ["imputation"],
        "members": np.array([[1, 1], [0, 1], [1, 1], [0, 1]], dtype=bool),
        "arm": np.array([1, 1, 0, 0]),
        "count": np.array([20, 7, 20, 1]),
        "alike": set(),
    }
    assert _few(raw, 5, set()) == {"imputation"}
    assert _few(raw | {"count": np.array([20, 7, 20, 5])}, 5, set()) == set()
    assert _few(raw | {"count": np.array([20, 7, 20, 0])}, 5, set()) == set()


def test_the_end_of_a_permutation_interval_would_be_a_workshop(looks):
    """Why rule 3: with six workshops the ends are the means of the lowest and of the highest workshop."""
    people = [
        (room, 1 + (number + room) % 2, 2 + room % 3 + number % 2 - (room == 0))
        for room in range(6)
        for number in range(4)
    ]  # fmt: skip
    change = np.array([25.0 * (after - before) for _, before, after in people])
    rooms = np.array([person[0] for person in people])
    found = stats.sign_flip_interval(change, rooms)
    means = [change[rooms == room].mean() for room in range(6)]
    assert (found.low, found.high) == (pytest.approx(min(means)), pytest.approx(max(means)))
    rows = looks(people)[1]
    assert rows["permutation"]["note"] == "small_workshops"
    assert rows["permutation"]["low"] is None


def test_the_public_reads_rounded_rows(looks):
    people = [(room, 2 + i % 3, min(5, 3 + (i * (room + 2)) % 3)) for room in range(6) for i in range(13)]
    exact, public = (looks(people, audience)[1] for audience in ("team", "public"))
    for analysis in ANALYSES:
        for name in ("value", "low", "high"):
            value = public[analysis][name]
            if value is not None:
                assert value == round(value, 1 if abs(value) >= 1 else 2)
                assert value == pytest.approx(exact[analysis][name], abs=0.051)
    assert public["plain"]["value"] is not None


def test_the_lost_who_all_had_one_score_are_not_told_of(looks):
    """Six lost, all at the lowest score: taking the worst case from the main mean would tell each one's answer."""
    people = [(number % 3, 2 + number % 2, 3 + (number // 3) % 2) for number in range(45)]
    alike = looks(people + [(number % 3, 1, None) for number in range(6)])[1]
    mixed = looks(people + [(number % 3, 1 + number % 2, None) for number in range(6)])[1]
    for analysis in ("lost_at_lowest", "lost_at_highest", "imputation", "tipping_point"):
        assert (alike[analysis]["value"], alike[analysis]["note"]) == (None, "few_people")
        assert not mixed[analysis]["suppressed"]
    assert mixed["lost_at_lowest"]["value"] is not None


def test_where_everybody_began_alike_nothing_of_other_people_is_told(looks):
    """All began at 3: the mean before of the lost, from the worst case, would be everybody's."""
    people = [(number % 3, 3, None if number < 9 else 3 + (number // 3) % 2) for number in range(45)]
    found, rows = looks(people)
    assert "everyone_alike" in {caveat["code"] for caveat in found["caveats"]}
    assert rows["plain"]["value"] is not None
    for analysis in (
        "imputation",
        "lost_at_lowest",
        "lost_at_highest",
        "tipping_point",
        "without_ends",
        "leave_one_out",
    ):
        assert rows[analysis]["value"] is None
