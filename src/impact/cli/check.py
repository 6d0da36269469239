"""`impact check`: is everything that is written down sound?"""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  impact check
  IMPACT_SURVEYS_DIR=my-surveys IMPACT_ANALYSIS_DIR=my-plans impact check
"""


@click.command(epilog=EPILOG, short_help="Check every instrument, module, plan, column map and template.")
def check() -> None:
    """Load and cross-check every instrument, module, plan, column map and template.

    Looks in the bundled folders and in your own. All problems are told at once, each with its file and line.
    """
    from impact import workflow
    from impact.settings import Settings

    summary = workflow.check_content(Settings.from_environment())
    for kind, names in (
        ("instruments", summary.instruments),
        ("modules", summary.modules),
        ("plans", summary.plans),
        ("column maps", summary.column_maps),
        ("templates", summary.templates),
    ):
        shown = ", ".join(names) if len(names) <= 8 else ""
        kind = kind if len(names) != 1 else kind.removesuffix("s")
        click.echo(f"{len(names):>4} {kind:<12} {shown}".rstrip())
    click.echo("Everything is sound.")
