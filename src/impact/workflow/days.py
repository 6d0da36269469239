"""The calendar: days are the finest time kept, except for the moment a plan is locked."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """Today's date, UTC."""
    return datetime.now(UTC).date()


def this_moment() -> str:
    """Now, UTC, to the second: `2026-05-04T09:30:00Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
