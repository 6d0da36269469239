"""Servers as processes of their own, and what the operating system says of them."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def peer(name: str) -> Iterator[tuple[str, int]]:
    """A peer on uvicorn, set up as `impact serve` is: (address, process id)."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", f"benchmarks.peers:{name}", "--port", str(port),
        "--no-access-log", "--log-level", "error", "--http", "httptools", "--loop", "asyncio",
    ]  # fmt: skip
    with running(command) as process:
        address = f"http://127.0.0.1:{port}/"
        wait_for(address)
        yield address, process.pid


@contextlib.contextmanager
def demo(folder: Path) -> Iterator[tuple[dict[str, str], int]]:
    """`impact demo` with its links: (links, process id)."""
    command = [
        sys.executable, "-m", "impact", "demo", "--dir", str(folder), "--port", str(free_port()), "--json",
    ]  # fmt: skip
    with running(command, stdout=subprocess.PIPE) as process:
        yield json.loads(process.stdout.readline()), process.pid


@contextlib.contextmanager
def running(command: list[str], **options) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, text=True, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str, seconds: float = 20.0) -> float:
    """Seconds until the address answers."""
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=1).read()
            return time.perf_counter() - began
        time.sleep(0.005)
    raise TimeoutError(address)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def table(title: str, rows: list[tuple[str, ...]]) -> None:
    print(f"\n{title}")
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print(
            "  "
            + "  ".join(
                cell.ljust(w) if i == 0 else cell.rjust(w)
                for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
        )
