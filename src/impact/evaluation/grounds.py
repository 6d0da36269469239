"""What the licence of one finding rests on: counted from its people, its estimate and the plan."""

from __future__ import annotations

from collections.abc import Sequence

from impact.evaluation.designs import Estimate, distinct
from impact.evaluation.licences import Grounds, Licence, is_followup, licence_for
from impact.evaluation.notes import Kept
from impact.evaluation.people import Sample
from impact.evaluation.setting import Setting
from impact.plans.model import Contrast


def finding_licence(
    setting: Setting,
    contrast: Contrast,
    sample: Sample,
    plain: Estimate,
    kept: Sequence[Kept],
    groups: Sequence[int],
) -> Licence:
    """What a finding may say at most. `kept`: whose loss counts (the arms; else the side, or both sides compared);
    `groups`: how many people each group has whose answers it is about.

    Without an estimate nothing is said of movement, so that numbers need not lower the licence.
    """
    is_told = plain.value is not None
    lost, overall = losses(kept, setting.threshold) if is_told else ((), None)
    has_arms = is_told and not setting.is_one_group
    arms = [distinct(sample.cluster[sample.treated == arm]) for arm in (True, False)] if has_arms else []
    return licence_for(
        Grounds(
            setting.plan.design,
            is_clustered=setting.plan.cluster != "none",
            workshops=setting.ran,
            arm_clusters=min(arms, default=None),
            group=min(groups) if is_told else None,
            lost=lost if has_arms else (),
            lost_overall=overall,
            is_followup=is_followup(setting.instrument.waves, contrast.after),
        )
    )


def losses(groups: Sequence[Kept], threshold: int) -> tuple[tuple[float, ...], float | None]:
    """(share lost of each group, share lost over all); nothing where a group is too small to show, so that what was
    lost of others does not tell its numbers."""
    asked = sum(group.asked for group in groups)
    if not asked or min(group.pairs for group in groups) < max(threshold, 1):
        return (), None
    return tuple(1 - group.share for group in groups), 1 - sum(group.pairs for group in groups) / asked
