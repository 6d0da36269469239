"""The lock of a plan: its canonical form, hash, time and who, in a file beside it, written before the data are seen.

Anybody can check it: `plan` in the file, written as canonical JSON, has the SHA-256 that stands beside it. A file
proves no date by itself; whoever needs proof sends its hash to somebody else on the day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from impact.errors import InputInvalid, PlanInvalid
from impact.plans.canonical import canonical
from impact.plans.deviations import Deviation, compare, unused
from impact.plans.model import Plan

FORMAT = 1
_KEYS = {"format", "sha256", "locked_at", "by", "plan"}
_NO_JSON = "this is no lock of a plan: it cannot be read as JSON."


@dataclass(frozen=True)
class Lock:
    """`locked_at` is ISO 8601, `by` a role or a name that may be published, `plan` the canonical form as data."""

    sha256: str
    locked_at: str
    by: str
    plan: Mapping[str, Any]

    def deviations(self, plan: Plan) -> tuple[Deviation, ...]:
        """What `plan` does otherwise than the locked one. Raises PlanInvalid for a reason that fits no change."""
        if plan.sha256 == self.sha256:
            found: tuple[Deviation, ...] = ()
        else:
            found = compare(self.plan, json.loads(canonical(plan)), plan.deviations)
        for reason in unused(found, plan.deviations):
            paths = ", ".join(one.path for one in found) or "none"
            raise PlanInvalid.at(
                f"{Path(plan.path).name}, deviations",
                f"a reason is given for “{reason.path}”, which is as it was locked.",
                f"Name a place that was changed ({paths}), or remove it.",
            )
        return found


def make_lock(plan: Plan, locked_at: str, by: str) -> Lock:
    return Lock(plan.sha256, locked_at, by, json.loads(canonical(plan)))


def lock_path(plan: Path) -> Path:
    """Where the lock of a plan's file lies: `fear.yaml` → `fear.lock.json`."""
    return plan.with_suffix(".lock.json")


def lock_text(lock: Lock) -> str:
    """What stands in the file."""
    return json.dumps({"format": FORMAT} | asdict(lock), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def read_lock(plan: Path) -> Lock | None:
    """The lock beside a plan's file, None if there is none. Raises InputInvalid if it is not as it was written."""
    path = lock_path(plan)
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise _broken(path.name, _NO_JSON) from None
    return lock_of_text(text, path.name)


def lock_of_text(text: str, name: str) -> Lock:
    """What `lock_text` wrote; `name` is what messages call it. Raises InputInvalid if it is not as it was written."""
    try:
        data = json.loads(text)
    except ValueError:
        raise _broken(name, _NO_JSON) from None
    if not isinstance(data, dict) or set(data) != _KEYS or data["format"] != FORMAT:
        raise _broken(name, "this is no lock of a plan: its keys are others.")
    texts = [data[key] for key in ("sha256", "locked_at", "by")]
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(data["plan"], dict):
        raise _broken(name, "this is no lock of a plan: a value is of the wrong kind.")
    if not _is_time(data["locked_at"]):
        raise _broken(name, f"“{data['locked_at'][:40]}” is no date and time.")
    written = json.dumps(data["plan"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if hashlib.sha256(written.encode()).hexdigest() != data["sha256"]:
        raise _broken(name, "the plan in it has not the hash that stands beside it: it was changed.")
    return Lock(*texts, data["plan"])


def _broken(name: str, what: str) -> InputInvalid:
    remedy = "Put back the file as “impact plan lock” wrote it; a plan is not locked a second time."
    return InputInvalid.at(name, what, remedy)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
