"""What cannot be seen may not stand in a name; what a script needs may."""

from __future__ import annotations

import pytest

from impact.errors import InputInvalid
from impact.store import Database, users
from impact.store.names import hidden_character, problems_of_names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bri\u202edges", "U+202E (right-to-left override)"),
        ("a\nb", "U+000A (control character)"),
        ("a\x1b[31m", "U+001B (control character)"),
        ("\u2066x\u2069", "U+2066 (left-to-right isolate)"),
        ("a\u2028b", "U+2028 (line separator)"),
        ("\ud800", "U+D800 (control character)"),
        ("می\u200cخواهم", None),  # Persian needs the non-joiner
        ("שלום\u200f (א)", None),
        ("Åsa’s café 🕊", None),
        ("", None),
    ],
)
def test_the_first_hidden_character_is_named(text: str, found: str | None) -> None:
    assert hidden_character(text) == found


def test_a_problem_says_where_and_what_to_do() -> None:
    (problem,) = problems_of_names([("workshop", "the name of the workshop", "a\tb"), ("name", "x", "y")])
    assert str(problem) == (
        "workshop: the name of the workshop holds U+0009 (control character), which cannot be seen. Remove it."
    )


def test_no_address_holds_what_cannot_be_seen(database: Database) -> None:
    with pytest.raises(InputInvalid) as caught, database.session() as session:
        users.add(session, "ana\u202e@example.org", "correct horse battery")
    assert str(caught.value) == (
        "email: the address holds U+202E (right-to-left override), which cannot be seen. Remove it."
    )
    with pytest.raises(InputInvalid, match="is no email address"), database.session() as session:
        users.add(session, "ana\u200b@example.org", "correct horse battery")
