"""`impact evaluate` and `impact report`: from data files to findings, on the screen or as a document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impact.cli import options

if TYPE_CHECKING:
    from impact.errors import Problem

EVALUATE_EPILOG = """\b
Examples:
  impact evaluate dialogue-core --data answers.csv
  impact evaluate dialogue-core --data pre.xlsx --data post.xlsx --audience public
  impact evaluate dialogue-core --data answers.csv --invited invited.csv
  impact evaluate jobs-ii --data jobs.csv --columns jobs-ii
  impact evaluate dialogue-core --data answers.csv --language ar
  impact evaluate my/plan.yaml --data raw.csv --columns my/columns.yaml --format json > findings.json
"""
REPORT_EPILOG = """\b
Examples:
  impact report dialogue-core --data answers.csv --out report.pdf
  impact report dialogue-core --data answers.csv --audience team --out for-us.pdf
"""


@click.command(epilog=EVALUATE_EPILOG, short_help="Evaluate data files by a plan.")
@click.argument("plan")
@options.data
@options.columns
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.audience
@options.language
@options.invited
def evaluate(
    plan: str,
    data: tuple[Path, ...],
    columns: str | None,
    output: str,
    audience: str,
    language: str,
    invited: Path | None,
) -> None:
    """Evaluate data files by PLAN: the name of a plan, or a file.

    Findings go to standard output, for people (text) or for programs (json). The same data and plan give the
    same bytes, whatever the order of rows and columns. What the data lack for PLAN is told on standard error.
    """
    findings = _findings(plan, data, columns, audience, language, invited)
    if output == "json":
        from impact import workflow

        click.get_binary_stream("stdout").write(workflow.findings_json(findings) + b"\n")
    else:
        from impact.cli.findings_text import findings_text

        click.echo(findings_text(findings))


@click.command(epilog=REPORT_EPILOG, short_help="Write the report on data files as a PDF.")
@click.argument("plan")
@options.data
@options.columns
@click.option("--out", required=True, metavar="FILE.pdf", help="Where the PDF goes.")
@click.option(
    "--audience", type=click.Choice(["team", "public"]), default="public", show_default=True,
    help="Who will read it: small groups are withheld, below 5 people for the team and 10 for the public.",
)  # fmt: skip
def report(plan: str, data: tuple[Path, ...], columns: str | None, out: str, audience: str) -> None:
    """Write the report on data files by PLAN as a PDF (accessible, for print and archive)."""
    from impact import workflow

    if not out.strip():
        raise click.UsageError("--out needs the name of a file, such as report.pdf.")
    place = options.check_output(Path(out), data)
    document = workflow.build_report(_findings(plan, data, columns, audience))
    options.write_whole(place, document)
    click.echo(f"Wrote {out} ({len(document) / 1000:,.0f} kB).", err=True)


def _findings(
    plan_name: str,
    data: tuple[Path, ...],
    columns: str | None,
    audience: str,
    language: str = "en",
    invited: Path | None = None,
) -> dict[str, Any]:
    from impact import workflow
    from impact.settings import Settings

    settings = Settings.from_environment()
    plan, instrument = workflow.find_plan(plan_name, settings)
    mapping = workflow.find_columns(columns, settings) if columns else None
    notices: list[Problem] = []  # told once the bar is gone
    with options.progress("Reading") as progress:
        found = workflow.evaluate_files(
            plan,
            instrument,
            data,
            columns=mapping,
            audience=audience,
            language=language,
            progress=progress,
            invited=invited,
            notify=notices.append,
        )
    for notice in notices:
        click.echo(f"Notice: {notice}", err=True)
    return found
