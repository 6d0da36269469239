"""Error pages: what happened and what to do, in the house's look, in the reader's language, without a traceback.

A program that asks for JSON gets `{"status", "title", "problems": [{"where","what","remedy","field"}]}`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from impact.errors import ImpactError, Problem
from impact.i18n import SOURCE_LANGUAGE, direction, languages, message
from impact.templating import render

_KNOWN = {
    400: "bad_request",
    403: "elsewhere",
    404: "not_found",
    405: "not_found",
    410: "closed",
    413: "too_large",
    422: "bad_request",
    500: "fault",
    503: "unavailable",
}


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(ImpactError, _on_impact_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_unreadable_request)


def page(scope: Scope, status: int) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """A page for a bare status, ready to send."""
    response = answer(Request(scope), status)
    return response.status_code, response.raw_headers, bytes(response.body)


def answer(
    request: Request, status: int, title: str = "", problems: tuple[Problem, ...] = (), language: str = ""
) -> Response:
    """The error page (or JSON) for a status; without `title` and `problems` in words of the catalogue."""
    language = language or preferred(request.headers.get("accept-language", ""), languages())
    key = _KNOWN.get(status, "fault" if status >= 500 else "bad_request")
    if _wants_json(request):
        body = {
            "status": status,
            "title": title or message(SOURCE_LANGUAGE, f"problems.{key}.title"),
            "problems": [asdict(problem) for problem in problems],
        }
        return Response(json.dumps(body, ensure_ascii=False), status, media_type="application/json")
    workspace = _workspace(request, status, key, title, problems)
    if workspace is not None:
        return Response(workspace, status, media_type="text/html")
    if request.scope["path"].startswith("/s/"):
        return _for_participant(request, status, key, language)
    if title or problems:
        return Response(_rendered(SOURCE_LANGUAGE, title, "", problems), status, media_type="text/html")
    return Response(_known(language, key), status, media_type="text/html")


def _for_participant(request: Request, status: int, key: str, language: str) -> Response:
    """In the participant's own frame, and always in words of the catalogue: what is wrong inside is not theirs."""
    from impact.web.participant.faults import fault_page

    wished = request.query_params.get("lang", "")
    page = fault_page(wished if wished in languages() else language, key)
    return Response(page, status, media_type="text/html")


def preferred(accepted: str, offered: tuple[str, ...]) -> str:
    """The offered language that an Accept-Language header likes best; English, or the first, if it likes none."""
    wishes = []
    for position, part in enumerate(accepted[:500].split(",")):
        tag, _, quality = part.partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if weight > 0:
            wishes.append((-weight, position, tag.strip().split("-")[0].lower()))
    by_primary = {tag.split("-")[0].lower(): tag for tag in reversed(offered)}
    for _, _, primary in sorted(wishes):
        if primary in by_primary:
            return by_primary[primary]
    return SOURCE_LANGUAGE if SOURCE_LANGUAGE in offered else offered[0]


@lru_cache(maxsize=64)
def _known(language: str, key: str) -> str:
    """The same bytes for everything that is not found: a page cannot tell a wrong link from an old one."""
    return _rendered(
        language, message(language, f"problems.{key}.title"), message(language, f"problems.{key}.text"), ()
    )


def _rendered(language: str, title: str, text: str, problems: tuple[Problem, ...]) -> str:
    return render(
        "web/problem.html",
        language=language,
        direction=direction(language),
        stylesheet="participant.css",
        title=title,
        text=text,
        problems=problems,
    )


def _workspace(
    request: Request, status: int, key: str, title: str, problems: tuple[Problem, ...]
) -> str | None:
    """The evaluator's error page, where it is an evaluator who reads it. Imported late: it answers with this module."""
    from impact.web.evaluator.dead_ends import workspace_problem

    return workspace_problem(request, status, key, title, problems)


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


async def _on_impact_error(request: Request, fault: ImpactError) -> Response:
    if fault.status == 404 or not fault.problems:
        return answer(request, fault.status)
    return answer(request, fault.status, fault.title, fault.problems)


async def _on_http_error(request: Request, fault: HTTPException) -> Response:
    response = answer(request, fault.status_code)
    response.headers.update(fault.headers or {})
    return response


async def _on_unreadable_request(request: Request, fault: RequestValidationError) -> Response:
    return answer(request, 422)
