"""`impact evaluate` from a file, reading included, for 100, 10,000 and 1,000,000 submissions.

The yardstick in the same run is one plain pass over the same file with the standard library's csv.
"""

import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.processes import table

SIZES = (100, 10_000, 1_000_000)
PEOPLE_PER_WORKSHOP = 20


def main() -> None:
    rows = [("submissions", "file, MB", "evaluate, s", "csv pass, s", "ratio", "peak memory, MB")]
    with tempfile.TemporaryDirectory() as name:
        for size in SIZES:
            rows.append(measure(Path(name) / f"{size}.csv", size))
    table("impact evaluate dialogue-core --data FILE --format json (by respondent, two sides)", rows)


def measure(path: Path, size: int) -> tuple[str, ...]:
    write(path, size)
    began = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        for _ in csv.reader(file):
            pass
    plain = time.perf_counter() - began
    command = [
        sys.executable,
        "-m",
        "impact",
        "evaluate",
        "dialogue-core",
        "--data",
        str(path),
        "--format",
        "json",
    ]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=True)
    elapsed = time.perf_counter() - began
    assert json.loads(done.stdout)["data"]["submissions"] == size
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return (
        f"{size:,}", f"{path.stat().st_size / 1e6:.1f}", f"{elapsed:.2f}", f"{plain:.3f}",
        f"{elapsed / plain:.1f}", f"{peak:.0f}",
    )  # fmt: skip


def write(path: Path, size: int) -> None:
    """Pairs of submissions with random answers to every scored item of the core instrument."""
    from impact.workflow import find_plan

    _, instrument = find_plan("dialogue-core")
    items = [item for item in instrument.items if item.is_single and {"pre", "post"} <= set(item.waves)]
    draw = random.Random(1)
    choices = {item.id: [str(v) for v in item.values] for item in items}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["respondent", "wave", "workshop", "side", *choices])
        for person in range(size // 2):
            workshop, side = f"w{person // PEOPLE_PER_WORKSHOP}", "ab"[person % 2]
            for wave in ("pre", "post"):
                writer.writerow(
                    [f"r{person}", wave, workshop, side, *(draw.choice(v) for v in choices.values())]
                )
