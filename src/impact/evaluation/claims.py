"""The strongest sentence that a design allows, from named rules; and the words that it does not allow.

Levels are our reading of the Maryland Scientific Methods Scale (whatworksgrowth.org/resources/
the-scientific-maryland-scale) and of Nesta's Standards of Evidence; the house rules of wording follow GRADE's
advice to state the interval and never "no effect" for an inconclusive result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impact.evaluation.numbers import in_words, marks_of
from impact.evaluation.wording import language_for, words
from impact.plans.model import TWO_ARMS

LICENCES = ("retrospective_pre", "these_rooms", "before_after", "comparison", "randomised")
# Lovakov & Agadullina 2021, Eur. J. Soc. Psychol. 51, 485: quartiles of published effects in social psychology.
_LOVAKOV_2021 = ((0.15, "very small"), (0.36, "small"), (0.65, "medium"), (float("inf"), "large"))
_KIND = {
    "improved": "moved",
    "improved_below_sesoi": "moved",
    "worsened": "moved",
    "higher": "moved",
    "lower": "moved",
    "no_meaningful_change": "within",
    "inconclusive": "unclear",
    None: "missing",
}
_WIDE = 3
"""An interval past so many SESOI on both sides leaves even the direction open: it is said so."""


@dataclass(frozen=True)
class Basis:
    """Who a sentence is about: people, workshops (None: not told apart), and people of the comparison arm."""

    people: int
    clusters: int | None = None
    comparison: int | None = None


@dataclass(frozen=True)
class Evidence:
    """The numbers behind a sentence, in points: those that the verdict was read from.

    value       estimate, None if there is none; low, high: the decisive interval, None without one
    level       of the intervals that hold together; family: how many those are
    before      average before, which says how far the scale lets anybody go; None: not to be used
    arms        change of the people of the workshop arm and of the comparison arm; None: not to be told
    is_alike    everybody changed by the same amount
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    family: int = 1
    before: float | None = None
    arms: tuple[float, float] | None = None
    is_alike: bool = False

    def clipped(self) -> tuple[float, float]:
        """The interval as far as the scale allows: nobody falls below 0 or rises above 100."""
        floor = -100.0 if self.before is None else -self.before
        return max(self.low, floor), min(self.high, floor + 100.0 if self.before is not None else 100.0)


@dataclass(frozen=True)
class Breach:
    """A word that the licence does not allow: where it stands, what it is, what to say."""

    position: int
    found: str
    instead: str


def licence_of(design: str, is_clustered: bool, few_workshops: bool) -> str:
    """The licence of a finding. Without clustering, or with one or two workshops, one group speaks for itself."""
    if design in TWO_ARMS or design == "retrospective_pre":
        return design
    return "before_after" if is_clustered and not few_workshops else "these_rooms"


def licence_block(licence: str, design: str, language: str, arm_means: str = "attended") -> dict[str, Any]:
    """The block `licence`. `arms` are the words for the people of each arm; None with one group."""
    catalogue = words(language)
    entry, arms = catalogue["licences"][licence], catalogue["arms"][arm_means]
    is_one_group = design not in TWO_ARMS
    return {
        "id": licence,
        "design": design,
        "sms": entry["sms"],
        "nesta": entry["nesta"],
        "reading": entry["reading"].format(**arms),
        "instead": entry["instead"].format(**arms),
        "arm_means": None if is_one_group else arm_means,
        "arms": None if is_one_group else {"workshop": arms["treated"], "comparison": arms["others"]},
    }


def size_word(value: float | None, rule: str = "lovakov2021") -> str | None:
    """Word for the size of an effect, by the rule that the plan names."""
    if value is None:
        return None
    return next(word for limit, word in _LOVAKOV_2021 if abs(value) < limit)


def claim(
    licence: str,
    verdict: str | None,
    evidence: Evidence,
    *,
    title: str,
    who: str,
    basis: Basis,
    sesoi: float,
    language: str,
    difference: tuple[str, str] | None = None,
    arm_means: str = "attended",
    is_planned: bool = False,
) -> dict[str, str]:
    """The block `claim`: the sentence that `licence` allows for `verdict`, the rule that chose it.

    `difference` names the two sides whose changes are compared. `is_planned`: the plan was locked, so that what it
    says was set beforehand.
    """
    language = language_for(language)
    catalogue = words(language)
    entry, arms = catalogue["licences"][licence], catalogue["arms"][arm_means]
    statements = catalogue["statements"]["difference" if difference else entry["statement"]]
    kind = _kind(verdict, evidence, sesoi, statements)
    values = _values(catalogue, evidence, sesoi) | arms
    values |= {
        "who": who,
        "title": title,
        "n": str(basis.people),
        "basis": _basis_words(catalogue, basis, arms),
    }
    values["worth"] = catalogue["worth"]["planned" if is_planned else "unplanned"]
    values["changes"] = _changes(catalogue, evidence, values)
    if difference:
        values |= {"first": difference[0], "second": difference[1]}
    parts = [statements[kind], catalogue["tails"].get(verdict, ""), _close(entry, kind)]
    rule = f"{licence}.{'sides.' if difference else ''}{_rule_name(verdict, kind)}"
    text = " ".join(part.format(**values) for part in parts if part)
    return {"licence": licence, "rule": rule, "language": language, "text": _sentence(text)}


def _kind(verdict: str | None, evidence: Evidence, sesoi: float, statements: Mapping[str, str]) -> str:
    """Which statement is made: by the verdict, and where there is none by what there is instead."""
    kind = _KIND[verdict]
    if kind == "unclear":
        low, high = evidence.clipped()
        return "wide" if low < -_WIDE * sesoi and high > _WIDE * sesoi else "unclear"
    if kind != "missing" or evidence.value is None:
        return kind
    if evidence.is_alike and "alike" in statements:
        return "alike" if evidence.value else "nobody"
    return "value"


def _rule_name(verdict: str | None, kind: str) -> str:
    names = {
        "alike": "all_alike", "nobody": "nobody", "value": "value_without_interval", "missing": "missing",
        "wide": "inconclusive_wide",
    }  # fmt: skip
    return names.get(kind) or str(verdict)


def _close(entry: Mapping[str, Any], kind: str) -> str:
    if kind == "missing":
        return ""
    return entry["close"] if kind in ("moved", "alike") else entry["close_unclear"]


def suppressed_claim(licence: str, *, title: str, who: str, language: str) -> dict[str, str]:
    """The same block for a group that is too small to show: nothing in it depends on the numbers."""
    language = language_for(language)
    text = _sentence(words(language)["suppressed"].format(who=who, title=title))
    return {"licence": licence, "rule": f"{licence}.suppressed", "language": language, "text": text}


def _sentence(text: str) -> str:
    """A name of a side may begin in lower case; a sentence does not."""
    return text[:1].upper() + text[1:]


def _values(catalogue: Mapping[str, Any], evidence: Evidence, sesoi: float) -> dict[str, str]:
    chosen, marks = catalogue["words"], marks_of(sesoi)

    def plain(number: float) -> str:
        return in_words(abs(number), marks, chosen)

    def signed(number: float) -> str:
        return in_words(number, marks, chosen, with_sign=True)

    filled = {"sesoi": f"{sesoi:g}", "level": f"{100 * evidence.level:g}", "adjusted": ""}
    if evidence.value is not None:
        up = evidence.value > 0
        filled |= {
            "size": plain(evidence.value),
            "change": signed(evidence.value),
            "word": chosen["up" if up else "down"],
            "verb": chosen["raised" if up else "lowered"],
        }
    if evidence.low is not None:
        low, high = evidence.clipped()
        small, large = sorted((abs(low), abs(high)))
        filled |= {"small": plain(small), "large": plain(large), "low": signed(low), "high": signed(high)}
    if evidence.family > 1:
        filled["adjusted"] = catalogue["basis"]["adjusted"].format(family=evidence.family)
    return filled


def _changes(catalogue: Mapping[str, Any], evidence: Evidence, values: Mapping[str, str]) -> str:
    """How each arm changed, where that may be told."""
    if evidence.arms is None:
        return ""
    treated, comparison = (in_words(change, (0.0,), catalogue["words"], True) for change in evidence.arms)
    return catalogue["basis"]["changes"].format(those=values["those"], treated=treated, comparison=comparison)


def _basis_words(catalogue: Mapping[str, Any], basis: Basis, arms: Mapping[str, str]) -> str:
    forms = catalogue["basis"]
    if basis.comparison is not None:
        counts = {"first": basis.people - basis.comparison, "second": basis.comparison}
        return forms["arms"].format(**counts, **arms)
    text = forms["people_one"] if basis.people == 1 else forms["people"].format(n=basis.people)
    if basis.clusters is None:
        return text
    form = forms["workshops_one" if basis.clusters == 1 else "workshops"]
    return form.format(people=text, clusters=basis.clusters)


def frequencies(
    counts: Mapping[str, int | None],
    n: int,
    expected: float,
    threshold: int,
    people: str | None,
    language: str,
) -> str:
    """How many people moved clearly each way. A count that is None is below `threshold` and is said so.

    `people` names them (“people who took part”); `expected` is how many error alone would move in each direction.
    """
    catalogue = words(language)
    forms = catalogue["frequencies"]

    def said(count: int | None) -> str:
        return forms["few"].format(threshold=threshold) if count is None else str(count)

    return forms["text"].format(
        n=n,
        people=people or forms["people"],
        improved=said(counts["improved"]),
        worsened=said(counts["worsened"]),
        expected=forms["expected_few"] if expected < 1 else forms["expected"].format(n=round(expected)),
    )


def check(text: str, licence: str, language: str = "en", arm_means: str = "attended") -> tuple[Breach, ...]:
    """Words in `text` that `licence` does not allow. What stands in “quotation marks” is a name, and our own
    disclaimers are passed over.

    >>> check("The workshop led to more trust.", "before_after")[0].found
    'led to'
    """
    catalogue = words(language)
    entry = catalogue["licences"][licence]
    plain = re.sub(r"“[^”]*”", lambda match: " " * len(match[0]), text)
    for phrase in catalogue["permitted"]:
        if phrase.startswith("consistent with") and licence in ("these_rooms", "before_after"):
            continue
        plain = re.sub(re.escape(phrase), lambda match: " " * len(match[0]), plain, flags=re.IGNORECASE)
    found = {
        (match.start(), match[0])
        for pattern in entry["forbidden"]
        for match in re.finditer(pattern, plain, flags=re.IGNORECASE)
    }
    instead = entry["instead"].format(**catalogue["arms"][arm_means])
    return tuple(Breach(position, word, instead) for position, word in sorted(found))
