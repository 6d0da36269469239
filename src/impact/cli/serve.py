"""`impact serve`: the web server."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from impact.cli import options

if TYPE_CHECKING:
    from fastapi import FastAPI

SECONDS_TO_FINISH = 10

EPILOG = """\b
Examples:
  impact serve
  IMPACT_DATA_DIR=/srv/impact IMPACT_BASE_URL=https://survey.example.org impact serve --host 0.0.0.0
"""


@click.command(epilog=EPILOG, short_help="Serve participants, evaluators and funders.")
@options.host
@options.port()
def serve(host: str, port: int) -> None:
    """Serve participants, evaluators and funders. Settings come from the environment: see impact --help.

    Stop it with Ctrl-C or SIGTERM: requests under way are finished first. No access log is written, because
    it would tell who answered when.
    """
    from impact.settings import Settings
    from impact.store import open_database
    from impact.vault import Vault
    from impact.web import create_app

    unwind_on_sigterm()
    settings = Settings.from_environment()
    listening = listen(host, port)
    with listening:
        address = address_of(listening, host)
        settings = replace(settings, base_url=settings.base_url if _has_base_url() else address)
        database = open_database(settings)
        try:
            app = create_app(settings, database, Vault(settings.keyring))
            run_server(app, listening, lambda: click.echo(f"Serving at {address}", err=True))
        finally:
            database.close()


def listen(host: str, port: int, *, or_any_port: bool = False) -> socket.socket:
    """A bound socket, so that nobody can take the port meanwhile. Raises SetupInvalid if that fails."""
    from impact.errors import SetupInvalid

    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # With the protocol named, asyncio switches Nagle's algorithm off; without, each answer waits 40 ms.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":  # elsewhere it would let two servers share one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError:
            if not or_any_port:
                listening.close()
                raise
            listening.bind((host, 0))
    except OSError as error:
        raise SetupInvalid.at(
            f"{host}:{port}",
            f"the port cannot be used: {(error.strerror or 'unknown reason').lower()}.",
            "Stop what uses it, or choose another with --port.",
        ) from None
    return listening


def address_of(listening: socket.socket, host: str) -> str:
    """The web address of a bound socket."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{listening.getsockname()[1]}"


def unwind_on_sigterm() -> None:
    """Treat SIGTERM as Ctrl-C, so that files are closed and temporary folders removed.

    After its own clean end uvicorn raises the signal again; that too unwinds this process in order.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def run_server(app: FastAPI, listening: socket.socket, when_ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; `when_ready` is called once requests are answered."""
    import uvicorn

    from impact.web import server_options

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                when_ready()

    config = uvicorn.Config(app, timeout_graceful_shutdown=SECONDS_TO_FINISH, **server_options())
    server = Server(config)
    # Whoever started this process in the background may have it ignore Ctrl-C: then nothing is raised afterwards.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if server.started:
        click.echo("Stopped.", err=True)


def _has_base_url() -> bool:
    return bool(os.environ.get("IMPACT_BASE_URL"))
