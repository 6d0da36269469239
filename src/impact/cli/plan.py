"""`impact plan`: what is fixed before anybody is asked."""

from __future__ import annotations

import click

from impact.cli.plan_simulate import simulate


@click.group(short_help="Analysis plans: what they will find.")
def plan() -> None:
    """Analysis plans, before any data."""


plan.add_command(simulate)
