"""One level of a subgroup: people who gave one answer to the item that the plan names."""

from __future__ import annotations

from dataclasses import dataclass, replace

from impact.evaluation.designs import Estimate
from impact.evaluation.wording import words
from impact.instruments.model import Instrument, option_key
from impact.instruments.text import in_language

_CODES = {"one_cluster_per_side": "one_cluster_per_level"}


@dataclass(frozen=True)
class Level:
    """`value` is the option as it stands in a data file, `label` as people read it."""

    item: str
    value: str
    label: str

    def who(self, others: str, language: str) -> str:
        """`Side A` → `Side A (women)`."""
        return str(words(language)["sides"]["level"]).format(who=others, level=self.label)

    @staticmethod
    def renamed(plain: Estimate) -> Estimate:
        """An estimate of a difference between sides, as one between levels: the same formula, other words."""
        name = plain.estimator.replace("side_by_time", "subgroup_by_time")
        return replace(plain, estimator=name, caveats=tuple(_CODES.get(one, one) for one in plain.caveats))


def levels_of(instrument: Instrument, item: str, language: str) -> list[Level]:
    """Every level that the item can have, in the order of its options."""
    return [
        Level(item, option_key(option.value), in_language(option.label, language))
        for option in instrument.item[item].options
    ]
