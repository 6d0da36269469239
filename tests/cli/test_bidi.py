"""Arabic and Hebrew in a terminal: names, numbers and columns keep their order (Unicode UAX 9)."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from impact.cli.bidi import isolated, wrapped
from impact.cli.tables import Column, table, width

Impact = Callable[..., subprocess.CompletedProcess[str]]


def seen(text: str) -> str:
    """Isolates made visible."""
    return text.translate({0x2066: "{", 0x2068: "<", 0x2069: ">"})


def test_only_what_runs_from_right_to_left_is_set_apart() -> None:
    assert [seen(isolated(text)) for text in ("North", "−24.8", "صوت 3", "קול", "")] == [
        "North", "−24.8", "<صوت 3>", "<קול>", "",
    ]  # fmt: skip


def test_rows_with_names_in_hebrew_keep_the_order_of_their_columns() -> None:
    columns = (Column("צד"), Column("n", right=True), Column("Change", right=True))
    drawn = table(columns, ["כותרת", ("  צפון", "5", "−24.8"), ("  South", "12", "+3.0")])
    assert seen(drawn).splitlines() == [
        "<צד>        n  Change",
        "───────────────────",
        "<כותרת>",
        "  <צפון>    5   −24.8",
        "  South  12    +3.0",
    ]


def test_what_only_steers_takes_no_column() -> None:
    assert (width("\u2068צפון\u2069"), width("\u2066−3\u2069"), width("e\u0301")) == (4, 2, 1)


def test_a_sentence_over_several_lines_closes_on_each_what_it_opened() -> None:
    text = "aa \u2068bb cc \u2066dd ee\u2069 ff\u2069 gg"
    assert [seen(line) for line in wrapped(text, 10, "• ")] == [
        "• aa <bb>",
        "  <cc {dd>>",
        "  <{ee> ff>",
        "  gg",
    ]
    assert wrapped("one two", 5, "- ", "> ") == ["- one", "> two"]


def test_findings_in_hebrew_isolate_names_and_numbers(impact: Impact) -> None:
    done = impact("evaluate", "tiny.yaml", "--data", "good.csv", "--language", "he")
    lines = [seen(line) for line in done.stdout.splitlines()]
    assert next(line for line in lines if line.startswith("• <")).startswith("• <כלל המשיבים>: ")
    assert all(line.count("<") + line.count("{") == line.count(">") for line in lines)
