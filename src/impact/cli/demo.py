"""`impact demo`: everything running, with a synthetic programme whose truth is known and a real one."""

from __future__ import annotations

import json
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from impact.cli import options
from impact.cli.serve import address_of, listen, run_server, unwind_on_sigterm

if TYPE_CHECKING:
    import socket

    from impact.settings import Settings
    from impact.workflow import Demo

EPILOG = """\b
Examples:
  impact demo
  impact demo --dir ./trial --port 9000
  impact demo --no-serve --dir ./trial --json
"""


@click.command(epilog=EPILOG, short_help="Start everything with a demo programme and print the links.")
@click.option("--dir", "folder", type=options.FILE, metavar="FOLDER", help="Keep the data here. [default: a temporary folder, removed at the end]")  # fmt: skip
@click.option(
    "--json", "as_json", is_flag=True, help="Print one line of JSON with the links instead of text."
)
@click.option("--no-serve", is_flag=True, help="Only create the data and the report; keep the folder.")
@options.host
@options.port()
def demo(folder: Path | None, as_json: bool, no_serve: bool, host: str, port: int) -> None:
    """Create demo programmes, start the server, and print the links and the sign-in. A folder that holds a demo is
    opened again, with a new password.

    One programme is synthetic and states its truth, so that you can judge the report against it. If the port
    is taken, a free one is used.
    """
    from impact.settings import Settings

    unwind_on_sigterm()
    keep = no_serve or folder is not None
    data_dir = folder.resolve() if folder else Path(tempfile.mkdtemp(prefix="impact-demo-"))
    try:
        if no_serve:
            _run(Settings.for_folder(data_dir, base_url=f"http://{host}:{port}"), None, as_json=as_json)
            return
        with listen(host, port, or_any_port=True) as listening:
            if port not in (0, listening.getsockname()[1]):
                click.echo(f"Port {port} is taken; using {listening.getsockname()[1]}.", err=True)
            settings = Settings.for_folder(data_dir, base_url=address_of(listening, host))
            _run(settings, listening, as_json=as_json)
    finally:
        if not keep:
            shutil.rmtree(data_dir, ignore_errors=True)


def _run(settings: Settings, listening: socket.socket | None, *, as_json: bool) -> None:
    """Create, and serve on `listening` if it is given; the links are shown when they work."""
    from impact import workflow
    from impact.errors import SetupInvalid
    from impact.store import open_database
    from impact.vault import Vault

    is_kept = (settings.data_dir / "impact.sqlite3").is_file()
    click.echo("Opening the demo …" if is_kept else "Creating the demo programmes …", err=True)
    try:
        database = open_database(settings)
    except SetupInvalid as error:
        what = error.problems[0].what
        raise SetupInvalid.at(
            str(settings.data_dir), what, "Give a folder that you may write to with --dir."
        ) from error
    try:
        vault = Vault(settings.keyring)
        made = workflow.open_demo(database, vault, settings)

        def show() -> None:
            if as_json:
                _print_json(made, settings.base_url)
            else:
                _print_text(made, settings.base_url, settings.data_dir, serves=listening is not None)

        if listening is None:
            show()
            return
        from impact.web import create_app

        run_server(create_app(settings, database, vault), listening, show)
    finally:
        database.close()


def _print_json(made: Demo, address: str) -> None:
    links = {
        "participant_url": address + made.participant_path,
        "evaluator_url": address + made.evaluator_path,
        "evaluator_email": made.evaluator_email,
        "evaluator_password": made.evaluator_password,
        "funder_url": address + made.funder_path if made.funder_path else "",
        "report_pdf": str(made.report_pdf),
    }
    click.echo(json.dumps(links))


def _print_text(made: Demo, address: str, data_dir: Path, *, serves: bool) -> None:
    rows = (
        ("Participant", address + made.participant_path),
        ("Evaluator", address + made.evaluator_path),
        ("", f"{made.evaluator_email}, password {made.evaluator_password}"),
        (
            "Funder",
            address + made.funder_path if made.funder_path else "(no link: revoked, and not made anew)",
        ),
        ("Report", str(made.report_pdf)),
        ("Data", str(made.data_file)),
    )
    lines = [f"{label:<13}{text}".rstrip() for label, text in rows]
    if len(made.programme_ids) > 1:
        lines += [
            "",
            "Beside the synthetic programme there is a real one: JOBS II, a randomised trial.",
        ]
    click.echo("\n".join(["", *lines, "", *_truth(made), ""]))
    if serves:
        click.echo("Stop with Ctrl-C.")
    else:
        place = shlex.quote(str(data_dir))
        click.echo(f"Start the server with: IMPACT_DATA_DIR={place} {options.program()} serve")


def _truth(made: Demo) -> list[str]:
    """What was drawn: the report is to be judged against it."""
    from impact import workflow

    _, instrument = workflow.find_plan("dialogue-core")
    names = {side.id: side.name["en"] for side in instrument.sides}
    lines = ["What is true of the synthetic people, in points from 0 to 100 (no other scale changes):"]
    for side, scales in made.truth["expected_change"].items():
        moved = [
            f"{instrument.scale[scale].title['en']} {points:+g}" for scale, points in scales.items() if points
        ]
        lines.append(f"  {names[side]}: {', '.join(moved) or 'nothing'}".replace("-", "−"))
    return lines
