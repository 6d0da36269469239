"""From the token in a link to what its page needs. Known links are remembered for two seconds, so that a page costs
no query, and closing an invitation takes effect at once for a person's eye."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from impact.errors import ImpactError, NotFound, StoreUnavailable
from impact.instruments import Instrument
from impact.web.participant.pages import Naming

if TYPE_CHECKING:
    from impact.store import InvitationInfo
    from impact.web.state import State

REMEMBERED_SECONDS = 2.0
_MOST = 20_000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class Visit:
    """An opened link: the invitation, its instrument, and how the programme names things."""

    invitation: InvitationInfo
    instrument: Instrument
    naming: Naming

    @property
    def is_open(self) -> bool:
        return self.invitation.is_open

    @property
    def asks_side(self) -> bool:
        return bool(self.instrument.sides) and self.invitation.side is None

    def side(self, sent: str) -> str | None:
        """The side that the answers belong to: fixed by the link, else the one that was chosen."""
        if not self.asks_side:
            return self.invitation.side
        return sent if sent in self.instrument.side_ids else None

    def language(self, wished: str) -> str:
        """`wished` if the instrument has it, else its first language."""
        return wished if wished in self.instrument.language else self.instrument.languages[0].tag


class Visits:
    """Opened links, remembered for a moment."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._known: dict[str, tuple[float, Visit]] = {}
        self._instruments: dict[tuple[str, int, str], Instrument] = {}

    async def find(self, token: str) -> Visit:
        """NotFound for a token that is not known, with nothing that tells why; StoreUnavailable if it cannot be read."""
        now = time.monotonic()
        known = self._known.get(token)
        if known is not None and known[0] > now:
            return known[1]
        if not _TOKEN.fullmatch(token):
            raise NotFound
        visit = await run_in_threadpool(self._read, token)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[token] = (now + REMEMBERED_SECONDS, visit)
        return visit

    def _read(self, token: str) -> Visit:
        from impact.store import invitations

        try:
            with self._state.database.session() as session:
                found = invitations.find(session, token)
            instrument = self._instrument(found)
        except NotFound:
            raise NotFound from None
        except ImpactError as fault:
            # What is wrong with the set-up is for the operator's commands to tell, not for a participant.
            raise StoreUnavailable from fault
        return Visit(found, instrument, Naming.of(found.programme_name, found.organisation, found.side_names))

    def _instrument(self, found: InvitationInfo) -> Instrument:
        from impact.workflow import instrument_of

        key = (found.instrument_id, found.instrument_version, found.instrument_sha256)
        if key not in self._instruments:
            self._instruments[key] = instrument_of(found, self._state.settings)
        return self._instruments[key]
