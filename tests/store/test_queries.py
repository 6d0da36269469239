"""Programmes, workshops, invitations, users, sign-ins, releases."""

from __future__ import annotations

import hashlib
import statistics
import time
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session

from impact.errors import Conflict, InputInvalid, NotFound, NotSignedIn, StoreUnavailable
from impact.store import (
    Database,
    Programme,
    User,
    invitations,
    programmes,
    releases,
    sign_ins,
    users,
    workshops,
)

DAY = date(2026, 11, 22)
PASSWORD = "four random words"


# programmes


def test_a_programme_comes_back_as_it_was_made(database: Database, small_instrument, small_plan) -> None:
    truth = {"fear": {"a": -8.5}, "note": "نص"}
    with database.session() as session:
        made = programmes.create(
            session,
            name="Bridges",
            organisation="Seeds",
            instrument=small_instrument,
            plan=small_plan,
            plan_yaml="id: small-plan\n",
            side_names={"a": {"en": "North", "ar": "الشمال"}, "b": {"en": "South"}},
            synthetic=True,
            truth=truth,
            created_on=DAY,
        )
    with database.session() as session:
        found = programmes.get(session, made.id)
    assert found.model_dump() == {
        "id": made.id,
        "name": "Bridges",
        "organisation": "Seeds",
        "instrument_id": "small",
        "instrument_version": 1,
        "instrument_sha256": "1" * 64,
        "plan_id": "small-plan",
        "plan_sha256": "2" * 64,
        "plan_yaml": "id: small-plan\n",
        "plan_locked_at": None,
        "plan_lock": None,
        "side_names": {"a": {"en": "North", "ar": "الشمال"}, "b": {"en": "South"}},
        "synthetic": True,
        "truth": truth,
        "created_on": DAY,
    }
    assert len(made.id) == 16


def test_names_of_sides_default_to_the_instrument(database: Database, cast) -> None:
    with database.session() as session:
        programme = programmes.get(session, cast.programme_id)
        truth_is_null = session.connection().scalar(text("SELECT truth IS NULL FROM programme"))
    assert programme.side_names == {"a": {"en": "A"}, "b": {"en": "B"}}
    assert bool(truth_is_null) is True  # SQL NULL, not the JSON word


def test_a_programme_needs_a_name(database: Database, small_instrument, small_plan) -> None:
    with pytest.raises(InputInvalid) as caught, database.session() as session:
        programmes.create(
            session, name="", instrument=small_instrument, plan=small_plan, plan_yaml="", created_on=DAY
        )
    assert str(caught.value) == "name: a programme needs a name of 1 to 200 characters. Give it one."


def test_an_unknown_programme(database: Database) -> None:
    with (
        pytest.raises(NotFound, match=r"^programme “\w+”: there is no such programme\. See "),
        database.session() as session,
    ):
        programmes.get(session, "nothing")


def test_all_programmes_by_name(database: Database, cast, small_instrument, small_plan) -> None:
    with database.session() as session:
        for name in ("Water", "Arts"):
            programmes.create(
                session, name=name, instrument=small_instrument, plan=small_plan, plan_yaml="", created_on=DAY
            )
    with database.session() as session:
        assert [programme.name for programme in programmes.all(session)] == ["Arts", "Bridges", "Water"]


def test_a_plan_is_locked_once(database: Database, cast) -> None:
    with database.session() as session:
        programmes.set_plan_lock(session, cast.programme_id, "2026-11-22T10:00:00Z")
    with pytest.raises(Conflict) as caught, database.session() as session:
        programmes.set_plan_lock(session, cast.programme_id, "2026-11-23T10:00:00Z")
    assert str(caught.value) == (
        "Bridges: its plan was locked at 2026-11-22T10:00:00Z. "
        "A lock is never moved; what is done otherwise is listed as a deviation."
    )
    with database.session() as session:
        assert programmes.get(session, cast.programme_id).plan_locked_at == "2026-11-22T10:00:00Z"


def test_an_error_in_a_session_undoes_all_of_it(database: Database, cast) -> None:
    with pytest.raises(ZeroDivisionError), database.session() as session:  # noqa: PT012
        workshops.create(session, cast.programme_id, "Third")
        1 / 0
    with database.session() as session:
        assert [room.label for room in workshops.of_programme(session, cast.programme_id)] == [
            "Haifa",
            "Nablus",
        ]


# workshops and invitations


def test_workshops_by_label(database: Database, cast) -> None:
    with database.session() as session:
        for label, arm in (("Acre", "workshop"), ("Ürgüp", "workshop"), ("Acre", "comparison")):
            workshops.create(session, cast.programme_id, label, arm)
        found = [(room.label, room.arm) for room in workshops.of_programme(session, cast.programme_id)]
    assert found == [
        ("Acre", "comparison"),
        ("Acre", "workshop"),
        ("Haifa", "workshop"),
        ("Nablus", "comparison"),
        ("Ürgüp", "workshop"),
    ]


def test_a_workshop_name_is_taken_once(database: Database, cast) -> None:
    with pytest.raises(Conflict) as caught, database.session() as session:
        workshops.create(session, cast.programme_id, "Haifa")
    assert str(caught.value) == "Haifa: the programme has a workshop of this name. Choose another name."


@pytest.mark.parametrize(("programme", "arm"), [("nothing", "workshop"), (None, "control")])
def test_a_workshop_that_does_not_fit(database: Database, cast, programme: str | None, arm: str) -> None:
    with pytest.raises(Conflict) as caught, database.session() as session:
        workshops.create(session, programme or cast.programme_id, "Third", arm)
    assert str(caught.value) == (
        "This does not fit what is stored: it is there already, or what it belongs to is gone."
    )


def test_an_invitation_is_found_with_all_that_its_page_needs(database: Database, cast) -> None:
    with database.session() as session:
        made = invitations.create(session, cast.nablus, "post", "b")
    with database.session() as session:
        found = invitations.find(session, made.token)
    assert found == invitations.InvitationInfo(
        token=made.token,
        wave="post",
        side="b",
        is_open=True,
        workshop_id=cast.nablus,
        workshop_label="Nablus",
        arm="comparison",
        programme_id=cast.programme_id,
        programme_name="Bridges",
        organisation="",
        instrument_id="small",
        instrument_version=1,
        instrument_sha256="1" * 64,
        side_names={"a": {"en": "A"}, "b": {"en": "B"}},
    )
    assert len(made.token) == 22  # 128 bits


def test_a_closed_invitation_is_found_and_says_so(database: Database, cast) -> None:
    with database.session() as session:
        made = invitations.create(session, cast.haifa, "pre")
        invitations.close(session, made.token)
    with database.session() as session:
        assert invitations.find(session, made.token).is_open is False


@pytest.mark.parametrize("token", ["", "x" * 22, "' OR 1=1 --", "\u202e"])
def test_an_unknown_invitation(database: Database, cast, token: str) -> None:
    with pytest.raises(NotFound) as caught, database.session() as session:
        invitations.find(session, token)
    assert str(caught.value) == "This link is not known. Check that it was copied as a whole."
    with pytest.raises(NotFound), database.session() as session:
        invitations.close(session, token)


def test_invitations_by_workshop_wave_and_side(database: Database, cast) -> None:
    wanted = [("Haifa", "post", None), ("Haifa", "pre", None), ("Haifa", "pre", "a"), ("Nablus", "pre", "b")]
    ids = {"Haifa": cast.haifa, "Nablus": cast.nablus}
    with database.session() as session:
        for label, wave, side in reversed(wanted):
            invitations.create(session, ids[label], wave, side)
        found = invitations.of_programme(session, cast.programme_id)
    assert [(one.workshop_id, one.wave, one.side) for one in found] == [
        (ids[label], wave, side) for label, wave, side in wanted
    ]


# users and sign-ins


@pytest.fixture
def ana(database: Database) -> User:
    with database.session() as session:
        return users.add(session, " Ana@Example.org ", PASSWORD)


def verify(session: Session, email: str, password: str) -> User:
    """As signing in does it, but in one transaction."""
    user = users.by_email(session, email)
    renewed = users.check(user, password)
    if renewed:
        users.renew(session, user.id, renewed)
    return user


def test_a_user_signs_in_with_the_right_password_only(database: Database, ana: User) -> None:
    with database.session() as session:
        assert verify(session, "ANA@example.org", PASSWORD).id == ana.id
    for email, password in (("ana@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("", "")):
        with pytest.raises(NotSignedIn) as caught, database.session() as session:
            verify(session, email, password)
        assert str(caught.value) == "The email address or the password is not right. Try again."


def test_it_takes_as_long_whether_the_account_exists_or_not(ana: User, database: Database) -> None:
    def seconds(email: str) -> float:
        start = time.perf_counter()
        with pytest.raises(NotSignedIn), database.session() as session:
            verify(session, email, "wrong password")
        return time.perf_counter() - start

    seconds("nobody@example.org")  # the first one makes the hash that stands for nobody
    pairs = [(seconds("ana@example.org"), seconds("nobody@example.org")) for _ in range(7)]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2  # without the work for nobody the ratio is above 10


def test_an_endless_password_is_nobodys(database: Database, ana: User) -> None:
    with pytest.raises(NotSignedIn), database.session() as session:
        verify(session, "ana@example.org", "x" * 2_000_000)


def test_the_hash_is_argon2id_and_never_the_password(ana: User) -> None:
    assert ana.email == "ana@example.org"
    assert ana.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")  # OWASP's minimum
    assert PASSWORD not in ana.password_hash


def test_an_old_hash_is_renewed(database: Database, ana: User) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with database.session() as session:
        session.get(User, ana.id).password_hash = weak
    with database.session() as session:
        verify(session, "ana@example.org", PASSWORD)
    with database.session() as session:
        assert session.get(User, ana.id).password_hash != weak
        assert verify(session, "ana@example.org", PASSWORD).id == ana.id


def test_all_that_is_wrong_with_a_new_user_is_said_at_once(database: Database) -> None:
    with pytest.raises(InputInvalid) as caught, database.session() as session:
        users.add(session, "ana at example.org", "short", "king")
    assert str(caught.value) == (
        "email: “ana at example.org” is no email address. Write name@example.org.\n"
        "password: the password has 5 characters. Choose 10 to 1000; four random words are a good one.\n"
        "role: there is no role “king”. Use evaluator or administrator."
    )
    assert [problem.field for problem in caught.value.problems] == ["email", "password", "role"]


def test_an_address_has_one_account(database: Database, ana: User) -> None:
    with pytest.raises(Conflict) as caught, database.session() as session:
        users.add(session, "ANA@EXAMPLE.ORG", PASSWORD)
    assert str(caught.value) == "ana@example.org: this address has an account. Use another one."


def test_a_sign_in_lasts_twelve_hours_and_not_longer(database: Database, ana: User) -> None:
    with database.session() as session:
        token = sign_ins.start(session, ana.id, now=1_000_000)
    end = 1_000_000 + 12 * 60 * 60
    with database.session() as session:
        assert sign_ins.find(session, token, now=end - 1).id == ana.id
        assert sign_ins.find(session, token, now=end) is None
        assert sign_ins.find(session, token) is None
        assert sign_ins.find(session, token[:-1], now=1_000_000) is None


def test_only_the_hash_of_a_token_of_256_bits_is_stored(database: Database, ana: User) -> None:
    with database.session() as session:
        tokens = [sign_ins.start(session, ana.id) for _ in range(3)]
        stored = session.connection().execute(text("SELECT token_sha256 FROM sign_in")).scalars().all()
    assert {bytes(one) for one in stored} == {hashlib.sha256(one.encode()).digest() for one in tokens}
    assert {len(token) for token in tokens} == {43}


def test_signing_out_ends_this_browser_only(database: Database, ana: User) -> None:
    with database.session() as session:
        one, other = sign_ins.start(session, ana.id), sign_ins.start(session, ana.id)
        sign_ins.end(session, one)
        sign_ins.end(session, "unknown")
    with database.session() as session:
        assert sign_ins.find(session, one) is None
        assert sign_ins.find(session, other).id == ana.id


def test_expired_sign_ins_are_removed(database: Database, ana: User) -> None:
    with database.session() as session:
        sign_ins.start(session, ana.id, now=1_000_000)
        sign_ins.start(session, ana.id, now=2_000_000)
        assert session.connection().scalar(text("SELECT count(*) FROM sign_in")) == 1


# releases


def test_a_release_is_opened_by_its_token(database: Database, cast) -> None:
    findings = '{"format": 1, "text": "نص"}'
    with database.session() as session:
        release, token = releases.add(session, cast.vault, cast.programme_id, findings, DAY)
    with database.session() as session:
        found = releases.by_token(session, token)
    assert (found.id, found.created_on, found.revoked) == (release.id, DAY, False)
    assert releases.findings_of(cast.vault, found) == findings
    assert found.token_sha256 == hashlib.sha256(token.encode()).digest()
    assert len(token) == 43


def test_a_revoked_release_is_as_unknown_as_one_that_never_was(database: Database, cast) -> None:
    with database.session() as session:
        release, token = releases.add(session, cast.vault, cast.programme_id, "{}", DAY)
        releases.revoke(session, release.id)
    for wrong in (token, "x" * 43, ""):
        with pytest.raises(NotFound) as caught, database.session() as session:
            releases.by_token(session, wrong)
        assert str(caught.value) == (
            "This link is not known, or it was withdrawn. Ask whoever gave it to you."
        )
    with pytest.raises(NotFound), database.session() as session:
        releases.revoke(session, "nothing")


def test_releases_of_a_programme_newest_first(database: Database, cast) -> None:
    days = [date(2026, 1, 5), date(2026, 3, 1), date(2025, 12, 31)]
    with database.session() as session:
        for day in days:
            releases.add(session, cast.vault, cast.programme_id, "{}", day)
        found = [release.created_on for release in releases.of_programme(session, cast.programme_id)]
    assert found == sorted(days, reverse=True)


# the session


def test_a_session_that_finds_no_free_connection_says_so(database: Database) -> None:
    database.engine.pool._timeout = 0.01
    held = [database.engine.connect() for _ in range(40)]
    with pytest.raises(StoreUnavailable), database.session() as session:
        session.get(Programme, "x")
    for connection in held:
        connection.close()
