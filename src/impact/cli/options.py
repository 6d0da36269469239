"""Arguments that several commands share, and what they have in common when they work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from impact.settings import Settings
    from impact.store import Database
    from impact.vault import Vault

STEPS = 1000
FILE = click.Path(path_type=Path)

data = click.option(
    "--data",
    "data",
    type=FILE,
    multiple=True,
    required=True,
    metavar="FILE",
    help="CSV or XLSX; may be repeated.",
)
columns = click.option(
    "--columns", type=FILE, metavar="MAP", help="Column map (YAML) for raw files with names of their own."
)
audience = click.option(
    "--audience",
    type=click.Choice(["team", "public"]),
    default="team",
    show_default=True,
    help="Who will read it: small groups are withheld, below 5 people for the team and 10 for the public.",
)
host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")


def port(default: int = 8000) -> Callable[[Any], Any]:
    return click.option("--port", type=click.IntRange(0, 65535), default=default, show_default=True)


@contextmanager
def opened() -> Iterator[tuple[Settings, Database, Vault]]:
    """Settings of the environment, the database (made or migrated if need be) and the vault; closed at the end."""
    from impact.settings import Settings
    from impact.store import open_database
    from impact.vault import Vault

    settings = Settings.from_environment()
    database = open_database(settings)
    try:
        yield settings, database, Vault(settings.keyring)
    finally:
        database.close()


@contextmanager
def progress(label: str) -> Iterator[Callable[[float], None]]:
    """A callback (share done, 0 to 1) that draws a bar on stderr; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _share: None
        return
    with click.progressbar(length=STEPS, label=label, file=sys.stderr, show_pos=False) as bar:

        def show(share: float) -> None:
            step = min(round(share * STEPS), STEPS)
            if step > bar.pos:
                bar.update(step - bar.pos)

        yield show


def write_whole(path: Path, content: bytes) -> None:
    """Write beside, then rename: the file is there complete or not at all. Raises SetupInvalid."""
    import tempfile

    from impact.errors import SetupInvalid

    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            part = Path(file.name)
            file.write(content)
        part.chmod(0o644)
        part.replace(path)
    except OSError as error:
        if part:
            part.unlink(missing_ok=True)
        raise SetupInvalid.at(
            str(path), f"the file cannot be written: {error.strerror}.", "Choose a folder you may write to."
        ) from None
