"""Where the content folders are: in a checkout at its root, in a built wheel inside the package."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"  # only a built wheel has this folder
_CHECKOUT = _PACKAGE.parents[1]  # src/impact -> the repository root

LOCALE = _PACKAGE / "locale"


def folder(name: str) -> Path:
    """The folder `surveys`, `analysis` or `templates`. Never looks in the current directory."""
    return (_BUNDLED if _BUNDLED.is_dir() else _CHECKOUT) / name


def plotly_script() -> Path | None:
    """Plotly's script: in a built wheel its own copy, in a checkout the one inside the package plotly.

    None if neither is there: the pages are complete without it (every chart is also drawn by the server).
    """
    bundled = _BUNDLED / "static" / "plotly.min.js"
    if bundled.is_file():
        return bundled
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        return None
    script = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return script if script.is_file() else None
