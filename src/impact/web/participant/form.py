"""Reading a form and telling what is wrong with it, in the participant's language."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from markupsafe import Markup
from starlette.requests import Request

from impact.errors import AnswersInvalid, InputInvalid
from impact.instruments.text import in_language
from impact.templating import render
from impact.web.participant.pages import Voice

_MOST_FIELDS = 2000
_KEY = re.compile(r"[0-9a-f]{32}")
Form = Mapping[str, Sequence[str]]


_keys_ready: list[str] = []


def new_key() -> str:
    """An idempotency key, 128 random bits: made when a form is served, so that sending it twice stores it once.

    The system's randomness is asked for many keys at a time: a call costs more than all the rest of a page.
    """
    if not _keys_ready:
        block = secrets.token_hex(16 * 256)
        _keys_ready.extend(block[i : i + 32] for i in range(0, len(block), 32))
    return _keys_ready.pop()


def key_of(form: Form) -> str:
    """The key that was sent, or "" if there is none that we could have made."""
    sent = one(form, "key")
    return sent if _KEY.fullmatch(sent) else ""


def one(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "")


async def read_form(request: Request) -> Form:
    """Fields in the order sent; InputInvalid if it is no form. The size is bounded by the front door."""
    return parse_form(await request.body(), request.headers.get("content-type", ""))


def parse_form(body: bytes, content_type: str) -> Form:
    if body and not content_type.lower().startswith("application/x-www-form-urlencoded"):
        raise InputInvalid
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise InputInvalid from None
    form: dict[str, list[str]] = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def messages(voice: Voice, fault: AnswersInvalid) -> dict[str, str]:
    """Form field → what to do, in words of the page's language, in the order of asking."""
    return {problem.field: _message(voice, problem.field) for problem in fault.problems}


def _message(voice: Voice, field: str) -> str:
    words, item = voice.words, voice.instrument.item.get(field.removeprefix("i."))
    if field.startswith("c."):
        return words("error_code")
    if item is not None and item.type == "number":
        if item.minimum is None or item.maximum is None:
            return words("error_any_number")
        return words("error_number" if item.decimals else "error_whole", low=item.minimum, high=item.maximum)
    if item is not None and item.type == "text":
        return words("error_text", limit=item.maximum_length)
    return words("error_option")


def errors_summary(voice: Voice, errors: Mapping[str, str]) -> Markup:
    """All faults at once, each a link to its question, and a way to send again.

    A field that is on no page has nowhere to link to; it is gone from the form, so sending again is all there is to do.
    """
    asked = {f"i.{item.id}": voice.fill(item.text) for item in voice.instrument.items}
    asked |= {
        f"c.{element.id}": in_language(element.text, voice.language)
        for element in voice.instrument.code_elements
    }
    links = [(field, asked[field]) for field in errors if field in asked]
    words = voice.words
    if not links:
        return again_summary(voice, "again")
    return _summary(words("errors_title"), words("errors_text"), links, words("send_again"))


def again_summary(voice: Voice, kind: str) -> Markup:
    """`kind` is `again` (the form lacked its key) or `unavailable` (the database could not keep it)."""
    words = voice.words
    return _summary(words(f"{kind}_title"), words(f"{kind}_text"), [], words("send_again"))


def _summary(title: str, text: str, links: list[tuple[str, str]], again: str) -> Markup:
    html = render("web/participant/summary.html", title=title, text=text, links=links, again=again)
    return Markup(html)  # noqa: S704 - made by a template that escapes
