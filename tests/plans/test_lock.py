"""A lock is written once, can be checked by anybody, and tells every later change with its reason."""

from __future__ import annotations

import hashlib
import json

import pytest

from impact.errors import Conflict, InputInvalid, PlanInvalid
from impact.plans import Deviation, canonical, compare, lock_path, read_lock
from impact.workflow import find_plan, lock_of, lock_plan

PLAN = """\
format: 1
id: mine
title: Mine
instrument: {id: dialogue-core, version: 1}
design: one_group
contrasts: [post - pre]
by_side: true
outcomes:
  - {scale: fear, role: primary}
  - {scale: trust_group, role: secondary}
cluster: workshop
sesoi: 5
"""


@pytest.fixture
def plan(tmp_path):
    """Writes the plan and loads it."""

    def plan(text=PLAN):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return find_plan(path)[0]

    return plan


def test_the_canonical_form_is_what_the_hash_is_of(plan):
    found = plan()
    text = canonical(found)
    assert hashlib.sha256(text.encode()).hexdigest() == found.sha256
    assert canonical(plan("# words\n" + PLAN + "level: 0.95\n")) == text
    assert json.loads(text)["level"] == 0.95
    assert not {"unit", "subgroups", "attendance", "deviations", "path"} & set(json.loads(text))


def test_a_plan_is_locked_once(plan):
    found = plan()
    path = lock_plan(found, " evaluator ")
    assert path == lock_path(path.parent / "mine.yaml")
    lock, deviations = lock_of(found)
    assert (lock.sha256, lock.by, deviations) == (found.sha256, "evaluator", ())
    before = path.read_bytes()
    with pytest.raises(Conflict):
        lock_plan(found, "evaluator")
    assert path.read_bytes() == before


def test_changes_are_told_place_by_place_with_their_reasons(plan):
    lock_plan(plan(), "evaluator")
    changed = PLAN.replace("sesoi: 5", "sesoi: 6").replace(
        "role: primary}\n", "role: primary, sesoi: 4}\n"
    ).replace("  - {scale: trust_group, role: secondary}\n", "") + (
        "deviations:\n  - {path: sesoi, reason: a slip}\n  - {path: outcomes.trust_group, reason: not asked everywhere}\n"
    )
    _, deviations = lock_of(plan(changed))
    assert deviations == (
        Deviation("outcomes.fear.sesoi", None, 4.0, None),
        Deviation("outcomes.trust_group", {"role": "secondary", "scale": "trust_group", "sesoi": None}, None, "not asked everywhere"),
        Deviation("sesoi", 5.0, 6.0, "a slip"),
    )  # fmt: skip


def test_a_reason_for_what_was_not_changed_is_a_fault(plan):
    lock_plan(plan(), "evaluator")
    with pytest.raises(PlanInvalid, match="a reason is given for “level”, which is as it was locked"):
        lock_of(plan(PLAN + "deviations: [{path: level, reason: x}]\n"))


def test_reasons_need_a_lock(plan):
    with pytest.raises(InputInvalid, match="there is no lock"):
        lock_of(plan(PLAN + "deviations: [{path: level, reason: x}]\n"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: data["plan"].update(level=0.9), "has not the hash"),
        (lambda data: data.update(sha256="0" * 64), "has not the hash"),
        (lambda data: data.update(locked_at="yesterday"), "no date and time"),
        (lambda data: data.pop("by"), "its keys are others"),
        (lambda data: data.update(by=7), "of the wrong kind"),
    ],
)
def test_a_changed_lock_is_refused(plan, spoil, message):
    path = lock_plan(plan(), "evaluator")
    data = json.loads(path.read_text("utf-8"))
    spoil(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputInvalid, match=message):
        read_lock(path.parent / "mine.yaml")


def test_comparing_a_plan_with_itself_finds_nothing(plan):
    data = json.loads(canonical(plan()))
    assert compare(data, data) == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("design: stepped_wedge", "the design “stepped_wedge” is not available yet. Use one_group, "),
        ("design: repeated_cross_section", "the design “repeated_cross_section” is not available yet. Use one_group, "),
        ("design: one_group\ncomparison_group: matched", "the design “one_group” has no comparison group."),
        ("design: comparison\nunit: person", "“unit” says what chance decided, and in the design “comparison” "),
        ("design: retrospective_pre", "“post - pre” compares two waves, and the design “retrospective_pre” looks "),
        ("design: randomised\ncomparison_group: friends", "“friends” is no comparison_group."),
        ("design: one_group\nsubgroups: [{item: nothing}]", "the instrument dialogue-core.v1 has no item “nothing”."),
        ("design: one_group\nattendance: {item: fear_1}", "the key “at_least” is missing in attendance."),
    ],
)  # fmt: skip
def test_faults_of_the_new_keys_are_told(plan, line, message):
    with pytest.raises(PlanInvalid) as caught:
        plan(PLAN.replace("design: one_group", line))
    assert any(message in str(problem) for problem in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("contrasts", "message"),
    [
        ("[post - then]", "“post - then” looks back, and the design “one_group” compares waves."),
        ("[retention]", "a share of a gain alone says nothing of the gain."),
        ("[post - pre, (pre - post) / (followup - post)]", "are not in order of time."),
        ("[post - pre, (followup - pre) / (post - followup)]", "takes its two changes from different waves."),
    ],
)
def test_faults_of_contrasts_are_told(plan, contrasts, message):
    with pytest.raises(PlanInvalid) as caught:
        plan(PLAN.replace("[post - pre]", contrasts))
    assert any(message in str(problem) for problem in caught.value.problems), caught.value.problems


def test_a_retention_is_kept_apart_from_contrasts(plan):
    found = plan(PLAN.replace("[post - pre]", "[post - pre, retention]"))
    assert [one.name for one in found.contrasts] == ["post - pre"]
    assert [(one.after, one.gain, one.before) for one in found.retentions] == [("followup", "post", "pre")]
    assert found.sha256 != plan().sha256
