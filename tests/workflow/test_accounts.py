"""Evaluators sign in and out."""

from __future__ import annotations

import pytest

from impact import workflow
from impact.errors import Conflict, InputInvalid, NotSignedIn
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
