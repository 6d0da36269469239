"""A participant's answers come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future

from impact.errors import AnswersInvalid, Conflict, Problem
from impact.instruments import Instrument
from impact.instruments.answers import parse_answers
from impact.store import Database, InvitationInfo, NewSubmission, new_id, seal_code, seal_text
from impact.vault import Vault


def submit_answers(
    database: Database,
    vault: Vault,
    invitation: InvitationInfo,
    instrument: Instrument,
    *,
    language: str,
    side: str | None,
    form: Mapping[str, Sequence[str]],
    key: str,
) -> Future[bool]:
    """Parse, seal and queue one submission; the future is done when it is durable.

    `invitation` is what `store.invitations.find` gave; `key` the idempotency key of the served form: the same
    key again gives False and stores nothing. `side` counts only where the invitation leaves it open.
    Raises AnswersInvalid with every problem, by form field; Conflict if the invitation is closed. One that was
    closed since it was found gives Conflict through the future.
    """
    if not invitation.is_open:
        raise Conflict("This questionnaire is closed. Nothing was stored.")
    AnswersInvalid.raise_if(_unknown(instrument, language, side))
    answers = parse_answers(instrument, invitation.wave, form)
    programme, row = invitation.programme_id, new_id()
    new = NewSubmission(
        id=row,
        programme_id=programme,
        workshop_id=invitation.workshop_id,
        wave=invitation.wave,
        side=invitation.side or side,
        language=language,
        answers=answers.packed,
        code_sealed=seal_code(vault, programme, instrument, row, answers.code),
        texts={item: seal_text(vault, programme, row, item, text) for item, text in answers.texts.items()},
        idempotency_key=key,
        invitation=invitation.token,
    )
    return database.writer.add(new)


def _unknown(instrument: Instrument, language: str, side: str | None) -> Iterator[Problem]:
    """Only a form that was tampered with has these."""
    if side is not None and side not in instrument.side_ids:
        yield Problem(
            "side", f"“{side}” is no side of this questionnaire.", "Choose one of those shown.", "side"
        )
    if language not in instrument.language:
        yield Problem(
            "lang", f"“{language}” is no language of this questionnaire.", "Choose another.", "lang"
        )
