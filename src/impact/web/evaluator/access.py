"""Who is signed in: the cookie, the way to the sign-in page and back, and the brake on guessing passwords."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from impact.errors import ImpactError
from impact.web import problems
from impact.web.state import state_of
from impact.workflow import Account, signed_in

_COOKIE = "impact-sign-in"
_HOME = "/"
_LONGEST_NEXT = 300


def account(request: Request) -> Account:
    """The signed-in evaluator. Raises NotSignedIn, before anything of the page is looked up."""
    return signed_in(state_of(request).database, token_of(request))


SignedIn = Annotated[Account, Depends(account)]


def cookie_name(secure: bool) -> str:
    """`__Host-` binds the cookie to this host and path; browsers allow it over https only."""
    return f"__Host-{_COOKIE}" if secure else _COOKIE


def token_of(request: Request) -> str | None:
    return request.cookies.get(cookie_name(state_of(request).settings.secure_cookies))


def keep(response: Response, request: Request, token: str) -> None:
    """Give the browser its sign-in: unreadable for scripts, not sent from other sites, gone with the browser."""
    secure = state_of(request).settings.secure_cookies
    response.set_cookie(cookie_name(secure), token, path="/", httponly=True, samesite="lax", secure=secure)


def forget(response: Response, request: Request) -> None:
    secure = state_of(request).settings.secure_cookies
    response.delete_cookie(cookie_name(secure), path="/", httponly=True, samesite="lax", secure=secure)


def local_path(wish: str) -> str:
    """`wish` if it is a path of this server, else the front page: nobody is sent elsewhere after signing in.

    >>> local_path("/programmes/x"), local_path("//evil.example"), local_path("/\\\\evil.example")
    ('/programmes/x', '/', '/')
    """
    is_local = wish.startswith("/") and not wish.startswith("//") and len(wish) <= _LONGEST_NEXT
    return wish if is_local and wish.isascii() and wish.isprintable() and "\\" not in wish else _HOME


async def to_sign_in(request: Request, fault: Exception) -> Response:
    """Send a reader to the sign-in page, which leads back; a program gets 401."""
    if (
        "text/html" not in request.headers.get("accept", "text/html")
        and "*/*" not in request.headers["accept"]
    ):
        known = fault.problems if isinstance(fault, ImpactError) else ()
        return problems.answer(request, 401, getattr(fault, "title", ""), known)
    back = request.url.path if request.method == "GET" else _HOME
    target = "/sign-in" if back == _HOME else f"/sign-in?next={quote(back, safe='/')}"
    return RedirectResponse(target, 303)


class Throttle:
    """A budget of tries to sign in by name: `limit` of them within any `window` seconds.

    A name is an account, or an account and a browser that knows it (see `browsers`). Kept in memory: a restart
    forgets it, several processes count apart. The oldest names are dropped first when there are more than
    `capacity`, so that made-up addresses cannot fill the memory.
    """

    def __init__(
        self,
        limit: int = 8,
        window: float = 600.0,
        capacity: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._window, self._capacity, self._clock = limit, window, capacity, clock
        self._tries: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def reserve(self, name: str) -> bool:
        """Take one try before the password is looked at, so that many at once get no more; False if none is left.

        What is refused costs nothing: it does not make anybody wait longer.
        """
        with self._lock:
            now, name = self._clock(), _key(name)
            recent = [moment for moment in self._tries.pop(name, ()) if moment > now - self._window]
            has_one = len(recent) < self._limit
            self._tries[name] = [*recent, now] if has_one else recent
            while len(self._tries) > self._capacity:
                self._tries.pop(next(iter(self._tries)))
            return has_one

    def succeeded(self, name: str) -> None:
        """The password was right: the tries before it were the owner's own."""
        with self._lock:
            self._tries.pop(_key(name), None)


def _key(email: str) -> str:
    return email.strip().lower()[:320]
