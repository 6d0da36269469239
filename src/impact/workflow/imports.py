"""A data file comes into a programme: all of it or nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from impact.errors import Conflict, DataInvalid, Problem
from impact.instruments import ARMS, Instrument, Submissions, pack_columns
from impact.linkage import usable
from impact.plans import Plan
from impact.settings import Settings
from impact.store import Database, NewSubmission, Programme, new_id, programmes, seal_code, seal_text
from impact.store import submissions as stored
from impact.store import workshops as stored_workshops
from impact.vault import Vault
from impact.workflow.content import instrument_of
from impact.workflow.programmes import open_programme, open_workshop

if TYPE_CHECKING:
    from sqlmodel import Session

CHUNK = 20_000
Progress = Callable[[float], None]


def import_data(
    database: Database,
    vault: Vault,
    programme_id: str,
    paths: Sequence[Path],
    columns: Path | None = None,
    progress: Progress | None = None,
    *,
    settings: Settings,
) -> int:
    """Store every row of the files in one transaction; how many. Unknown workshops are created.

    Raises DataInvalid with all problems, NotFound, and Conflict if a row is there already: the wave of a
    respondent, or, without a respondent, the same answers with the same code.
    """
    with database.session() as session:
        programme = programmes.get(session, programme_id)
    instrument = instrument_of(programme, settings)
    data = _read(instrument, paths, columns, _part(progress, 0, 0.5))
    with database.session() as session:
        _store(session, vault, programme, instrument, data, _part(progress, 0.5, 1))
    return len(data)


def import_programme(
    database: Database,
    vault: Vault,
    paths: Sequence[Path],
    columns: Path | None = None,
    progress: Progress | None = None,
    *,
    plan: Plan,
    instrument: Instrument,
    name: str,
    organisation: str = "",
) -> tuple[int, str]:
    """Open a programme for the files and store them; how many rows, and its id. Bad files open no programme.

    Its plan is locked only if a lock lies beside its file: the data were there before the programme.
    """
    data = _read(instrument, paths, columns, _part(progress, 0, 0.5))
    with open_programme(
        database, vault, plan=plan, instrument=instrument, name=name, organisation=organisation
    ) as (session, programme):
        _store(session, vault, programme, instrument, data, _part(progress, 0.5, 1))
    return len(data), programme.id


def _read(
    instrument: Instrument, paths: Sequence[Path], columns: Path | None, progress: Progress | None
) -> Submissions:
    from impact import formats

    mapping = formats.load_columns(columns, instrument) if columns else None
    data = formats.read_data(paths, instrument, mapping, progress)
    if data.weight is not None:
        raise DataInvalid.at(
            "column “weight”",
            "a programme keeps no weights.",
            "Evaluate the file itself (impact evaluate), or remove the column.",
        )
    unknown = int((data.arm < 0).sum())
    if unknown:
        raise DataInvalid.at(
            "column “arm”",
            f"it is empty in {unknown:,} row{'' if unknown == 1 else 's'}; a programme knows the arm of everybody.",
            "Write workshop or comparison in every row, or remove the column if all took part.",
        )
    return data


def _store(
    session: Session,
    vault: Vault,
    programme: Programme,
    instrument: Instrument,
    data: Submissions,
    progress: Progress | None,
) -> None:
    """All rows in the transaction of `session`: a row that is there already ends it, and nothing is stored."""
    rows = _rows(vault, programme, instrument, data, _rooms(session, programme, instrument, data))
    for start in range(0, len(data), CHUNK):
        chunk = list(islice(rows, CHUNK))
        taken = set(range(len(chunk))) - stored.insert_many(session, chunk)
        if taken:
            raise _taken(data, [start + position for position in sorted(taken)], instrument)
        if progress:
            progress((start + len(chunk)) / len(data))


def _rooms(
    session: Session, programme: Programme, instrument: Instrument, data: Submissions
) -> dict[tuple[int, int], str]:
    """(workshop, arm) as in `data` → id of the stored workshop; those not there yet are opened.

    Rows without a workshop go to one with an empty label, which has no invitation.
    """
    known = {(room.label, room.arm): room.id for room in stored_workshops.of_programme(session, programme.id)}
    used = sorted(set(zip(data.workshop.tolist(), data.arm.tolist(), strict=True)))
    for workshop, arm in used:
        place = (_label(data, workshop), ARMS[arm])
        if place not in known:
            waves = instrument.waves if place[0] else ()
            known[place] = open_workshop(session, programme.id, *place, waves).id
    return {(workshop, arm): known[_label(data, workshop), ARMS[arm]] for workshop, arm in used}


def _rows(
    vault: Vault,
    programme: Programme,
    instrument: Instrument,
    data: Submissions,
    rooms: Mapping[tuple[int, int], str],
) -> Iterator[NewSubmission]:
    """What is stored of each row of `data`, in its order."""
    packed = pack_columns(instrument, data.answers) or [b""] * len(data)
    languages = (*instrument.language, None)  # −1 is the last: none
    sides = (*instrument.side_ids, None)
    coded = usable(data.code).tolist() if data.code.shape[1] else [False] * len(data)
    seen: Counter[str] = Counter()
    for i, answers in enumerate(packed):
        room, row = rooms[int(data.workshop[i]), int(data.arm[i])], new_id()
        wave, side, language = (
            instrument.waves[data.wave[i]],
            sides[data.side[i]],
            languages[data.language[i]],
        )
        respondent, code = _respondent(data, i), _code(data, instrument, i)
        texts = {item: column[i] for item, column in (data.texts or {}).items() if column[i]}
        identity = f"respondent {respondent}"
        if not respondent:
            content = repr((room, side, language, sorted(code.items()), answers, sorted(texts.items())))
            identity = f"content {hashlib.sha256(content.encode()).hexdigest()}"
            if not coded[i]:
                # Two people whom nothing names may have answered alike: the second one is not the first again.
                seen[wave + identity] += 1
                identity += f" {seen[wave + identity]}"
        yield NewSubmission(
            id=row,
            programme_id=programme.id,
            workshop_id=room,
            wave=wave,
            side=side,
            language=language,
            answers=answers,
            code_sealed=seal_code(vault, programme.id, instrument, row, code, respondent),
            texts={item: seal_text(vault, programme.id, row, item, text) for item, text in texts.items()},
            # Keyed, so that it tells nothing; by wave, so that it joins none.
            idempotency_key=vault.token(programme.id, f"import.{wave}", identity).hex(),
        )


def _respondent(data: Submissions, i: int) -> str:
    return data.respondent_labels[data.respondent[i]] if data.respondent[i] >= 0 else ""


def _code(data: Submissions, instrument: Instrument, i: int) -> dict[str, str]:
    """Element id → value of the elements that were given."""
    given = zip(instrument.code_elements, data.code_labels, data.code[i].tolist(), strict=True)
    return {element.id: labels[place] for element, labels, place in given if place >= 0}


def _taken(data: Submissions, rows: Sequence[int], instrument: Instrument) -> Conflict:
    """Which rows are there already, said once for each respondent; the file's content stays untold otherwise."""
    named = sorted({(_respondent(data, i), instrument.waves[data.wave[i]]) for i in rows})
    problems = [
        Problem(
            f"respondent “{name}”, wave “{wave}”" if name else f"a row without respondent, wave “{wave}”",
            "this submission is in the programme already; nothing was imported.",
            "Remove it from the file." if name else "Remove it, or give each person a respondent.",
        )
        for name, wave in named
    ]
    return Conflict(*problems)


def _label(data: Submissions, workshop: int) -> str:
    return data.workshops[workshop] if workshop >= 0 else ""


def _part(progress: Progress | None, begin: float, end: float) -> Progress | None:
    """The same progress, of which this is only the part from `begin` to `end`."""
    return progress and (lambda share: progress(begin + share * (end - begin)))
