"""The command group, and what becomes of errors."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from typing import Any

import click

from impact import __version__
from impact.cli.check import check
from impact.cli.demo import demo
from impact.cli.evaluate import evaluate, report
from impact.cli.importing import import_
from impact.cli.plan import plan
from impact.cli.portfolio import portfolio
from impact.cli.programme import programme
from impact.cli.serve import serve
from impact.cli.user import user
from impact.errors import ImpactError

MOST_PROBLEMS = 50
UNEXPECTED, INTERRUPTED = 1, 130

SHOWN = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

HELP = """Did this dialogue workshop change how people on two sides of a conflict feel about each other,
and how sure can we be?

\b
Try it:            impact demo
Evaluate a file:   impact evaluate dialogue-core --data answers.csv
Make a report:     impact report dialogue-core --data answers.csv --out report.pdf
Run a server:      impact serve
"""

EPILOG = """\b
Exit codes:
  0    done
  1    something unexpected; a log is written, --debug shows it here
  2    the command line is wrong
  3    a file or a form needs mending: each line says where, what, and what to do
  4    not found, or the state forbids it (already there, closed)
  5    the set-up needs mending: environment, folders, port, database, keyring
  130  interrupted with Ctrl-C

\b
Environment:
  IMPACT_DATA_DIR       folder of the database (default ~/.local/share/impact)
  IMPACT_DATABASE_URL   sqlite:////path/file or postgresql://user@host/name
  IMPACT_KEYRING        file of the keys; keep it out of copies of the database
  IMPACT_SURVEYS_DIR    your own instruments, beside the bundled ones
  IMPACT_ANALYSIS_DIR   your own plans, beside the bundled ones
  IMPACT_BASE_URL       the address that participants see, https://…
"""


class _Commands(click.Group):
    """Shows an ImpactError as plain lines on stderr; everything else as one line and a log."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs |= {"standalone_mode": False, "prog_name": "impact"}
        try:
            code = super().main(*args, **kwargs)
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except (click.Abort, KeyboardInterrupt):
            click.echo("Interrupted.", err=True)
            code = INTERRUPTED
        except ImpactError as error:
            _show(error)
            code = error.exit_code
        except BrokenPipeError:
            # Whoever read our output has seen enough (`| head`); nothing more can be written to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except Exception:  # the last resort: no user ever sees a traceback unasked
            _show_unexpected()
            code = UNEXPECTED
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=_Commands, help=HELP, epilog=EPILOG, context_settings=SHOWN)
@click.version_option(__version__, prog_name="impact", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an unexpected error.")
def main() -> None:
    pass


for command in (demo, serve, import_, evaluate, report, portfolio, check, plan, programme, user):
    main.add_command(command)


def _show(error: ImpactError) -> None:
    for problem in error.problems[:MOST_PROBLEMS]:
        click.echo(str(problem), err=True)
    hidden = len(error.problems) - MOST_PROBLEMS
    if hidden > 0:
        click.echo(f"… and {hidden:,} more.", err=True)
    if len(error.problems) > 1:
        click.echo(f"{len(error.problems):,} problems.", err=True)


def _show_unexpected() -> None:
    if "--debug" in sys.argv:
        traceback.print_exc()
        return
    with tempfile.NamedTemporaryFile(
        "w", prefix="impact-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exc(file=log)
    kind = type(sys.exception()).__name__
    click.echo(f"Something unexpected happened ({kind}). What happened is written to {log.name}", err=True)
