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

from impact.evaluation.wording import language_for, words

LICENCES = ("these_rooms", "before_after", "comparison", "randomised")
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


@dataclass(frozen=True)
class Basis:
    """Who a sentence is about: people, workshops (None: not told apart), and people of the comparison arm."""

    people: int
    clusters: int | None = None
    comparison: int | None = None


@dataclass(frozen=True)
class Breach:
    """A word that the licence does not allow: where it stands, what it is, what to say."""

    position: int
    found: str
    instead: str


def licence_of(design: str, is_clustered: bool, few_workshops: bool) -> str:
    """The licence of a finding. Without clustering, or with one or two workshops, one group speaks for itself."""
    if design != "one_group":
        return design
    return "before_after" if is_clustered and not few_workshops else "these_rooms"


def licence_block(licence: str, design: str, language: str) -> dict[str, Any]:
    entry = words(language)["licences"][licence]
    return {
        "id": licence,
        "design": design,
        "sms": entry["sms"],
        "nesta": entry["nesta"],
        "reading": entry["reading"],
        "instead": entry["instead"],
    }


def size_word(value: float | None, rule: str = "lovakov2021") -> str | None:
    """Word for the size of an effect, by the rule that the plan names."""
    if value is None:
        return None
    return next(word for limit, word in _LOVAKOV_2021 if abs(value) < limit)


def points(value: float) -> str:
    """Size without sign, one decimal: `8.2`."""
    return f"{abs(value):.1f}"


def signed(value: float) -> str:
    """With a true minus sign, or a plus: `−3.0`, `+9.1`, `0.0`."""
    text = f"{value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


def claim(
    licence: str,
    verdict: str | None,
    *,
    title: str,
    who: str,
    basis: Basis,
    value: float | None,
    interval: Mapping[str, Any] | None,
    sesoi: float,
    language: str,
    difference: tuple[str, str] | None = None,
) -> dict[str, str]:
    """The block `claim`: the sentence that `licence` allows for `verdict`, the rule that chose it.

    `interval` holds low, high and, if it is simultaneous, family: the one that the verdict was read from.
    `difference` names the two sides whose changes are compared.
    """
    language = language_for(language)
    catalogue = words(language)
    entry = catalogue["licences"][licence]
    kind = _KIND[verdict]
    statement = "difference" if difference else entry["statement"]
    values = _values(catalogue, basis, value, interval, sesoi)
    values |= {"who": who, "title": title}
    if difference:
        values |= {"first": difference[0], "second": difference[1]}
    parts = [catalogue["statements"][statement][kind].format(**values)]
    if verdict is not None:
        parts.append(catalogue["tails"][verdict].format(**values))
        parts.append(entry["close"] if kind == "moved" else entry["close_unclear"])
    rule = f"{licence}.{'sides.' if difference else ''}{verdict or 'missing'}"
    return {
        "licence": licence,
        "rule": rule,
        "language": language,
        "text": _sentence(" ".join(filter(None, parts))),
    }


def suppressed_claim(licence: str, *, title: str, who: str, language: str) -> dict[str, str]:
    """The same block for a group that is too small to show: nothing in it depends on the numbers."""
    language = language_for(language)
    text = _sentence(words(language)["suppressed"].format(who=who, title=title))
    return {"licence": licence, "rule": f"{licence}.suppressed", "language": language, "text": text}


def _sentence(text: str) -> str:
    """A name of a side may begin in lower case; a sentence does not."""
    return text[:1].upper() + text[1:]


def _values(
    catalogue: Mapping[str, Any],
    basis: Basis,
    value: float | None,
    interval: Mapping[str, Any] | None,
    sesoi: float,
) -> dict[str, str]:
    filled = {"sesoi": f"{sesoi:g}", "basis": _basis_words(catalogue, basis), "adjusted": ""}
    if value is None or interval is None:
        return filled
    # An interval may reach past what the scale can hold; in words it ends there.
    low, high = max(interval["low"], -100.0), min(interval["high"], 100.0)
    small, large = sorted((abs(low), abs(high)))
    up = value > 0
    chosen = catalogue["words"]
    filled |= {
        "size": points(value),
        "small": points(small),
        "large": points(large),
        "low": signed(low),
        "high": signed(high),
        "word": chosen["up" if up else "down"],
        "verb": chosen["raised" if up else "lowered"],
    }
    if interval.get("family", 1) > 1:
        filled["adjusted"] = catalogue["basis"]["adjusted"].format(family=interval["family"])
    return filled


def _basis_words(catalogue: Mapping[str, Any], basis: Basis) -> str:
    forms = catalogue["basis"]
    if basis.comparison is not None:
        return forms["arms"].format(treated=basis.people - basis.comparison, comparison=basis.comparison)
    text = forms["people_one"] if basis.people == 1 else forms["people"].format(n=basis.people)
    if basis.clusters is None:
        return text
    form = forms["workshops_one" if basis.clusters == 1 else "workshops"]
    return form.format(people=text, clusters=basis.clusters)


def check(text: str, licence: str, language: str = "en") -> tuple[Breach, ...]:
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
    return tuple(Breach(position, word, entry["instead"]) for position, word in sorted(found))
