"""The design of a plan: its name, and what makes two arms: who they are compared with, and what chance decided."""

from __future__ import annotations

from typing import Any

from impact.instruments.reading import Document
from impact.plans.model import COMPARISON_GROUPS, DESIGNS, LATER_DESIGNS, TWO_ARMS, UNITS


def read_design(document: Document) -> str | None:
    """The design, or None with its problem noted."""
    if "design" not in document.data:
        return None
    value = document.data["design"]
    if isinstance(value, str) and value in LATER_DESIGNS:
        document.problem(
            ("design",), f"the design “{value}” is not available yet.", "Use " + ", ".join(DESIGNS) + "."
        )
        return None
    found = document.one_of(("design",), value, DESIGNS)
    return None if found is None else str(found)


def read_arms(document: Document, design: str | None) -> dict[str, Any]:
    """`comparison_group` and `unit`; problems are noted in `document`."""
    group, unit = document.data.get("comparison_group"), document.data.get("unit")
    if group is not None and design is not None and design not in TWO_ARMS:
        document.problem(
            ("comparison_group",),
            f"the design “{design}” has no comparison group.",
            "Remove the line, or name another design.",
        )
    if unit is not None and design is not None and design != "randomised":
        document.problem(
            ("unit",),
            f"“unit” says what chance decided, and in the design “{design}” chance decided nothing.",
            "Remove the line, or name the design “randomised”.",
        )
    if unit == "workshop" and document.data.get("cluster") == "none":
        document.problem(
            ("unit",),
            "chance decided about whole workshops, and “cluster: none” takes no account of them.",
            "Write “cluster: workshop”.",
        )
    return {
        "comparison_group": document.one_of(("comparison_group",), group, COMPARISON_GROUPS, "other"),
        "unit": "" if unit is None else document.one_of(("unit",), unit, UNITS, "workshop"),
    }
