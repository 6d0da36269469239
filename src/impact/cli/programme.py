"""`impact programme`: set up a programme, list them, get its links."""

from __future__ import annotations

import click

from impact.cli.options import opened

CREATE_EPILOG = """\b
Examples:
  impact programme create --plan dialogue-core --name "Spring 2026" --workshop North --workshop South
  impact programme create --plan dialogue-short --name "Two valleys" --workshop May \\
      --side a:en="the upper valley" --side b:en="the lower valley"
  impact programme create --plan jobs-ii --name Trial --workshop A --comparison B
"""
RELEASES_EPILOG = """\b
Examples:
  impact programme releases Kx7…Qa
  impact programme revoke b3…Zt
"""
REMARKS_EPILOG = """\b
Example:
  impact programme remarks Kx7…Qa
"""

FORGET_EPILOG = """\b
Example:
  impact programme forget Kx7…Qa --code mother=S --code father=A --code grandmother=M \\
      --code birth_town=H --code own_last=A --code birth_month=4 --code older_siblings=2
"""


EPILOG = """\b
Examples:
  impact programme create --plan dialogue-core --name "Spring 2026" --workshop North --workshop South
  impact programme list
  impact programme links Kx7…Qa
  impact programme release Kx7…Qa
"""


@click.group(epilog=EPILOG, short_help="Set up a programme, list them, get their links.")
def programme() -> None:
    """Programmes: set one up, list them, get the links for participants and funders."""


@programme.command(epilog=CREATE_EPILOG)
@click.option("--plan", "plan_name", required=True, metavar="PLAN", help="Name or file of the plan.")
@click.option("--name", required=True, help="The name that reports show.")
@click.option("--organisation", default="", help="Who runs it.")
@click.option("--workshop", "workshops", multiple=True, metavar="LABEL", help="A workshop; repeat for each.")
@click.option("--comparison", "comparisons", multiple=True, metavar="LABEL", help="A group without workshop.")
@click.option(
    "--side",
    "sides",
    multiple=True,
    metavar="SIDE:LANGUAGE=NAME",
    help="What people call a side; repeat for each side and language.",
)
def create(
    plan_name: str,
    name: str,
    organisation: str,
    workshops: tuple[str, ...],
    comparisons: tuple[str, ...],
    sides: tuple[str, ...],
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
            side_names=workflow.side_names(instrument, sides),
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


@programme.command(epilog=RELEASES_EPILOG)
@click.argument("programme_id", metavar="PROGRAMME")
def releases(programme_id: str) -> None:
    """List the releases of PROGRAMME: id, day, and whether the funder's link is open."""
    from impact import workflow
    from impact.cli.tables import Column, table

    with opened() as (_, database, _):
        found = workflow.list_releases(database, programme_id)
    if not found:
        click.echo(f"No releases yet. Make one with: impact programme release {programme_id}", err=True)
        return
    rows = [(one.id, one.created_on, "revoked" if one.revoked else "open") for one in found]
    click.echo(table((Column("Release"), Column("Date"), Column("Link")), rows))


@programme.command(epilog=RELEASES_EPILOG)
@click.argument("release_id", metavar="RELEASE")
def revoke(release_id: str) -> None:
    """Close the funder's link of RELEASE (its id: see impact programme releases) for good."""
    from impact import workflow

    with opened() as (_, database, _):
        workflow.revoke_release(database, release_id)
    click.echo("Revoked.")


@programme.command(epilog=REMARKS_EPILOG)
@click.argument("programme_id", metavar="PROGRAMME")
def remarks(programme_id: str) -> None:
    """Print what participants of PROGRAMME wrote in their own words, question by question.

    Sorted by the texts, without side, workshop, wave or other answers. Do not quote a remark that may tell who wrote it.
    """
    from impact import workflow
    from impact.workflow.remarks import FEWEST

    with opened() as (settings, database, vault):
        found = workflow.read_remarks(database, vault, settings, programme_id)
    for one in found:
        click.echo(f"{one.question}\n")
        if not one.texts:
            click.echo(f"  Fewer than {FEWEST} people wrote something: not shown.")
        for text in one.texts:
            click.echo(_bullet(text))
        click.echo()
    if not found:
        click.echo("This questionnaire has no question for an answer in own words.", err=True)


def _bullet(text: str) -> str:
    """A stranger's text for a terminal: nothing in it may steer the terminal."""
    lines = ["".join(c if c.isprintable() else " " for c in line) for line in text.splitlines()]
    return "  • " + "\n    ".join(lines)


@programme.command()
@click.argument("link", metavar="LINK")
def close(link: str) -> None:
    """Close a participants' LINK: no more answers come in by it."""
    from impact import workflow

    with opened() as (_, database, _):
        workflow.close_invitation(database, link.rstrip("/").rsplit("/", 1)[-1])
    click.echo("Closed.")


@programme.command(epilog=FORGET_EPILOG)
@click.argument("programme_id", metavar="PROGRAMME")
@click.option(
    "--code",
    "given",
    multiple=True,
    required=True,
    metavar="ELEMENT=VALUE",
    help="An element of the code; repeat for each.",
)
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
def forget(programme_id: str, given: tuple[str, ...], yes: bool) -> None:
    """Remove the answers of one person of PROGRAMME, who repeats the linkage code.

    Findings that were released before are frozen: revoke and release anew if they must not count these answers.
    """
    from impact import workflow

    if any("=" not in one for one in given):
        raise click.UsageError("Write each element as ELEMENT=VALUE, for example birth_month=4.")
    code = dict(one.split("=", 1) for one in given)
    with opened() as (settings, database, vault):
        found = workflow.find_withdrawal(database, vault, settings, programme_id, code)
        for one in found:
            differs = f" ({one.differs} of the elements differ)" if one.differs else ""
            click.echo(f"{one.workshop}, {one.wave}{differs}")
        if not yes:
            click.confirm("Remove these answers for good?", abort=True)
        count = workflow.forget_respondent(database, programme_id, found)
    click.echo(f"Removed {count} submissions. Backups made before still hold them.")


def _print_links(overview: object, base_url: str) -> None:
    from impact.cli.tables import Column, table

    rows = [
        (workshop.label, wave, f"{base_url}{path}")
        for workshop in overview.workshops  # type: ignore[attr-defined]
        for wave, path in workshop.paths.items()
    ]
    click.echo(table((Column("Workshop"), Column("Wave"), Column("Link for participants")), rows))
