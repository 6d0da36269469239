"""The canonical form of a plan: one text for the same content, and its SHA-256.

All defaults are written out, keys are sorted, 5 and 5.0 are one number; comments, order of keys and the name of the
file do not count. A key that came after the first plans counts only where it says something, so that older plans keep
their hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from impact.plans.model import Plan

_NOT_CONTENT = ("sha256", "path", "deviations")
"""What a plan says about itself, not about the analysis. Reasons for deviations are told after the lock."""
_LATER: Mapping[str, Any] = {
    "arm_means": "attended",
    "comparison_group": "other",
    "unit": "",
    "retentions": [],
    "subgroups": [],
    "attendance": None,
    "alerts": None,
    "benchmark": None,
    "imputations": 20,
}


def canonical(plan: Plan) -> str:
    """The plan as JSON text of one line; its UTF-8 bytes have the hash `plan.sha256`.

    >>> hashlib.sha256(canonical(plan).encode()).hexdigest() == plan.sha256
    True
    """
    return canonical_of({field.name: getattr(plan, field.name) for field in fields(plan)})


def canonical_of(values: Mapping[str, Any]) -> str:
    """The same of the values of a plan that is not made yet."""
    plain = {key: _plain(value) for key, value in values.items() if key not in _NOT_CONTENT}
    said = {key: value for key, value in plain.items() if key not in _LATER or value != _LATER[key]}
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_sha256(values: Mapping[str, Any]) -> str:
    """SHA-256 of a plan's canonical form."""
    return hashlib.sha256(canonical_of(values).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {key: _plain(item) for key, item in asdict(value).items()}
    # 5 and 5.0 are the same number, and must give the same hash.
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
