"""Against a known truth: seeded programmes, with bounds that chance does not break.

With all truths zero the chance of any primary improved or worsened in a programme is at most 5 %; of 200 programmes
20 or more would show one with probability below .003 (binomial), and the seeds are fixed. `make soak` draws 4,000,
and asks for what a calibrated engine gives: at most 5.5 % of them, and the wrong sign in under 1 %.
"""

from __future__ import annotations

import os

import pytest

PROGRAMMES = 4_000 if os.environ.get("IMPACT_SOAK") else 200
MOVED = ("improved", "improved_below_sesoi", "worsened")


@pytest.fixture(scope="module")
def verdicts(make):
    def verdicts(shifts, workshops, people):
        plan, instrument = (
            make.plan(compare_sides=False, imputations=0),
            make.instrument(scales=("fear", "trust", "anger")),
        )
        found = []
        for seed in range(PROGRAMMES):
            rows = make.draw(
                plan, instrument, seed=seed, workshops=workshops, people_per_side=people, shifts=shifts, dropout=0.1
            )  # fmt: skip
            findings = make.evaluate(plan, instrument, rows)["findings"]
            found.append(
                {(row["scale"], row["subgroup"]["side"]): row["verdict"] for row in findings if row["role"] == "primary"}
            )  # fmt: skip
        return found

    return verdicts


def in_claims(found):
    return sum(any(verdict in MOVED for verdict in row.values()) for row in found)


def mistaken(found):
    """(verdicts of a true change with the other sign, verdicts of it with a sign)."""
    cells = (("fear", "a"), ("trust", "a"), ("fear", "b"))
    given = [row[cell] for row in found for cell in cells if row[cell] in MOVED]
    return given.count("worsened"), len(given)


TRUTH = {"a": {"fear": -18, "trust": 12}, "b": {"fear": -6}}


def test_when_nothing_is_true_a_claim_is_rare(verdicts):
    assert in_claims(verdicts({}, 4, 6)) < 20


def test_the_sign_of_a_true_change_is_not_mistaken(verdicts):
    found = verdicts(TRUTH, 6, 8)
    wrong, given = mistaken(found)
    assert wrong <= 2
    # A test that never finds anything would pass the line above.
    assert sum(row["fear", "a"] in MOVED for row in found) > 0.4 * len(found)
    assert given > len(found)


@pytest.mark.soak
def test_four_thousand_programmes_in_which_nothing_is_true(verdicts):
    found = verdicts({}, 4, 6)
    share = in_claims(found) / len(found)
    print(f"{len(found):,} programmes: a primary improved or worsened in {share:.2%}")
    assert share <= 0.055


@pytest.mark.soak
def test_four_thousand_programmes_with_a_known_truth(verdicts):
    wrong, given = mistaken(found := verdicts(TRUTH, 6, 8))
    print(f"{len(found):,} programmes: {given:,} verdicts with a sign, {wrong} of them wrong")
    assert wrong < 0.01 * given
