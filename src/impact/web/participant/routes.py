"""The participant's path: consent → questions → answers → thanks. Plain asynchronous handlers, no cookies.

GET  /s/{token}            consent, language, side
POST /s/{token}/questions  the whole questionnaire as one document
POST /s/{token}/answers    kept for good, and only then 303 to the thanks
GET  /s/{token}/thanks     the same for everybody
GET  /s/{token}/goodbye    “No, thank you”
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping

from fastapi import FastAPI
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from impact.errors import AnswersInvalid, Conflict, InputInvalid
from impact.web import problems
from impact.web.headers import where
from impact.web.participant.form import (
    Form,
    again_summary,
    errors_summary,
    key_of,
    messages,
    new_key,
    one,
    read_form,
)
from impact.web.participant.pages import Voice, consent_sheet, goodbye_page, question_sheet, thanks_page
from impact.web.participant.sheet import Sheet
from impact.web.participant.visits import Visit, Visits
from impact.web.state import of_application

log = logging.getLogger("impact.web")
SECONDS_TO_KEEP = 25.0
_MOST_SHEETS = 256


class Sheets:
    """Prepared pages, the most recently used ones."""

    def __init__(self) -> None:
        self._sheets: OrderedDict[Hashable, Sheet] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Sheet]) -> Sheet:
        sheet = self._sheets.get(key)
        if sheet is None:
            sheet = self._sheets[key] = make()
            if len(self._sheets) > _MOST_SHEETS:
                self._sheets.popitem(last=False)
        else:
            self._sheets.move_to_end(key)
        return sheet


class Participant:
    """The handlers of one application, with the links and pages that they remember."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._visits: Visits | None = None
        self._sheets = Sheets()

    async def visit(self, token: str) -> Visit:
        if self._visits is None:
            self._visits = Visits(of_application(self._app))
        return await self._visits.find(token)

    async def consent(self, request: Request) -> Response:
        """GET /s/{token}?lang=: language from the address, else what the browser likes best of those there are."""
        visit = await self.visit(request.path_params["token"])
        wished = request.query_params.get("lang", "")
        if wished not in visit.instrument.language:
            wished = problems.preferred(
                request.headers.get("accept-language", ""), tuple(visit.instrument.language)
            )
        if not visit.is_open:
            return problems.answer(request, 410, language=wished)
        return self._consent(request, visit, wished)

    def _consent(self, request: Request, visit: Visit, language: str, missing: bool = False) -> Response:
        token, sides = visit.invitation.token, max(len(visit.instrument.sides), 1)
        turn = secrets.randbelow(sides) if visit.asks_side else 0
        voice = Voice(visit.instrument, language, visit.naming, visit.invitation.side)
        sheet = self._sheets.get(
            ("consent", visit.instrument.sha256, language, visit.naming, token, turn, missing),
            lambda: consent_sheet(voice, token, visit.asks_side, turn, missing=missing),
        )
        return _sent(sheet, b"", request, 422 if missing else 200)

    def question_sheet(self, visit: Visit, language: str, side: str | None) -> Sheet:
        key = ("questions", visit.instrument.sha256, visit.invitation.wave, language, side, visit.naming)
        return self._sheets.get(
            key,
            lambda: question_sheet(
                Voice(visit.instrument, language, visit.naming, side), visit.invitation.wave
            ),
        )

    async def questions(self, request: Request) -> Response:
        """POST /s/{token}/questions with `language` and, if the link leaves it open, `side`."""
        visit = await self.visit(request.path_params["token"])
        form = await read_form(request)
        language = visit.language(one(form, "language"))
        if not visit.is_open:
            return problems.answer(request, 410, language=language)
        side = visit.side(one(form, "side"))
        if visit.asks_side and side is None:
            return self._consent(request, visit, language, missing=True)
        return _sent(self.question_sheet(visit, language, side), new_key().encode(), request)

    async def answers(self, request: Request) -> Response:
        """POST /s/{token}/answers: the thanks come only after the commit; the same form twice is stored once."""
        visit = await self.visit(request.path_params["token"])
        form = await read_form(request)
        language = visit.language(one(form, "language"))
        if not visit.is_open:
            return problems.answer(request, 410, language=language)
        side = visit.side(one(form, "side"))
        if visit.asks_side and side is None:
            raise InputInvalid
        voice = Voice(visit.instrument, language, visit.naming, side)
        key = key_of(form)
        if not key:
            return self._again(visit, voice, form, {}, again_summary(voice, "again"), new_key(), 422)
        try:
            await self._keep(visit, language, side, form, key)
        except AnswersInvalid as fault:
            errors = messages(voice, fault)
            return self._again(visit, voice, form, errors, errors_summary(voice, errors), key, 422)
        except Conflict:
            return problems.answer(request, 410, language=language)
        except Exception as fault:
            # Whatever kept the database from answering: the person's answers go back to the person.
            log.error("answers could not be kept: %s", where(fault))
            return self._again(visit, voice, form, {}, again_summary(voice, "unavailable"), key, 503)
        return RedirectResponse(f"thanks?lang={language}", 303)

    async def _keep(self, visit: Visit, language: str, side: str | None, form: Form, key: str) -> None:
        from impact.workflow import submit_answers

        state = of_application(self._app)
        stored = submit_answers(
            state.database,
            state.vault,
            visit.invitation,
            visit.instrument,
            language=language,
            side=side,
            form=form,
            key=key,
        )
        # Shielded: to stop waiting does not take back what is already being written. Sent again, it has the same key.
        await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(stored)), SECONDS_TO_KEEP)

    def _again(
        self,
        visit: Visit,
        voice: Voice,
        form: Form,
        errors: Mapping[str, str],
        summary: Markup,
        key: str,
        status: int,
    ) -> Response:
        """The questions with all answers kept."""
        sheet = self.question_sheet(visit, voice.language, voice.side)
        return Response(sheet.filled(form, errors, summary, key), status, media_type="text/html")

    async def thanks(self, request: Request) -> Response:
        visit = await self.visit(request.path_params["token"])
        voice = Voice(visit.instrument, visit.language(request.query_params.get("lang", "")), visit.naming)
        return Response(thanks_page(voice), media_type="text/html")

    async def begin_again(self, request: Request) -> Response:
        """GET of a page that only a form reaches, e.g. from a tab that the phone had put to sleep: back to consent."""
        visit = await self.visit(request.path_params["token"])
        wished = request.query_params.get("lang", "")
        language = f"?lang={wished}" if wished in visit.instrument.language else ""
        return RedirectResponse(f"../{visit.invitation.token}{language}", 303)

    async def goodbye(self, request: Request) -> Response:
        visit = await self.visit(request.path_params["token"])
        voice = Voice(visit.instrument, visit.language(request.query_params.get("lang", "")), visit.naming)
        return Response(goodbye_page(voice, visit.invitation.token), media_type="text/html")


def _sent(sheet: Sheet, key: bytes, request: Request, status: int = 200) -> Response:
    headers, body = sheet.blank(key, "gzip" in request.headers.get("accept-encoding", ""))
    response = Response(status_code=status)
    response.body, response.raw_headers = body, headers
    return response


def add_routes(app: FastAPI) -> None:
    """The participant's routes as bare Starlette routes: no dependencies to solve, nothing to validate twice."""
    pages = Participant(app)
    app.router.routes += [
        Route("/s/{token}/questions", pages.questions, methods=["POST"]),
        Route("/s/{token}/answers", pages.answers, methods=["POST"]),
        Route("/s/{token}", pages.consent, methods=["GET"]),
        Route("/s/{token}/questions", pages.begin_again, methods=["GET"]),
        Route("/s/{token}/answers", pages.begin_again, methods=["GET"]),
        Route("/s/{token}/thanks", pages.thanks, methods=["GET"]),
        Route("/s/{token}/goodbye", pages.goodbye, methods=["GET"]),
    ]
