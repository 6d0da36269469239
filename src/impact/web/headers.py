"""The front door, as pure ASGI: what comes in is bounded and from our own pages, what goes out carries the
security headers, and a fault of ours becomes a plain page and a log line that holds no content.

A page that needs more than the strict Content-Security-Policy says so with `allow(request, ...)`, e.g. the chart
pages, because Plotly sets inline styles.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import PurePath
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("impact.web")

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
PARTICIPANT_LIMIT = 256 * 1024
WORKSPACE_LIMIT = 1024 * 1024
SECONDS_TO_SEND = 30.0
"""For a whole body: a form of a few kilobytes comes through on the slowest line, and nobody holds a place open."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKEN_PAGES = ("/s/", "/f/")

Page = Callable[[Scope, int], tuple[int, list[tuple[bytes, bytes]], bytes]]
"""A page for a refusal or a fault: (scope, status) → status, headers, body."""


def _policy(extra: dict[str, str]) -> bytes:
    return "; ".join(f"{name} {value}" for name, value in {**POLICY, **extra}.items()).encode()


_STRICT = _policy({})
_COMMON = (
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_NO_STORE = (b"cache-control", b"no-store")
# A page whose address is a secret names no referrer at all. Elsewhere `same-origin` tells other hosts as little,
# and keeps the Origin of our own forms readable for the cross-site check (with `no-referrer` it is “null”).
_TOKEN_PAGE = (*_COMMON, (b"referrer-policy", b"no-referrer"))
_OTHER_PAGE = (*_COMMON, (b"referrer-policy", b"same-origin"))


def allow(request: Request, *, scripts: bool = False, inline_styles: bool = False) -> None:
    """Widen the Content-Security-Policy of the answer to this one request."""
    extra = {}
    if scripts:
        extra["script-src"] = "'self'"
    if inline_styles:
        extra["style-src"] = "'self' 'unsafe-inline'"
    request.scope["impact.policy"] = _policy(extra)


class TooLarge(Exception):
    """The body grew beyond the limit while it was read."""


class TooSlow(Exception):
    """The body did not come within its time."""


class FrontDoor:
    """Pure ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, page: Page) -> None:
        self.app, self.page = app, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        if scope["method"] not in _SAFE:
            refusal = _refusal(scope)
            if refusal:
                await self._page(scope, answer, refusal)
                return
            receive = _bounded(receive, _limit(scope["path"]))
        try:
            await self.app(scope, receive, answer)
        except TooLarge:
            await self._page(scope, answer, 413)
        except TooSlow:
            await self._page(scope, answer, 408)
        except ClientDisconnect:
            return  # whoever went away gets no answer, and leaves no line: it would tell when
        except Exception as fault:
            log.error("a page failed: %s", where(fault))
            await self._page(scope, answer, 500)

    async def _page(self, scope: Scope, answer: _Answer, status: int) -> None:
        if answer.started:
            raise ConnectionError("an answer broke off; see the log of impact.web")
        is_slow = status == 408
        status, headers, body = self.page(scope, status)
        if is_slow:  # the rest of that body must not be taken for the next request
            headers = [*headers, (b"connection", b"close")]
        await answer({"type": "http.response.start", "status": status, "headers": headers})
        await answer({"type": "http.response.body", "body": body})


class _Answer:
    """`send` with the security headers added to the start of the answer."""

    __slots__ = ("_scope", "_send", "started")

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send, self.started = scope, send, False

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.started = True
            headers = list(message["headers"])
            names = {name for name, _ in headers}
            headers += _TOKEN_PAGE if self._scope["path"].startswith(_TOKEN_PAGES) else _OTHER_PAGE
            headers.append((b"content-security-policy", self._scope.get("impact.policy", _STRICT)))
            if b"cache-control" not in names:
                headers.append(_NO_STORE)
            message["headers"] = headers
        return self._send(message)


def _limit(path: str) -> int:
    return PARTICIPANT_LIMIT if path.startswith("/s/") else WORKSPACE_LIMIT


def _refusal(scope: Scope) -> int:
    """403 for a request that another site started, 413 for an announced body that is too large, else 0."""
    length = origin = fetch_site = host = b""
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = value
        elif name == b"origin":
            origin = value
        elif name == b"sec-fetch-site":
            fetch_site = value
        elif name == b"host":
            host = value
    if not _is_own(scope["path"], fetch_site, origin, host):
        return 403
    if length and (not length.isdigit() or int(length) > _limit(scope["path"])):
        return 413
    return 0


def _is_own(path: str, fetch_site: bytes, origin: bytes, host: bytes) -> bool:
    """Whether one of our own pages sent this.

    Sec-Fetch-Site decides where a browser sends it (https and localhost). Without it Origin must be our host;
    “null” passes only where the address itself is the secret, since no cookie acts there. A client that sends
    neither is no browser that could be abused.
    """
    if fetch_site:
        return fetch_site in (b"same-origin", b"none")
    if not origin:
        return True
    if origin == b"null":
        return path.startswith("/s/")
    return urlsplit(origin.decode("latin-1")).netloc.lower() == host.decode("latin-1").lower()


def _bounded(receive: Receive, limit: int) -> Receive:
    read, is_whole = 0, False
    deadline = asyncio.get_running_loop().time() + SECONDS_TO_SEND

    async def bounded() -> Message:
        nonlocal read, is_whole
        if is_whole:  # from now on only the end of the connection is waited for
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.request":
            is_whole = not message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > limit:
                raise TooLarge
        return message

    return bounded


def where(fault: BaseException) -> str:
    """Kind and place of a fault, never its message: a message may quote an answer or a name."""
    frames = traceback.extract_tb(fault.__traceback__)[-3:]
    places = ", ".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(fault).__name__} at {places}"
