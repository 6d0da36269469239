"""What is analysed, fixed before the data: analysis plans, read from YAML, frozen, checked against their instrument."""

from impact.plans.canonical import canonical, content_sha256
from impact.plans.deviations import Deviation, compare
from impact.plans.load import load_plan
from impact.plans.lock import Lock, lock_of_text, lock_path, lock_text, make_lock, read_lock
from impact.plans.model import (
    DESIGNS,
    ROLES,
    THEN,
    Alerts,
    Attendance,
    Contrast,
    Outcome,
    Plan,
    Reason,
    Retention,
    Subgroup,
    Thresholds,
)

__all__ = [
    "DESIGNS",
    "ROLES",
    "THEN",
    "Alerts",
    "Attendance",
    "Contrast",
    "Deviation",
    "Lock",
    "Outcome",
    "Plan",
    "Reason",
    "Retention",
    "Subgroup",
    "Thresholds",
    "canonical",
    "compare",
    "content_sha256",
    "load_plan",
    "lock_of_text",
    "lock_path",
    "lock_text",
    "make_lock",
    "read_lock",
]
