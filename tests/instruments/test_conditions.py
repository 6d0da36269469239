"""The closed grammar of show_if."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.instruments import ConditionInvalid, parse_condition
from impact.instruments.conditions import MAXIMUM_DEPTH, MAXIMUM_LENGTH

VALUES = {"a": 3, "b": 1.5, "c": "yes", "d": ("home", "work"), "e": None}
HINT = "Write for example: fear_1 >= 4 and not answered(note_1)."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 3", True), ("a = 3.0", True), ("a != 3", False), ("a < 3", False), ("a <= 3", True),
        ("a > 2.9", True), ("a >= 4", False), ("b = 1.5", True), ("b > -1", True),
        ("c = 'yes'", True), ("c != 'no'", True), ("c = 3", False),
        ("d = 'home'", True), ("d = 'road'", False), ("d != 'road'", True), ("d != 'home'", False),
        ("d > 'a'", False),
        # An item without an answer makes every comparison false, and `not` turns that round.
        ("e = 1", False), ("e != 1", False), ("not e = 1", True), ("x < 1", False),
        ("answered(a)", True), ("answered(e)", False), ("not answered(x)", True),
        ("a = 3 and b = 2", False), ("a = 3 or b = 2", True), ("not not a = 3", True),
        # `and` binds more tightly than `or`, `not` more tightly than both.
        ("a = 3 or a = 3 and b = 2", True), ("(a = 3 or a = 3) and b = 2", False), ("not a = 3 or a = 3", True),
        ("a=3and b=1.5", None),
    ],
)  # fmt: skip
def test_what_holds(text: str, expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(ConditionInvalid):
            parse_condition(text)
    else:
        assert parse_condition(text).holds(VALUES) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"an item id is expected (column 1 of the condition). {HINT}"),
        ("a == 1", f"a number or a 'text' is expected (column 4 of the condition). {HINT}"),
        ("a", f"one of = != < <= > >= is expected (column 2 of the condition). {HINT}"),
        ("a = 1 b", f"“b” is unexpected (column 7 of the condition). {HINT}"),
        ("(a = 1", f"a closing parenthesis is expected (column 7 of the condition). {HINT}"),
        ("answered a", f"“(” after “answered” is expected (column 10 of the condition). {HINT}"),
        ("and = 1", f"an item id is expected (column 1 of the condition). {HINT}"),
        ("a = 1; b", f"“;” is not understood (column 6 of the condition). {HINT}"),
        ("__import__('os')", f"“_” is not understood (column 1 of the condition). {HINT}"),
        ("a = 'x", f"“'” is not understood (column 5 of the condition). {HINT}"),
        ("a = 1 or " * 80, f"the condition is longer than {MAXIMUM_LENGTH} characters. Write a shorter one."),
        (
            "(" * 30 + "a = 1" + ")" * 30,
            f"the condition is nested more than {MAXIMUM_DEPTH} levels deep (column 22 of the condition). {HINT}",
        ),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConditionInvalid) as caught:
        parse_condition(text)
    assert str(caught.value) == message


def test_items_are_listed_once_in_order() -> None:
    assert parse_condition("b = 1 and (answered(a) or not b < 2) and c = 'x'").items == ("b", "a", "c")


PIECES = [
    "a",
    "bc_1",
    "and",
    "or",
    "not",
    "answered",
    "(",
    ")",
    "=",
    "!=",
    "<=",
    "<",
    "1",
    "-2.5",
    "'t'",
    " ",
    ".",
]


@given(st.one_of(st.text(max_size=600), st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)))
def test_any_text_parses_or_raises_the_named_error(text: str) -> None:
    try:
        condition = parse_condition(text)
    except ConditionInvalid:
        return
    assert condition.holds(dict.fromkeys(condition.items)) in (True, False)
    assert condition.items


_atoms = st.one_of(
    st.tuples(
        st.sampled_from(["a", "b"]), st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.integers(0, 3)
    ).map(lambda parts: (f"{parts[0]} {parts[1]} {parts[2]}", parts)),
    st.sampled_from(["a", "b"]).map(lambda name: (f"answered({name})", ("answered", name))),
)
_trees = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        inner.map(lambda one: (f"not ({one[0]})", ("not", one[1]))),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda two: (f"({two[0][0]}) {two[1]} ({two[2][0]})", (two[1], two[0][1], two[2][1]))
        ),
    ),
    max_leaves=6,
)
_COMPARE = {
    "=": lambda x, y: x == y, "!=": lambda x, y: x != y, "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y, ">": lambda x, y: x > y, ">=": lambda x, y: x >= y,
}  # fmt: skip


def _meaning(tree: tuple, values: dict[str, int | None]) -> bool:
    if tree[0] == "answered":
        return values[tree[1]] is not None
    if tree[0] == "not":
        return not _meaning(tree[1], values)
    if tree[0] in ("and", "or"):
        both = (_meaning(tree[1], values), _meaning(tree[2], values))
        return all(both) if tree[0] == "and" else any(both)
    value = values[tree[0]]
    return value is not None and _COMPARE[tree[1]](value, tree[2])


@given(_trees, st.none() | st.integers(0, 3), st.none() | st.integers(0, 3))
def test_parsing_keeps_the_meaning(tree: tuple, a: int | None, b: int | None) -> None:
    text, meaning = tree
    if len(text) <= MAXIMUM_LENGTH:
        values = {"a": a, "b": b}
        assert parse_condition(text).holds(values) is _meaning(meaning, values)
