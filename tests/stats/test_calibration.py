"""Is 5 % really 5 %? A small seeded part of `make calibrate`, and that its published table is what it found."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.calibration import rivals, table
from benchmarks.calibration.cells import DEFAULT, Row, known_of, regressions, run
from benchmarks.calibration.designs import GRID, Cell, Draw, answers, draw, true_difference
from benchmarks.calibration.table import HIGHEST, LEVEL, LOWEST
from benchmarks.calibration.twins import Estimates
from impact.stats.draws import SCALES

SETS = 3000
EXCEPTIONS: set[tuple[str, int, int, int, float]] = set()
"""Published cells in which the default errs in more than 6.0 %; docs/methods.md names them."""

HARD = [
    (Cell("A", 2, 3, 40, 0.2), "five_ceiling"),
    (Cell("A", 4, 3, 40, 0.0), "seven"),
    (Cell("A", 4, 3, 40, 0.2), "five_ceiling"),
    (Cell("B", 4, 6, 12, 0.2), "eleven"),
    (Cell("B", 4, 3, 40, 0.2), "seven"),
    (Cell("C", 4, 6, 12, 0.2), "seven"),
    (Cell("C", 4, 3, 40, 0.2), "five_ceiling"),
    (Cell("C", 8, 3, 40, 0.2), "five_ceiling"),
    (Cell("D", 2, 3, 40, 0.0), "five_ceiling"),
    (Cell("D", 4, 6, 12, 0.2), "seven"),
    (Cell("E", 2, 6, 12, 0.2), "five_ceiling"),
    (Cell("E", 8, 3, 40, 0.2), "eleven"),
]
BEHIND = 0.02
"""How far power may lie below CR2's."""


@pytest.fixture(scope="module")
def found() -> dict[tuple[Cell, str], dict[str, Row]]:
    return {
        (cell, scale): {row.analysis: row for row in run(cell, SETS, SETS, scales=(scale,))}
        for cell, scale in HARD
    }


def slack(share: float, sets: int = SETS) -> float:
    """Three Monte-Carlo standard errors."""
    return 3.0 * math.sqrt(share * (1.0 - share) / sets)


def complaints(row: Row, cr2: Row) -> list[str]:
    """What is wrong with an analysis, beyond the luck of so few data sets."""
    said = []
    if row.type1 > LEVEL + slack(LEVEL):
        said.append("finds what is not there")
    if row.coverage < LOWEST - slack(LOWEST):
        said.append("intervals too short")
    if row.coverage > HIGHEST + slack(HIGHEST):
        said.append("intervals too long")
    # in design C CR2 finds what is not there, and is no yardstick
    if row.design != "C" and row.power < cr2.power - BEHIND - slack(0.5):
        said.append("finds too little")
    return said


@pytest.mark.parametrize(("cell", "scale"), HARD, ids=str)
def test_default_analysis_keeps_its_promises_where_it_is_hard(found, cell, scale):
    rows = found[cell, scale]
    assert complaints(rows[DEFAULT[cell.design]], rows["cr2"]) == []


@pytest.mark.parametrize(
    ("cell", "scale"), [one for one in HARD if one[0].workshops == 4 or one[0].design in "AD"], ids=str
)
def test_normal_quantiles_break_the_bound(found, cell, scale):
    """The control: with statsmodels' default the same test fails, so it can."""
    rows = found[cell, scale]
    assert complaints(rows["cr1_z"], rows["cr2"]) == ["finds what is not there", "intervals too short"]


def never(drawn: Draw, scale: str):
    """An analysis without any result: never wrong, never right."""
    none = np.full(len(drawn.treated), np.nan)
    return lambda given: {"never": Estimates(np.zeros(len(none)), none, none)}


def test_an_analysis_that_never_answers_breaks_the_bounds(found):
    cell, scale = Cell("A", 8, 6, 12, 0.05), "seven"
    (row,) = run(cell, SETS, scales=(scale,), analysis=never)
    (cr2,) = (row for row in run(cell, SETS, scales=(scale,)) if row.analysis == "cr2")
    assert (row.type1, row.coverage, row.power, row.unanswered) == (0.0, 1.0, 0.0, 1.0)
    assert complaints(row, cr2) == ["intervals too long", "finds too little"]
    assert complaints(cr2, cr2) == []


@pytest.mark.parametrize("design", "ABCDE")
@pytest.mark.parametrize("workshops", [2, 4, 12])
def test_twins_do_what_the_engine_does(design, workshops):
    for smallest, largest, icc, scale in ((3, 40, 0.2, "five_ceiling"), (6, 12, 0.0, "eleven")):
        cell = Cell(design, max(workshops, 4) if design == "B" else workshops, smallest, largest, icc)
        assert rivals.largest_disagreement(cell, scale, 25, shift=0.5) < 1e-9


def test_twin_gives_no_interval_where_the_engine_gives_none():
    """Everybody unchanged: nothing to judge by, in one study of three."""
    drawn = draw(Cell("A", 2, 6, 12, 0.0), 3, 0)
    given = answers(drawn, "seven", 0.0)
    given.after[1] = given.before[1]
    assert regressions(given, known_of(given))["cr2"].answered.tolist() == [True, False, True]


# statsmodels 0.15.0, OLS(y, X).fit(cov_type="cluster", cov_kwds={"groups": workshop}): standard error and interval
# of the last column, study 0 of Cell(design, 4, 6, 12, .05) on seven points.
STATSMODELS = {
    "A": (0.15885968152505195, -0.1685021115274621, 0.45421639724174756),
    "B": (0.43189095210162665, 0.07322260800719882, 1.7662040307430025),
    "D": (0.931075247435083, -2.1654312274112777, 1.484316676327686),
    "E": (0.2463832774629845, 0.26492373673613273, 1.2307284371769103),
}


@pytest.mark.parametrize("design", "ABDE")
def test_cr1_with_normal_quantiles_is_the_default_of_statsmodels(design):
    given = answers(draw(Cell(design, 4, 6, 12, 0.05), 20, 0), "seven", 0.0)
    twin = regressions(given, known_of(given))["cr1_z"]
    ours = (twin.error[0], twin.estimate[0] - twin.reach[0], twin.estimate[0] + twin.reach[0])
    assert ours == pytest.approx(STATSMODELS[design], rel=1e-9)
    assert rivals.statsmodels_disagreement() in (None, pytest.approx(0.0, abs=1e-9))


@pytest.mark.parametrize(("smallest", "largest"), [(6, 12), (3, 40)])
def test_widening_mends_plain_cr2_where_workshops_differ_much_in_size(smallest, largest):
    cell = Cell("B", 4, smallest, largest, 0.2)
    rows = {row.analysis: row for row in run(cell, 2 * SETS, scales=("seven",))}
    widened, plain = rows["cr2_widened"], rows["cr2"]
    assert complaints(widened, plain) == []
    assert widened.type1 <= plain.type1
    assert (plain.type1 - widened.type1 > 0.004) == (largest == 40)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("design", "ACE")
def test_true_difference_is_what_a_large_draw_shows(design, scale):
    cell = Cell(design, 2000, 30, 30, 0.2)
    shifted, still = (answers(draw(cell, 20, 0), scale, shift).after for shift in (0.5, 0.0))
    treated = draw(cell, 20, 0).treated
    shown = (shifted - still)[treated].mean()
    assert shown == pytest.approx(true_difference(cell, scale, 0.5), abs=0.01)


def test_results_cover_the_whole_grid():
    rows = [row for row in table.read_results() if row.is_default]
    cells = {(Cell(row.design, row.workshops, row.smallest, row.largest, row.icc), row.scale) for row in rows}
    assert cells == {(cell, scale) for cell in GRID for scale in SCALES}
    assert len(rows) == len(cells)
    assert {row.sets for row in rows} == {20_000}


@pytest.mark.parametrize("design", "ABCDE")
def test_a_cell_run_again_alone_gives_the_published_figures(design):
    """Whoever changes a default, or its twin, must run `make calibrate` again."""
    cell = Cell(design, 4 if design in "BC" else 2, 6, 12, 0.05)
    published = [
        row for row in table.read_results() if (row.design, *row_key(row)) == tuple(cell) and row.is_default
    ]
    again = {row.scale: row for row in run(cell, 20_000, rival_sets=0) if row.is_default}
    assert len(published) == len(again) == 3
    for row in published:
        other = again[row.scale]
        # a tie between two floating-point numbers may fall otherwise on another processor
        for name, tolerance in (("type1", 2e-4), ("coverage", 2e-4), ("power", 2e-4), ("unanswered", 2e-4), ("type1_of_six", 1.2e-3)):  # fmt: skip
            assert getattr(other, name) == pytest.approx(getattr(row, name), abs=tolerance), name


def row_key(row: Row) -> tuple[int, int, int, float]:
    return row.workshops, row.smallest, row.largest, row.icc


def test_every_published_default_respects_the_bounds():
    rows = [row for row in table.read_results() if row.is_default]
    above = {(row.design, *row_key(row)) for row in rows if row.type1 > LEVEL}
    assert above == EXCEPTIONS
    # In C the bounded degrees of freedom make intervals too long where workshops do not differ, never too short.
    outside = {
        (row.design, *row_key(row))
        for row in rows
        if row.coverage < LOWEST or (row.design != "C" and row.coverage > HIGHEST)
    }
    assert outside == set()


def test_power_of_the_published_defaults_is_that_of_cr2():
    rows = [row for row in table.read_results() if row.design != "C"]
    defaults = {(row.design, *row_key(row), row.scale): row.power for row in rows if row.is_default}
    cr2 = {(row.design, *row_key(row), row.scale): row.power for row in rows if row.analysis == "cr2"}
    assert defaults.keys() == cr2.keys()
    assert [cell for cell in cr2 if defaults[cell] < cr2[cell] - BEHIND] == []


def test_published_rivals_break_the_bounds():
    """R's usual mixed model and statsmodels' default, on the same grid."""
    rows = table.read_results()
    worst = {
        name: max(row.type1 for row in rows if row.analysis == name)
        for name in ("mixed_satterthwaite", "cr1_z", "ignored")
    }
    assert worst["mixed_satterthwaite"] > 0.09
    assert worst["cr1_z"] > 0.3
    assert worst["ignored"] > 0.3


def test_published_tables_are_those_of_the_results():
    assert table.shown_in_document() == table.tables(table.read_results())
