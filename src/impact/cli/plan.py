"""`impact plan`: look at a plan as it will be used, try it before any data, and lock it before they are seen."""

from __future__ import annotations

import json

import click

from impact.cli.plan_simulate import simulate
from impact.cli.plan_text import plan_text

EPILOG = """\b
Examples:
  impact plan show my/plan.yaml
  impact plan show my/plan.yaml --format json > plan.json
  impact plan simulate my/plan.yaml --effect 0.2 --workshops 6
  impact plan lock my/plan.yaml --by "evaluator"
"""


@click.group(epilog=EPILOG, short_help="Look at a plan, try it before any data, lock it.")
def plan() -> None:
    """Plans: look at one with all its defaults, try it on made-up programmes, lock it before the data are seen."""


plan.add_command(simulate)


@plan.command(epilog=EPILOG)
@click.argument("name", metavar="PLAN")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show(name: str, output: str) -> None:
    """Print PLAN (a name or a file) with all defaults written out, its hash, its lock and what was changed since.

    The text is for people; json is the plan’s canonical form, of which the hash is.
    """
    from impact import workflow
    from impact.plans import canonical
    from impact.settings import Settings

    found, instrument = workflow.find_plan(name, Settings.from_environment())
    if output == "json":
        click.echo(json.dumps(json.loads(canonical(found)), ensure_ascii=False, indent=2, sort_keys=True))
        return
    lock, deviations = workflow.lock_of(found)
    click.echo(plan_text(found, instrument, lock, deviations))


@plan.command(epilog=EPILOG)
@click.argument("name", metavar="PLAN")
@click.option(
    "--by",
    required=True,
    metavar="WHO",
    help="Who locks it: a role or a name. It is printed with every result.",
)
def lock(name: str, by: str) -> None:
    """Lock PLAN: write its content, hash, the time and WHO into a file beside it, once.

    Results of a locked plan count as planned. A later change is told with every result, beside the reason that
    the plan gives for it under “deviations”.
    """
    from impact import workflow
    from impact.settings import Settings

    found, _ = workflow.find_plan(name, Settings.from_environment())
    path = workflow.lock_plan(found, by)
    click.echo(f"Locked {found.id} ({found.sha256[:12]}…) in {path}")
