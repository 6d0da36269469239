"""Small tables in, findings out: what docs/methods.md shows is what the engine gives, and what one gets by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec import book
from tests.spec.examples import EXAMPLES


def at(found: Any, path: str) -> Any:
    for key in path.split("."):
        found = found[int(key) if isinstance(found, list) else key]
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_engine_gives_what_one_gets_by_hand(name):
    example = EXAMPLES[name]
    found = book.finding_of(example)
    for path, expected in example.expected.items():
        got = at(found, path)
        assert got == (pytest.approx(expected, rel=1e-9) if isinstance(expected, float) else expected), path
    assert set(example.caveats) <= {caveat["code"] for caveat in found["caveats"]}


def test_the_document_is_what_the_engine_says_today():
    assert book.DOCUMENT.read_text("utf-8") == book.book(), "run `make docs`"


def test_every_example_stands_in_the_document_once():
    assert book.unused() == []
