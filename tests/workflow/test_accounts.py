"""Evaluators sign in and out."""

from __future__ import annotations

import pytest

from impact import workflow
from impact.errors import Conflict, InputInvalid, NotFound, NotSignedIn
from impact.store import Database


def test_a_generated_password_signs_in_and_out(database: Database) -> None:
    password = workflow.add_user(database, "Ada@Example.org")
    token = workflow.sign_in(database, "ada@example.org", password)
    account = workflow.signed_in(database, token)
    assert (account.email, account.role) == ("ada@example.org", "evaluator")
    workflow.sign_out(database, token)
    with pytest.raises(NotSignedIn, match=r"^Please sign in\.$"):
        workflow.signed_in(database, token)


@pytest.mark.parametrize("token", [None, "", "x" * 43])
def test_nobody_is_signed_in_without_a_known_token(database: Database, token: str | None) -> None:
    with pytest.raises(NotSignedIn):
        workflow.signed_in(database, token)
    workflow.sign_out(database, token)


def test_a_wrong_password_and_a_wrong_address_say_the_same(database: Database) -> None:
    workflow.add_user(database, "ada@example.org", "correct horse battery")
    messages = []
    for email, password in (("ada@example.org", "wrong"), ("bob@example.org", "correct horse battery")):
        with pytest.raises(NotSignedIn) as caught:
            workflow.sign_in(database, email, password)
        messages.append(str(caught.value))
    assert messages == ["The email address or the password is not right. Try again."] * 2


def test_all_problems_of_a_new_user_at_once_and_no_address_twice(database: Database) -> None:
    with pytest.raises(InputInvalid) as caught:
        workflow.add_user(database, "no address", "short")
    assert [problem.field for problem in caught.value.problems] == ["email", "password"]
    workflow.add_user(database, "ada@example.org")
    with pytest.raises(Conflict, match=r"^ADA@example\.org|^ada@example\.org: this address has an account"):
        workflow.add_user(database, "ADA@example.org")


def test_generated_passwords_differ_and_are_long(database: Database) -> None:
    passwords = {workflow.add_user(database, f"user{i}@example.org") for i in range(3)}
    assert len(passwords) == 3
    assert min(map(len, passwords)) >= 16


def test_a_new_password_ends_the_old_one_and_all_sign_ins(database: Database) -> None:
    old = workflow.add_user(database, "ada@example.org")
    token = workflow.sign_in(database, "ada@example.org", old)
    new = workflow.new_password(database, " Ada@example.org")
    with pytest.raises(NotSignedIn):
        workflow.sign_in(database, "ada@example.org", old)
    with pytest.raises(NotSignedIn):
        workflow.signed_in(database, token)
    assert (
        workflow.signed_in(database, workflow.sign_in(database, "ada@example.org", new)).role == "evaluator"
    )


def test_a_new_password_needs_an_account_and_enough_letters(database: Database) -> None:
    with pytest.raises(NotFound) as caught:
        workflow.new_password(database, "Bob@example.org")
    assert str(caught.value) == (
        "bob@example.org: this address has no account. Add it: impact user add bob@example.org"
    )
    with pytest.raises(InputInvalid, match=r"^password: the password has 5 characters\."):
        workflow.new_password(database, "bob@example.org", "short")
