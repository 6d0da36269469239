"""A share of people, with the interval that its count alone allows."""

from __future__ import annotations

from dataclasses import dataclass

from impact.stats.caveats import Caveat
from impact.stats.columns import check_confidence
from impact.stats.distributions import normal_quantile
from impact.stats.ranks import wilson_ends


@dataclass(frozen=True)
class Share:
    """`value` = count / n and its interval, from 0 to 1. None where there is nobody; `caveat` says so."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    caveat: str | None = None


def share(count: int, n: int, confidence: float = 0.95) -> Share:
    """The share of `count` in `n` people with Wilson's interval.

    Null hypothesis: none is tested.

    count       people with the property, 0 to n
    n           people in all
    confidence  of the interval, between 0 and 1

    Limits: people count as independent of each other; where people of one workshop resemble each other the interval
    is too narrow. It covers close to the nominal level on average from a handful of people on, where the usual
    share ± z·SE fails; near 0 and 1 it can fall below it.

    Sources: [1] Wilson (1927), JASA 22, 209–212. [2] Brown, Cai & DasGupta (2001), Statistical Science 16, 101–133
    (recommended up to n = 40). [3] R `prop.test(count, n, correct = FALSE)$conf.int`.

    >>> result = share(4, 20)
    >>> result.value, round(result.low, 4), round(result.high, 4)
    (0.2, 0.0807, 0.416)
    """
    check_confidence(confidence)
    if not all(float(value).is_integer() for value in (count, n)):
        raise ValueError(f"count and n must be whole numbers, they are {count} and {n}")
    if not 0 <= count <= n:
        raise ValueError(f"count must lie between 0 and n = {n}, it is {count}")
    if n == 0:
        return Share(None, None, None, 0, Caveat.NO_DATA)
    value = count / n
    low, high = wilson_ends(value, 0.0, normal_quantile(confidence) ** 2 / n)
    return Share(value, min(max(low, 0.0), value), max(min(high, 1.0), value), n)
