"""Nine kinds of bad input: each message names place, problem and remedy, and nothing is half-written."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Impact = Callable[..., subprocess.CompletedProcess[str]]
Spoil = Callable[[str], bytes]


def unknown_column(good: str) -> bytes:
    header, *rows = good.splitlines()
    return "\n".join([f"{header},feer_3", *[f"{row},1" for row in rows]]).encode()


BAD_FILES: dict[str, tuple[Spoil, str]] = {
    "an unknown column": (
        unknown_column,
        "bad.csv, column “feer_3”: the column is unknown. Did you mean “fear_2”? "
        "Otherwise remove it, or give a column map.",
    ),
    "an out-of-range answer": (
        lambda good: good.replace("p0,pre,North,3", "p0,pre,North,9").encode(),
        "bad.csv, row 2, column “fear_1”: “9” is no answer to “fear_1”. Answers are a number from 1 to 5 "
        "without decimals; leave the cell empty if unanswered.",
    ),
    "a duplicate submission": (
        lambda good: (good + "p0,pre,North,3,4\n").encode(),
        "bad.csv, column “respondent”: a person has more than one submission at a wave: “p0” at “pre” "
        "(rows 2 and 42). Keep one of them (or correct the respondent or the wave).",
    ),
    "a wave that the instrument lacks": (
        lambda good: good.replace("p0,post", "p0,later").encode(),
        "bad.csv, row 3, column “wave”: “later” is no wave of this instrument. Use one of: pre, post.",
    ),
    "an empty file": (
        lambda _good: b"",
        "bad.csv: the file is empty. Export the data again, with a header and the answers.",
    ),
    "a Latin-1 file": (
        lambda good: good.replace("North", "Zürich").encode("latin-1"),
        "bad.csv, line 2: the file is not in UTF-8: the byte 0xFC (“ü” in Latin-1) stands there. "
        "Save it again with the encoding UTF-8 (in Excel: “CSV UTF-8”).",
    ),
    "a binary file": (
        lambda _good: bytes(range(256)) * 20,
        "bad.csv: this is a binary file, not CSV text. Give the data as CSV in UTF-8, or as .xlsx with that ending.",
    ),
}
COMMANDS = {
    "evaluate": ("evaluate", "tiny.yaml", "--data", "bad.csv"),
    "evaluate as JSON": ("evaluate", "tiny.yaml", "--data", "bad.csv", "--format", "json"),
    "report": ("report", "tiny.yaml", "--data", "bad.csv", "--out", "report.pdf"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(("spoil", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_bad_data(impact: Impact, folder: Path, spoil: Spoil, message: str, command: tuple[str, ...]) -> None:
    (folder / "bad.csv").write_bytes(spoil((folder / "good.csv").read_text(encoding="utf-8")))
    before = sorted(path.name for path in folder.iterdir())
    done = impact(*command)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", message + "\n")
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_broken_plan(impact: Impact, folder: Path) -> None:
    text = (folder / "tiny.yaml").read_text(encoding="utf-8")
    (folder / "tiny.yaml").write_text(text.replace("outcomes:", "outcomes: ["), encoding="utf-8")
    done = impact("evaluate", "tiny.yaml", "--data", "good.csv")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "tiny.yaml, line 8: this is not valid YAML: expected the node content, but found '-'. "
        "Check the indentation, the colons and the quotation marks around this line.\n"
    )


def test_a_plan_for_another_instrument_tells_all_that_does_not_fit(impact: Impact) -> None:
    done = impact("evaluate", "dialogue-core", "--data", "good.csv")
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (3, "")
    assert lines[0] == (
        "good.csv, column “fear_1”: the column is unknown. Did you mean “fear_harm_1”? "
        "Otherwise remove it, or give a column map."
    )
    assert lines[2] == (
        "good.csv, row 1: the column “side” is missing. Add it; this instrument needs wave, workshop and side."
    )
    assert lines[-1] == "4 problems."
    assert len(lines) == 5


def test_several_bad_files_are_told_together(impact: Impact, folder: Path) -> None:
    (folder / "empty.csv").write_bytes(b"")
    done = impact("evaluate", "tiny.yaml", "--data", "empty.csv", "--data", "absent.csv")
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "empty.csv: the file is empty. Export the data again, with a header and the answers.",
        "absent.csv: there is no such file. Check the path.",
        "2 problems.",
    ]


@pytest.mark.parametrize(("spoil", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_import_creates_no_programme(impact: Impact, folder: Path, spoil: Spoil, message: str) -> None:
    (folder / "bad.csv").write_bytes(spoil((folder / "good.csv").read_text(encoding="utf-8")))
    done = impact("import", "--create", "--plan", "tiny.yaml", "--name", "T", "--data", "bad.csv",
                  IMPACT_SURVEYS_DIR=str(folder))  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (3, "", message + "\n")
    listed = impact("programme", "list")
    assert (listed.returncode, listed.stdout) == (0, "")
