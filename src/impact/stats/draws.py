"""Made-up answers with a known truth: people in workshops, twice, on a Likert scale or a thermometer.

A latent normal score of each person and occasion, a part of each workshop in the change, cut into answers. Used by
the design helper (`power.py`) and by the calibration of every default analysis; no real data come near it.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

SCALES: dict[str, np.ndarray] = {
    "seven": np.array([NormalDist().inv_cdf(k / 7) for k in range(1, 7)]),
    "five_ceiling": np.array([NormalDist().inv_cdf(share) for share in (0.05, 0.15, 0.30, 0.55)]),
    "eleven": np.array([NormalDist().inv_cdf(k / 11) for k in range(1, 11)]),
}
"""Where the latent score (mean 0, SD 1 before) is cut: seven even steps, five with 45 % at the top, 0–10."""


@dataclass(frozen=True, eq=False)
class Rooms:
    """Latent scores of R made-up studies of J workshops, padded to the largest workshop.

    before, after  (R, J, N), SD 1 for each person and occasion before the workshops' part is added.
    present        (R, J, N) True where there is a person; the rest is padding.
    """

    before: np.ndarray
    after: np.ndarray
    present: np.ndarray


def draw_rooms(
    rng: np.random.Generator, sizes: np.ndarray, icc: float, correlation: float = 0.6, split: bool = True,
    icc_between_sides: float = 0.0,
) -> Rooms:  # fmt: skip
    """People who do not change on average, in workshops whose people change together.

    Null hypothesis that holds in every draw: with `split` nobody's answers change on average, exactly also after
    cutting, for half of each workshop's part is taken from before and half added after. Without it, all of it is
    added after: then groups of workshops are exchangeable, but the mean of a bounded answer may move.

    sizes              (R, J) people in each workshop; 0 = no such workshop.
    icc                share of the variance of the latent change that lies between workshops, 0 to below 1.
    correlation        of a person's two latent scores inside one workshop.
    icc_between_sides  as `icc`, for the difference between the two sides of one workshop: the persons at even
                       places are of one side, those at odd places of the other; each workshop's part is turned round
                       for them.

    Source: own; docs/methods.md, “Calibration”. A workshop's part that does not change over time cancels in
    the change and is left out.

    >>> rooms = draw_rooms(np.random.default_rng(1), np.array([[2, 3]]), icc=0.1)
    >>> rooms.before.shape, int(rooms.present.sum())
    ((1, 2, 3), 5)
    """
    sizes = np.asarray(sizes)
    studies, workshops = sizes.shape
    shape = (studies, workshops, int(sizes.max()))
    own, noise = np.sqrt(correlation), np.sqrt(1.0 - correlation)
    person = own * rng.standard_normal(shape)
    before = person + noise * rng.standard_normal(shape)
    after = person + noise * rng.standard_normal(shape)
    part = _part(rng, (studies, workshops, 1), icc, noise)
    if icc_between_sides > 0.0:
        turned = np.where(np.arange(shape[2]) % 2 == 0, 0.5, -0.5)
        part = part + turned * _part(rng, (studies, workshops, 1), icc_between_sides, noise)
    if split:
        before, after = before - part / 2, after + part / 2
    else:
        after = after + part
    return Rooms(before, after, np.arange(shape[2]) < sizes[:, :, None])


def cut(latent: np.ndarray, scale: str) -> np.ndarray:
    """Answers 1, 2, … of a latent score (any shape) on one of `SCALES`; the thermometer counts from 1 to 11."""
    return np.searchsorted(SCALES[scale], latent).astype(np.float64) + 1.0


def _part(rng: np.random.Generator, shape: tuple[int, ...], icc: float, noise: float) -> np.ndarray:
    """What a workshop adds to everybody's change: variance icc / (1 − icc) of the change inside a workshop."""
    return np.sqrt(icc / (1.0 - icc) * 2.0) * noise * rng.standard_normal(shape)
