"""Time from starting the server to its first page, and memory at rest."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.processes import free_port, median, peer, resident_mb, running, table, wait_for

ROUNDS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = subprocess.run(
            [sys.executable, "-m", "impact", "demo", "--dir", folder, "--no-serve", "--json"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert made.stdout
        starts = [start_once(folder) for _ in range(ROUNDS)]
        interpreter = [timed([sys.executable, "-c", "import fastapi"]) for _ in range(ROUNDS)]
    with peer("empty") as (_, pid):
        peer_memory = resident_mb(pid)
    first, memory = median([s[0] for s in starts]), median([s[1] for s in starts])
    table(
        f"Start (median of {ROUNDS})",
        [
            ("", "impact serve", "peer", "ratio"),
            (
                "process start to first page, s (peer: import fastapi)",
                f"{first:.2f}",
                f"{median(interpreter):.2f}",
                f"{first / median(interpreter):.2f}",
            ),
            (
                "memory at rest, MB (peer: empty FastAPI)",
                f"{memory:.0f}",
                f"{peer_memory:.0f}",
                f"{memory / peer_memory:.2f}",
            ),
        ],
    )


def start_once(folder: Path) -> tuple[float, float]:
    port = free_port()
    environment = {**os.environ, "IMPACT_DATA_DIR": str(folder)}
    began = time.perf_counter()
    with running(
        [sys.executable, "-m", "impact", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
    ) as process:
        wait_for(f"http://127.0.0.1:{port}/sign-in")
        elapsed = time.perf_counter() - began
        time.sleep(0.5)
        return elapsed, resident_mb(process.pid)


def timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began
