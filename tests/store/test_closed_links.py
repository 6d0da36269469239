"""A link that is closed takes no more answers, from the moment it is closed."""

from __future__ import annotations

import pytest

from impact.errors import Conflict
from impact.store import Database, invitations, submissions


def test_answers_by_a_closed_link_are_refused_and_others_of_the_batch_are_stored(
    database: Database, cast
) -> None:
    with database.session() as session:
        shut, kept = (invitations.create(session, cast.haifa, "pre").token for _ in range(2))
    known = cast.submission(invitation=shut)
    assert database.writer.add(known).result(10)
    with database.session() as session:
        invitations.close(session, shut)
    batch = [
        cast.submission(invitation=shut), cast.submission(invitation=kept), cast.submission(),
        cast.submission(invitation="x" * 22), cast.submission(idempotency_key=known.idempotency_key, invitation=shut),
    ]  # fmt: skip
    futures = [database.writer.add(new) for new in batch]
    for place in (0, 3):
        with pytest.raises(Conflict) as caught:
            futures[place].result(10)
        assert str(caught.value) == "This questionnaire is closed. Nothing was stored."
    # Sent again after the first time was stored: not refused, the person was thanked already or should be.
    assert [futures[place].result(10) for place in (1, 2, 4)] == [True, True, False]
    with database.session() as session:
        assert submissions.counts(session, cast.programme_id) == {(cast.haifa, "pre", "a"): 3}
