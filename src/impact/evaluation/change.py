"""Single people: how many changed by more than measurement error can explain."""

from __future__ import annotations

from typing import Any

from impact import stats
from impact.evaluation.findings import no_reliable_change
from impact.evaluation.people import Sample

CONFIDENCE = 0.95
LOWEST_RELIABILITY = 0.5
"""Below, more than half of what tells people's scores apart is error: a change would have to pass 1.96 standard
deviations of the scores themselves, and counts would be of chance."""


def reliable_change(
    sample: Sample, reliability: float | None, direction: str, language: str
) -> tuple[dict[str, Any], list[str]]:
    """(block `reliable_change`, caveat codes). Counts of people; the threshold is in points.

    Jacobson & Truax 1991, J. Consult. Clin. Psychol. 59, 12: threshold z·SD(before)·√(2(1 − reliability)).
    `expected_by_error` is how many people would pass it in each direction by error alone.
    """
    if direction == "none":
        return no_reliable_change(), ["scale_without_direction"]
    if reliability is None or reliability < LOWEST_RELIABILITY:
        return no_reliable_change(), ["no_reliability"]
    result = stats.reliable_change(
        sample.before, sample.after, reliability, confidence=CONFIDENCE, direction=direction
    )
    if result.threshold is None:
        return no_reliable_change(), ["no_reliability"]
    counts = {
        "improved": result.improved,
        "unchanged": result.unchanged,
        "worsened": result.worsened,
    }
    return {
        **counts,
        "threshold": result.threshold,
        "expected_by_error": result.expected_by_error,
        "reliability": reliability,
        "text": None,  # disclosure makes the sentence, from the counts that may be shown
    }, []
