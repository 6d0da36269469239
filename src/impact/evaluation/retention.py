"""Retention: the share of a gain that is kept, (later − before) / (sooner − before), for people who answered all three.

The interval is Fieller's, clustered by workshop as the plan's estimator is (`stats.ratio_of_means`). Where the gain's
own interval holds zero there is no gain to keep a share of: no share is told, only why. Nor is there where no direction
is hoped for on the scale. A share says nothing of the size of the gain; that stands in the findings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation import findings
from impact.evaluation.claims import licence_of, rooms_close
from impact.evaluation.designs import is_few
from impact.evaluation.finding import who
from impact.evaluation.isolates import named
from impact.evaluation.labels import scale_title
from impact.evaluation.people import Pairs, Settled, pairs_of
from impact.evaluation.setting import Setting
from impact.evaluation.wording import caveat, language_for, words
from impact.plans.model import Contrast, Outcome, Retention

UNIT = "share"
_DECIMALS = 2


def retention_rows(
    setting: Setting, settled: Settled, outcome: Outcome, scores: np.ndarray
) -> Iterator[dict[str, Any]]:
    """One row for each retention of the plan and each side (or all). Keys that begin with _ are for disclosure."""
    plan, ids = setting.plan, setting.instrument.side_ids
    for retention in plan.retentions:
        contrast = Contrast(retention.name, retention.after, retention.before)
        pairs = pairs_of(settled, setting.instrument, contrast)
        middle = _rows_at(settled, setting, pairs, retention.gain)
        sides = {side: pairs.side == number for number, side in enumerate(ids)} if plan.by_side else {}
        for side, mask in (sides or {None: np.ones(len(middle), dtype=bool)}).items():
            columns = [scores[rows[mask]] for rows in (pairs.before, middle, pairs.after)]
            has_all = (middle[mask] >= 0) & (pairs.cluster[mask] >= 0)
            has_all &= ~np.isnan(np.column_stack(columns)).any(axis=1)
            before, gained, after = (column[has_all] for column in columns)
            yield _row(
                setting,
                outcome,
                retention,
                side,
                after - before,
                gained - before,
                pairs.cluster[mask][has_all],
            ) | {"_rows": np.column_stack([pairs.before, middle, pairs.after])[mask][has_all]}


def _rows_at(settled: Settled, setting: Setting, pairs: Pairs, wave: str) -> np.ndarray:
    """Row of each person of `pairs` at another wave, −1 where there is none."""
    number = setting.instrument.waves.index(wave)
    if not len(pairs.before):
        return np.empty(0, dtype=np.int64)
    return settled.data.row_of[settled.data.person[pairs.before], number]


def _row(
    setting: Setting,
    outcome: Outcome,
    retention: Retention,
    side: str | None,
    kept: np.ndarray,
    gain: np.ndarray,
    cluster: np.ndarray,
) -> dict[str, Any]:
    plan = setting.plan
    subgroup = {"side": side} if side else {}
    by_person = plan.cluster == "none" or is_few(plan, setting.ran)
    is_told = not (by_person and plan.cluster != "none" and plan.few_workshops == "none")
    has_direction = setting.instrument.scale[outcome.scale].direction != "none"
    found, codes = None, ["too_few_people" if has_direction else "gain_without_direction"]
    if has_direction and len(gain) >= max(plan.minimum_n, 1):
        # Differences of scores carry floating-point dust; equal changes must be equal.
        kept, gain = np.round(kept, 9), np.round(gain, 9)
        found = stats.ratio_of_means(kept, gain, None if by_person else cluster, plan.level)
        codes = _codes(setting, outcome, found, is_told)
    told = found is not None and not {"no_clear_gain", "no_gain"} & set(codes)
    limits = (found.low, found.high) if found is not None and told and is_told else (None, None)
    language = language_for(setting.labels.language)
    # Role primary is for what is judged together; a share is read beside those.
    role = "secondary" if outcome.role == "primary" else outcome.role
    estimate = findings.no_estimate(plan.level) | {
        "value": found.value if told else None, "df": found.df if limits[0] is not None else None,
        "low": limits[0], "high": limits[1], "unit": UNIT,
    }  # fmt: skip
    return {
        "scale": outcome.scale,
        "contrast": retention.name,
        "waves": {"before": retention.before, "gain": retention.gain, "after": retention.after},
        "subgroup": subgroup,
        "role": role,
        "planned": setting.planned(outcome.scale, retention.name, subgroup, role),
        "estimator": None if limits[0] is None else ("fieller" if by_person else "fieller_cr2"),
        "n": len(gain),
        "clusters": None if plan.cluster == "none" else _workshops(setting, cluster),
        "estimate": estimate,
        "claim": _claim(setting, outcome, side, estimate, codes, language),
        "caveats": [caveat(code, language) for code in codes],
        "suppressed": False,
    }


def _workshops(setting: Setting, cluster: np.ndarray) -> int | None:
    return len(np.unique(cluster)) or None if setting.ran else None


def _codes(setting: Setting, outcome: Outcome, found: Any, is_told: bool) -> list[str]:
    """Why there is no share, or no interval."""
    direction = setting.instrument.scale[outcome.scale].direction
    codes = ["few_workshops"] if is_few(setting.plan, setting.ran) else []
    if setting.plan.cluster == "none":
        codes.append("workshops_ignored")
    if found.low is None and found.is_bounded is False and found.covariance is not None:
        return [*codes, "no_clear_gain"]
    if not found.denominator:
        return [*codes, "no_clear_gain"]
    if (found.denominator > 0) != (direction == "higher"):
        return [*codes, "no_gain"]
    return codes if found.low is not None and is_told else [*codes, "no_interval"]


def _claim(
    setting: Setting,
    outcome: Outcome,
    side: str | None,
    estimate: Mapping[str, Any],
    codes: list[str],
    language: str,
) -> dict[str, str]:
    plan, forms = setting.plan, words(language)["retention"]
    kind = "missing"
    if estimate["value"] is not None:
        kind = "value" if estimate["low"] is None else "share"
    elif "gain_without_direction" in codes:
        kind = "undirected"
    elif "no_clear_gain" in codes or "no_gain" in codes:
        kind = "unclear"
    licence = licence_of(plan.design, plan.cluster != "none", is_few(plan, setting.ran))
    shares = {
        name: f"{100 * estimate[name]:.0f}".replace("-", "−") for name in ("value", "low", "high")
        if estimate[name] is not None
    }  # fmt: skip
    text = forms[kind].format(
        **named(
            words(language), who=who(setting.labels, side),
            title=scale_title(setting.instrument, outcome.scale, setting.labels, side),
        ),
        level=f"{100 * plan.level:g}", **shares,
    )  # fmt: skip
    close = "" if kind in ("missing", "undirected") else rooms_close(licence, language, kind != "unclear")
    text = " ".join(part for part in (text[:1].upper() + text[1:], close) if part)
    return {"licence": licence, "rule": f"{licence}.retention.{kind}", "language": language, "text": text}


def disclose_retention(
    rows: list[dict[str, Any]], gone: Collection[tuple[str, int]], k: int, language: str
) -> list[dict[str, Any]]:
    """Rows of fewer than k people, and those in `gone` as ("retention", row), without numbers; shares to two decimals
    for every audience, as they are read."""
    rows = [{key: value for key, value in row.items() if not key.startswith("_")} for row in rows]
    return [
        _hidden(row, language) if row["n"] < k or ("retention", number) in gone else _rounded(row)
        for number, row in enumerate(rows)
    ]


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    estimate = dict(row["estimate"])
    for name in ("value", "low", "high"):
        if estimate[name] is not None:
            estimate[name] = round(estimate[name], _DECIMALS) + 0.0
    if estimate["df"] is not None:
        estimate["df"] = float(f"{estimate['df']:.3g}")
    return row | {"estimate": estimate}


def _hidden(row: dict[str, Any], language: str) -> dict[str, Any]:
    forms = words(language)["retention"]
    claim = row["claim"] | {"rule": f"{row['claim']['licence']}.suppressed", "text": forms["suppressed"]}
    empty = findings.no_estimate(row["estimate"]["level"]) | {"unit": UNIT}
    return row | {
        "estimator": None, "n": None, "clusters": None, "estimate": empty, "claim": claim,
        "caveats": [caveat("too_few_to_show", language)], "suppressed": True,
    }  # fmt: skip
