"""`impact user`: who may sign in."""

from __future__ import annotations

import click

from impact.cli.options import opened

EPILOG = """\b
Examples:
  impact user add ada@example.org
  pass show impact | impact user add ada@example.org --password-stdin
"""


GROUP_EPILOG = """\b
Examples:
  impact user add ada@example.org
  impact user password ada@example.org
"""
RENEW_EPILOG = """\b
Example:
  impact user password ada@example.org
"""


@click.group(epilog=GROUP_EPILOG, short_help="Say who may sign in.")
def user() -> None:
    """People who may sign in and see programmes."""


@user.command(epilog=EPILOG)
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, password_stdin: bool) -> None:
    """Add an evaluator. A password is made and shown once, unless you give one."""
    from impact import workflow

    given = click.get_text_stream("stdin").readline().rstrip("\r\n") if password_stdin else None
    with opened() as (_, database, _):
        password = workflow.add_user(database, email, given)
    click.echo(f"Added {email.strip().lower()}.")
    if given is None:
        _show(password)


@user.command(epilog=RENEW_EPILOG)
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(email: str, password_stdin: bool) -> None:
    """Give an evaluator a new password, shown once. Whoever is signed in with the old one is signed out."""
    from impact import workflow

    given = click.get_text_stream("stdin").readline().rstrip("\r\n") if password_stdin else None
    with opened() as (_, database, _):
        made = workflow.new_password(database, email, given)
    click.echo(f"New password for {email.strip().lower()}.")
    if given is None:
        _show(made)


def _show(password: str) -> None:
    click.echo(f"Password: {password}")
    click.echo("It is shown only now; keep it safe.", err=True)
