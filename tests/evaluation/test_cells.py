"""The rule of the threshold for a single count, by kind of number."""

from __future__ import annotations

import pytest

from impact.evaluation.cells import is_hidden, rules, shown, shown_parts, told


@pytest.mark.parametrize(
    ("kind", "group", "count", "hidden"),
    [
        ("averages", 5, None, False), ("averages", 4, None, True), ("averages", None, None, True),
        ("reliable_change", 20, 5, False), ("reliable_change", 20, 4, True), ("reliable_change", 20, 0, True),
        ("reliable_change", 20, 15, False), ("reliable_change", 20, 16, True), ("ends", 20, 20, True),
        ("harm", 4, 4, True), ("harm", 9, 5, True), ("harm", 10, 5, False), ("harm", None, 7, True),
        ("flow", None, 5, False), ("flow", None, 4, True), ("flow", None, 0, True), ("flow", 20, 17, False),
        ("linkage", 20, 0, False), ("linkage", 20, 1, True), ("linkage", 20, 18, False),
        ("linkage", 4, 0, True), ("attrition", None, None, True),
    ],
)  # fmt: skip
def test_whether_the_threshold_applies_to_the_group_the_cell_or_the_rest(kind, group, count, hidden):
    assert is_hidden(kind, group=group, count=count, k=5) is hidden
    assert shown(kind, group=group, count=count, k=5) == (None if hidden else count)


def test_parts_are_shown_all_or_none():
    assert shown_parts("linkage", [20, 0, 7], 5) == [20, 0, 7]
    assert shown_parts("linkage", [20, 0, 4], 5) == [None, None, None]
    assert shown_parts("linkage", [0, 0, 0], 5) == [None, None, None]
    assert shown_parts("subgroups", [9, 0], 5) == [None, None]
    assert shown_parts("subgroups", [9, 5], 5) == [9, 5]


def test_a_few_is_as_open_as_a_hidden_count():
    assert [told(people, 5) for people in (1, 5, 6)] == [False, False, True]
    assert [told(people, 10) for people in (9, 10)] == [False, True]


def test_every_kind_says_what_and_why():
    assert all(rule.what and rule.why and (rule.group or rule.cell) for rule in rules().values())
    assert not any(rule.rest and not rule.cell for rule in rules().values())
