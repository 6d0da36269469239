"""Why a number is missing or must be read with care: one fixed sentence each; the member's name is its id."""

from __future__ import annotations

from enum import StrEnum


class Caveat(StrEnum):
    """A caveat is its own words (a `str`); `.name.lower()` is a stable id for translations."""

    NO_DATA = "no complete data"
    TOO_FEW = "fewer than two people: nothing can be said about spread"
    TOO_FEW_FOR_EFFECT_SIZE = "fewer than three people: no effect size can be corrected for small numbers"
    NOT_FINITE = "an infinite value is among the data"
    NOBODY_CHANGED = "nobody changed"
    CONSTANT_SHIFT = "everybody changed by the same amount: there is no spread to judge the change by"
    NO_VARIATION = "no variation is left to judge the result by"
    NO_VARIATION_BEFORE = "everybody gave the same score before: it cannot serve as a yardstick"
    ONE_CLUSTER = "only one workshop: its people cannot stand for other workshops"
    NO_SPREAD_BETWEEN_CLUSTERS = (
        "the workshops do not differ at all: there is no spread to judge the result by"
    )
    ARM_IS_CLUSTER = "workshop and arm cannot be told apart: each arm is a single workshop"
    ONE_CLUSTER_IN_ARM = "one arm is a single workshop: workshop and arm cannot be told apart there"
    ONE_ARM = "only one arm has data: there is nothing to compare with"
    COLLINEAR = "some columns repeat each other: their effects cannot be told apart"
    TOO_FEW_FOR_MODEL = "too few people for the number of columns"
    FEW_FOR_P = "too few for any p-value of .05 or less"
    TOO_FEW_ITEMS = "too few items for this coefficient"
    NO_TOTAL_VARIATION = "the sum of the items is the same for everybody"
    NO_SOLUTION = "the one-factor model has no admissible solution for these data"
    BAD_RELIABILITY = "reliability must lie above 0 and below 1 for an index of reliable change"
    SIMULATED = "too many possible sign patterns to count them all: the p-value is from random ones"
