"""Browsers that have signed in before: strangers who use up the tries for an account do not lock its owner out.

After a sign-in the browser keeps a cookie for half a year: a random number, and a token that binds it to the email
address, keyed in the vault. It opens nothing; it only gives this browser tries of its own.
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress

from fastapi import Request
from fastapi.responses import Response

from impact.errors import Conflict, ImpactError
from impact.vault import Vault
from impact.web.state import state_of

_COOKIE = "impact-known-browser"
_KEY = "known-browsers"  # the name of its own key in the keyring, as programmes have theirs
_DAYS = 180
_PATH = "/sign-in"


def budget_name(request: Request, email: str) -> str:
    """Whose tries are counted: those of all strangers for this address, or those of this known browser."""
    number, _, token = request.cookies.get(_name(request), "").partition(".")
    if number and token:
        with suppress(ImpactError):  # no key yet: no browser is known
            if hmac.compare_digest(_token(state_of(request).vault, number, email), token.encode()):
                return f"{number} {email}"
    return email


def remember(response: Response, request: Request, email: str) -> None:
    """Give the browser its cookie. Where the keyring cannot be written it gets none, and is a stranger next time."""
    vault, number = state_of(request).vault, secrets.token_hex(16)
    with suppress(ImpactError):
        with suppress(Conflict):
            if not vault.has_key(_KEY):
                vault.create_key(_KEY)
        value = f"{number}.{_token(vault, number, email).decode()}"
        response.set_cookie(
            _name(request), value, max_age=_DAYS * 86_400, path=_PATH, httponly=True, samesite="strict",
            secure=state_of(request).settings.secure_cookies,
        )  # fmt: skip


def _name(request: Request) -> str:
    return f"__Secure-{_COOKIE}" if state_of(request).settings.secure_cookies else _COOKIE


def _token(vault: Vault, number: str, email: str) -> bytes:
    return vault.token(_KEY, "browser", f"{number} {email.strip().lower()}").hex().encode()
