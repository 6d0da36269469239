"""Harm monitor: who got reliably worse, whether the average did, and the alert that the plan agreed on beforehand.

For each finding on a change: the share of people whose score moved against the direction hoped for by more than
error of measurement explains (Jacobson & Truax 1991; the cut-off is `threshold`, in points), with Wilson's interval,
beside the share that error alone would put there (2.5 % at the 95 % cut-off). An average can hide them: backfire is
documented and reported almost never (practice.md, sections 2 and 7).

`average.harm`, from the interval that the verdict is read from, turned so that more is better:

    found         it lies below 0
    not_excluded  it reaches below −SESOI: harm of that size may have been done
    excluded      it does not reach so far: harm of that size or more can be ruled out, a smaller one cannot
    None          there is no interval, or no direction is hoped for

So harm is never said to be absent: not from an inconclusive interval, nor from any other. This matters most for guard
outcomes, which must not fall.

The alert rule is `alerts` in the plan: True where the share of people reliably worse (`evaluate: point`), or the lower
end of its interval (`low`), reaches the limit. Without a rule, or without counts, it is None.
"""

from __future__ import annotations

from typing import Any

from impact import stats
from impact.evaluation.change import CONFIDENCE
from impact.evaluation.claims import frequencies_expected, rooms_close
from impact.evaluation.finding import who
from impact.evaluation.isolates import named, numbered
from impact.evaluation.labels import Labels, scale_title
from impact.evaluation.numbers import in_words, marks_of, published, significant
from impact.evaluation.setting import Setting
from impact.evaluation.wording import caveat, language_for, words
from impact.instruments.model import Instrument
from impact.plans.model import Alerts

Row = dict[str, Any]
_CATEGORIES = ("improved", "unchanged", "worsened")


def harm_rows(setting: Setting, findings: list[Row]) -> list[Row]:
    """The block `harm`, before disclosure: one row for each of `findings` that is about one change.

    Sentences come with disclosure, which knows which counts may be told. Keys that begin with _ are for it only.
    """
    rows = []
    for number, found in enumerate(findings):
        if "sides" not in found["subgroup"]:
            rows.append(_row(setting, found) | {"_finding": number})
    return rows


def _row(setting: Setting, found: Row) -> Row:
    plan, direction = setting.plan, setting.instrument.scale[found["scale"]].direction
    change = found["reliable_change"]
    n = None if change["worsened"] is None else sum(change[name] for name in _CATEGORIES)
    share = no_share(plan.level)
    if n:
        result = stats.share(change["worsened"], n, plan.level)
        share |= {"value": result.value, "low": result.low, "high": result.high}
    codes = [one["code"] for one in found["caveats"]]
    told = [code for code in ("too_few_people", "scale_without_direction", "no_reliability") if code in codes]
    if n and (found["clusters"] or 0) > 1:
        told.append("share_takes_people_alone")
    rule = _rule(plan.alerts, found["scale"])
    return {
        "scale": found["scale"],
        "contrast": found["contrast"],
        "subgroup": found["subgroup"],
        "role": found["role"],
        "n": n,
        "threshold": change["threshold"],
        "worsened": change["worsened"],
        "share": share,
        "expected_share": (1 - CONFIDENCE) / 2 if n else None,
        "average": _average(found, direction),
        "alert": None if rule is None or not n else _is_alert(rule, share),
        "alert_rule": rule,
        "claim": None,
        "caveats": [caveat(code, setting.labels.language) for code in told],
        "suppressed": False,
    }


def no_share(level: float) -> Row:
    return {"value": None, "low": None, "high": None, "level": level, "method": "wilson"}


def _rule(alerts: Alerts | None, scale: str) -> Row | None:
    if alerts is None:
        return None
    return {"worse_share": alerts.limit_of(scale), "evaluate": alerts.evaluate}


def _is_alert(rule: Row, share: Row) -> bool:
    judged = share["value"] if rule["evaluate"] == "point" else share["low"]
    return bool(judged >= rule["worse_share"] - 1e-12)


def _average(found: Row, direction: str) -> Row:
    estimate = found["estimate"]
    decisive = estimate["simultaneous"] or estimate
    low, high = decisive["low"], decisive["high"]
    harm, least = None, None
    if low is not None and direction != "none":
        least = low if direction == "higher" else -high
        harm = "not_excluded" if least < -found["sesoi"] else "excluded"
        harm = "found" if found["verdict"] == "worsened" else harm
    return {"verdict": found["verdict"], "harm": harm, "sesoi": found["sesoi"], "_least": least}


def disclose_harm(raw: Row, shown: list[Row], k: int, labels: Labels, instrument: Instrument) -> list[Row]:
    """The block of `raw`, Findings as computed, for an audience with the threshold `k`; `shown` are its findings.

    A count of people worse off is shown where the finding shows it. Where it is hidden because it is below `k`, the
    alert is said only if no count below `k` could change it: else it would tell what is hidden, and is None.
    """
    made = []
    people = (raw["licence"]["arms"] or {}).get("workshop")
    for row in raw["harm"]:
        found, full = shown[row["_finding"]], raw["findings"][row["_finding"]]
        if found["suppressed"]:
            hidden = _suppressed(row, labels.language)
        else:
            hidden = _shown(row, found, k, labels.language)
        claim = _claim(hidden, full, k, labels, instrument, people)
        average = {key: value for key, value in hidden["average"].items() if not key.startswith("_")}
        public = {key: value for key, value in hidden.items() if not key.startswith("_")}
        made.append(public | {"average": average, "claim": claim})
    return made


def _shown(row: Row, found: Row, k: int, language: str) -> Row:
    if row["n"] is None or found["reliable_change"]["worsened"] is not None:
        return row | {"_count": "shown" if row["n"] else "none"}
    codes = [one["code"] for one in found["caveats"]]
    is_few = "everyone_in_one_category" not in codes
    empty = {"worsened": None, "share": no_share(row["share"]["level"])}
    notes = [*row["caveats"], *([] if is_few else [caveat("everyone_in_one_category", language)])]
    alert = None
    if is_few and row["alert_rule"]:
        most = stats.share(min(k - 1, row["n"]), row["n"], row["share"]["level"])
        reaches = _is_alert(row["alert_rule"], {"value": most.value, "low": most.low})
        alert = None if reaches else False
    if alert is None and row["alert_rule"]:
        notes.append(caveat("alert_hidden", language))
    cut = {} if is_few else {"threshold": None}
    return row | empty | cut | {"alert": alert, "caveats": notes, "_count": "few" if is_few else "none"}


def _suppressed(row: Row, language: str) -> Row:
    return row | {
        "n": None,
        "threshold": None,
        "worsened": None,
        "share": no_share(row["share"]["level"]),
        "expected_share": None,
        "average": row["average"] | {"verdict": None, "harm": None, "_least": None},
        "alert": None,
        "caveats": [caveat("too_few_to_show", language)],
        "suppressed": True,
        "_count": "suppressed",
    }


def _claim(
    row: Row, found: Row, k: int, labels: Labels, instrument: Instrument, people: str | None
) -> dict[str, str]:
    """People first, with the cut-off in points; then the average; then the alert, where the plan has a rule."""
    language = language_for(labels.language)
    catalogue = words(language)
    forms = catalogue["harm"]
    side, average = row["subgroup"].get("side"), row["average"]
    licence, kind = found["claim"]["licence"], average["harm"] or "unknown"
    values = {
        **named(catalogue, who=who(labels, side), title=scale_title(instrument, row["scale"], labels, side)),
        "people": people or catalogue["frequencies"]["people"],
        "n": str(row["n"]),
        "k": str(k),
        "sesoi": f"{average['sesoi']:g}",
        "level": f"{100 * row['share']['level']:g}",
        "compared": forms["compared"] if people else "",
    }
    if row["_count"] == "suppressed":
        parts = [catalogue["suppressed"]]
    else:
        parts = [forms["people"][row["_count"]], forms["average"][kind]]
        is_moved = row["_count"] != "none" or kind == "found"
        if _is_beyond(row):
            parts.insert(1, forms["people"]["beyond"])
        if is_moved or kind != "unknown":
            parts.append(rooms_close(licence, language, is_moved))
        values |= numbered(catalogue, **_numbers(row, catalogue["words"], language))
        if row["alert_rule"]:
            parts.append(forms["alert"][str(row["alert"]).lower()])
            values["limit"] = f"{100 * row['alert_rule']['worse_share']:g}"
            values["judged"] = forms["judged"][row["alert_rule"]["evaluate"]]
    text = " ".join(part.format(**values) for part in parts if part)
    rule = f"{licence}.harm.{'suppressed' if row['suppressed'] else kind}"
    return {"licence": licence, "rule": rule, "language": language, "text": text[:1].upper() + text[1:]}


def _is_beyond(row: Row) -> bool:
    """Whether even the lower end of the share got worse lies above what error of measurement alone would put there."""
    low = row["share"]["low"]
    return low is not None and low > row["expected_share"]


def _numbers(row: Row, chosen: Row, language: str) -> dict[str, str]:
    values, share = {}, row["share"]
    if row["n"]:
        values["cutoff"] = "" if row["threshold"] is None else in_words(row["threshold"], (0.0,), chosen)
        values["expected"] = frequencies_expected(row["n"] * row["expected_share"], language)
    if share["value"] is not None:
        values["worsened"] = str(row["worsened"])
        values |= {name: f"{100 * share[name]:.0f}" for name in ("value", "low", "high")}
    if row["average"].get("_least") is not None:
        marks = marks_of(row["average"]["sesoi"])
        values["most"] = in_words(min(abs(row["average"]["_least"]), 100.0), marks, chosen)
    return values


def rounded_harm(rows: list[Row]) -> list[Row]:
    """For the public."""
    return [
        row
        | {
            "threshold": published(row["threshold"], (0.0,)),
            "share": row["share"] | {key: significant(row["share"][key]) for key in ("value", "low", "high")},
        }
        for row in rows
    ]
