"""Where the content folders are: in a checkout at its root, in a built wheel inside the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"  # only a built wheel has this folder
_CHECKOUT = _PACKAGE.parents[1]  # src/impact -> the repository root

LOCALE = _PACKAGE / "locale"


def folder(name: str) -> Path:
    """The folder `surveys`, `analysis` or `templates`. Never looks in the current directory."""
    return (_BUNDLED if _BUNDLED.is_dir() else _CHECKOUT) / name
