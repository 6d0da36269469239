"""`impact demo` and `impact serve`, over real HTTP."""

from __future__ import annotations

import errno
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Impact = Callable[..., subprocess.CompletedProcess[str]]
KEYS = [
    "participant_url",
    "evaluator_url",
    "evaluator_email",
    "evaluator_password",
    "funder_url",
    "report_pdf",
]


@contextmanager
def running(environment: dict[str, str], tmp_path: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "impact", *arguments],
        env=environment | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def get(url: str) -> tuple[int, float, str]:
    """Status, seconds, and the page."""
    begin = time.monotonic()
    with urllib.request.urlopen(url, timeout=10) as answer:
        page = answer.read().decode("utf-8")
        return answer.status, time.monotonic() - begin, page


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_only_creating_leaves_everything_in_the_folder(impact: Impact, folder: Path) -> None:
    done = impact("demo", "--no-serve", "--json", "--dir", "trial")
    assert (done.returncode, done.stderr) == (0, "Creating the demo programmes …\n")
    assert done.stdout.count("\n") == 1
    made = json.loads(done.stdout)
    assert list(made) == KEYS
    assert made["report_pdf"] == str((folder / "trial" / "report.pdf").resolve())
    assert Path(made["report_pdf"]).read_bytes().startswith(b"%PDF-")
    names = sorted(path.name for path in (folder / "trial").iterdir() if "-" not in path.suffix)
    assert names == ["demo-answers.csv", "demo-links.json", "impact.sqlite3", "keys", "report.pdf"]

    listed = impact("programme", "list", IMPACT_DATA_DIR=str(folder / "trial")).stdout
    assert [line[18:].split("  ")[0] for line in listed.splitlines()[2:]] == [
        "JOBS II (real data)",
        "Two communities in dialogue",
    ]
    assert (folder / "trial" / "demo-links.json").stat().st_mode & 0o777 == 0o600
    again = impact("demo", "--no-serve", "--json", "--dir", "trial")
    assert (again.returncode, again.stderr) == (0, "Opening the demo …\n")
    opened = json.loads(again.stdout)
    assert opened.pop("evaluator_password") != made.pop("evaluator_password")
    assert opened == made


def test_a_folder_that_holds_no_demo_is_refused_with_the_line_to_serve_it(
    impact: Impact, folder: Path
) -> None:
    own = folder / "my data"
    made = impact("programme", "create", "--plan", "tiny.yaml", "--name", "Own", "--workshop", "A",
                  IMPACT_DATA_DIR=str(own), IMPACT_SURVEYS_DIR=str(folder))  # fmt: skip
    assert made.returncode == 0
    done = impact("demo", "--no-serve", "--dir", "my data")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.splitlines()[1] == (
        f"{own}: the programmes in this folder are not a demo's. Serve them with: IMPACT_DATA_DIR='{own}' impact serve. "
        "For a demo, give another folder with --dir."
    )


def test_a_folder_that_cannot_be_one_is_told_by_its_option(impact: Impact, folder: Path) -> None:
    done = impact("demo", "--no-serve", "--dir", "good.csv")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.endswith("Give a folder that you may write to with --dir.\n")


def test_the_line_to_start_again_can_be_typed(impact: Impact, folder: Path) -> None:
    done = impact("demo", "--no-serve", "--dir", "my demo")
    assert "JOBS II" in done.stdout
    line = done.stdout.splitlines()[-1].removeprefix("Start the server with: ")
    assert shlex.split(line) == [
        f"IMPACT_DATA_DIR={folder / 'my demo'}",
        sys.executable,
        "-m",
        "impact",
        "serve",
    ]


def test_links_work_when_they_are_printed_and_ctrl_c_leaves_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(environment, tmp_path, "demo", "--json", "--port", str(port)) as process:
            made = json.loads(process.stdout.readline())
            status, seconds, page = get(made["participant_url"])
            assert status == 200
            assert seconds < 1
            assert "<html" in page
            assert get(made["evaluator_url"])[0] == 200
            assert get(made["funder_url"])[0] == 200
            data_dir = Path(made["report_pdf"]).parent
            assert data_dir.parent == tmp_path
            assert data_dir.is_dir()

            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=15)
    assert (process.returncode, rest) == (0, "")
    new_port = made["participant_url"].split(":")[2].split("/")[0]
    assert errors.splitlines() == [
        f"Port {port} is taken; using {new_port}.",
        "Creating the demo programmes …",
        "Stopped.",
    ]
    assert not data_dir.exists()


def test_serve_answers_says_where_and_stops_on_sigterm(environment: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    with running(environment, tmp_path, "serve", "--port", str(port)) as process:
        assert process.stderr.readline() == f"Serving at http://127.0.0.1:{port}\n"
        assert get(f"http://127.0.0.1:{port}/sign-in")[0] == 200
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=15)
    assert (process.returncode, out, errors) == (0, "", "Stopped.\n")
    assert (Path(environment["IMPACT_DATA_DIR"]) / "impact.sqlite3").is_file()


def test_serve_does_not_move_from_a_port_that_is_taken(impact: Impact) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = impact("serve", "--port", str(port))
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == (
        f"127.0.0.1:{port}: the port cannot be used: {os.strerror(errno.EADDRINUSE).lower()}. "
        "Stop what uses it, or choose another with --port.\n"
    )
