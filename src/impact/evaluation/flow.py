"""How many submitted, could be linked and were analysed: by arm, side and wave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from impact.evaluation.canonical import Canonical, LinksLike
from impact.instruments.model import ARMS, Instrument


def flow_rows(
    data: Canonical,
    instrument: Instrument,
    waves: Sequence[str],
    analysed: np.ndarray,
    by_side: bool,
    is_one_group: bool,
    looks_back: bool = False,
) -> list[dict[str, Any]]:
    """One row for each arm (`unknown`: not said), side (None: not said, or sides not told apart) and wave that
    somebody answered. The sides and arms of the plan have rows in any case: that one is missing would tell that
    nobody is there. Arm and side are those of the person: `data` comes from `people.settle`.

    `linked`: submissions of people who answered at another wave too. `analysed`: bool (rows,), those that
    enter a primary finding. analysed ≤ linked ≤ submissions always. `looks_back`: a submission holds both times
    itself, so that each is linked.
    """
    submissions = data.submissions
    waves_of_person = (data.row_of >= 0).sum(axis=1)
    linked = (waves_of_person[data.person] > 1) | looks_back
    side = submissions.side if by_side else np.full(len(submissions), -1, dtype=np.int8)
    rows = []
    for arm, name in enumerate((*ARMS, "unknown")):
        for number in (*range(len(instrument.sides)), -1):
            group = (submissions.arm == (arm if name in ARMS else -1)) & (side == number)
            is_expected = name in ARMS[: 1 if is_one_group else 2] and (
                (number >= 0) == (by_side and bool(instrument.sides))
            )
            if not group.any() and not is_expected:
                continue
            for wave in waves:
                chosen = group & (submissions.wave == instrument.waves.index(wave))
                if not (submissions.wave == instrument.waves.index(wave)).any():
                    continue
                rows.append(
                    {
                        "arm": name,
                        "side": instrument.side_ids[number] if number >= 0 else None,
                        "wave": wave,
                        "submissions": int(chosen.sum()),
                        "linked": int((chosen & linked).sum()),
                        "analysed": int((chosen & analysed).sum()),
                        "suppressed": False,
                    }
                )
    return rows


def linkage_block(links: LinksLike, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How people were matched: for each later wave of the flow the pairs, by how many code elements they differ."""
    answered = {row["wave"] for row in rows}
    waves = []
    for wave, by_distance in links.pairs.items():
        if wave not in answered:
            continue
        waves.append(
            {
                "wave": wave,
                "linked": int(sum(by_distance.values())),
                "exact": int(by_distance.get(0, 0)),
                "one_differs": int(by_distance.get(1, 0)),
                "two_differ": int(by_distance.get(2, 0)),
                "suppressed": False,
            }
        )
    return {"by": links.by, "tolerance": 2, "refused": int(links.refused), "waves": waves}
