"""What the commands print, write and return."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from impact.cli.tables import Column, table

Impact = Callable[..., subprocess.CompletedProcess[str]]
COMMANDS = ("check", "demo", "evaluate", "import", "programme", "report", "serve", "user")


def test_help_lists_every_command_and_exit_code(impact: Impact) -> None:
    done = impact("--help")
    assert done.returncode == 0
    assert re.findall(r"^  ([a-z]+) {2,}[A-Z]", done.stdout, re.MULTILINE) == list(COMMANDS)
    assert re.findall(r"^    (\d+) {2,}", done.stdout, re.MULTILINE) == ["0", "1", "2", "3", "4", "5", "130"]


@pytest.mark.parametrize("command", ["check", "demo", "evaluate", "import", "report", "serve"])
def test_every_command_has_examples(impact: Impact, command: str) -> None:
    done = impact(command, "--help")
    assert done.returncode == 0
    assert f"\n    impact {command}" in done.stdout.split("Examples:")[1]


def test_help_loads_nothing_heavy(environment: dict[str, str]) -> None:
    code = (
        "import sys, impact.cli\n"
        "heavy = {'numpy', 'scipy', 'pandas', 'fastapi', 'sqlmodel', 'sqlalchemy', 'yaml', 'plotly', 'typst',"
        " 'jinja2', 'cryptography', 'uvicorn', 'impact.workflow'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_an_unknown_option_and_a_missing_one_are_usage_errors(impact: Impact) -> None:
    assert impact("evaluate", "tiny.yaml", "--nothing").returncode == 2
    assert impact("evaluate", "tiny.yaml").returncode == 2
    assert impact("import", "--data", "good.csv").returncode == 2


def test_an_unknown_plan_is_told_with_the_nearest_name(impact: Impact) -> None:
    done = impact("evaluate", "dialog-core", "--data", "good.csv")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "dialog-core: there is no plan of this name. Did you mean “dialogue-core”? "
        "Or give the path of a file that ends in .yaml.\n"
    )


def test_evaluate_prints_json_that_is_the_same_each_time(impact: Impact) -> None:
    first, second = (impact("evaluate", "tiny.yaml", "--data", "good.csv", "--format", "json") for _ in "12")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout
    findings = json.loads(first.stdout)
    assert findings["data"]["submissions"] == 40
    assert findings["findings"][0]["n"] == 20
    # By hand: fear_1 falls by one step of four; fear_2 is 4 4 4 | 5 5 5 before and 3 4 5 after.
    changes = [
        100 * ((2 + i % 3 - 1) + (3 + i % 3 - 1) - (3 + i % 3 - 1) - (4 + i % 2 - 1)) / 8 for i in range(20)
    ]
    assert findings["findings"][0]["estimate"]["value"] == pytest.approx(sum(changes) / 20, abs=1e-7)


def test_evaluate_prints_a_table_and_sentences_within_96_columns(impact: Impact) -> None:
    done = impact("evaluate", "tiny.yaml", "--data", "good.csv")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Fear before and after"
    assert max(map(len, lines)) <= 96
    headings = [line for line in lines if line.isupper()]
    assert headings == [
        "WHAT MAY BE SAID",
        "RESULTS, IN POINTS FROM 0 TO 100",
        "WHO TOOK PART",
        "WHAT LIMITS THIS EVIDENCE",
        "HOW TO CHECK THIS REPORT",
    ]
    row = next(line for line in lines if line.startswith("  Everybody"))
    assert re.fullmatch(
        r"  Everybody +20 +\d\d\.\d +\d\d\.\d +−\d\d?\.\d +−\d+\.\d to [−+]?\d+\.\d +−\d\.\d\d +improved", row
    )
    assert "\x1b" not in done.stdout


def test_small_groups_are_withheld_from_the_public_in_the_table(impact: Impact, folder: Path) -> None:
    few = (folder / "good.csv").read_text(encoding="utf-8").splitlines()[:15]
    (folder / "few.csv").write_text("\n".join(few) + "\n", encoding="utf-8")
    done = impact("evaluate", "tiny.yaml", "--data", "few.csv", "--audience", "public")
    assert done.returncode == 0
    row = next(line for line in done.stdout.splitlines() if line.startswith("  Everybody"))
    assert row.split() == ["Everybody", *["–"] * 6, "withheld", "(<", "10)"]


def test_report_is_written_whole_with_the_right_mode(impact: Impact, folder: Path) -> None:
    done = impact("report", "tiny.yaml", "--data", "good.csv", "--out", "report.pdf")
    assert (done.returncode, done.stdout) == (0, "")
    document = folder / "report.pdf"
    assert document.read_bytes().startswith(b"%PDF-")
    assert done.stderr == f"Wrote report.pdf ({document.stat().st_size / 1000:,.0f} kB).\n"
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_a_report_in_place_of_a_folder_leaves_nothing(impact: Impact, folder: Path) -> None:
    (folder / "taken").mkdir()
    before = sorted(path.name for path in folder.iterdir())
    done = impact("report", "tiny.yaml", "--data", "good.csv", "--out", "taken")
    assert done.returncode == 5
    assert done.stderr.startswith("taken: the file cannot be written: ")
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_report_into_a_folder_that_is_not_there_is_a_set_up_error(impact: Impact) -> None:
    done = impact("report", "tiny.yaml", "--data", "good.csv", "--out", "absent/report.pdf")
    assert done.returncode == 5
    assert done.stderr == (
        "absent/report.pdf: the file cannot be written: No such file or directory. "
        "Choose a folder you may write to.\n"
    )


def test_check_finds_the_bundled_content_sound(impact: Impact) -> None:
    done = impact("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\nEverything is sound.\n")


def test_check_tells_problems_of_all_kinds_at_once(impact: Impact, folder: Path) -> None:
    (folder / "bad.v1.yaml").write_text("format: 1\nid: bad\n", encoding="utf-8")
    plans = folder / "plans"
    plans.mkdir()
    (plans / "bad.yaml").write_text("format: 2\n", encoding="utf-8")
    done = impact("check", IMPACT_SURVEYS_DIR=str(folder), IMPACT_ANALYSIS_DIR=str(plans))
    assert (done.returncode, done.stdout) == (3, "")
    places = {line.split(",")[0] for line in done.stderr.splitlines()}
    assert {"bad.v1.yaml", "bad.yaml"} <= places


def test_a_bad_environment_is_a_set_up_error(impact: Impact) -> None:
    done = impact("programme", "list", IMPACT_BASE_URL="ftp://x", IMPACT_DATABASE_URL="mysql://x")
    assert done.returncode == 5
    assert done.stderr.splitlines() == [
        "IMPACT_BASE_URL: “ftp://x” is no web address. Begin it with https://.",
        "IMPACT_DATABASE_URL: the address names no database that is supported. "
        "Use sqlite:////path/to/file or postgresql://user@host/name.",
        "2 problems.",
    ]


def test_user_add_prints_a_password_once_and_refuses_the_second(impact: Impact) -> None:
    done = impact("user", "add", "Ada@Example.org")
    assert done.returncode == 0
    assert re.fullmatch(r"Added ada@example\.org\.\nPassword: \S{16}\n", done.stdout)
    again = impact("user", "add", "ada@example.org")
    assert (again.returncode, again.stdout) == (4, "")
    assert again.stderr == "ada@example.org: this address has an account. Use another one.\n"


def test_user_add_reads_a_password_without_showing_it(impact: Impact) -> None:
    done = impact("user", "add", "bob@example.org", "--password-stdin", stdin="correct horse battery\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Added bob@example.org.\n", "")


def test_a_programme_from_set_up_to_release(impact: Impact, folder: Path) -> None:
    surveys = {"IMPACT_SURVEYS_DIR": str(folder)}
    made = impact(
        "programme", "create", "--plan", "tiny.yaml", "--name", "Spring", "--workshop", "North", **surveys
    )
    assert made.returncode == 0
    programme_id = re.match(r"Programme (\S{16})\n", made.stdout)[1]
    links = impact("programme", "links", programme_id, **surveys)
    assert links.stdout == made.stdout.split("\n", 1)[1]
    assert re.findall(r"^North +(pre|post) +http://127\.0\.0\.1:8000/s/\S{22}$", links.stdout, re.M) == [
        "pre",
        "post",
    ]
    stored = impact("import", programme_id, "--data", "good.csv", **surveys)
    assert stored.stdout == f"Stored 40 submissions in programme {programme_id}.\n"
    again = impact("import", programme_id, "--data", "good.csv", **surveys)
    assert (again.returncode, again.stdout) == (4, "")
    assert again.stderr.splitlines()[0] == (
        "respondent “p0”, wave “post”: this submission is in the programme already; nothing was imported. "
        "Remove it from the file."
    )
    listed = impact("programme", "list")
    assert listed.stdout.splitlines()[2].split() == [programme_id, "Spring", "tiny", "1", "40"]
    released = impact("programme", "release", programme_id, **surveys)
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/f/\S{43}\n", released.stdout)


def test_an_unknown_programme_is_not_found(impact: Impact) -> None:
    done = impact("programme", "links", "nothing")
    assert (done.returncode, done.stdout, done.stderr) == (4, "", "There is no such programme.\n")


@pytest.mark.parametrize("arguments", [[], ["--debug"]])
def test_an_unexpected_error_is_one_line_and_a_log(
    environment: dict[str, str], tmp_path: Path, arguments: list[str]
) -> None:
    code = (
        "import sys, click\nfrom impact.cli import main\n"
        "@main.command()\ndef fail(): raise RuntimeError('a fault of ours')\n"
        f"sys.argv = ['impact', *{arguments}, 'fail']\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment | {"TMPDIR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    logs = list(tmp_path.glob("impact-*.log"))
    assert (done.returncode, done.stdout) == (1, "")
    if arguments:
        assert done.stderr.startswith("Traceback")
        assert logs == []
    else:
        assert done.stderr == (
            f"Something unexpected happened (RuntimeError). What happened is written to {logs[0]}\n"
        )
        assert logs[0].read_text(encoding="utf-8").endswith("RuntimeError: a fault of ours\n")


def test_output_into_a_closed_pipe_is_no_error(folder: Path, environment: dict[str, str]) -> None:
    command = f"{sys.executable} -m impact evaluate tiny.yaml --data good.csv --format json | head -c 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")


def test_a_table_aligns_numbers_right_and_lets_headings_run_over() -> None:
    columns = (Column("Who"), Column("n", right=True), Column("Verdict"))
    drawn = table(columns, ["A heading that is long", ("North", "5", "improved"), ("Süd", "1,234", "–")])
    assert drawn.splitlines() == [
        "Who        n  Verdict",
        "──────────────────────",
        "A heading that is long",
        "North      5  improved",
        "Süd    1,234  –",
    ]


def test_main_is_the_module_too(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "impact", "--version"], env=environment | {"PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert re.fullmatch(r"impact \d+\.\d+\.\d+\n", done.stdout)
