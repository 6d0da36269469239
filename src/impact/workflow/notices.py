"""What data lack that are evaluated all the same: told beside the result, which is complete and null there.

Without these words a reader could take what is missing for something that was withheld.
"""

from __future__ import annotations

from collections.abc import Iterator

from impact.errors import Problem
from impact.instruments import ARMS, Instrument, Submissions
from impact.plans import Plan

_NOBODY = {
    "workshop": "nobody took part in a workshop",
    "comparison": "nobody belongs to the comparison group",
}


def notices(plan: Plan, instrument: Instrument, submissions: Submissions) -> Iterator[Problem]:
    """What is missing for this plan, what cannot be computed for that reason, and what to do."""
    from impact import formats

    yield from formats.missing_waves(
        submissions, instrument, [wave for wave in instrument.waves if wave in plan.waves]
    )
    yield from _nobody_to_follow(plan, submissions)
    yield from _missing_arms(plan, submissions)


def _nobody_to_follow(plan: Plan, submissions: Submissions) -> Iterator[Problem]:
    from impact.linkage import usable

    coded = usable(submissions.code).any() if submissions.code.shape[1] else False
    if plan.design != "retrospective_pre" and not (coded or (submissions.respondent >= 0).any()):
        yield Problem(
            "the data",
            "nobody is known by a respondent or a usable code, so no person's change can be computed.",
            "Fill the column “respondent”, or the columns “code.…” (at most two elements may be missing).",
        )


def _missing_arms(plan: Plan, submissions: Submissions) -> Iterator[Problem]:
    empty = [arm for i, arm in enumerate(ARMS) if not (submissions.arm == i).any()]
    if not plan.has_arms:
        if "workshop" in empty:
            yield Problem(
                "column “arm”",
                "nobody took part in a workshop, and this plan looks only at people of workshops.",
                "Correct the column, or use a plan with the design “comparison” or “randomised”.",
            )
        return
    for arm in empty:
        yield Problem(
            "column “arm”",
            f"{_NOBODY[arm]}, so the two groups cannot be compared.",
            "Add the rows of the other group, and fill the column.",
        )
