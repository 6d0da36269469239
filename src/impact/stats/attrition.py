"""Who was lost between the waves, and whether the lost differed from those who stayed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import check_confidence, check_rng, cluster_numbers, column, labelled, same_length
from impact.stats.distributions import SMALLEST_P, normal_quantile
from impact.stats.effect_sizes import EffectSize, standardized_mean_difference
from impact.stats.paired import TTest, welch_t
from impact.stats.ranks import wilson_ends

TABLES_UP_TO = 2_000_000
RANDOM_TABLES = 99_999


@dataclass(frozen=True)
class AttritionGroup:
    """One row: everybody (side and arm None), a side, an arm, or a side in an arm.

    share_lost, low, high   share of the n who were lost, and its Wilson interval
    mean_kept, mean_lost    of the scores before
    difference              Welch's t test of the scores before, lost − kept
    effect                  the same as Hedges' g
    """

    side: Any
    arm: Any
    n: int
    kept: int
    lost: int
    share_lost: float | None
    low: float | None
    high: float | None
    mean_kept: float | None
    mean_lost: float | None
    difference: TTest
    effect: EffectSize
    caveat: str | None = None


@dataclass(frozen=True)
class LossTest:
    """Whether the share of the lost differs between groups; `method` is `Fisher exact` or `Fisher, random tables`."""

    p_value: float | None
    groups: int
    method: str
    caveat: str | None = None


@dataclass(frozen=True)
class AttritionTable:
    """`sides`, `arms`: is the share of the lost the same in all of them? None if they were not given."""

    groups: tuple[AttritionGroup, ...]
    sides: LossTest | None
    arms: LossTest | None


def attrition_table(
    before: Any, kept: Any, sides: Any = None, arms: Any = None, confidence: float = 0.95,
    rng: np.random.Generator | None = None,
) -> AttritionTable:  # fmt: skip
    """Who was lost: of all, by side, by arm, and by side in each arm, with their scores before.

    Null hypotheses: the lost and those who stayed had the same mean score before; in all groups the same share is lost.

    before      (n,) scores of everybody who answered before, any unit; NaN = no score, but counted as a person.
    kept        (n,) True (1) if the person answered after as well, False (0) if they were lost.
    sides       (n,) label of each person's side, or None.
    arms        (n,) label of each person's arm, or None. Who has no label (NaN, None, "") is in the row of all only.
    confidence  of the intervals, between 0 and 1.
    rng         for random tables where there are too many to count; default: seed 1.

    Shares are compared by Fisher's exact test, with more than two groups Freeman and Halton's. Above 2,000,000
    possible tables, 99,999 random ones are drawn instead, p = (count + 1) / 100,000. Limits: people are taken as
    independent, but a workshop's people may stay away together. Groups that do not differ clearly may still differ.

    Sources: [1] Freeman & Halton (1951), Biometrika 38, 141–149; R `fisher.test`. [2] Wilson (1927), JASA 22, 209–212;
    R `prop.test(correct = FALSE)`. [3] R `t.test(lost, kept)`.

    >>> table = attrition_table([1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 0, 0], sides=["a", "a", "a", "b", "b", "b"])
    >>> [(row.side, row.n, row.lost, round(row.low, 3), round(row.high, 3)) for row in table.groups]
    [(None, 6, 3, 0.188, 0.812), ('a', 3, 1, 0.061, 0.792), ('b', 3, 2, 0.208, 0.939)]
    >>> round(table.sides.p_value, 4), round(table.groups[0].effect.value, 4)
    (1.0, 1.2188)
    """
    check_confidence(confidence)
    check_rng(rng)
    before, stayed = column(before, "before"), column(kept, "kept")
    if not np.isin(stayed, (0.0, 1.0)).all():
        raise ValueError("kept must be 1 (answered after) or 0 (lost)")
    given = {"sides": sides, "arms": arms}
    labels = {name: None if values is None else labelled(values)[0] for name, values in given.items()}
    same_length(before=before, kept=stayed, **labels)
    stayed = stayed == 1.0
    side_rows, arm_rows = _rows_by_label(labels["sides"]), _rows_by_label(labels["arms"])
    chosen = [(None, None, np.ones(len(before), bool))]
    chosen += [(side, None, rows) for side, rows in side_rows]
    chosen += [(None, arm, rows) for arm, rows in arm_rows]
    chosen += [(side, arm, rows & others) for arm, others in arm_rows for side, rows in side_rows]
    groups = tuple(_group(side, arm, before[rows], stayed[rows], confidence) for side, arm, rows in chosen)
    return AttritionTable(groups, *(_loss_test(values, stayed, rng) for values in labels.values()))


def _rows_by_label(labels: np.ndarray | None) -> list[tuple[Any, np.ndarray]]:
    if labels is None:
        return []
    labels, there = labelled(labels)
    numbers = np.full(len(labels), -1)
    numbers[there], count = cluster_numbers(labels[there])
    rows = [numbers == number for number in range(count)]
    return [(labels[mask][:1].tolist()[0], mask) for mask in rows]


def _group(side: Any, arm: Any, before: np.ndarray, stayed: np.ndarray, confidence: float) -> AttritionGroup:
    n, kept = len(before), int(stayed.sum())
    scores = before[stayed], before[~stayed]
    difference = welch_t(scores[1], scores[0], confidence)
    effect = standardized_mean_difference(scores[1], scores[0], confidence)
    if kept in (0, n):
        difference, effect = (
            replace(result, caveat=Caveat.NOBODY_TO_COMPARE) for result in (difference, effect)
        )
    if n == 0:
        return AttritionGroup(side, arm, 0, 0, 0, *(None,) * 5, difference, effect, Caveat.NO_DATA)
    share = (n - kept) / n
    low, high = wilson_ends(share, 0.0, normal_quantile(confidence) ** 2 / n)
    return AttritionGroup(
        side,
        arm,
        n,
        kept,
        n - kept,
        share,
        low,
        high,
        *(_mean(values) for values in scores),
        difference,
        effect,
        Caveat.MOSTLY_LOST if share > 0.5 else None,
    )


def _mean(scores: np.ndarray) -> float | None:
    scores = scores[~np.isnan(scores)]
    return float(scores.mean()) if len(scores) and np.isfinite(scores).all() else None


def _loss_test(
    labels: np.ndarray | None, stayed: np.ndarray, rng: np.random.Generator | None
) -> LossTest | None:
    if labels is None:
        return None
    labels, there = labelled(labels)
    stayed, (numbers, count) = stayed[there], cluster_numbers(labels[there])
    if count < 2:
        return LossTest(None, count, "Fisher exact", Caveat.ONE_GROUP if count else Caveat.NO_DATA)
    sizes, lost = np.bincount(numbers), np.bincount(numbers, ~stayed).astype(np.int64)
    order = np.lexsort((lost, sizes))  # so that the names of the groups do not decide which tables are drawn
    sizes, lost = sizes[order], lost[order]
    exact = _fisher_p(sizes, lost)
    if exact is not None:
        return LossTest(exact, count, "Fisher exact")
    drawn = (rng or np.random.default_rng(1)).multivariate_hypergeometric(
        sizes, int(lost.sum()), RANDOM_TABLES, "marginals"
    )
    logs = sum(_log_choose(size)[drawn[:, i]] for i, size in enumerate(sizes))
    as_rare = int((logs <= _log_weight(sizes, lost) + 1e-7).sum())
    return LossTest(
        (as_rare + 1) / (RANDOM_TABLES + 1), count, "Fisher, random tables", Caveat.SIMULATED_TABLES
    )


def _fisher_p(sizes: np.ndarray, lost: np.ndarray) -> float | None:
    """Probability of all tables with these margins that are no likelier than this one; None if there are too many.

    Tables are built up group by group, from the smallest; the last group's loss follows from the others.
    """
    total, sums, logs = int(lost.sum()), np.zeros(1, np.int64), np.zeros(1)
    for i, size in enumerate(sizes[:-1]):
        if len(sums) * (size + 1) > TABLES_UP_TO:
            return None
        sums = (sums[:, None] + np.arange(size + 1)).ravel()
        logs = (logs[:, None] + _log_choose(size)).ravel()
        possible = (sums <= total) & (sums + sizes[i + 1 :].sum() >= total)
        sums, logs = sums[possible], logs[possible]
    logs = logs + _log_choose(sizes[-1])[total - sums]
    weights = np.exp(logs - logs.max())
    rare = logs <= _log_weight(sizes, lost) + 1e-7
    return min(1.0, max(float(weights[rare].sum() / weights.sum()), SMALLEST_P))


def _log_choose(size: int) -> np.ndarray:
    """log of size over 0, 1, … size."""
    factorials = np.array([math.lgamma(k + 1.0) for k in range(int(size) + 1)])
    return factorials[-1] - factorials - factorials[::-1]


def _log_weight(sizes: np.ndarray, lost: np.ndarray) -> float:
    return float(sum(_log_choose(size)[count] for size, count in zip(sizes, lost, strict=True)))
