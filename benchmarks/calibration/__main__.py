"""`python -m benchmarks.calibration`: the whole grid, then results.csv and the table in docs/methods.md.

`--cell A,2,3,40,0.2` or `--design A` runs a part and only prints it; `--table` writes the table anew from results.csv.
"""

import argparse
import multiprocessing
import time

from benchmarks.calibration import rivals, table
from benchmarks.calibration.cells import Row
from benchmarks.calibration.designs import GRID, Cell

CHECKED = [(2, 3, 40, 0.2, "five_ceiling"), (4, 6, 12, 0.0, "seven"), (12, 3, 40, 0.05, "eleven")]
"""Workshops, people, ICC and scale of the data sets on which the twins are compared with the engine."""


def check_twins(sets: int = 100) -> None:
    for design in "ABCDE":
        worst = 0.0
        for workshops, *rest, scale in CHECKED:
            cell = Cell(design, max(workshops, 4) if design == "B" else workshops, *rest)
            for shift in (0.0, 0.5):
                worst = max(worst, rivals.largest_disagreement(cell, scale, sets, shift))
        print(f"twin of {design}: largest relative difference from the engine {worst:.1e} "
              f"on {2 * sets * len(CHECKED)} data sets")  # fmt: skip
        if worst > 1e-9:
            raise SystemExit("the twin does not do what the engine does: no result is worth anything")
    other = rivals.statsmodels_disagreement()
    print("statsmodels is not installed: cr1_z was not compared with its clustered default" if other is None
          else f"cr1_z: largest relative difference from statsmodels' clustered default {other:.1e}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--cell", help="design,workshops,smallest,largest,ICC")
    parser.add_argument("--design", choices=list("ABCDE"))
    parser.add_argument("--sets", type=int, default=20_000, help="data sets a cell of the default analysis")
    parser.add_argument("--rival-sets", type=int, default=4_000, help="of the rivals in design C")
    parser.add_argument("--mixed-sets", type=int, default=1_000, help="of the mixed model; 0 leaves it out")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--defaults",
        action="store_true",
        help="draw the default analyses anew and keep the rivals' rows of results.csv: they do not change with a default",
    )
    parser.add_argument("--table", action="store_true", help="only write the table from results.csv")
    given = parser.parse_args()
    if not given.table:
        if given.defaults:
            given.rival_sets = given.mixed_sets = 0
        rows = calculate(given)
        if given.defaults:
            rows = [row for row in rows if row.is_default]
            rows = in_order([*rows, *(row for row in table.read_results() if not row.is_default)])
        for row in rows:
            print(*row.cells()[:8], f"type I {row.type1:.2%} (± {row.type1_se:.2%})", f"coverage {row.coverage:.2%}",
                  f"power {row.power:.1%}", f"no interval {row.unanswered:.2%}", sep="  ")  # fmt: skip
        if given.cell or given.design or given.sets < 20_000:
            print("a part of the grid: results.csv and docs/methods.md stay as they are")
            return
        table.write_results(rows)
    table.write_document()


def calculate(given: argparse.Namespace) -> list[Row]:
    began = time.perf_counter()
    check_twins()
    cells, mixed = GRID, rivals.MIXED
    if given.cell:
        design, workshops, smallest, largest, icc = given.cell.split(",")
        cells = mixed = [Cell(design, int(workshops), int(smallest), int(largest), float(icc))]
    elif given.design:
        cells, mixed = ([c for c in some if c.design == given.design] for some in (cells, mixed))
    orders = [("quick", cell, given.sets, given.rival_sets) for cell in cells]
    orders += [("mixed", cell, given.mixed_sets, 0) for cell in mixed if given.mixed_sets]
    orders.sort(key=lambda order: (order[0] != "mixed", -order[1].workshops * order[1].largest))
    rows: list[Row] = []
    with multiprocessing.get_context("spawn").Pool(given.processes) as pool:
        for number, (found, seconds) in enumerate(pool.imap_unordered(rivals.task, orders), 1):
            rows += found
            first = found[0]
            print(f"{number}/{len(orders)}  {'  '.join(first.cells()[:5])}  {seconds:.1f} s", flush=True)
    print(f"{(time.perf_counter() - began) / 60:.1f} minutes with {given.processes} processes")
    return in_order(rows)


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(
        rows, key=lambda row: (row.design, row.workshops, row.largest, row.icc, row.scale, row.analysis)
    )


if __name__ == "__main__":
    main()
