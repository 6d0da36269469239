"""What is analysed, fixed before the data: analysis plans, read from YAML, frozen, checked against their instrument."""

from impact.plans.load import content_sha256, load_plan
from impact.plans.model import DESIGNS, ROLES, Alerts, Contrast, Outcome, Plan, Thresholds

__all__ = [
    "DESIGNS",
    "ROLES",
    "Alerts",
    "Contrast",
    "Outcome",
    "Plan",
    "Thresholds",
    "content_sha256",
    "load_plan",
]
