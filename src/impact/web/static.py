"""Stylesheets and scripts: built once from `templates/web`, named by their content, cached for a year.

`participant.css` and `workspace.css` are each `base.css` and their own file, after the colours, sizes and
spaces of `templates/theme.json` as custom properties. Files in `templates/web/js` are served as they are.
A page asks for an address by `static_url("participant.css")`; in templates it is a global function.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from starlette.requests import Request
from starlette.responses import Response

from impact.errors import NotFound
from impact.resources import folder
from impact.templating import environment

KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
}
SHEETS = {
    "participant.css": ("base.css", "participant.css"),
    "workspace.css": ("base.css", "workspace.css"),
}
_YEAR = "public, max-age=31536000, immutable"
_registered: dict[str, Callable[[], bytes]] = {}


@dataclass(frozen=True)
class Asset:
    """One file as it goes over the wire; `packed` is gzip, the same bytes each time."""

    content: bytes
    packed: bytes
    digest: str
    kind: str


def register(name: str, load: Callable[[], bytes]) -> None:
    """Serve another file, e.g. a script out of a package; `load` runs at its first use."""
    _registered[name] = load


def static_url(name: str) -> str:
    """`/static/<stem>.<hash>.<ending>` of a file that is served; KeyError for one that is not."""
    stem, ending = name.rsplit(".", 1)
    return f"/static/{stem}.{_asset(name).digest}.{ending}"


async def static_file(request: Request) -> Response:
    """GET /static/<stem>.<hash>.<ending>. Another hash than the present one is not found."""
    asset = _find(request.path_params["file"])
    headers = {"cache-control": _YEAR, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, media_type=asset.kind, headers={**headers, "content-encoding": "gzip"})
    return Response(asset.content, media_type=asset.kind, headers=headers)


def _find(file: str) -> Asset:
    match = re.fullmatch(r"([a-z0-9_.-]{1,60})\.([0-9a-f]{12})\.([a-z0-9]{1,5})", file)
    if match:
        try:
            asset = _asset(f"{match[1]}.{match[3]}")
        except KeyError:
            raise NotFound from None
        if asset.digest == match[2]:
            return asset
    raise NotFound


@cache
def _asset(name: str) -> Asset:
    content = _loader(name)()
    return Asset(
        content,
        gzip.compress(content, 9, mtime=0),
        hashlib.sha256(content).hexdigest()[:12],
        KINDS[name.rsplit(".", 1)[1]],
    )


def _loader(name: str) -> Callable[[], bytes]:
    if name in SHEETS:
        return partial(_sheet, SHEETS[name])
    if name in _registered:
        return _registered[name]
    scripts = {path.name: path for path in (folder("templates") / "web" / "js").glob("*.*")}
    return scripts[name].read_bytes


def _sheet(files: tuple[str, ...]) -> bytes:
    source = folder("templates") / "web" / "css"
    css = "\n".join((source / file).read_text(encoding="utf-8") for file in files)
    used = set(re.findall(r"var\((--[\w-]+)", css))
    return (_properties(used) + _minified(css)).encode()


def _properties(used: set[str]) -> str:
    """The theme as custom properties, dark colours where the reader's system asks for them; only those used."""
    theme = json.loads((folder("templates") / "theme.json").read_text(encoding="utf-8"))
    sizes = {
        **{f"type-{key}": value for key, value in theme["type"].items()},
        **{f"space-{key}": value for key, value in theme["space"].items()},
    }
    light = _declarations({**theme["light"], **sizes}, used)
    dark = _declarations(theme["dark"], used)
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )


def _declarations(values: dict[str, str], used: set[str]) -> str:
    named = {f"--{key.replace('_', '-')}": value for key, value in values.items()}
    return "".join(f"{name}:{value};" for name, value in named.items() if name in used)


def _minified(css: str) -> str:
    """Comments and needless spaces taken out. Our style sheets hold no strings with braces or runs of spaces."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,])\s*", r"\1", css).replace(";}", "}").strip()


environment().globals["static_url"] = static_url
