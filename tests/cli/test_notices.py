"""Data that lack what a plan compares give a complete result that is null there, and a notice that says why."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Impact = Callable[..., subprocess.CompletedProcess[str]]
Spoil = Callable[[str], str]

NO_POST = (
    "Notice: column “wave”: the data hold no submission at wave “post”, only “pre”: no change from or to it can be "
    "computed. Add the file or the rows with wave “post”, or use a plan that does not compare it.\n"
)
NOBODY = (
    "Notice: the data: nobody is known by a respondent or a usable code, so no person's change can be computed. "
    "Fill the column “respondent”, or the columns “code.…” (at most two elements may be missing).\n"
)
NO_WORKSHOP = (
    "Notice: column “arm”: nobody took part in a workshop, and this plan looks only at people of workshops. "
    "Correct the column, or use a plan with the design “comparison” or “randomised”.\n"
)


def all_in(arm: str) -> Spoil:
    def spoil(good: str) -> str:
        header, *rows = good.splitlines()
        return "\n".join([f"{header},arm", *(f"{row},{arm}" for row in rows)]) + "\n"

    return spoil


def only_pre(good: str) -> str:
    return "".join(line for line in good.splitlines(keepends=True) if ",post," not in line)


def without_names(good: str) -> str:
    return re.sub(r"^p\d+,", ",", good, flags=re.M)


LACKING: dict[str, tuple[Spoil, str, int | None]] = {
    "one person at one wave": (lambda good: "".join(good.splitlines(keepends=True)[:2]), NO_POST, None),
    "only pre": (only_pre, NO_POST, 20),
    "nobody to follow": (without_names, NOBODY, 40),
    "nobody of a workshop": (all_in("comparison"), NO_WORKSHOP, None),
}
"""How the data were spoilt, the notice, and the submissions that the findings tell: few are hidden."""


def not_null(value: object, path: str = "") -> set[str]:
    """The paths of all that is said: numbers, texts, truth; what is null or empty says nothing."""
    if isinstance(value, dict):
        return {found for key, one in value.items() for found in not_null(one, f"{path}.{key}".strip("."))}
    return set() if value is None or value == [] else {path}


@pytest.mark.parametrize(("spoil", "notice", "submissions"), LACKING.values(), ids=LACKING)
@pytest.mark.parametrize("audience", ["team", "public"])
def test_what_is_missing_is_told_and_the_result_is_complete(
    impact: Impact, folder: Path, spoil: Spoil, notice: str, submissions: int | None, audience: str
) -> None:
    good = (folder / "good.csv").read_text(encoding="utf-8")
    (folder / "few.csv").write_text(spoil(good), encoding="utf-8")
    evaluate = ("evaluate", "tiny.yaml", "--audience", audience, "--format", "json", "--data")
    done, whole = impact(*evaluate, "few.csv"), impact(*evaluate, "good.csv")
    assert (done.returncode, done.stderr) == (0, notice)
    assert (whole.returncode, whole.stderr) == (0, "")
    findings, of_all = json.loads(done.stdout), json.loads(whole.stdout)
    assert set(findings) == set(of_all)
    assert findings["data"]["submissions"] == submissions
    assert findings["data"]["respondents"] is None
    found, full = findings["findings"], of_all["findings"]
    assert [set(one) for one in found] == [set(one) for one in full]
    assert len(found) == 1
    assert not_null(found[0]) == {
        "caveats", "claim.language", "claim.licence", "claim.nesta", "claim.reading", "claim.rule", "claim.sms",
        "claim.status", "claim.text", "contrast", "estimate.level", "estimate.unit", "planned", "role", "scale",
        "sesoi", "suppressed",
    }  # fmt: skip
    assert (found[0]["suppressed"], found[0]["planned"]) == (True, False)
    assert [one["code"] for one in found[0]["caveats"]] == ["too_few_to_show"]
    assert found[0]["claim"]["text"] == "All people: too few people to show a result for “Fear”."


def test_the_text_and_the_report_come_with_the_same_notice(impact: Impact, folder: Path) -> None:
    good = (folder / "good.csv").read_text(encoding="utf-8")
    (folder / "few.csv").write_text(only_pre(good), encoding="utf-8")
    done = impact("evaluate", "tiny.yaml", "--data", "few.csv")
    assert (done.returncode, done.stderr) == (0, NO_POST)
    assert done.stdout.splitlines()[0] == "Fear before and after"
    done = impact("report", "tiny.yaml", "--data", "few.csv", "--out", "report.pdf")
    size = (folder / "report.pdf").stat().st_size
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"{NO_POST}Wrote report.pdf ({size / 1000:,.0f} kB).\n"


@pytest.mark.parametrize(
    ("arm", "who"),
    [
        ("workshop", "nobody belongs to the comparison group"),
        ("comparison", "nobody took part in a workshop"),
    ],
)
def test_with_everybody_in_one_arm_the_groups_are_not_compared(
    impact: Impact, folder: Path, arm: str, who: str
) -> None:
    plan = (folder / "tiny.yaml").read_text(encoding="utf-8").replace("one_group", "randomised")
    (folder / "two.yaml").write_text(plan, encoding="utf-8")
    good = (folder / "good.csv").read_text(encoding="utf-8")
    (folder / "arms.csv").write_text(all_in(arm)(good), encoding="utf-8")
    done = impact("evaluate", "two.yaml", "--data", "arms.csv", "--format", "json")
    assert (done.returncode, done.stderr) == (
        0,
        f"Notice: column “arm”: {who}, so the two groups cannot be compared. "
        "Add the rows of the other group, and fill the column.\n",
    )
    found = json.loads(done.stdout)["findings"][0]
    assert (found["estimate"]["value"], found["verdict"]) == (None, None)


def test_a_wave_that_the_instrument_lacks_and_a_file_without_rows_stay_errors(
    impact: Impact, folder: Path
) -> None:
    plan = (folder / "tiny.yaml").read_text(encoding="utf-8").replace("post - pre", "later - pre")
    (folder / "later.yaml").write_text(plan, encoding="utf-8")
    done = impact("evaluate", "later.yaml", "--data", "good.csv")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "later.yaml, line 6: the instrument tiny.v1 has no wave “later”. Use one of: pre, post.\n"
    )
    (folder / "none.csv").write_text("respondent,wave,workshop,fear_1,fear_2\n", encoding="utf-8")
    done = impact("evaluate", "tiny.yaml", "--data", "none.csv")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "none.csv: the file holds a header and no rows. Export the data again, with the answers.\n"
    )
