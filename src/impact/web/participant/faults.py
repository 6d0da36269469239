"""What a participant sees instead of a page: why, in their language, with the way out that every page has."""

from __future__ import annotations

from functools import lru_cache

from impact.i18n import direction, languages, message
from impact.templating import render
from impact.web.participant.pages import LEAVE_TO
from impact.web.participant.words import Words


@lru_cache(maxsize=64)
def fault_page(language: str, key: str) -> str:
    """The page for `problems.<key>` of the catalogue.

    It holds nothing of the address: the same bytes for every link that is not known, whatever was wrong with it.
    """
    return render(
        "web/participant/problem.html",
        language=language,
        direction=direction(language),
        stylesheet="participant.css",
        words=Words(language),
        title=message(language, f"problems.{key}.title"),
        text=message(language, f"problems.{key}.text"),
        is_draft=False,
        leave_to=LEAVE_TO,
        languages=[
            {
                "tag": tag,
                "name": message(tag, "language.name"),
                "direction": direction(tag),
                "draft": "",
                "href": f"?lang={tag}",
            }
            for tag in languages()
        ],
    )
