"""The page on disclosure is what the engine does."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_the_page_is_what_the_engine_makes_now():
    path = Path(__file__).parent / "disclosure_page.py"
    spec = importlib.util.spec_from_file_location("disclosure_page", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert made.page() == made.PAGE.read_text(), (
        "run: python tests/docs/disclosure_page.py, and read the difference"
    )
