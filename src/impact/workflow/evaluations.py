"""Data become findings; findings become a report. One engine, two doors: files and the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from impact.errors import DataInvalid, Problem
from impact.instruments import ARMS, Instrument, Submissions
from impact.plans import Plan, lock_of_text
from impact.settings import Settings
from impact.store import Database, Programme, programmes
from impact.store import submissions as stored
from impact.vault import Vault
from impact.workflow.content import plan_of
from impact.workflow.plans import lock_of

Findings = dict[str, Any]
Progress = Callable[[float], None]
"""Is told the share done, 0 to 1."""
LANGUAGE = "en"


def evaluate_files(
    plan: Plan,
    instrument: Instrument,
    paths: Sequence[Path],
    *,
    columns: Path | None = None,
    audience: str = "team",
    language: str = LANGUAGE,
    progress: Progress | None = None,
    invited: Path | None = None,
) -> Findings:
    """Findings of data files, for `team` or `public`. `columns` maps raw files, `invited` is a file of how many were
    invited and consented. A lock beside the plan's file makes its findings planned. Raises DataInvalid.
    """
    from impact import evaluation, formats, linkage

    lock, deviations = lock_of(plan)
    told = formats.read_invited(invited, plan, instrument) if invited else None
    mapping = formats.load_columns(columns, instrument) if columns else None
    submissions = formats.read_data(paths, instrument, mapping, progress)
    formats.check_waves(submissions, instrument, [wave for wave in instrument.waves if wave in plan.waves])
    DataInvalid.raise_if(_nobody_to_follow(plan, submissions))
    links = linkage.link(instrument, submissions)
    return evaluation.run(
        plan, instrument, submissions, links, audience=audience, deviations=deviations, invited=told,
        labels=evaluation.default_labels(instrument, plan, language),
        locked_at=lock and lock.locked_at, locked_by=lock and lock.by,
    )  # fmt: skip


def _nobody_to_follow(plan: Plan, submissions: Submissions) -> Iterator[Problem]:
    """Faults of a whole file, which would otherwise look as if results were withheld from the reader."""
    from impact.linkage import usable

    coded = usable(submissions.code).any() if submissions.code.shape[1] else False
    if plan.design != "retrospective_pre" and not (coded or (submissions.respondent >= 0).any()):
        yield Problem(
            "the data",
            "nobody is known by a respondent or a usable code, so no person's change can be computed.",
            "Fill the column “respondent”, or the columns “code.…” (at most two elements may be missing).",
        )
    if not plan.has_arms and not (submissions.arm == ARMS.index("workshop")).any():
        yield Problem(
            "column “arm”",
            "everybody belongs to the comparison group, and this plan looks only at people of workshops.",
            "Correct the column, or use a plan with the design “comparison” or “randomised”.",
        )


def evaluate_programme(
    database: Database, vault: Vault, settings: Settings, programme_id: str, audience: str = "team"
) -> Findings:
    """Findings of what a programme's participants have answered so far. Raises NotFound."""
    from impact import evaluation, linkage

    with database.session() as session:
        programme = programmes.get(session, programme_id)
        plan, instrument = plan_of(programme, settings)
        submissions = stored.columns(session, programme, instrument, vault)
    lock = lock_of_text(programme.plan_lock, f"the lock of {plan.id}") if programme.plan_lock else None
    links = linkage.link(instrument, submissions)
    return evaluation.run(
        plan,
        instrument,
        submissions,
        links,
        audience=audience,
        labels=_labels(programme),
        locked_at=programme.plan_locked_at,
        locked_by=lock and lock.by,
        deviations=lock.deviations(plan) if lock else (),
    )


def findings_json(findings: Findings) -> bytes:
    """The canonical JSON of findings: sorted keys, 10 significant digits."""
    from impact.evaluation import to_json

    return to_json(findings)


def build_report(findings: Findings) -> bytes:
    """The PDF report; the same findings give the same bytes."""
    from impact.report import render_pdf, report_page

    return render_pdf(report_page(findings))


def _labels(programme: Programme) -> Any:
    from impact.evaluation import Labels

    return Labels(
        programme=programme.name,
        sides={side: _in_language(names) for side, names in programme.side_names.items()},
        language=LANGUAGE,
        organisation=programme.organisation,
        synthetic=programme.synthetic,
    )


def _in_language(names: Mapping[str, str]) -> str:
    return names.get(LANGUAGE) or next(iter(names.values()))
