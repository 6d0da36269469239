"""Findings read with their labels: which sides, which scales, which findings, in the order of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from impact.report.charts import Interval, Mark
from impact.report.text import clean, sentence
from impact.report.theme import shape
from impact.report.wording import word, word_or

ROLES = ("primary", "secondary", "guard", "exploratory")
Finding = Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """A Findings dict (contract: docs of `impact.evaluation`) with what a reader needs to name its parts."""

    findings: Mapping[str, Any]

    @cached_property
    def labels(self) -> Mapping[str, Any]:
        return self.findings.get("labels", {})

    @cached_property
    def language(self) -> str:
        return str(self.labels.get("language", "en"))

    @cached_property
    def sides(self) -> tuple[str, ...]:
        return tuple(self.labels.get("sides", {}))

    @cached_property
    def level(self) -> str:
        """The confidence level of the plain intervals, as printed: `95 %`."""
        for finding in self.findings["findings"]:
            if finding.get("estimate"):
                return f"{finding['estimate']['level'] * 100:g}\u00a0%"
        return "95\u00a0%"

    @cached_property
    def compares_arms(self) -> bool:
        """Whether changes are differences between two arms (design `comparison` or `randomised`)."""
        return any(has_arms(finding) for finding in self.findings["findings"])

    @cached_property
    def has_family(self) -> bool:
        """Whether several primary findings are read together, by simultaneous intervals."""
        wide = ((f.get("estimate") or {}).get("simultaneous") for f in self.findings["findings"])
        return any(one and one["family"] > 1 for one in wide)

    @cached_property
    def shows_numbers(self) -> bool:
        """Whether any finding has a number that this audience may see."""
        return any(not self.why_hidden(finding) for finding in self.findings["findings"])

    @cached_property
    def threshold(self) -> int:
        """The smallest number of people about whom anything is shown to this audience."""
        stated = self.findings.get("disclosure", {}).get("threshold")
        return int(stated) if stated else (10 if self.findings["audience"] == "public" else 5)

    def word(self, key: str, **values: object) -> str:
        return word(self.language, key, **values)

    def side_index(self, subgroup: Mapping[str, Any]) -> int:
        side = subgroup.get("side")
        return self.sides.index(side) if side in self.sides else -1

    def side_label(self, side: str | None) -> str:
        if side is None:
            return self.word("all_sides")
        label = self.side_name(side)
        return label[:1].upper() + label[1:]  # names such as “the northern community” begin a line here

    def side_name(self, side: str) -> str:
        """The side as it is named within a sentence."""
        return clean(self.labels.get("sides", {}).get(side, "")) or clean(side)

    def subgroup_label(self, subgroup: Mapping[str, Any]) -> str:
        """The side's name, or `North minus South` for a difference; further keys follow after a comma."""
        if is_difference(subgroup):
            if "sides" in subgroup and len(self.sides) == 2:
                return self.word("difference_of_two")
            return self.difference_of(subgroup)
        rest = [clean(value) for key, value in subgroup.items() if key != "side"]
        names = [self.side_label(subgroup.get("side"))] if "side" in subgroup or not rest else []
        return ", ".join([*names, *rest])

    def difference_of(self, subgroup: Mapping[str, Any]) -> str:
        """Which side's change is taken from which: `North minus South`; of a subgroup `North, f minus m`."""
        if "sides" in subgroup:
            first, second = (self.side_label(side) for side in subgroup["sides"])
            return self.word("difference", first=first, second=second)
        first, second = next(value for value in subgroup.values() if isinstance(value, list))
        levels = self.word("difference", first=clean(first), second=clean(second))
        return f"{self.side_label(subgroup['side'])}, {levels}" if "side" in subgroup else levels

    def finding_label(self, finding: Finding) -> str:
        """Whom or what the finding's number is about; between two arms it is their difference."""
        subgroup = finding["subgroup"]
        if not has_arms(finding):
            return self.subgroup_label(subgroup)
        if subgroup:
            return self.word("arm_difference_of", who=self.subgroup_label(subgroup))
        return self.word("arm_difference")

    def scale_label(self, scale: str) -> str:
        return clean(self.labels.get("scales", {}).get(scale, {}).get("title", "")) or clean(scale)

    def sense(self, scale: str) -> str:
        """What a high score means, in the instrument's words; "" where it does not say."""
        return clean(self.labels.get("scales", {}).get(scale, {}).get("sense", ""), limit=300)

    def direction(self, scale: str) -> str:
        return str(self.labels.get("scales", {}).get(scale, {}).get("direction", "none"))

    def wave_label(self, wave: str) -> str:
        return word_or(self.language, f"wave.{wave}", clean(wave))

    def verdict(self, finding: Finding) -> str:
        """What happened, in words that need no key: `lower afterwards, as hoped` for a fear that improved."""
        return self._verdict_word(finding, "verdict")

    def short_verdict(self, finding: Finding) -> str:
        """The same without the hope, for a heading: `lower afterwards`."""
        return self._verdict_word(finding, "short")

    def _verdict_word(self, finding: Finding, form: str) -> str:
        verdict = finding.get("verdict") or "none"
        direction = self.direction(finding["scale"])
        kind = "_sides" if is_difference(finding["subgroup"]) else "_arms" if has_arms(finding) else ""
        for part in dict.fromkeys((f"{form}{kind}", f"verdict{kind}", form, "verdict")):
            for name in (f"{verdict}_{direction}", verdict):
                if found := word_or(self.language, f"{part}.{name}", ""):
                    return found
        return self.word("verdict.none")

    @cached_property
    def first_contrast(self) -> str | None:
        """The plan's first contrast: the one that headlines speak of."""
        return next((finding["contrast"] for finding in self.findings["findings"]), None)

    def ordered(self) -> tuple[Finding, ...]:
        """Findings by role, and within a role in the order of the plan; never by result."""
        listed = self.findings["findings"]
        return tuple(sorted(listed, key=lambda finding: ROLES.index(finding["role"])))

    def scales(self, role: str | None = None) -> tuple[str, ...]:
        found = [f["scale"] for f in self.ordered() if role is None or f["role"] == role]
        return tuple(dict.fromkeys(found))

    def of_scale(self, scale: str) -> tuple[Finding, ...]:
        """The findings of one scale for the first contrast, one a side; differences between sides apart."""
        return tuple(f for f in self._first_of(scale) if not is_difference(f["subgroup"]))

    def differences(self, scale: str) -> tuple[Finding, ...]:
        """The findings about the difference between two sides' changes on one scale, first contrast."""
        return tuple(f for f in self._first_of(scale) if is_difference(f["subgroup"]))

    def _first_of(self, scale: str) -> tuple[Finding, ...]:
        listed = self.findings["findings"]
        return tuple(f for f in listed if f["scale"] == scale and f["contrast"] == self.first_contrast)

    def why_hidden(self, finding: Finding) -> str:
        """Words for a finding without numbers; "" where there are numbers."""
        if finding.get("suppressed"):
            return self.word(
                "hidden.few" if finding.get("n") is None else "hidden.beside", threshold=self.threshold
            )
        estimate = finding.get("estimate")
        if estimate is None or estimate.get("value") is None:
            caveats = self.caveats(finding)
            return caveats[0] if caveats else self.word("hidden.none")
        return ""

    def caveats(self, finding: Finding) -> tuple[str, ...]:
        return texts(finding.get("caveats", ()))

    def shift_marks(self, finding: Finding) -> tuple[Mark, ...]:
        """Before and after: one mark, or one for each arm, which then carries no change of its own."""
        whole = self.mark(finding)
        if whole.hidden or not has_arms(finding):
            return (whole,)
        return tuple(
            Mark(
                label=self.arm_label(arm, finding["subgroup"].get("side")),
                side=whole.side if arm == "workshop" else -1,
                before=mean_of(levels.get("before")),
                after=mean_of(levels.get("after")),
                n=levels.get("n"),
                no_levels=self.word("hidden.levels"),
                shape=arm_shape(arm, whole.side),
            )
            for arm, levels in sorted(finding["arms"].items(), key=lambda item: item[0] != "workshop")
        )

    def arm_label(self, arm: str, side: str | None) -> str:
        """`Workshop group`, or `North, workshop group`."""
        name = word_or(self.language, f"arm.{arm}", clean(arm))
        if side is None:
            return name[:1].upper() + name[1:]
        return self.word("arm_of", who=self.side_label(side), arm=name)

    def mark(self, finding: Finding) -> Mark:
        """The finding's numbers as one mark of a chart; none of them where the finding is hidden."""
        label = self.finding_label(finding)
        side = self.side_index(finding["subgroup"])
        hidden = self.why_hidden(finding)
        if hidden:
            return Mark(label=label, side=side, hidden=hidden.rstrip("."))
        estimate = finding["estimate"]
        simultaneous = estimate.get("simultaneous")
        levels = {} if has_arms(finding) else finding  # a difference between arms has no levels of its own
        return Mark(
            label=label,
            side=side,
            before=mean_of(levels.get("before")),
            after=mean_of(levels.get("after")),
            change=estimate["value"],
            plain=_ends(estimate),
            simultaneous=_ends(simultaneous) if simultaneous and simultaneous["family"] > 1 else None,
            n=finding.get("n"),
            verdict=self.verdict(finding),
            no_levels=self.word("hidden.levels"),
        )


def has_arms(finding: Finding) -> bool:
    """Whether its number compares two arms; then before and after are told for each arm."""
    return bool(finding.get("arms"))


def arm_shape(arm: str, side: int) -> str:
    """The comparison group has another shape than those who took part, whatever shape their side has."""
    if arm == "workshop":
        return ""
    return "square" if shape(side) == "triangle" else "triangle"


def is_difference(subgroup: Mapping[str, Any]) -> bool:
    """Whether a finding compares the changes of two sides or of two levels of a subgroup."""
    return any(isinstance(value, list) for value in subgroup.values())


def mean_of(summary: Mapping[str, float | None] | None) -> float | None:
    return summary.get("mean") if summary else None


def texts(values: Sequence[Any]) -> tuple[str, ...]:
    """Sentences of the findings: plain, or with their identifier beside them."""
    found = (value.get("text", "") if isinstance(value, Mapping) else value for value in values)
    return tuple(dict.fromkeys(sentence(text, limit=1000) for text in found if text))


def _ends(estimate: Mapping[str, Any]) -> Interval | None:
    if estimate.get("low") is None or estimate.get("high") is None:
        return None
    return Interval(estimate["low"], estimate["high"], estimate["level"])
