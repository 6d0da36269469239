"""A small instrument with everything in it, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from impact.errors import InstrumentInvalid
from impact.instruments import Instrument, load_instrument

SMALL = (Path(__file__).parent / "small.v1.yaml").read_text(encoding="utf-8")


@pytest.fixture
def load_text(tmp_path: Path) -> Callable[[str], Instrument]:
    """Load an instrument from its text, saved under the name small.v1.yaml."""

    def load(text: str) -> Instrument:
        path = tmp_path / "small.v1.yaml"
        path.write_text(text, encoding="utf-8")
        return load_instrument(path)

    return load


@pytest.fixture
def small(load_text: Callable[[str], Instrument]) -> Instrument:
    return load_text(SMALL)


@pytest.fixture
def faults(load_text: Callable[[str], Instrument]) -> Callable[..., list[str]]:
    """The problems of the small instrument after replacing texts, each of which must occur in it."""

    def spoil(*replacements: tuple[str, str]) -> list[str]:
        text = SMALL
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        with pytest.raises(InstrumentInvalid) as caught:
            load_text(text)
        return [str(problem) for problem in caught.value.problems]

    return spoil
