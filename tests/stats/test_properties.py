"""What must hold for any data."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from impact import stats

SCORES = st.integers(0, 40).map(lambda value: value * 2.5)


@st.composite
def people(draw, least=4):
    """Before and after on 0–100, and a workshop for each person; somebody changed, and not all alike."""
    n = draw(st.integers(least, 30))
    before, after = draw(arrays(float, n, elements=SCORES)), draw(arrays(float, n, elements=SCORES))
    rooms = draw(arrays(np.int64, n, elements=st.integers(0, 5)))
    assume(np.std(after - before) > 0)
    return before, after, rooms


def all_tests(before, after, rooms):
    change = after - before
    return (
        stats.paired_t(before, after),
        stats.mean_change_cr2(change, rooms),
        stats.mean_change_cr2(change, np.arange(len(change))),
    )


def effects(before, after):
    return [stats.standardized_mean_change(before, after, name) for name in ("average", "change", "before")]


def same(first, second, factor=1.0):
    if first is None or second is None:
        assert first is second
    else:
        assert second == pytest.approx(factor * first, rel=1e-6, abs=1e-9)


@given(people())
def test_swapping_the_waves_flips_every_sign(data):
    before, after, rooms = data
    for there, back in zip(all_tests(before, after, rooms), all_tests(after, before, rooms), strict=True):
        same(there.estimate, back.estimate, -1)
        same(there.statistic, back.statistic, -1)
        same(there.low, back.high, -1)
        same(there.p_value, back.p_value)
    for name in ("average", "change"):
        there = stats.standardized_mean_change(before, after, name)
        back = stats.standardized_mean_change(after, before, name)
        same(there.value, back.value, -1)
        same(there.low, back.high, -1)
    for zeros in ("wilcox", "pratt"):
        there, back = (
            stats.wilcoxon_signed_rank(*pair, zeros=zeros) for pair in ((before, after), (after, before))
        )
        assert there.p_value == back.p_value
    assert stats.sign_flip(before, after).p_value == pytest.approx(
        stats.sign_flip(after, before).p_value, rel=1e-9
    )


@given(people(), st.floats(-1000, 1000))
def test_a_constant_added_to_both_waves_changes_nothing(data, constant):
    before, after, rooms = data
    moved = before + constant, after + constant
    for first, second in zip(all_tests(before, after, rooms), all_tests(*moved, rooms), strict=True):
        for field in ("estimate", "std_error", "p_value", "low", "high"):
            same(getattr(first, field), getattr(second, field))
    for first, second in zip(effects(before, after), effects(*moved), strict=True):
        same(first.value, second.value)
        same(first.low, second.low)
    assert stats.wilcoxon_signed_rank(before, after) == stats.wilcoxon_signed_rank(*moved)


@given(people(), st.integers(0, 2**32))
def test_order_and_labels_carry_no_meaning(data, seed):
    before, after, rooms = data
    order = np.random.default_rng(seed).permutation(len(before))
    named = np.array([f"room {room * 7 % 11}" for room in rooms])
    shuffled = before[order], after[order], named[order]
    for first, second in zip(all_tests(before, after, rooms), all_tests(*shuffled), strict=True):
        for field in ("estimate", "std_error", "df", "p_value", "low", "high"):
            same(getattr(first, field), getattr(second, field))
        assert (first.n, first.caveat) == (second.n, second.caveat)
    assert stats.wilcoxon_signed_rank(before, after) == stats.wilcoxon_signed_rank(*shuffled[:2])
    first, second = stats.sign_flip(before, after, rooms), stats.sign_flip(*shuffled)
    assert first.p_value == pytest.approx(second.p_value, rel=1e-9)


@given(people(), st.sampled_from([1e-4, 0.01, 0.3, 7.0, 1e5]))
def test_scaling_scales_estimates_and_leaves_effects_and_p(data, factor):
    before, after, rooms = data
    scaled = before * factor, after * factor
    for first, second in zip(all_tests(before, after, rooms), all_tests(*scaled, rooms), strict=True):
        for field in ("estimate", "std_error", "low", "high"):
            same(
                getattr(first, field),
                None if getattr(second, field) is None else getattr(second, field) / factor,
            )
        same(first.p_value, second.p_value)
        assert first.caveat == second.caveat
    for first, second in zip(effects(before, after), effects(*scaled), strict=True):
        same(first.value, second.value)
        same(first.high, second.high)
    ranks, other = stats.wilcoxon_signed_rank(before, after), stats.wilcoxon_signed_rank(*scaled)
    assert ranks == other
    flip, other = stats.sign_flip(before, after), stats.sign_flip(*scaled)
    assert flip.p_value == pytest.approx(other.p_value, rel=1e-9)


@given(people())
def test_the_estimate_lies_in_its_interval_and_p_agrees_with_it(data):
    for result in all_tests(*data):
        if result.low is not None:
            assert result.low < result.estimate < result.high
            assert (result.p_value < 0.05) == (result.low > 0 or result.high < 0)
            assert 0 < result.p_value <= 1
    for effect in effects(*data[:2]):
        if effect.low is not None:
            assert effect.low < effect.value < effect.high


@given(people(), st.floats(0.5, 0.9), st.floats(0.91, 0.999))
def test_more_confidence_is_a_wider_interval(data, less, more):
    before, after, _ = data
    narrow, wide = (stats.standardized_mean_change(before, after, "change", level) for level in (less, more))
    assert wide.low < narrow.low < narrow.high < wide.high


@given(st.lists(st.floats(0, 1), max_size=12), st.sampled_from(["holm", "bh", "by", "hommel"]))
def test_adjusted_p_values_are_not_smaller_keep_their_order_and_stay_below_one(p, method):
    adjusted = stats.adjust_p_values(p, method)
    assert all(raw <= new <= 1 for raw, new in zip(p, adjusted, strict=True))
    order = np.argsort(p, kind="stable")
    assert list(np.diff(np.array(adjusted)[order]) >= -1e-12).count(False) == 0


@given(arrays(np.int64, st.tuples(st.integers(5, 25), st.integers(3, 5)), elements=st.integers(1, 7)))
def test_reliability_does_not_depend_on_shift_scale_or_order(answers):
    first = stats.cronbach_alpha(answers)
    second = stats.cronbach_alpha((answers * 12.5 - 3)[::-1, ::-1])
    same(first.value, second.value)
    same(first.low, second.low)
    if first.value is not None:
        assert first.low < first.value < first.high
    omega = stats.mcdonald_omega(answers)
    assert omega.value is None or 0 <= omega.low <= omega.value <= omega.high <= 1


@given(people(), st.integers(2, 6))
def test_cr2_is_the_textbook_formula_with_full_matrices(data, columns):
    """The low-rank formulas against (I − H_gg)^(−1/2) and P written out with n × n matrices."""
    _, y, rooms = data
    rng = np.random.default_rng(len(y))
    X = np.column_stack([np.ones(len(y)), rng.normal(size=(len(y), columns - 1))])
    assume(len(y) > columns + 2 and len(set(rooms.tolist())) > 1)
    fit = stats.ols_cr2(y, X, rooms)
    M = np.linalg.inv(X.T @ X)
    H = X @ M @ X.T
    e = y - H @ y
    P = np.empty((columns, len(set(rooms.tolist())), len(y)))
    for g, room in enumerate(sorted(set(rooms.tolist()))):
        rows = rooms == room
        values, vectors = np.linalg.eigh(np.eye(rows.sum()) - H[np.ix_(rows, rows)])
        root = np.where(values > 1e-10, np.maximum(values, 1e-10) ** -0.5, 0)
        A = vectors * root @ vectors.T
        P[:, g] = M @ X[rows].T @ A @ (np.eye(len(y)) - H)[rows]
    for j in range(columns):
        if fit.std_errors[j] is None:
            continue
        gram = P[j] @ P[j].T
        assert fit.std_errors[j] == pytest.approx(np.sqrt(np.sum((P[j] @ e) ** 2)), rel=1e-6)
        assert fit.df[j] == pytest.approx(np.trace(gram) ** 2 / np.sum(gram**2), rel=1e-6)


def test_importing_stats_loads_no_scipy():
    code = "import sys, impact.stats, impact.linkage; print([m for m in sys.modules if m.split('.')[0] in ('scipy', 'pandas')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_million_people_take_about_a_second():
    rng, n = np.random.default_rng(0), 1_000_000
    before, arm, rooms = rng.normal(50, 10, n), np.arange(n) % 2, np.arange(n) // 25
    after = before + rng.normal(1, 5, n)
    for call in (
        lambda: stats.mean_change_cr2(after - before, rooms),
        lambda: stats.ancova(after, before, rooms % 2, rooms),
        lambda: stats.ols_cr2(after, np.column_stack([np.ones(n), before, arm]), None),
        lambda: stats.paired_t(before, after),
        lambda: stats.wilcoxon_signed_rank(before, after),
    ):
        start = time.perf_counter()
        assert call().caveat is None
        assert time.perf_counter() - start < 4.0  # measured at .01 to .6 s; room for a busy machine
