"""`impact programme`: set up a programme, list them, get its links."""

from __future__ import annotations

import click

from impact.cli.options import opened

CREATE_EPILOG = """\b
Examples:
  impact programme create --plan dialogue-core --name "Spring 2026" --workshop North --workshop South
  impact programme create --plan trial --name Trial --workshop A --comparison B
"""


@click.group(short_help="Set up a programme, list them, get their links.")
def programme() -> None:
    """Programmes: set one up, list them, get the links for participants and funders."""


@programme.command(epilog=CREATE_EPILOG)
@click.option("--plan", "plan_name", required=True, metavar="PLAN", help="Name or file of the plan.")
@click.option("--name", required=True, help="The name that reports show.")
@click.option("--organisation", default="", help="Who runs it.")
@click.option("--workshop", "workshops", multiple=True, metavar="LABEL", help="A workshop; repeat for each.")
@click.option("--comparison", "comparisons", multiple=True, metavar="LABEL", help="A group without workshop.")
def create(
    plan_name: str, name: str, organisation: str, workshops: tuple[str, ...], comparisons: tuple[str, ...]
) -> None:
    """Open a programme, lock its plan, and print a link for each workshop and wave."""
    from impact import workflow

    arms = [(label, "workshop") for label in workshops] + [(label, "comparison") for label in comparisons]
    if not arms:
        raise click.UsageError("Give at least one --workshop.")
    with opened() as (settings, database, vault):
        plan, instrument = workflow.find_plan(plan_name, settings)
        programme_id = workflow.create_programme(
            database,
            vault,
            plan=plan,
            instrument=instrument,
            name=name,
            organisation=organisation,
            workshops=arms,
        )
        click.echo(f"Programme {programme_id}")
        _print_links(workflow.programme_overview(database, vault, settings, programme_id), settings.base_url)


@programme.command("list")
def list_() -> None:
    """List all programmes with their ids."""
    from impact import workflow
    from impact.cli.tables import Column, table

    with opened() as (_, database, _):
        programmes = workflow.list_programmes(database)
    if not programmes:
        click.echo("No programmes yet. Open one with: impact programme create --help", err=True)
        return
    columns = (
        Column("Programme"), Column("Name"), Column("Plan"),
        Column("Workshops", right=True), Column("Submissions", right=True),
    )  # fmt: skip
    rows = [(p.id, p.name, p.plan, f"{p.workshops:,}", f"{p.submissions:,}") for p in programmes]
    click.echo(table(columns, rows))


@programme.command()
@click.argument("programme_id", metavar="PROGRAMME")
def links(programme_id: str) -> None:
    """Print the participants' links of PROGRAMME, one for each workshop and wave."""
    from impact import workflow

    with opened() as (settings, database, vault):
        _print_links(workflow.programme_overview(database, vault, settings, programme_id), settings.base_url)


@programme.command()
@click.argument("programme_id", metavar="PROGRAMME")
def release(programme_id: str) -> None:
    """Freeze the public findings of PROGRAMME and print the funder's link. It is shown only once."""
    from impact import workflow

    with opened() as (settings, database, vault):
        made = workflow.release(database, vault, settings, programme_id)
    click.echo(settings.base_url + made.path)


def _print_links(overview: object, base_url: str) -> None:
    from impact.cli.tables import Column, table

    rows = [
        (workshop.label, wave, f"{base_url}{path}")
        for workshop in overview.workshops  # type: ignore[attr-defined]
        for wave, path in workshop.paths.items()
    ]
    click.echo(table((Column("Workshop"), Column("Wave"), Column("Link for participants")), rows))
