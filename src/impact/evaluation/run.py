"""Plan and linked submissions in, Findings out: the engine behind every door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

import numpy as np

from impact.evaluation import across_workshops, findings
from impact.evaluation import labels as naming
from impact.evaluation.attrition import Invited, LostSample, attrition_block, lost_samples
from impact.evaluation.averages import People
from impact.evaluation.canonical import LinksLike, canonical
from impact.evaluation.difference import difference_finding
from impact.evaluation.disclosure import disclose
from impact.evaluation.document import absent_items, document
from impact.evaluation.finding import change_finding, who
from impact.evaluation.labels import Labels, default_labels
from impact.evaluation.notes import Kept
from impact.evaluation.once import once
from impact.evaluation.people import (
    WORKSHOP,
    Pairs,
    Sample,
    Settled,
    pairs_of,
    sample_of,
    settle,
    together,
)
from impact.evaluation.perception_gap import gap_rows
from impact.evaluation.quality import quality_rows
from impact.evaluation.quality_items import Grids
from impact.evaluation.response_shift import shift_rows
from impact.evaluation.retention import retention_rows
from impact.evaluation.sensitivity import Sensitivity
from impact.evaluation.setting import Setting
from impact.evaluation.subgroups import levels_of_rows, subgroup_findings
from impact.evaluation.verdicts import family_size
from impact.instruments.model import ARMS, Instrument
from impact.instruments.scoring import item_matrix, score
from impact.instruments.submissions import Submissions
from impact.instruments.then import then_scale
from impact.plans.deviations import Deviation
from impact.plans.model import Contrast, Outcome, Plan

AUDIENCES = ("team", "public")


def run(
    plan: Plan,
    instrument: Instrument,
    submissions: Submissions,
    links: LinksLike,
    *,
    audience: str,
    labels: Labels | None = None,
    locked_at: str | None = None,
    locked_by: str | None = None,
    deviations: Sequence[Deviation] = (),
    invited: Invited | None = None,
) -> dict[str, Any]:
    """The Findings of `plan` on `submissions`, already fit for `audience` (`team` or `public`).

    `links` as from `impact.linkage.link`. `locked_at` (ISO 8601) is when the plan was locked, if it was, `locked_by`
    who did, `deviations` what was changed since (`impact.plans.Lock.deviations`). `invited`: (arm, side) → counts
    of people `invited` and `consented`; side None where the plan does not tell sides apart. Any data with at least one submission give a complete result: what cannot be computed is None with a caveat.

    >>> run(plan, instrument, submissions, link(instrument, submissions), audience="public")["format"]
    1
    """
    if audience not in AUDIENCES:
        raise ValueError(f"audience is {audience!r}, not one of {AUDIENCES}")
    names = labels or default_labels(instrument, plan)
    single = once(instrument, submissions, links)
    settled = settle(canonical(instrument, single.submissions, single), plan)
    threshold = getattr(plan.thresholds, audience)
    family = family_size(plan, len(instrument.sides))
    is_planned = locked_at is not None
    setting = Setting(
        plan,
        instrument,
        names,
        family,
        is_planned,
        settled.ran,
        settled.is_nested,
        threshold,
        tuple(deviations),
        settled.is_blocked,
    )
    engine = _Engine(setting, settled)
    for outcome in plan.outcomes:
        engine.evaluate(outcome)
    raw = document(engine, links, locked_at) | {"deviations": [asdict(one) for one in deviations]}
    raw["plan"]["locked_by"] = locked_by
    raw["attrition"] = attrition_block(engine.setting, settled, engine.waves, engine.samples, invited)
    raw["caveats"] += single.caveats(threshold, names.language)
    return findings.clean(disclose(raw, audience, threshold, names, instrument, plan.thresholds.team))


class _Engine:
    """Goes through the outcomes one by one, so that the items of only one scale lie in memory at a time."""

    def __init__(self, setting: Setting, settled: Settled) -> None:
        self.setting, self.settled, self.data = setting, settled, settled.data
        plan, instrument = setting.plan, setting.instrument
        self.waves = [wave for wave in instrument.waves if wave in plan.waves]
        self.findings: list[dict[str, Any]] = []
        self.quality: list[dict[str, Any]] = []
        self.over_workshops: list[dict[str, Any]] = []
        self.analysed = np.zeros(len(self.data.submissions), dtype=bool)
        self.absent = absent_items(setting, self.data.submissions, self.waves)
        self._pairs = {contrast: self._people(contrast) for contrast in plan.contrasts}
        self._placed = settled.placed
        self._grids = Grids(instrument, self.data.submissions)
        self.shifts: list[dict[str, Any]] = []
        self.gaps = gap_rows(setting, settled, self.waves, self._pairs)
        self.sensitivity = Sensitivity(setting, settled)
        self._levels = levels_of_rows(self.data, setting)
        self.retention: list[dict[str, Any]] = []
        self.samples: dict[str, list[LostSample]] = {}

    def _people(self, contrast: Contrast) -> dict[str | None, Pairs]:
        """Side (None: all) → its people."""
        ids = self.setting.instrument.side_ids
        pairs = pairs_of(self.settled, self.setting.instrument, contrast)
        if not self.setting.plan.by_side:
            return {None: pairs}
        return {side: pairs.where(pairs.side == number) for number, side in enumerate(ids)}

    def evaluate(self, outcome: Outcome) -> None:
        setting = self.setting
        scale = setting.instrument.scale[outcome.scale]
        scores = score(setting.instrument, scale, self.data.submissions)
        items = item_matrix(setting.instrument, scale, self.data.submissions)
        quality = quality_rows(
            self.data, setting.instrument, scale, scores, items, self.waves, setting.plan.by_side,
            setting.labels.language, self.settled.in_design, self._grids,
        )  # fmt: skip
        beside = self._beside(outcome, items)
        alphas = {
            (row["wave"], row["side"]): row["alpha"]["value"] for row in quality if row["language"] is None
        }
        self.quality += [beside(row) for row in quality]
        looked_back = None
        if setting.plan.design == "retrospective_pre":
            looked_back = score(
                setting.instrument, then_scale(setting.instrument, scale), self.data.submissions
            )
        for contrast in setting.plan.contrasts:
            self._contrast(outcome, contrast, scores, alphas, looked_back, beside)
        self.shifts += shift_rows(setting, outcome, scores, self.data.submissions, self._pairs)
        self.retention += [beside(row) for row in retention_rows(setting, self.settled, outcome, scores)]

    def _beside(self, outcome: Outcome, items: np.ndarray) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """Puts the people of a row's average into it, where another average could tell of a few (`averages`)."""
        plan, scales = self.setting.plan, self.setting.instrument.scale
        own = set(scales[outcome.scale].items)
        shares = tuple(
            one.scale
            for one in plan.outcomes
            if one.scale != outcome.scale and own & set(scales[one.scale].items)
        )
        is_needed = bool(shares or plan.retentions or len(plan.contrasts) > 1)
        partial = np.isnan(items).any(axis=1) if shares else None
        is_treated = self.data.submissions.arm == WORKSHOP

        def put(row: dict[str, Any]) -> dict[str, Any]:
            rows = row.pop("_rows", None)
            if rows is None or not is_needed:
                return row
            first = rows if rows.ndim == 1 else rows[:, 0]
            people = People.of(self.data.person, rows, is_treated[first], partial)
            return row | {"_whom": people, "_shares": shares}

        return put

    def _contrast(
        self,
        outcome: Outcome,
        contrast: Contrast,
        scores: np.ndarray,
        alphas: dict[tuple[str, str | None], float | None],
        looked_back: np.ndarray | None,
        beside: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> None:
        setting = self.setting
        samples = {
            side: sample_of(pairs, scores, looked_back) for side, pairs in self._pairs[contrast].items()
        }
        asked_rows = self._asked_rows(contrast.before if looked_back is None else contrast.after, scores)
        asked = {side: (int(is_in.sum()), int((~is_in).sum())) for side, (_, is_in) in asked_rows.items()}
        sides = [
            Kept(setting.labels.sides.get(side, side), sum(asked[side]), sample.n)
            for side, sample in samples.items()
            if side is not None
        ]
        for side, sample in samples.items():
            alpha = alphas.get((contrast.before, side))
            kept = sides if setting.is_one_group else _arms(sample, asked[side])
            found = change_finding(setting, outcome, contrast, side, sample, alpha, sum(asked[side]), kept)
            found |= self.sensitivity.of(outcome, contrast, side, scores, found, looked_back)
            self.findings.append(beside(found))
            if outcome.role == "primary":
                self.analysed[sample.rows] = True
                self._over_workshops(outcome, contrast, side, sample, found["verdict"])
        if outcome.role == "primary" and looked_back is None and outcome.scale not in self.samples:
            self.samples[outcome.scale] = lost_samples(contrast, scores, samples, asked_rows)
        if setting.plan.compare_sides and outcome.role == "primary":
            for first, second in combinations(samples, 2):
                both = together(samples[first], samples[second])
                ends = [sides[list(samples).index(side)] for side in (first, second)]
                self.findings.append(
                    difference_finding(setting, outcome, contrast, first, second, both, ends)
                )
        by_level = subgroup_findings(setting, outcome, contrast, samples, self._levels, asked_rows, alphas)
        self.findings += [beside(found) for found in by_level]

    def _over_workshops(
        self, outcome: Outcome, contrast: Contrast, side: str | None, sample: Sample, decided: str | None
    ) -> None:
        if not across_workshops.applies(self.setting):
            return
        names = self.setting.labels
        title = naming.scale_title(self.setting.instrument, outcome.scale, names, side)
        row = across_workshops.workshop_row(
            self.setting, outcome, contrast, side, sample, title, who(names, side), decided
        )
        self.over_workshops.append(row)

    def _asked_rows(self, wave: str, scores: np.ndarray) -> dict[str | None, tuple[np.ndarray, np.ndarray]]:
        """Side (None: all) → rows with a score at `wave` of people who could be in a finding, and whether each is of
        the workshop arm."""
        submissions = self.data.submissions
        chosen = self._placed & (submissions.wave == self.setting.instrument.waves.index(wave))
        chosen &= ~np.isnan(scores)
        is_treated = submissions.arm == WORKSHOP
        groups: dict[str | None, np.ndarray] = {None: chosen}
        if self.setting.plan.by_side:
            ids = self.setting.instrument.side_ids
            groups = {side: chosen & (submissions.side == number) for number, side in enumerate(ids)}
        rows = {side: np.flatnonzero(group) for side, group in groups.items()}
        return {side: (found, is_treated[found]) for side, found in rows.items()}


def _arms(sample: Sample, asked: tuple[int, int]) -> list[Kept]:
    treated = int(sample.treated.sum())
    pairs = (treated, sample.n - treated)
    return [Kept(*group) for group in zip(ARMS, asked, pairs, strict=True)]
