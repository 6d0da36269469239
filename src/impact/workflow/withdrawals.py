"""A participant asks for their answers to be removed: they repeat their code, and what carries it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from impact.errors import Conflict, InputInvalid, NotFound, Problem
from impact.instruments import Instrument
from impact.linkage import tolerance
from impact.settings import Settings
from impact.store import Database, programmes, withdrawal
from impact.store.withdrawal import CodedSubmission
from impact.vault import NO_TOKEN, Vault
from impact.workflow.content import instrument_of


@dataclass(frozen=True)
class Withdrawal:
    """One submission that goes: where it was given, and how many elements of its code differ from the repeated one."""

    id: bytes
    workshop: str
    wave: str
    differs: int


def find_withdrawal(
    database: Database, vault: Vault, settings: Settings, programme_id: str, code: Mapping[str, str]
) -> tuple[Withdrawal, ...]:
    """The submissions of the one person who gave `code` (element → value), nothing removed yet.

    At least one submission must carry the whole code; other waves of the same workshop and side may differ as
    much as linkage allows. NotFound if none does; Conflict if two people could be meant.
    """
    with database.session() as session:
        programme = programmes.get(session, programme_id)
        instrument = instrument_of(programme, settings)
        _check(instrument, code)
        stored = withdrawal.with_codes(session, programme_id, instrument, vault)
    wanted = [
        vault.token(programme_id, f"code.{element.id}", code[element.id])
        if code.get(element.id)
        else NO_TOKEN
        for element in instrument.code_elements
    ]
    return _of_one_person(stored, wanted, instrument.waves)


def forget_respondent(database: Database, programme_id: str, found: Sequence[Withdrawal]) -> int:
    """Remove what `find_withdrawal` found, open texts included; how many submissions went.

    The database is rewritten at once, so that no file of it holds the removed bytes; backups are another matter.
    """
    with database.session() as session:
        count = withdrawal.remove(session, programme_id, [one.id for one in found])
    database.tidy()
    return count


def _check(instrument: Instrument, code: Mapping[str, str]) -> None:
    known = {element.id: element for element in instrument.code_elements}
    problems = [
        Problem(name, "is no element of the code.", f"Use {', '.join(known)}.")
        for name in code
        if name not in known
    ]
    problems += [
        Problem(name, f"“{value}” is not among its choices.", "Write it as the questionnaire shows it.")
        for name, value in code.items()
        if name in known and value not in known[name].values
    ]
    if len(code) < len(known) - tolerance(len(known)):
        problems.append(
            Problem("code", "too few elements to be sure whose answers they are.", "Give them all.")
        )
    InputInvalid.raise_if(problems)


def _of_one_person(
    stored: Sequence[CodedSubmission], wanted: Sequence[bytes], waves: Sequence[str]
) -> tuple[Withdrawal, ...]:
    def differs(one: CodedSubmission) -> int:
        return sum(a != b for a, b in zip(one.tokens, wanted, strict=True))

    exact = [one for one in stored if differs(one) == 0]
    if not exact:
        raise NotFound("No answers carry this code. Check each element, and the language it was given in.")
    rooms = {(one.workshop, one.side) for one in exact}
    near = [
        one for one in stored if (one.workshop, one.side) in rooms and differs(one) <= tolerance(len(wanted))
    ]
    found = []
    for wave in waves:
        candidates = sorted((differs(one), one.id, one) for one in near if one.wave == wave)
        if len(candidates) > 1 and candidates[0][0] == candidates[1][0]:
            raise Conflict(
                f"Two submissions of the wave “{wave}” fit this code equally well, so nothing can be removed safely."
            )
        found += [Withdrawal(one.id, one.workshop, wave, distance) for distance, _, one in candidates[:1]]
    return tuple(found)
