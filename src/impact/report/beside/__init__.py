"""What stands beside the results, as values: every block of Findings that is neither a result nor how it was measured.

`main_parts` go with the results: perception gaps, looking back, what was kept, harm, who was lost, workshops, published
studies, deviations. `annex_parts` are tables for who wants to check. A part is there only where its block holds
something that this audience may see; blocks that an older release does not have are as good as empty.
"""

from impact.report.beside.around import benchmark_part, deviations_part, licence_part, portfolio_part
from impact.report.beside.gaps import gap_part
from impact.report.beside.harm import harm_annex, harm_part
from impact.report.beside.kept import looking_back_part, retention_part
from impact.report.beside.lost import chain_part, lost_part
from impact.report.beside.other_ways import other_ways_part
from impact.report.beside.part import Part
from impact.report.reading import Reading

__all__ = ["Part", "annex_parts", "main_parts"]

_MAIN = (
    gap_part, looking_back_part, retention_part, harm_part, chain_part, portfolio_part, benchmark_part,
    deviations_part,
)  # fmt: skip
_ANNEX = (other_ways_part, licence_part, lost_part, harm_annex)


def main_parts(reading: Reading) -> tuple[Part, ...]:
    return tuple(part for make in _MAIN if (part := make(reading)) is not None)


def annex_parts(reading: Reading) -> tuple[Part, ...]:
    return tuple(part for make in _ANNEX if (part := make(reading)) is not None)
