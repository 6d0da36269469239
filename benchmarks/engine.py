"""The whole result from submissions in memory: 100 people warm, 1,000,000 submissions, one group and two arms.

CPU seconds, as the machine may be shared; each row in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import replace

from benchmarks.processes import table

PEOPLE_PER_WORKSHOP = 20
CASES = (
    ("one_group", 200, 0, 0.3),
    ("one_group", 200, 20, 1.0),
    ("randomised", 200, 0, 0.3),
    ("randomised", 200, 20, 1.0),
    ("one_group", 1_000_000, 0, 5.0),
    ("randomised", 1_000_000, 0, 5.0),
)


def main() -> None:
    rows = [
        ("design", "submissions", "imputations", "CPU, s", "at most", "memory above the data, MB", "kept")
    ]
    for design, size, imputations, limit in CASES:
        command = [sys.executable, "-m", "benchmarks.engine", design, str(size), str(imputations)]
        done = subprocess.run(command, capture_output=True, check=True)
        seconds, memory = json.loads(done.stdout)
        kept = seconds <= limit and memory <= 1000
        rows.append((design, f"{size:,}", str(imputations), f"{seconds:.2f}", f"{limit:.1f}", f"{memory:.0f}", "yes" if kept else "no"))  # fmt: skip
    table("the whole result of dialogue-core, after reading (best of 3, or of 1 for 1,000,000)", rows)


def measure(design: str, size: int, imputations: int) -> tuple[float, float]:
    """(CPU seconds, MB above the data); the first run of all, of another size, only warms up."""
    from impact.workflow import find_plan

    plan, instrument = find_plan("dialogue-core")
    arms = {"estimator": "ancova", "effect_size": "g_before", "compare_sides": False}
    plan = replace(plan, design=design, imputations=imputations, **(arms if design == "randomised" else {}))
    once(plan, instrument, submissions(instrument, 240, design))
    data = submissions(instrument, size, design)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = min(once(plan, instrument, data) for _ in range(1 if size > 10_000 else 3))
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def once(plan, instrument, data) -> float:
    from impact.evaluation import run, to_json
    from impact.linkage import link

    began = time.process_time()
    to_json(run(plan, instrument, data, link(instrument, data), audience="public"))
    return time.process_time() - began


def submissions(instrument, size: int, design: str):
    """Pairs of random answers to every closed single-choice item; a fifth of small programmes is lost afterwards."""
    import numpy as np

    from impact.instruments.model import NOT_ASKED
    from impact.instruments.packing import missing_value
    from impact.instruments.submissions import Submissions

    rng = np.random.default_rng(1)
    person, wave = np.repeat(np.arange(size // 2), 2), np.tile(np.array([0, 1], np.int8), size // 2)
    if size <= 10_000:
        kept = (wave == 0) | (rng.random(size) > 0.2)
        person, wave = person[kept], wave[kept]
    n = len(person)
    workshop = (person // PEOPLE_PER_WORKSHOP).astype(np.int32)
    answers = {}
    for item in instrument.closed_items:
        if item.is_single and {"pre", "post"} <= set(item.waves):
            answers[item.id] = rng.integers(0, len(item.values), n).astype(np.uint8)
        else:
            dtype = {"number": np.float64, "choices": np.uint32}.get(item.type, np.uint8)
            answers[item.id] = np.full(n, missing_value(item, NOT_ASKED), dtype)
    return Submissions(
        wave=wave,
        workshop=workshop,
        workshops=tuple(f"w{number}" for number in range(int(workshop.max()) + 1)),
        side=(person % 2).astype(np.int8),
        arm=(workshop % 2 if design == "randomised" else np.zeros(n)).astype(np.int8),
        language=np.full(n, -1, np.int8),
        respondent=person.astype(np.int64),
        code=np.full((n, len(instrument.code_elements)), -1, np.int64),
        answers=answers,
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
