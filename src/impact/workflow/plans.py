"""Plans in files: lock one, and read its lock."""

from __future__ import annotations

from pathlib import Path

from impact.errors import Conflict, InputInvalid, SetupInvalid
from impact.plans import Deviation, Lock, Plan, lock_path, lock_text, make_lock, read_lock
from impact.workflow.days import this_moment

LONGEST_NAME = 100


def lock_plan(plan: Plan, by: str) -> Path:
    """Write the lock beside the plan's file; its path. Raises Conflict if there is one, InputInvalid, SetupInvalid."""
    who = by.strip()
    if not 1 <= len(who) <= LONGEST_NAME or not who.isprintable():
        raise InputInvalid.at(
            "--by", f"who locks a plan is told in 1 to {LONGEST_NAME} characters.", "Give a role or a name."
        )
    path = lock_path(Path(plan.path))
    try:
        # “x”: never over a lock that is there, also not one that appears at this moment.
        with path.open("x", encoding="utf-8") as file:
            file.write(lock_text(make_lock(plan, this_moment(), who)))
    except FileExistsError:
        raise Conflict.at(
            str(path), "this plan is locked already.",
            "A lock is never moved; change the plan and give the reason under “deviations”.",
        ) from None  # fmt: skip
    except OSError as error:
        raise SetupInvalid.at(
            str(path), f"the lock cannot be written: {error.strerror}.", "Copy the plan to a folder of yours."
        ) from None
    return path


def lock_of(plan: Plan) -> tuple[Lock | None, tuple[Deviation, ...]]:
    """The lock beside the plan's file, and what the plan does otherwise. Raises InputInvalid, PlanInvalid."""
    path = Path(plan.path)
    found = read_lock(path) if plan.path else None
    if found is not None:
        return found, found.deviations(plan)
    if plan.deviations:
        raise InputInvalid.at(
            f"{path.name}, deviations", "reasons for changes are given, and there is no lock.",
            f"Put its lock ({lock_path(path).name}) beside the plan, or remove “deviations”.",
        )  # fmt: skip
    return None, ()
