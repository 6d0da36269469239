"""Why a number is missing or must be read with care: one fixed sentence each; the member's name is its id."""

from __future__ import annotations

from enum import StrEnum


def both(*caveats: str | None) -> str | None:
    """Several caveats in one sentence, each once: a lesser one must not hide that most answers are missing."""
    given = [caveat for caveat in dict.fromkeys(caveats) if caveat]
    return given[0] if len(given) == 1 else "; ".join(given) or None


class Caveat(StrEnum):
    """A caveat is its own words (a `str`); `.name.lower()` is a stable id for translations."""

    NO_DATA = "no complete data"
    TOO_FEW = "fewer than two people: nothing can be said about spread"
    TOO_FEW_FOR_EFFECT_SIZE = "fewer than three people: no effect size can be corrected for small numbers"
    NOT_FINITE = "an infinite value is among the data"
    OUT_OF_RANGE = "the numbers are too large or too small to reckon with: use another unit"
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
    TOO_FEW_FOR_INTERVAL = "only two people: there is a value, but no interval"
    NO_TOTAL_VARIATION = "the sum of the items is the same for everybody"
    NO_SOLUTION = "the one-factor model has no admissible solution for these data"
    NOT_CONVERGED = "the search for the one-factor model did not come to an end"
    BAD_RELIABILITY = "reliability must lie above 0 and below 1 for an index of reliable change"
    SIMULATED = "too many possible sign patterns to count them all: the p-value is from random ones"
    ONE_ROW_PER_GROUP = "every workshop or person has a single row: their variance cannot be told from chance"
    VARIANCE_AT_ZERO = (
        "no difference between workshops or between people was found, which so few cannot exclude"
    )
    NO_DF = "too few workshops to say how sure this is"
    FEW_CLUSTERS_IN_ARM = (
        "two or three workshops leave very few degrees of freedom: only a very large difference can be found"
    )
    FEW_DF = "at most two degrees of freedom: so few workshops, or people, can show only a very large change"
    ONE_TREATED_CLUSTER = "only one cluster in an arm: its own luck cannot be told from what the workshop did"
    ONE_CLUSTER_DECIDES = "one workshop, or one person, alone decides a result: its own luck cannot be told from what it is to show"
    ONE_STUDY = "a single study cannot be pooled"
    TWO_STUDIES = "from two studies it cannot be said where a further one would lie"
    TOO_ALIKE = "the studies agree better than chance would let them: the interval may be too short"
    NO_SPREAD_BETWEEN_STUDIES = "all studies gave the same effect: there is no spread to judge the result by"
    TOO_FEW_TO_IMPUTE = "fewer than four people answered: nobody can tell what the others would have answered"
    IMPUTED_WITHOUT_DOUBT = (
        "the answers are all alike or follow exactly from others: what was filled in looks surer than it is"
    )
    MOSTLY_IMPUTED = (
        "more than half of the answers were filled in: the result rests more on the model than on people"
    )
    MOSTLY_LOST = "more than half of the people were lost: those who stayed may be quite different people"
    ONE_IMPUTATION = "a single completed data set cannot show how much the missing answers leave open"
    FAILED_IMPUTATION = "the analysis gave no result in at least one completed data set"
    NOBODY_LOST = "nobody was lost between before and after: there is nothing to adjust"
    VERDICT_HOLDS = "no shift of the lost people's answers inside the range of the scale changes the verdict"
    OUTSIDE_SCALE = "a score lies outside the scale"
    NOBODY_TO_COMPARE = "nobody was lost or nobody stayed: there are no two groups to compare"
    SIMULATED_TABLES = "too many possible tables to count them all: the p-value is from random ones"
    ONE_GROUP = "only one group: there is nothing to compare with"
    TWO_WORKSHOPS = (
        "two workshops leave one degree of freedom: only a very large change can be found with them"
    )
    EMPTY_WORKSHOPS = "so many people are lost that a workshop may end with nobody: plan larger workshops"
    LOST_WORKSHOPS = "so many people are lost that too often fewer than two workshops are left to judge by"
    TOO_MANY_WORKSHOPS = "even the largest number of workshops that was tried does not reach this power"
