"""Single people: how many changed by more than measurement error can explain."""

from __future__ import annotations

from typing import Any

from impact import stats
from impact.evaluation.claims import points
from impact.evaluation.findings import no_reliable_change
from impact.evaluation.people import Sample
from impact.evaluation.wording import words

CONFIDENCE = 0.95


def reliable_change(
    sample: Sample, reliability: float | None, direction: str, language: str
) -> tuple[dict[str, Any], list[str]]:
    """(block `reliable_change`, caveat codes). Counts of people; the threshold is in points.

    Jacobson & Truax 1991, J. Consult. Clin. Psychol. 59, 12: threshold z·SD(before)·√(2(1 − reliability)).
    `expected_by_error` is how many people would pass it in each direction by error alone.
    """
    if direction == "none":
        return no_reliable_change(), ["scale_without_direction"]
    if reliability is None:
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
    text = words(language)["frequencies"].format(n=sample.n, threshold=points(result.threshold), **counts)
    return {
        **counts,
        "threshold": result.threshold,
        "expected_by_error": result.expected_by_error,
        "reliability": reliability,
        "text": text,
    }, []
