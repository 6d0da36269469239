"""Error pages of the workspace: they keep the top bar, and every one of them leads somewhere."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

from impact.errors import Problem
from impact.templating import render
from impact.web.evaluator.access import account, token_of

_OURS = ("/programmes", "/sign-in", "/sign-out")
_SECRET = ("/s/", "/f/")
_TEXTS: Mapping[str, tuple[str, str]] = {
    "not_found": (
        "There is no such page",
        "The address may be mistyped, or what it led to is not there any more.",
    ),
    "bad_request": ("That could not be read", "Please go back and try again."),
    "elsewhere": ("This did not come from our page", "Please open the page again and send from there."),
    "too_large": ("That is too long", "Please go back and shorten what you sent."),
    "unavailable": ("Not available just now", "Please wait a moment and try again."),
    "fault": ("Something went wrong on our side", "Please try again in a moment. Nothing was changed."),
}


def workspace_problem(
    request: Request, status: int, key: str, title: str, problems: tuple[Problem, ...]
) -> str | None:
    """The page as HTML if whoever asks is an evaluator, or asks for an evaluator's page; else None.

    Pages with a secret in their address never look at the cookie: they are the same for everybody.
    """
    path = request.url.path
    if path.startswith(_SECRET):
        return None
    email = "" if status >= 500 else _email(request)
    if not email and path != "/" and not path.startswith(_OURS):
        return None
    known, text = _TEXTS.get(key, _TEXTS["bad_request"])
    told = bool(title or problems)
    return render(
        "web/evaluator/problem.html",
        email=email,
        title=title or known,
        text="" if told else text,
        problems=problems,
    )


def _email(request: Request) -> str:
    """Who is signed in, or "". An error page must not fail by itself: a database that does not answer is nobody."""
    if not token_of(request):
        return ""
    try:
        return account(request).email
    except Exception:
        return ""
