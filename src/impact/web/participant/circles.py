"""Closeness as two circles that move together in seven steps. Our own drawing, not a published scale's pictures."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = 7
RADIUS = 21
WIDTH, HEIGHT = 172, 46
# Distance of the centres: apart, touching, then shared widths of 1/6, 1/3, 1/2, 3/4 and almost all.
_DISTANCES = (54, 42, 35, 28, 21, 10.5, 3)


@dataclass(frozen=True)
class Circles:
    """Places of the two circles and their names, in units of the viewBox; `me` is at the reading start."""

    me: float
    them: float
    me_name: float
    them_name: float
    me_anchor: str
    them_anchor: str


def circles(step: int, direction: str) -> Circles:
    """The drawing of `step` (1 far apart … 7 almost one); mirrored where one reads from the right."""
    half = _DISTANCES[step - 1] / 2
    sign = -1 if direction == "rtl" else 1
    middle = WIDTH / 2
    reach = half + RADIUS + 5
    # `start` and `end` follow the text's direction, so that a name always grows away from its circle.
    return Circles(
        me=middle - sign * half,
        them=middle + sign * half,
        me_name=middle - sign * reach,
        them_name=middle + sign * reach,
        me_anchor="end",
        them_anchor="start",
    )
