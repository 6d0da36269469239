"""The worked example in every public docstring is what the function returns."""

from __future__ import annotations

import doctest
import importlib
import inspect

import pytest

from impact import stats

FUNCTIONS = [name for name in stats.__all__ if inspect.isfunction(getattr(stats, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_example(name):
    function = getattr(stats, name)
    examples = doctest.DocTestFinder().find(
        function, name, globs=vars(importlib.import_module(function.__module__))
    )
    assert sum(len(example.examples) for example in examples) >= 1
    for example in examples:
        failures = doctest.DocTestRunner(verbose=False).run(example)
        assert failures.failed == 0, name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_tells_hypothesis_limits_and_source(name):
    text = inspect.getdoc(getattr(stats, name))
    assert "Null hypothes" in text
    assert "[1]" in text
    assert "Limits" in text
    assert "confidence" not in inspect.signature(getattr(stats, name)).parameters or "confidence" in text
