"""How text from a stranger's file, its rows and its values are named in messages: short and harmless."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence

from impact.instruments.model import Item, option_key
from impact.instruments.reading import suggestion

LONGEST_SHOWN = 40


def shown(text: str, longest: int = LONGEST_SHOWN) -> str:
    """`text` for a message: at most `longest` characters; control, bidi and other invisible ones written out.

    >>> shown("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in cut
    )


def quoted(values: Iterable[str], most: int = 3) -> str:
    """`“a”, “b” and 4 more`: the first distinct values in the order given."""
    distinct = list(dict.fromkeys(values))
    return listed([f"“{shown(value)}”" for value in distinct[:most]], len(distinct))


def rows(numbers: Sequence[int], most: int = 3) -> str:
    """`row 3`, `rows 3 and 9`, `rows 3, 4, 9 and 12 more`. Row 1 is the header, as a spreadsheet shows it."""
    ordered = sorted(numbers)
    word = "row" if len(ordered) == 1 else "rows"
    return f"{word} {listed([str(number) for number in ordered[:most]], len(ordered))}"


def listed(parts: Sequence[str], total: int | None = None) -> str:
    """`a`, `a and b`, `a, b and c`; with a `total` above their number `a, b and 5 more`."""
    rest = (total or len(parts)) - len(parts)
    words = [*parts, f"{rest} more"] if rest else list(parts)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def nearest(word: str, known: Collection[str], most: int = 30) -> str:
    """What to write instead of `word`: the nearest known name; else all of them, if they are not too many."""
    advice = suggestion(word[:80], [shown(name, 80) for name in known])
    if len(known) <= most or advice.startswith("Did you mean"):
        return advice
    return f"None of the {len(known)} known names is like it."


def allowed_answers(item: Item) -> str:
    """The answers that an item takes: `1 to 7`, `a, b or c`, `a number from 0 to 120`."""
    if item.type == "number":
        low = "" if item.minimum is None else f" from {item.minimum:g}"
        high = (
            "" if item.maximum is None else f" up to {item.maximum:g}" if not low else f" to {item.maximum:g}"
        )
        decimals = _decimals(item.decimals)
        return f"a number{low}{high}{decimals}"
    return either([option_key(value) for value in item.values], _are_consecutive(item.values))


def either(texts: Sequence[str], is_range: bool = False) -> str:
    """`1 to 7`, `a or b`, `a, b or c`; at most twelve are named."""
    if is_range:
        return f"{texts[0]} to {texts[-1]}"
    some = list(texts) if len(texts) <= 12 else [*texts[:11], "…"]
    return some[0] if len(some) == 1 else f"{', '.join(some[:-1])} or {some[-1]}"


def _decimals(most: int) -> str:
    if most == 0:
        return " without decimals"
    return f" with at most {most} decimal{'s' if most > 1 else ''}"


def _are_consecutive(values: Sequence[float | str]) -> bool:
    numbers = [value for value in values if not isinstance(value, str)]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    return len(numbers) == len(values) > 2 and steps == {1}
