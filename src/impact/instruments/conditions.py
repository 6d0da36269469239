"""The closed grammar of `show_if`: comparisons, and, or, not, parentheses, answered(item). No evaluation of code.

    condition  = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation   = "not" negation | "(" condition ")" | "answered" "(" item ")" | item operator literal
    operator   = "=" | "!=" | "<" | "<=" | ">" | ">="
    literal    = number | 'text'

A comparison with an item that has no answer is false, whatever the operator; `not` turns that round. For
several choices `=` asks whether the value was among them, `!=` whether it was not; the others are false.
Parsing takes time linear in the text, which is at most 500 characters and 20 levels deep.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol

from impact.errors import InputInvalid

MAXIMUM_LENGTH = 500
MAXIMUM_DEPTH = 20

Value = float | str | Sequence[float | str] | None
Values = Mapping[str, Value]


class ConditionInvalid(InputInvalid):
    title = "The condition needs mending"


class Node(Protocol):
    def holds(self, values: Values) -> bool: ...

    def parts(self) -> Iterator[Node]: ...


_OPERATORS: Mapping[str, Callable[[object, object], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Comparison:
    item: str
    operator: str
    literal: float | str

    def holds(self, values: Values) -> bool:
        value = values.get(self.item)
        if value is None:
            return False
        if not isinstance(value, int | float | str):
            return (self.literal in value) == (self.operator == "=") and self.operator in ("=", "!=")
        if isinstance(value, str) != isinstance(self.literal, str):
            return self.operator == "!="
        return _OPERATORS[self.operator](value, self.literal)

    def parts(self) -> Iterator[Node]:
        yield self


@dataclass(frozen=True)
class Answered:
    item: str

    def holds(self, values: Values) -> bool:
        return values.get(self.item) is not None

    def parts(self) -> Iterator[Node]:
        yield self


@dataclass(frozen=True)
class Not:
    inner: Node

    def holds(self, values: Values) -> bool:
        return not self.inner.holds(values)

    def parts(self) -> Iterator[Node]:
        yield from self.inner.parts()


@dataclass(frozen=True)
class Junction:
    """`and` (is_all) or `or` over two or more parts."""

    is_all: bool
    inner: tuple[Node, ...]

    def holds(self, values: Values) -> bool:
        return (all if self.is_all else any)(node.holds(values) for node in self.inner)

    def parts(self) -> Iterator[Node]:
        for node in self.inner:
            yield from node.parts()


@dataclass(frozen=True)
class Condition:
    """A parsed condition. `items` are those it refers to, in order of appearance."""

    text: str
    root: Node

    def holds(self, values: Values) -> bool:
        return self.root.holds(values)

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        return tuple(part for part in self.root.parts() if isinstance(part, Comparison))

    @property
    def items(self) -> tuple[str, ...]:
        found = [part.item for part in self.root.parts() if isinstance(part, Comparison | Answered)]
        return tuple(dict.fromkeys(found))


def parse_condition(text: str) -> Condition:
    """Parse, or raise ConditionInvalid with the column of the fault."""
    if len(text) > MAXIMUM_LENGTH:
        raise ConditionInvalid.at(
            "", f"the condition is longer than {MAXIMUM_LENGTH} characters.", "Write a shorter one."
        )
    parser = _Parser(_tokens(text), len(text))
    root = parser.condition(0)
    parser.end()
    return Condition(text, root)


_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?![\w.]))
    |(?P<text>'[^']*')
    |(?P<word>[a-z][a-z0-9_]*)
    |(?P<operator>!=|<=|>=|=|<|>)
    |(?P<bracket>[()])""",
    re.VERBOSE | re.ASCII,
)
_RESERVED = ("and", "or", "not", "answered")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            _fail(position, f"“{text[position]}” is not understood")
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match[0], position))
        position = match.end()
    return found


def _fail(position: int, what: str) -> NoReturn:
    raise ConditionInvalid.at(
        "",
        f"{what} (column {position + 1} of the condition).",
        "Write for example: fear_1 >= 4 and not answered(note_1).",
    )


class _Parser:
    def __init__(self, tokens: list[_Token], length: int) -> None:
        self._tokens, self._length, self._next = tokens, length, 0

    def condition(self, depth: int) -> Node:
        return self._junction("or", self._conjunction, depth)

    def end(self) -> None:
        if self._next < len(self._tokens):
            token = self._tokens[self._next]
            _fail(token.column, f"“{token.text}” is unexpected")

    def _conjunction(self, depth: int) -> Node:
        return self._junction("and", self._negation, depth)

    def _junction(self, word: str, part: Callable[[int], Node], depth: int) -> Node:
        nodes = [part(depth)]
        while self._peek("word") == word:
            self._next += 1
            nodes.append(part(depth))
        return nodes[0] if len(nodes) == 1 else Junction(word == "and", tuple(nodes))

    def _negation(self, depth: int) -> Node:
        if depth > MAXIMUM_DEPTH:
            _fail(self._column(), f"the condition is nested more than {MAXIMUM_DEPTH} levels deep")
        if self._peek("word") == "not":
            self._next += 1
            return Not(self._negation(depth + 1))
        if self._peek("bracket") == "(":
            self._next += 1
            inner = self.condition(depth + 1)
            self._take("bracket", ")", "a closing parenthesis")
            return inner
        if self._peek("word") == "answered":
            self._next += 1
            self._take("bracket", "(", "“(” after “answered”")
            item = self._item()
            self._take("bracket", ")", "a closing parenthesis")
            return Answered(item)
        return self._comparison()

    def _comparison(self) -> Node:
        item = self._item()
        sign = self._take("operator", None, "one of = != < <= > >=")
        if self._peek("text"):
            return Comparison(item, sign, self._take("text", None, "")[1:-1])
        number = self._take("number", None, "a number or a 'text'")
        return Comparison(item, sign, float(number) if "." in number else int(number))

    def _item(self) -> str:
        if self._peek("word") in _RESERVED:
            _fail(self._column(), "an item id is expected")
        return self._take("word", None, "an item id")

    def _peek(self, kind: str) -> str:
        if self._next < len(self._tokens) and self._tokens[self._next].kind == kind:
            return self._tokens[self._next].text
        return ""

    def _take(self, kind: str, text: str | None, expected: str) -> str:
        found = self._peek(kind)
        if not found or (text is not None and found != text):
            _fail(self._column(), f"{expected} is expected")
        self._next += 1
        return found

    def _column(self) -> int:
        return self._tokens[self._next].column if self._next < len(self._tokens) else self._length
