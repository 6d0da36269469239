"""GET / (all programmes), GET /programmes/{id} (one), POST /programmes/{id}/releases (a link for the funder)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from impact.report.text import clean
from impact.report.wording import word_or
from impact.templating import render
from impact.web.evaluator.access import SignedIn
from impact.web.headers import allow
from impact.web.state import State, state_of
from impact.workflow import (
    ProgrammeOverview,
    WorkshopOverview,
    list_programmes,
    list_releases,
    programme_overview,
    release,
)

router = APIRouter()
_LANGUAGE = "en"


@dataclass(frozen=True)
class Link:
    """A participant link as it is copied: the whole address."""

    wave: str
    workshop: str
    url: str


@dataclass(frozen=True)
class WorkshopRow:
    """One line of the table: counts stand in the order of the waves, with the sides' shares in words."""

    label: str
    arm: str
    counts: tuple[int, ...]
    by_side: tuple[str, ...]
    pairs: int


@router.get("/")
def programmes(request: Request, account: SignedIn) -> Response:
    found = list_programmes(state_of(request).database)
    return HTMLResponse(render("web/evaluator/programmes.html", account=account, programmes=found))


@router.get("/programmes/{programme_id}")
def programme(request: Request, account: SignedIn, programme_id: str) -> Response:
    state = state_of(request)
    overview = programme_overview(state.database, state.vault, state.settings, programme_id)
    return _programme_page(request, state, account.email, overview)


@router.post("/programmes/{programme_id}/releases")
def make_release(request: Request, account: SignedIn, programme_id: str) -> Response:
    """Freeze the public findings and show their link: this once, because only its hash is kept."""
    state = state_of(request)
    overview = programme_overview(state.database, state.vault, state.settings, programme_id)
    link = release(state.database, state.vault, state.settings, programme_id)
    return _programme_page(request, state, account.email, overview, state.settings.base_url + link.path)


def _programme_page(
    request: Request, state: State, email: str, overview: ProgrammeOverview, funder_url: str = ""
) -> Response:
    allow(request, scripts=True)
    waves = tuple(word_or(_LANGUAGE, f"wave.{wave}", clean(wave)) for wave in overview.waves)
    page = render(
        "web/evaluator/programme.html",
        email=email,
        programme=overview.programme,
        name=clean(overview.programme.name),
        waves=waves,
        rows=tuple(_row(overview, workshop) for workshop in overview.workshops),
        totals=tuple(sum(room.count(wave) for room in overview.workshops) for wave in overview.waves),
        pairs=overview.pairs,
        ties_refused=overview.ties_refused,
        has_arms=len({workshop.arm for workshop in overview.workshops}) > 1,
        links=_links(overview, waves, state.settings.base_url),
        releases=list_releases(state.database, overview.programme.id),
        funder_url=funder_url,
    )
    return HTMLResponse(page)


def _row(overview: ProgrammeOverview, workshop: WorkshopOverview) -> WorkshopRow:
    return WorkshopRow(
        label=clean(workshop.label),
        arm=workshop.arm,
        counts=tuple(workshop.count(wave) for wave in overview.waves),
        by_side=tuple(_sides(overview, workshop.counts.get(wave, {})) for wave in overview.waves),
        pairs=workshop.pairs,
    )


def _sides(overview: ProgrammeOverview, counts: Mapping[str, int]) -> str:
    """`North 12 · South 11`; people who named no side come last."""
    named = [(_side_name(overview, side), counts[side]) for side in overview.sides if side in counts]
    if overview.sides and counts.get(""):
        named.append(("not said", counts[""]))
    return " · ".join(f"{name} {count}" for name, count in named)


def _side_name(overview: ProgrammeOverview, side: str) -> str:
    names = overview.sides[side]
    return clean(names.get(_LANGUAGE) or next(iter(names.values()), side))


def _links(overview: ProgrammeOverview, waves: tuple[str, ...], base_url: str) -> tuple[Link, ...]:
    return tuple(
        Link(label, clean(workshop.label), base_url + workshop.paths[wave])
        for workshop in overview.workshops
        for wave, label in zip(overview.waves, waves, strict=True)
        if wave in workshop.paths
    )
