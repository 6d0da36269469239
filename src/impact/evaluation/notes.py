"""Caveats on one finding: what its people, workshops and losses make doubtful."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from impact.evaluation.cells import told
from impact.evaluation.designs import Estimate, agrees_closely
from impact.evaluation.people import Sample
from impact.evaluation.setting import Setting
from impact.evaluation.wording import caveat, words
from impact.evaluation.wording import counted as plain_count
from impact.instruments.model import Scale

END_SHARE = 0.15
"""Above this share of people at one end of a scale there is a caveat (stats.md: ceiling and floor)."""
KEPT_SHARE = 0.6
DESIGN_CAVEATS = {
    "one_group": "no_comparison_group", "retrospective_pre": "looked_back", "comparison": "not_by_lot",
}  # fmt: skip
LOSS_GAP = 0.15
"""From this difference on between the shares kept of two groups, who was lost may make a difference by itself."""


@dataclass(frozen=True)
class Kept:
    """A group of people with a score before: how many there were, and how many have one after as well."""

    name: str
    asked: int
    pairs: int

    @property
    def share(self) -> float:
        return self.pairs / self.asked if self.asked else 0.0


def end_codes(sample: Sample, direction: str, threshold: int) -> list[str]:
    """Whether many stood at an end of the scale before, told in the direction hoped for. Fewer than may be counted
    are not many: otherwise the caveat, or its absence, would tell a share that is hidden."""
    ends = (int((sample.before >= 100 - 1e-9).sum()), int((sample.before <= 1e-9).sum()))
    top, bottom = (people > END_SHARE * sample.n and people >= threshold for people in ends)
    if direction == "none":
        return ["at_an_end"] if top or bottom else []
    far, near = (top, bottom) if direction == "higher" else (bottom, top)
    return ["ceiling"] * far + ["floor"] * near


def is_unequal(groups: Sequence[Kept], threshold: int) -> bool:
    """Whether the groups were lost unequally. Groups too small to show are not told by what was lost of others."""
    if len(groups) < 2 or min(group.pairs for group in groups) < max(threshold, 1):
        return False
    shares = [group.share for group in groups]
    return max(shares) - min(shares) >= LOSS_GAP - 1e-12


def loss_values(groups: Sequence[Kept]) -> dict[str, str]:
    """The placeholders of the caveats on loss: the two groups whose shares are furthest apart, in their order."""
    shares = [group.share for group in groups]
    ends = sorted({shares.index(max(shares)), shares.index(min(shares))})
    first, second = groups[ends[0]], groups[ends[-1]]
    return {
        "first": first.name,
        "first_share": f"{100 * first.share:.0f}",
        "second": second.name,
        "second_share": f"{100 * second.share:.0f}",
    }


def counted(people: int, threshold: int, language: str) -> str:
    """`12 people`; `a few people` below the threshold at which a number may be shown."""
    if not told(people, threshold):
        return str(words(language)["counted"]["few"])
    return plain_count("people", people, language)


def sample_codes(
    setting: Setting, scale: Scale, sample: Sample, plain: Estimate, asked_before: int
) -> list[str]:
    """Caveats on the people of a finding."""
    codes = end_codes(sample, scale.direction, setting.threshold)
    if agrees_closely(sample, plain):
        codes.append("workshops_agree_closely")
    if asked_before and sample.n / asked_before < KEPT_SHARE:
        codes.append("many_lost")
    return codes


def loss_codes(setting: Setting, groups: Sequence[Kept]) -> list[str]:
    """Whether the arms, or with one group the sides, were lost unequally."""
    if not is_unequal(groups, setting.threshold):
        return []
    return ["differential_loss_sides" if setting.is_one_group else "differential_loss"]


def caveats_of(
    setting: Setting, sample: Sample, plain: Estimate, codes: list[str], groups: Sequence[Kept]
) -> list[dict[str, str]]:
    """The caveats of a finding with their texts: on its design, its estimate and its people."""
    language = setting.labels.language
    design = DESIGN_CAVEATS.get(setting.plan.design)
    left_out = ["no_workshop"] if sample.left_out else []
    ordered = dict.fromkeys([*([design] if design else []), *plain.caveats, *left_out, *codes])
    values = {
        "workshops": str(plain.clusters),
        "ran": str(setting.ran),
        "people": counted(sample.left_out, setting.threshold, language),
        **(loss_values(groups) if len(groups) > 1 else {}),
    }
    return [caveat(code, language, **values) for code in ordered]
