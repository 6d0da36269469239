"""Agreement with R on real data: closed forms to 1e-6 or better; the JSON comes from tests/reference/*.R."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from impact import stats
from impact.stats.distributions import noncentral_t_cdf

FOLDER = Path(__file__).parents[1] / "reference"
SCRIPTS = tuple(sorted(path.stem for path in FOLDER.glob("*.R") if path.stem != "common"))
REFERENCE = {name: json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in SCRIPTS}


def cases(name: str):
    items = REFERENCE[name]["cases"].items()
    return pytest.mark.parametrize("case", [pytest.param(case, id=key) for key, case in items])


def close(value, expected, rel=1e-9):
    return value == pytest.approx(expected, rel=rel, abs=1e-12)


def matrix(rows) -> np.ndarray:
    return np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=float)


@cases("paired")
def test_paired_t_is_r_t_test(case):
    result, expected = stats.paired_t(case["before"], case["after"]), case["paired_t"]
    for field in ("estimate", "std_error", "statistic", "df", "p_value", "low", "high"):
        assert close(getattr(result, field), expected[field]), field
    assert result.n == len(case["before"])
    wide = stats.paired_t(case["before"], case["after"], confidence=0.9875)
    assert close(wide.low, expected["low_9875"])
    assert close(wide.high, expected["high_9875"])


@cases("paired")
def test_welch_t_is_r_t_test(case):
    result = stats.welch_t(case["after"], case["before"])
    for field, expected in case["welch_t"].items():
        assert close(getattr(result, field), expected), field


@cases("paired")
@pytest.mark.parametrize("zeros", ["wilcox", "pratt"])
@pytest.mark.parametrize("method", ["exact", "normal"])
def test_wilcoxon_with_ties_and_zeros_is_coin(case, zeros, method):
    result = stats.wilcoxon_signed_rank(case["before"], case["after"], zeros=zeros, method=method)
    assert close(result.p_value, case["wilcoxon"][f"{zeros}_{method}"])
    assert result.method == method


WHOLE = [case for case in REFERENCE["paired"]["cases"].values() if case["sign_flip"] is not None]


@pytest.mark.parametrize("case", WHOLE, ids=range(len(WHOLE)))  # perm.test takes whole numbers only
def test_sign_flip_is_perm_test(case):
    result = stats.sign_flip(case["before"], case["after"])
    assert close(result.p_value, case["sign_flip"])
    assert result.method == "exact"


@cases("clustered")
def test_ols_cr2_is_clubsandwich(case):
    level = 0.9875 if case is REFERENCE["clustered"]["cases"]["holzinger_school_in_rooms"] else 0.95
    fit = stats.ols_cr2(case["y"], case["X"], case["clusters"], confidence=level)
    for field in ("params", "std_errors", "df", "statistics", "p_values", "low", "high"):
        for column, (value, expected) in enumerate(zip(getattr(fit, field), case[field], strict=True)):
            if value is None:
                # R prints rounding noise where there is nothing, and of dummies for blocks an error of the
                # intercept that leaves the first block's own luck out: that block alone decides it.
                is_first_block = case is REFERENCE["clustered"]["cases"]["npk_fixed_blocks"] and column == 0
                assert case["std_errors"][column] < 1e-12 or is_first_block
                continue
            assert value == pytest.approx(expected, rel=1e-8, abs=1e-12), (field, case["columns"][column])
    assert fit.clusters == len(set(case["clusters"]))


@pytest.mark.parametrize("name", ["chicks_change_by_diet", "holzinger_change_by_room"])
def test_mean_change_cr2_is_clubsandwich(name):
    case = REFERENCE["clustered"]["cases"][name]
    result = stats.mean_change_cr2(case["y"], case["clusters"])
    assert close(result.estimate, case["params"][0])
    for field, key in (("std_error", "std_errors"), ("df", "df"), ("p_value", "p_values"), ("low", "low")):
        assert getattr(result, field) == pytest.approx(case[key][0], rel=1e-8), field
    assert (result.params, result.std_errors) == ((result.estimate,), (result.std_error,))


def test_ancova_without_clusters_is_clubsandwich_with_single_rows():
    case = REFERENCE["clustered"]["cases"]["anorexia_single"]
    X = np.array(case["X"])
    result = stats.ancova(case["y"], X[:, 1], X[:, 2])
    for field, key in (
        ("estimate", "params"),
        ("std_error", "std_errors"),
        ("df", "df"),
        ("p_value", "p_values"),
    ):
        assert getattr(result, field) == pytest.approx(case[key][2], rel=1e-8), field


@cases("effect_sizes")
@pytest.mark.parametrize("standardizer", ["average", "change", "before"])
def test_standardized_mean_change(case, standardizer):
    result = stats.standardized_mean_change(case["before"], case["after"], standardizer)
    expected = case[result.name]
    assert close(result.value, expected["value"])
    assert result.low == pytest.approx(expected["low"], rel=1e-6, abs=1e-9)
    assert result.high == pytest.approx(expected["high"], rel=1e-6, abs=1e-9)
    if "effectsize_low" in expected:  # effectsize's optimiser stops at about 1e-5
        assert result.low == pytest.approx(expected["effectsize_low"], rel=1e-3, abs=1e-4)
        assert result.high == pytest.approx(expected["effectsize_high"], rel=1e-3, abs=1e-4)


@cases("effect_sizes")
def test_standardized_mean_difference(case):
    result, expected = stats.standardized_mean_difference(case["after"], case["before"]), case["g"]
    assert close(result.value, expected["value"])
    assert result.low == pytest.approx(expected["low"], rel=1e-6, abs=1e-9)
    assert result.high == pytest.approx(expected["high"], rel=1e-6, abs=1e-9)
    assert result.high == pytest.approx(expected["effectsize_high"], rel=1e-3, abs=1e-4)


def test_noncentral_t_is_r_pt_also_where_scipy_returns_nan():
    for row in REFERENCE["effect_sizes"]["noncentral_t"]:
        # R's own pt has an absolute error of about 1e-12 in the far tail
        assert noncentral_t_cdf(row["t"], row["df"], row["nc"]) == pytest.approx(row["p"], abs=1e-10), row
    assert 0.0 < noncentral_t_cdf(-3.0, 7.0, 9.0) < 1e-20


@cases("reliability")
def test_alpha_and_items_are_psych(case):
    items = matrix(case["items"])
    result, expected = stats.cronbach_alpha(items), case["alpha"]
    assert result.n == case["n"]
    for field in ("value", "low", "high"):
        assert close(getattr(result, field), expected[field]), field
    table = stats.item_total(items)
    assert table.item_rest == pytest.approx(tuple(case["item_rest"]), rel=1e-9)
    assert table.alpha_if_dropped == pytest.approx(tuple(case["alpha_if_dropped"]), rel=1e-9)


@cases("reliability")
def test_omega_is_lavaan(case):
    result, expected = stats.mcdonald_omega(matrix(case["items"])), case["omega"]
    for field in ("value", "low", "high"):  # lavaan does not cut the interval at 0 and 1
        bounded = min(max(expected[field], 0.0), 1.0)
        assert getattr(result, field) == pytest.approx(bounded, rel=1e-5), field


@cases("multiplicity")
@pytest.mark.parametrize("method", ["holm", "bh", "by", "hommel"])
def test_adjusted_p_values_are_p_adjust(case, method):
    assert stats.adjust_p_values(case["p"], method) == pytest.approx(tuple(case[method]), rel=1e-12)


def test_a_missing_p_value_is_not_counted():
    expected = REFERENCE["multiplicity"]["with_missing"]
    adjusted = stats.adjust_p_values(expected["p"])
    assert adjusted[1] is None
    assert [adjusted[i] for i in (0, 2, 3)] == pytest.approx(
        [expected["holm"][i] for i in (0, 2, 3)], rel=1e-12
    )
    assert math.isnan(stats.adjust_p_values([0.1, float("nan")])[1])


@cases("partially_nested")
def test_partially_nested_is_put_together_as_its_sources_say(case):
    """lm for the slope and what is left over, metafor for τ², Welch's sum by R's own arithmetic."""
    result = stats.partially_nested(case["after"], case["before"], case["arm"], case["clusters"])
    for field in ("estimate", "std_error", "df", "p_value", "low", "high", "icc"):
        assert close(getattr(result, field), case[field], rel=1e-7), field
    assert result.slope == (None if case["before"] is None else pytest.approx(case["slope"], rel=1e-9))


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_committed_reference_is_what_r_says_today(name, tmp_path):
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed; the committed reference values were used")
    path = tmp_path / "reference.json"
    run = subprocess.run(
        [rscript, "--vanilla", f"{name}.R", str(path)],
        cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    if run.returncode == 77:
        pytest.skip(run.stderr.strip().splitlines()[-1])
    assert run.returncode == 0, run.stderr
    today = json.loads(path.read_text("utf-8"))
    assert_same(today["cases"], REFERENCE[name]["cases"], name)


def test_the_readme_lists_every_script():
    rows = re.findall(r"^\| `(\w+)\.R` \|", (FOLDER / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    assert tuple(sorted(rows)) == SCRIPTS


def assert_same(today, committed, where):
    if isinstance(committed, dict):
        assert today.keys() == committed.keys(), where
        for key, value in committed.items():
            assert_same(today[key], value, f"{where}.{key}")
    elif isinstance(committed, list):
        assert len(today) == len(committed), where
        for i, value in enumerate(committed):
            assert_same(today[i], value, f"{where}[{i}]")
    elif isinstance(committed, float | int):
        assert today == pytest.approx(committed, rel=1e-5, abs=1e-9), where
    else:
        assert today == committed, where
