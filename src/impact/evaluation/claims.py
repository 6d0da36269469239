"""The sentence of a finding: what its licence and its verdict allow, from named rules.

The licence comes from licences.py, the words from `wording/<language>.yaml`; check.py finds what a licence forbids. The
house rules of wording follow GRADE's advice to state the interval, and never "no effect" for an inconclusive result.
In languages that are written from right to left names and signed numbers are isolated (Unicode UAX 9, FSI … PDI), so
that a minus stays before its number and an interval is read from low to high.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impact.evaluation.check import Breach, check
from impact.evaluation.isolates import isolated, named
from impact.evaluation.licences import Licence, because, licence_block, licence_ids, licence_of, table
from impact.evaluation.numbers import in_words, marks_of
from impact.evaluation.rules import rule_file
from impact.evaluation.wording import counted, language_for, words

__all__ = [
    "LICENCES", "Basis", "Breach", "Evidence", "check", "claim", "frequencies", "licence_block", "licence_of",
    "rooms_close", "size_word", "suppressed_claim",
]  # fmt: skip
LICENCES = licence_ids()
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

    def is_clipped(self) -> bool:
        """Whether the scale ends before the interval does."""
        return self.clipped() != (self.low, self.high)


def size_word(value: float | None, rule: str = "lovakov2021") -> str | None:
    """Word for the size of an effect, by the rule that the plan names (rules/verdicts.yaml)."""
    if value is None:
        return None
    rows = rule_file("verdicts")["size_words"][rule]["rows"]
    return next(word for limit, word in rows if limit is None or abs(value) < limit)


def claim(
    licence: Licence | str,
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
) -> dict[str, Any]:
    """The block `claim`: the sentence that `licence` allows for `verdict`, the rule that chose it, and the licence.

    `difference` names the two sides whose changes are compared. `is_planned`: the plan was locked, so that what it
    says was set beforehand.
    """
    licence = Licence(licence) if isinstance(licence, str) else licence
    catalogue = words(language)
    entry, arms = catalogue["licences"][licence.id], catalogue["arms"][arm_means]
    is_account = table()["licences"][licence.id]["statement"] == "account"
    name = "difference" if difference and not is_account else table()["licences"][licence.id]["statement"]
    statements = catalogue["statements"][name]
    kind = _said(basis, evidence) if is_account else _kind(verdict, evidence, sesoi, statements)
    values = _values(catalogue, evidence, sesoi) | arms | named(catalogue, who=who, title=title)
    values |= {
        "people": counted("people", basis.people, language),
        "basis": _basis_words(language, basis, arms),
    }
    values["worth"] = catalogue["worth"]["planned" if is_planned else "unplanned"]
    values["changes"] = _changes(catalogue, evidence, values)
    values["limits"] = "".join(f"{rule['text']} " for rule in because(licence, language))
    if difference:
        values |= named(catalogue, first=difference[0], second=difference[1])
    tail = "" if is_account else catalogue["tails"].get(verdict, "")
    parts = [statements[kind], tail, _close(entry, kind)]
    rule = f"{licence.id}.{'sides.' if difference else ''}{_rule_name(verdict, kind)}"
    return _block(licence, rule, language, " ".join(part.format(**values) for part in parts if part), arms)


def _block(licence: Licence, rule: str, language: str, text: str, arms: Mapping[str, str]) -> dict[str, Any]:
    """The shape of every claim, of hidden ones too. A name of a side may begin in lower case; a sentence does not."""
    levels, catalogue = table()["licences"][licence.id], words(language)
    return {
        "licence": licence.id,
        "sms": levels["sms"],
        "nesta": levels["nesta"],
        "reading": catalogue["licences"][licence.id]["reading"].format(**arms),
        "because": because(licence, language),
        "rule": rule,
        "language": language_for(language),
        "status": catalogue["status"],
        "text": text[:1].upper() + text[1:],
    }


def _said(basis: Basis, evidence: Evidence) -> str:
    """What an account may say: how far two groups ended apart, or only that people answered."""
    return "value" if basis.comparison is not None and evidence.value is not None else "said"


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
        "wide": "inconclusive_wide", "said": "account",
    }  # fmt: skip
    return names.get(kind) or str(verdict)


def _close(entry: Mapping[str, Any], kind: str) -> str:
    if kind == "missing":
        return ""
    return entry["close"] if kind in ("moved", "alike", "said") else entry["close_unclear"]


def rooms_close(licence: str, language: str, is_moved: bool = True) -> str:
    """What ends a sentence beside the findings that holds for the people in these rooms only; "" under other licences.

    `is_moved`: it says that scores moved, so that what moved them is not said either.
    """
    if licence != "these_rooms":
        return ""
    entry = words(language)["licences"][licence]
    return str(entry["close" if is_moved else "close_unclear"])


def suppressed_claim(
    licence: str, *, title: str, who: str, language: str, arm_means: str = "attended", why: str = "suppressed"
) -> dict[str, Any]:
    """The same block for a group that is too small to show (`suppressed`), or whose result would tell of a few beside
    others (`gives_way`): nothing in it depends on the numbers."""
    catalogue = words(language)
    text = catalogue[why].format(**named(catalogue, who=who, title=title))
    return _block(Licence(licence), f"{licence}.{why}", language, text, catalogue["arms"][arm_means])


def _values(catalogue: Mapping[str, Any], evidence: Evidence, sesoi: float) -> dict[str, str]:
    chosen, marks = catalogue["words"], marks_of(sesoi)

    def plain(number: float) -> str:
        return isolated(catalogue, in_words(abs(number), marks, chosen))

    def signed(number: float) -> str:
        return isolated(catalogue, in_words(number, marks, chosen, with_sign=True))

    filled = {"sesoi": f"{sesoi:g}", "level": f"{100 * evidence.level:g}", "adjusted": "", "reach": ""}
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
        filled["reach"] = catalogue["basis"]["reach"] if evidence.is_clipped() else ""
        small, large = sorted((abs(low), abs(high)))
        filled |= {"small": plain(small), "large": plain(large), "low": signed(low), "high": signed(high)}
    if evidence.family > 1:
        filled["adjusted"] = catalogue["basis"]["adjusted"].format(family=evidence.family)
    return filled


def _changes(catalogue: Mapping[str, Any], evidence: Evidence, values: Mapping[str, str]) -> str:
    """How each arm changed, where that may be told."""
    if evidence.arms is None:
        return ""
    treated, comparison = (
        isolated(catalogue, in_words(change, (0.0,), catalogue["words"], True)) for change in evidence.arms
    )
    return catalogue["basis"]["changes"].format(those=values["those"], treated=treated, comparison=comparison)


def _basis_words(language: str, basis: Basis, arms: Mapping[str, str]) -> str:
    forms = words(language)["basis"]
    if basis.comparison is not None:
        counts = {"first": basis.people - basis.comparison, "second": basis.comparison}
        return forms["arms"].format(**counts, **arms)
    people = counted("people", basis.people, language)
    if basis.clusters is None:
        return people
    return forms["in_workshops"].format(
        people=people, workshops=counted("workshops", basis.clusters, language)
    )


def frequencies(
    counts: Mapping[str, int | None],
    n: int,
    expected: float,
    threshold: int,
    people: str | None,
    language: str,
    cutoff: float,
) -> str:
    """How many people moved clearly each way. A count that is None is below `threshold` and is said so.

    `people` names them (“people who took part”); `expected` is how many error alone would move in each direction;
    `cutoff` is by how many points of 100 one has to move to be counted.
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
        expected=frequencies_expected(expected, language),
        cutoff=in_words(cutoff, (0.0,), catalogue["words"]),
    )


def frequencies_expected(expected: float, language: str) -> str:
    """How many people error alone would move in one direction, for a sentence."""
    forms = words(language)["frequencies"]
    return forms["expected_few"] if expected < 1 else forms["expected"].format(n=round(expected))
