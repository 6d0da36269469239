"""`impact plan show` as a user runs it: lines for people, and the canonical form for programs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from impact import workflow
from impact.plans import canonical

Impact = Callable[..., subprocess.CompletedProcess[str]]
SHOWN = """\
Fear before and after
═════════════════════
Plan         tiny
Instrument   tiny, version 1
Design       one group. The same people were asked before and after; there was no comparison
             group.
Comparisons  After – Before
Sides        one result for all
Subgroups    none

OUTCOMES

Outcome  Scale  Role     Hoped for  Matters from
────────────────────────────────────────────────
Fear     fear   primary  lower      5 points

HOW IT IS ANALYSED

Estimator      paired t
Workshops      are not allowed for
Intervals      95 %; of primary outcomes wider, so that all hold together
Effect size    g_av, over the average of the SDs before and after
Words for it   lovakov2021
Read beside    no published effects
Missing        people who answered both times; for the sensitivity analyses filled in 20 times
Computed from  5 people
Shown from     5 people for the team, 10 for the public
Attended       no rule
Alerts         {alerts}
Seed           1

HOW TO CHECK THIS PLAN

SHA-256  {sha256}
Locked   {locked}
"""


def test_a_plan_in_lines_for_people(impact: Impact, folder: Path) -> None:
    plan, _ = workflow.find_plan(folder / "tiny.yaml")
    done = impact("plan", "show", "tiny.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == SHOWN.format(sha256=plan.sha256, locked="no", alerts="no rule")


def test_the_canonical_form_is_behind_an_option(impact: Impact, folder: Path) -> None:
    plan, _ = workflow.find_plan(folder / "tiny.yaml")
    done = impact("plan", "show", "tiny.yaml", "--format", "json")
    expected = json.dumps(json.loads(canonical(plan)), ensure_ascii=False, indent=2, sort_keys=True)
    assert (done.returncode, done.stdout) == (0, expected + "\n")


def test_what_a_locked_plan_was_changed_in_has_no_marks_of_a_program(impact: Impact, folder: Path) -> None:
    assert impact("plan", "lock", "tiny.yaml", "--by", "ada").returncode == 0
    place = folder / "tiny.yaml"
    text = place.read_text(encoding="utf-8").replace("sesoi: 5", "sesoi: 6\nminimum_n: 7")
    alerts = "alerts: {worse_share: 0.15, evaluate: low, scales: {fear: 0.1}}\n"
    place.write_text(text + alerts, encoding="utf-8")
    lines = impact("plan", "show", "tiny.yaml").stdout.splitlines()
    told = lines[lines.index("HOW TO CHECK THIS PLAN") + 3 :]
    assert told[0].endswith(" by ada")
    assert told[1:] == [
        "Changed  alerts: nothing → evaluate low, scales fear 0.1, worse_share 0.15 (no reason given)",
        "Changed  minimum_n: 5 → 7 (no reason given)",
        "Changed  sesoi: 5 → 6 (no reason given)",
    ]
    assert "Fear     fear   primary  lower      6 points" in lines
    assert (
        "Alerts         from 15 % reliably worse, fear from 10 %; the lower end of its interval counts"
        in lines
    )
