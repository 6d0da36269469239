"""Statistics beside their peers: mixed model, exact tests, everything for one scale, alpha of a million people.

The peers are lme4 (from Debian, where R and it are installed) and statsmodels (in an environment of its own); only
their fits are timed, not their start. What is not installed is left out with a word.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.processes import table
from impact import stats

HERE = Path(__file__).parent
PEER_PYTHON = HERE.parent / ".stamps" / "peers" / "bin" / "python"
SIZES = {1_000: (50, 30), 1_000_000: (5_000, 3)}
"""Rows: workshops, and how often each fit is timed (statsmodels on a million rows once: it takes minutes)."""
GOALS = {1_000: {"lme4": 10}, 1_000_000: {"lme4": 50, "statsmodels": 1_000}}


def main() -> None:
    mixed_models()
    exact_tests()
    one_scale()
    alpha_of_a_million()


def best(function: Callable[[], object], times: int) -> float:
    """Seconds of the fastest of so many calls, after one that is not counted."""
    function()
    return min(once(function) for _ in range(times))


def once(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def verdict(ratio: float, goal: float) -> str:
    return f"{ratio:,.1f} of {goal:,} ({'reached' if ratio >= goal else 'not reached'})"


def within(value: float, limit: float, unit: str) -> str:
    return f"{value:.2f} of {limit:g} {unit} ({'reached' if value <= limit else 'not reached'})"


def mixed_models() -> None:
    rows = [("rows", "workshops", "program", "seconds", "times ours", "goal")]
    with tempfile.TemporaryDirectory() as folder:
        for n, (count, times) in SIZES.items():
            y, X, groups = mixed_data(n, count)
            path = Path(folder) / f"{n}.bin"
            np.column_stack([y, X[:, 1:], groups]).T.tofile(path)
            ours = best(lambda data=(y, X, groups): stats.mixed_model(*data), times)
            rows.append((f"{n:,}", f"{count:,}", "impact, both df", f"{ours:.5f}", "1", ""))
            for name, seconds in peers(path, n, times):
                goal = GOALS[n].get(name)
                told = verdict(seconds / ours, goal) if goal and seconds > 0 else ""
                shown = (f"{seconds:.5f}", f"{seconds / ours:,.0f}") if seconds > 0 else ("not installed", "")
                rows.append((f"{n:,}", f"{count:,}", name, *shown, told))
    table("mixed model with a random intercept, three columns, REML", rows)


def mixed_data(n: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    groups = rng.integers(0, count, n)
    X = np.column_stack([np.ones(n), rng.normal(size=n), groups % 2])
    y = X @ [1.0, 0.5, 0.2] + 0.4 * rng.normal(size=count)[groups] + rng.normal(size=n)
    return y, X, groups


def peers(path: Path, n: int, times: int) -> list[tuple[str, float]]:
    """(program, seconds of its best fit, 0 where it is not installed)."""
    found = []
    for name, command in (
        ("lme4", [shutil.which("Rscript"), "--vanilla", str(HERE / "lme4.R")]),
        (
            "statsmodels",
            [str(PEER_PYTHON) if PEER_PYTHON.exists() else None, str(HERE / "statsmodels_mixed.py")],
        ),
    ):
        seconds = 0.0
        if command[0]:
            done = subprocess.run(
                [*command, str(path), str(n), str(times)], capture_output=True, text=True, check=False
            )
            seconds = float(done.stdout.split()[-1]) if done.returncode == 0 and done.stdout.split() else 0.0
        found.append((name, seconds))
    return found


def exact_tests() -> None:
    from scipy.stats import permutation_test

    rng = np.random.default_rng(1)
    before, after = rng.integers(1, 6, 200).astype(float), rng.integers(1, 7, 200).astype(float)
    change = after - before
    rooms = np.repeat(np.arange(20), 10)
    random_signs = once(
        lambda: permutation_test(
            (before, after), lambda a, b, axis: (b - a).mean(axis), permutation_type="samples",
            vectorized=True, n_resamples=9_999, rng=rng,
        )
    )  # fmt: skip
    rows = [("200 people on five points, many ties", "milliseconds", "of scipy's 9,999 random signs", "goal")]
    for name, test in (
        ("wilcoxon_signed_rank, exact", lambda: stats.wilcoxon_signed_rank(before, after, method="exact")),
        ("the same, Pratt's zeros", lambda: stats.wilcoxon_signed_rank(before, after, "pratt", "exact")),
        ("sign_flip, exact", lambda: stats.sign_flip(before, after)),
        ("sign_flip, 20 workshops, exact", lambda: stats.sign_flip(before, after, rooms)),
    ):
        assert getattr(test(), "method", "exact") == "exact"
        seconds = best(test, 30)
        rows.append(
            (name, f"{1e3 * seconds:.2f}", f"{seconds / random_signs:.4f}", within(1e3 * seconds, 10, "ms"))
        )
    assert change.any()
    table("exact permutation tests with ties (scipy's exact Wilcoxon refuses or errs with ties)", rows)


def one_scale() -> None:
    rng = np.random.default_rng(2)
    person = rng.normal(size=(100, 1))
    items = np.clip(np.round(3 + person + rng.normal(size=(100, 5))), 1, 5)
    before = items.mean(axis=1)
    after = np.clip(before + np.round(rng.normal(0.2, 0.6, 100), 1), 1, 5)
    rooms, ones = np.repeat(np.arange(8), 13)[:100], np.ones((100, 1))
    steps: dict[str, Callable[[], object]] = {
        "alpha with Feldt's interval": lambda: stats.cronbach_alpha(items),
        "item statistics": lambda: stats.item_total(items),
        "paired t": lambda: stats.paired_t(before, after),
        "Wilcoxon, exact": lambda: stats.wilcoxon_signed_rank(before, after),
        "sign flip, people, exact": lambda: stats.sign_flip(before, after),
        "sign flip, workshops, exact": lambda: stats.sign_flip(before, after, rooms),
        "g_av, g_z, g_before": lambda: [
            stats.standardized_mean_change(before, after, name) for name in ("average", "change", "before")
        ],
        "g of two sides": lambda: stats.standardized_mean_difference(after[:50], after[50:]),
        "superiority, rank-biserial": lambda: (
            stats.probability_of_superiority_paired(before, after), stats.rank_biserial(before, after),
        ),
        "CR2, Satterthwaite": lambda: stats.mean_change_cr2(after - before, rooms),
        "mixed model, Kenward–Roger": lambda: stats.mixed_model(after - before, ones, rooms),
    }  # fmt: skip
    whole = best(lambda: [step() for step in steps.values()], 50)
    rows = [("one scale of five items, 100 people in 8 workshops, warm", "milliseconds", "goal")]
    rows += [(name, f"{1e3 * best(step, 50):.2f}", "") for name, step in steps.items()]
    rows.append(("all of it, in one go", f"{1e3 * whole:.2f}", within(1e3 * whole, 10, "ms")))
    table("everything for one scale", rows)


def alpha_of_a_million() -> None:
    rng = np.random.default_rng(4)
    items = np.round(3 + rng.normal(size=(1_000_000, 1)) + rng.normal(size=(1_000_000, 10)))
    means, ours = best(lambda: items.mean(axis=0), 7), best(lambda: stats.cronbach_alpha(items), 7)
    holes = items.copy()
    holes[rng.integers(0, 1_000_000, 50_000), rng.integers(0, 10, 50_000)] = np.nan
    with_holes = best(lambda: stats.cronbach_alpha(holes), 3)
    rows = [
        ("1,000,000 people × 10 items", "seconds", "of one pass (column means)"),
        ("numpy column means", f"{means:.4f}", "1"),
        ("cronbach_alpha", f"{ours:.4f}", within(ours / means, 3, "×")),
        ("the same with 50,000 answers missing", f"{with_holes:.4f}", f"{with_holes / means:.1f}"),
    ]
    table("Cronbach's alpha of a million", rows)
