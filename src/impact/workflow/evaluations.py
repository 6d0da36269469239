"""Data become findings; findings become a report. One engine, two doors: files and the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from impact.errors import Problem
from impact.instruments import Instrument
from impact.plans import Plan, lock_of_text
from impact.settings import Settings
from impact.store import Database, Programme, programmes
from impact.store import submissions as stored
from impact.vault import Vault
from impact.workflow.content import plan_of
from impact.workflow.notices import notices
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
    notify: Callable[[Problem], None] | None = None,
) -> Findings:
    """Findings of data files, for `team` or `public`. `columns` maps raw files, `invited` is a file of how many were
    invited and consented. A lock beside the plan's file makes its findings planned. `notify` is told what the data
    lack (a wave, an arm, anybody who can be followed): the result is complete, and null there. Raises DataInvalid.
    """
    from impact import evaluation, formats, linkage

    lock, deviations = lock_of(plan)
    told = formats.read_invited(invited, plan, instrument) if invited else None
    mapping = formats.load_columns(columns, instrument) if columns else None
    submissions = formats.read_data(paths, instrument, mapping, progress)
    for notice in notices(plan, instrument, submissions) if notify else ():
        notify(notice)
    links = linkage.link(instrument, submissions)
    return evaluation.run(
        plan, instrument, submissions, links, audience=audience, deviations=deviations, invited=told,
        labels=evaluation.default_labels(instrument, plan, language),
        locked_at=lock and lock.locked_at, locked_by=lock and lock.by,
    )  # fmt: skip


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
