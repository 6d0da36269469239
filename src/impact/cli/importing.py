"""`impact import`: a data file into a programme."""

from __future__ import annotations

from pathlib import Path

import click

from impact.cli import options

EPILOG = """\b
Examples:
  impact import Kx7…Qa --data answers.csv
  impact import --create --plan dialogue-core --name "Spring 2026" --data pre.csv --data post.csv
  impact import --create --plan jobs-ii --name "JOBS II" --data jobs.csv --columns jobs-ii
"""


@click.command("import", epilog=EPILOG, short_help="Store the rows of data files in a programme.")
@click.argument("programme", required=False)
@options.data
@options.columns
@click.option("--create", is_flag=True, help="Open a new programme for the data; needs --plan and --name.")
@click.option("--plan", "plan_name", metavar="PLAN", help="With --create: name or file of the plan.")
@click.option("--name", help="With --create: the name of the programme.")
@click.option("--organisation", default="", help="With --create: who runs it.")
def import_(
    programme: str | None,
    data: tuple[Path, ...],
    columns: str | None,
    create: bool,
    plan_name: str | None,
    name: str | None,
    organisation: str,
) -> None:
    """Store the rows of data files in PROGRAMME (its id: see impact programme list).

    All rows are stored or none. Workshops that the programme does not have yet are added. Giving the same rows
    twice is an error, and nothing is stored.
    """
    from impact import workflow

    if create == bool(programme) or (create and not (plan_name and name)):
        raise click.UsageError("Give either PROGRAMME, or --create with --plan and --name.")
    with options.opened() as (settings, database, vault), options.progress("Importing") as progress:
        mapping = workflow.find_columns(columns, settings) if columns else None
        if create:
            plan, instrument = workflow.find_plan(plan_name, settings)
            count, programme = workflow.import_programme(
                database, vault, data, mapping, progress,
                plan=plan, instrument=instrument, name=name, organisation=organisation,
            )  # fmt: skip
        else:
            count = workflow.import_data(
                database, vault, programme, data, mapping, progress, settings=settings
            )
    click.echo(f"Stored {count:,} submissions in programme {programme}.")
