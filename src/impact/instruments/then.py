"""Then-items: the same item asked again about the time before, looking back from a later wave (then-test).

A scale whose items all have a then-item at a wave has a then-score there: the scale's rule, taken over the
then-items. It is what people now judge their score to have been, and it is never mixed into the scale's own score.
Beside the score before it shows response shift (Howard et al. 1979, Appl. Psychol. Meas. 3, 1; Schwartz & Sprangers
1999, Soc. Sci. Med. 48, 1531); where nobody was asked before it stands in its place, with what memory adds
(retrospective pre).

    scores = score(instrument, then_scale(instrument, scale), submissions)   # NaN except at then_waves(...)
"""

from __future__ import annotations

from dataclasses import replace

from impact.instruments.model import Instrument, Scale


def then_scale(instrument: Instrument, scale: Scale) -> Scale | None:
    """`scale` over the then-items of its items, in its order, reversed where they are; None if an item has none.

    It goes into `scoring.score` and `scoring.item_matrix` as any scale does.
    """
    asked = instrument.then_items
    if not scale.items or any(name not in asked for name in scale.items):
        return None
    items = tuple(asked[name].id for name in scale.items)
    return replace(scale, items=items, reversed=frozenset(asked[name].id for name in scale.reversed))


def then_waves(instrument: Instrument, scale: Scale) -> tuple[str, ...]:
    """The waves at which every item of `scale` is asked again about the time before, in order of time."""
    looking_back = then_scale(instrument, scale)
    if looking_back is None:
        return ()
    asked = [instrument.item[name].waves for name in looking_back.items]
    return tuple(wave for wave in instrument.waves if all(wave in waves for waves in asked))
