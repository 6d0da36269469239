"""What an audience may see of how answers were joined.

All distances of a wave are hidden if one of them has fewer than k pairs (and some), and everything that would give
them back.
"""

from __future__ import annotations

from typing import Any

from impact.evaluation.cells import shown_parts, told
from impact.evaluation.wording import caveat

Row = dict[str, Any]
_DISTANCES = ("exact", "one_differs", "two_differ")


def disclose_linkage(block: Row, is_whole: bool, k: int) -> Row:
    by_code = block["by"] not in ("respondent", "none")
    waves = []
    for wave in block["waves"]:
        linked = wave["linked"] if is_whole and wave["linked"] >= k else None
        parts = shown_parts("linkage", [wave[distance] for distance in _DISTANCES], k)
        if linked is None or parts[0] is None:
            # Numbered people are joined exactly: that no code differs is no secret.
            wave = wave | dict.fromkeys(_DISTANCES if by_code else _DISTANCES[:1]) | {"suppressed": True}
        waves.append(wave | {"linked": linked})
    refused = block["refused"]
    shown = refused if not by_code or (is_whole and (refused == 0 or told(refused, k))) else None
    return block | {"waves": waves, "refused": shown}


def without_tolerance(caveats: list[Row], linkage: Row, language: str) -> list[Row]:
    """Where it is hidden by how much codes differ, no caveat may tell whether any did."""
    if linkage["by"] in ("respondent", "none") or not any(wave["suppressed"] for wave in linkage["waves"]):
        return caveats
    others = [note for note in caveats if note["code"] != "linkage_tolerant"]
    return [*others, caveat("linkage_tolerance", language)]
