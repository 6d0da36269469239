"""Against a known truth: seeded programmes, with bounds that chance does not break.

With all truths zero the chance of any primary improved, worsened in a programme is at most 5 %; of 100 programmes
12 or more would show one with probability below .005 (binomial), and the seeds are fixed.
"""

from __future__ import annotations

import pytest

PROGRAMMES = 100
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


def test_when_nothing_is_true_a_claim_is_rare(verdicts):
    claims = sum(any(verdict in MOVED for verdict in found.values()) for found in verdicts({}, 4, 6))
    assert claims < 12


def test_the_sign_of_a_true_change_is_not_mistaken(verdicts):
    found = verdicts({"a": {"fear": -18, "trust": 12}, "b": {"fear": -6}}, 6, 8)
    assert sum(row["fear", "a"] == "worsened" for row in found) <= 1
    assert sum(row["trust", "a"] == "worsened" for row in found) <= 1
    assert sum(row["fear", "b"] == "worsened" for row in found) <= 2
    # A test that never finds anything would pass the lines above.
    assert sum(row["fear", "a"] in MOVED for row in found) > 40
