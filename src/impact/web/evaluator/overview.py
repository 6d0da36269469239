"""What the page of one programme shows, in words: rows of workshops, links, and a synthetic programme's truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from impact.instruments import fill, find_instrument
from impact.report.text import clean, signed
from impact.report.wording import word_or
from impact.settings import Settings
from impact.store import Database, invitations
from impact.workflow import ProgrammeOverview, WorkshopOverview, instrument_folders

LANGUAGE = "en"
LONGEST_NAME = 400
NO_WORKSHOP = "Without a workshop (not told apart)"
_NUMBERS = (
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
)
# Of 160 programmes drawn with three workshops of 14 people a side, 43 told a change of 22 points from chance.
_LARGE, _FEW_WORKSHOPS = 22.0, 3
_RARELY_FOUND = "With three workshops a change as large as this is found in about one of four draws."


@dataclass(frozen=True)
class Link:
    """A participant link as it is copied: the whole address; "" for one that is closed."""

    wave: str
    workshop: str
    url: str


@dataclass(frozen=True)
class WorkshopRow:
    """One line of the table: counts stand in the order of the waves, with the sides' shares in words."""

    label: str
    group: str
    counts: tuple[int, ...]
    by_side: tuple[str, ...]
    pairs: int


@dataclass(frozen=True)
class Truth:
    """What is known of a synthetic programme: its changes by scale, and how often such a change is found."""

    changes: tuple[str, ...]
    rest: str
    note: str


def wave_names(overview: ProgrammeOverview) -> tuple[str, ...]:
    return tuple(word_or(LANGUAGE, f"wave.{wave}", clean(wave)) for wave in overview.waves)


def number_word(count: int) -> str:
    """`Three`; digits from thirteen on."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def workshop_rows(overview: ProgrammeOverview) -> tuple[WorkshopRow, ...]:
    return tuple(
        WorkshopRow(
            label=_workshop_name(workshop),
            group=capital(word_or(LANGUAGE, f"arm.{workshop.arm}", clean(workshop.arm))),
            counts=tuple(workshop.count(wave) for wave in overview.waves),
            by_side=tuple(_sides(overview, workshop.counts.get(wave, {})) for wave in overview.waves),
            pairs=workshop.pairs,
        )
        for workshop in overview.workshops
    )


def participant_links(database: Database, overview: ProgrammeOverview, base_url: str) -> tuple[Link, ...]:
    """One for each workshop and wave that has a link for everybody, open or closed."""
    with database.session() as session:
        found = invitations.of_programme(session, overview.programme.id)
        whole = {(one.workshop_id, one.wave) for one in found if one.side is None}
    return tuple(
        Link(name, _workshop_name(room), base_url + room.paths[wave] if wave in room.paths else "")
        for room in overview.workshops
        for wave, name in zip(overview.waves, wave_names(overview), strict=True)
        if (room.id, wave) in whole
    )


def truth_of(overview: ProgrammeOverview, settings: Settings) -> Truth | None:
    """The true changes that the synthetic answers were drawn with; None for a programme of real people."""
    expected = (overview.programme.truth or {}).get("expected_change") or {}
    scales = dict.fromkeys(scale for changes in expected.values() for scale in changes)
    moved = [scale for scale in scales if any(changes.get(scale) for changes in expected.values())]
    if not moved:
        return None
    titles = _scale_titles(overview, settings)
    largest = max(abs(changes.get(scale) or 0.0) for scale in moved for changes in expected.values())
    answered = sum(1 for room in overview.workshops if room.count(overview.waves[0]))
    return Truth(
        changes=tuple(
            f"{titles.get(scale, clean(scale))}: {_true(overview, expected, scale)}" for scale in moved
        ),
        rest="All other scales: no change." if len(moved) < len(scales) else "",
        note=_RARELY_FOUND if largest == _LARGE and answered == _FEW_WORKSHOPS else "",
    )


def capital(name: str) -> str:
    """Names such as “the northern community” may begin a label."""
    return name[:1].upper() + name[1:]


def _true(overview: ProgrammeOverview, expected: Mapping[str, Mapping[str, float]], scale: str) -> str:
    parts = []
    for side, changes in expected.items():
        change = changes.get(scale) or 0.0
        size = f"{signed(change, 0)} points" if change else "no change"
        parts.append(f"{size} for {side_name(overview, side)}" if side in overview.sides else size)
    return ", ".join(parts) + "."


def _scale_titles(overview: ProgrammeOverview, settings: Settings) -> dict[str, str]:
    name, _, version = overview.programme.instrument.rpartition(".v")
    instrument = find_instrument(name, int(version), instrument_folders(settings))
    return {
        scale.id: clean(fill(scale.title, LANGUAGE, own="one’s own side", other="the other side"))
        for scale in instrument.scales
    }


def side_name(overview: ProgrammeOverview, side: str) -> str:
    names = overview.sides[side]
    return clean(names.get(LANGUAGE) or next(iter(names.values()), side))


def _workshop_name(workshop: WorkshopOverview) -> str:
    return clean(workshop.label) or NO_WORKSHOP


def _sides(overview: ProgrammeOverview, counts: Mapping[str, int]) -> str:
    """`North 12 · South 11`; people who named no side come last."""
    named = [(capital(side_name(overview, side)), counts[side]) for side in overview.sides if side in counts]
    if overview.sides and counts.get(""):
        named.append(("Not said", counts[""]))
    return " · ".join(f"{name} {count}" for name, count in named)
