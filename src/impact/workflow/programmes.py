"""Programmes: set one up, list them, look at one."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from impact.errors import ImpactError, InputInvalid, Problem
from impact.instruments import Instrument, Submissions
from impact.plans import Plan
from impact.settings import Settings
from impact.store import Database, Invitation, Programme, Workshop, invitations, programmes
from impact.store import submissions as stored
from impact.store import workshops as stored_workshops
from impact.store.ids import new_key
from impact.store.names import problems_of_names
from impact.vault import Vault
from impact.workflow.content import instrument_of
from impact.workflow.days import this_moment, today
from impact.workflow.plans import lock_of

if TYPE_CHECKING:
    from sqlmodel import Session

LONGEST_NAME = 200


@dataclass(frozen=True)
class ProgrammeFacts:
    """What a list of programmes shows of one."""

    id: str
    name: str
    organisation: str
    instrument: str  # id.v1
    plan: str
    plan_sha256: str
    plan_locked_at: str | None
    synthetic: bool
    truth: Mapping[str, Any] | None
    created_on: str
    workshops: int
    submissions: int


@dataclass(frozen=True)
class WorkshopOverview:
    """One workshop: submissions by wave and side (side "" where there is none), pairs, and its invitations."""

    id: str
    label: str
    arm: str
    counts: Mapping[str, Mapping[str, int]]  # wave → side → submissions
    pairs: int  # people with both of the first two waves
    paths: Mapping[str, str]  # wave → /s/<token> of the open invitation

    def count(self, wave: str) -> int:
        """Submissions of all sides at this wave."""
        return sum(self.counts.get(wave, {}).values())


@dataclass(frozen=True)
class ProgrammeOverview:
    """All that the page of one programme shows."""

    programme: ProgrammeFacts
    waves: tuple[str, ...]
    sides: Mapping[str, Mapping[str, str]]  # id → language → name
    workshops: tuple[WorkshopOverview, ...]
    pairs: int
    ties_refused: int  # codes that fitted two people equally well


def create_programme(
    database: Database,
    vault: Vault,
    *,
    plan: Plan,
    instrument: Instrument,
    name: str,
    organisation: str = "",
    workshops: Sequence[tuple[str, str]],
    side_names: Mapping[str, Mapping[str, str]] | None = None,
    synthetic: bool = False,
    truth: Mapping[str, Any] | None = None,
    lock: bool = True,
) -> str:
    """Open a programme and an invitation for each workshop (label, arm) at each wave; its id.

    A lock beside the plan's file says when the plan was locked; without one it is now, unless `lock` is False.
    Raises InputInvalid with all problems of the name and the labels, or of the plan's lock, and PlanInvalid for a
    reason that fits no change; then nothing is left behind, no key either.
    """
    InputInvalid.raise_if(_problems(name, workshops))
    with open_programme(
        database, vault, plan=plan, instrument=instrument, name=name, organisation=organisation,
        side_names=side_names, synthetic=synthetic, truth=truth,
    ) as (session, programme):  # fmt: skip
        if lock and programme.plan_lock is None:
            programmes.set_plan_lock(session, programme.id, this_moment())
        for label, arm in workshops:
            open_workshop(session, programme.id, label.strip(), arm, instrument.waves)
    return programme.id


def _problems(name: str, workshops: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """What is wrong with the names of a programme and its workshops."""
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        what = f"a programme needs a name of 1 to {LONGEST_NAME} characters."
        yield Problem("name", what, "Give it one with --name.")
    counted = Counter((label.strip(), arm) for label, arm in workshops)
    for (label, arm), count in counted.items():
        if not label:
            yield Problem(arm, "an empty name was given.", f"Give each --{arm} a name.")
        elif len(label) > LONGEST_NAME:
            what = f"the name has {len(label)} characters; {LONGEST_NAME} are possible."
            yield Problem(f"{arm} “{label[:40]}…”", what, "Give it a shorter one.")
        elif count > 1:
            yield Problem(f"{arm} “{label}”", "the name is given more than once.", "Give each another name.")


@contextlib.contextmanager
def open_programme(
    database: Database, vault: Vault, *, plan: Plan, instrument: Instrument, **facts: Any
) -> Iterator[tuple[Session, Programme]]:
    """A transaction with a new programme without workshops. Its key comes first, as nothing may lack one; if the
    transaction fails, the key goes again. The plan's lock, if one lies beside its file, comes with the plan."""
    InputInvalid.raise_if(problems_of_names(_named(facts)))
    plan_lock, _ = lock_of(plan)
    programme_id = new_key()
    vault.create_key(programme_id)
    try:
        with database.session() as session:
            yield (
                session,
                programmes.create(
                    session,
                    instrument=instrument,
                    plan=plan,
                    plan_yaml=Path(plan.path).read_text(encoding="utf-8-sig"),
                    plan_lock=plan_lock,
                    created_on=today(),
                    programme_id=programme_id,
                    **facts,
                ),
            )
    except BaseException:
        # When the connection breaks at the end, the programme may be there: a spare key is better than a lost one.
        with contextlib.suppress(ImpactError):
            if not _exists(database, programme_id):
                vault.remove_key(programme_id)
        raise


def _exists(database: Database, programme_id: str) -> bool:
    with database.session() as session:
        return session.get(Programme, programme_id) is not None


def _named(facts: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield "name", "the name of the programme", facts.get("name") or ""
    yield "organisation", "the name of the organisation", facts.get("organisation") or ""
    for side, names in (facts.get("side_names") or {}).items():
        for language, name in names.items():
            yield f"{side}:{language}", f"the name of side {side}", name


def open_workshop(
    session: Session, programme_id: str, label: str, arm: str, waves: Sequence[str]
) -> Workshop:
    """A workshop with an invitation for each of `waves`. Raises Conflict if the programme has it already."""
    InputInvalid.raise_if(problems_of_names([("workshop", "the name of the workshop", label)]))
    workshop = stored_workshops.create(session, programme_id, label, arm)
    for wave in waves:
        invitations.create(session, workshop.id, wave)
    return workshop


def close_invitation(database: Database, token: str) -> None:
    """No more answers come in by this link, and the file forgets in what order they came. Raises NotFound."""
    with database.session() as session:
        invitations.close(session, token)
    database.tidy()


def list_programmes(database: Database) -> tuple[ProgrammeFacts, ...]:
    """All programmes, by name."""
    with database.session() as session:
        return tuple(_facts(session, programme) for programme in programmes.all(session))


def programme_overview(
    database: Database, vault: Vault, settings: Settings, programme_id: str
) -> ProgrammeOverview:
    """Workshops with their counts, pairs and links. Raises NotFound."""
    with database.session() as session:
        programme = programmes.get(session, programme_id)
        instrument = instrument_of(programme, settings)
        data = stored.columns(session, programme, instrument, vault)
        pairs, refused = _pairs(instrument, data)
        return ProgrammeOverview(
            programme=_facts(session, programme),
            waves=instrument.waves,
            sides=programme.side_names,
            workshops=_workshops(session, programme_id, instrument.waves, pairs),
            pairs=pairs.total(),
            ties_refused=refused,
        )


def _facts(session: Session, programme: Programme) -> ProgrammeFacts:
    rooms = stored_workshops.of_programme(session, programme.id)
    return ProgrammeFacts(
        id=programme.id,
        name=programme.name,
        organisation=programme.organisation,
        instrument=f"{programme.instrument_id}.v{programme.instrument_version}",
        plan=programme.plan_id,
        plan_sha256=programme.plan_sha256,
        plan_locked_at=programme.plan_locked_at,
        synthetic=programme.synthetic,
        truth=programme.truth,
        created_on=programme.created_on.isoformat(),
        workshops=len(rooms),
        submissions=sum(stored.counts(session, programme.id).values()),
    )


def _pairs(instrument: Instrument, data: Submissions) -> tuple[Counter[tuple[str, str]], int]:
    """People with both of the first two waves by (label, arm) of the workshop they began in; ties refused."""
    from impact.instruments import ARMS
    from impact.linkage import link

    links = link(instrument, data)
    returned = links.person[data.wave == 1]
    begun = np.flatnonzero((data.wave == 0) & np.isin(links.person, returned))
    rooms = ("", *data.workshops)  # −1, no workshop, has the empty label
    places = zip(data.workshop[begun].tolist(), data.arm[begun].tolist(), strict=True)
    return Counter((rooms[room + 1], ARMS[arm]) for room, arm in places), links.refused


def _workshops(
    session: Session, programme_id: str, waves: Sequence[str], pairs: Counter[tuple[str, str]]
) -> tuple[WorkshopOverview, ...]:
    counts = stored.counts(session, programme_id)
    links = invitations.of_programme(session, programme_id)
    return tuple(
        WorkshopOverview(
            id=room.id,
            label=room.label,
            arm=room.arm,
            counts=_by_wave(counts, room.id),
            pairs=pairs[room.label, room.arm],
            paths=_paths(links, room.id, waves),
        )
        for room in stored_workshops.of_programme(session, programme_id)
    )


def _by_wave(
    counts: Mapping[tuple[str, str, str | None], int], workshop_id: str
) -> dict[str, dict[str, int]]:
    waves: dict[str, dict[str, int]] = {}
    for (room, wave, side), count in counts.items():
        if room == workshop_id:
            waves.setdefault(wave, {})[side or ""] = count
    return waves


def _paths(links: Sequence[Invitation], workshop_id: str, waves: Sequence[str]) -> dict[str, str]:
    """The link for everybody in the room, by wave in the order of the instrument."""
    open_to_all = {
        one.wave: f"/s/{one.token}"
        for one in links
        if one.workshop_id == workshop_id and one.is_open and one.side is None
    }
    return {wave: open_to_all[wave] for wave in waves if wave in open_to_all}
