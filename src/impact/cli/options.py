"""Arguments that several commands share, and what they have in common when they work."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
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
    "--columns",
    metavar="MAP",
    help="Column map for raw files with names of their own: its name, or a YAML file.",
)
audience = click.option(
    "--audience",
    type=click.Choice(["team", "public"]),
    default="team",
    show_default=True,
    help="Who will read it: small groups are withheld, below 5 people for the team and 10 for the public.",
)
language = click.option(
    "--language",
    type=click.Choice(["ar", "en", "he"]),
    default="en",
    show_default=True,
    help="In which language the findings are worded; Arabic and Hebrew are draft translations.",
)
invited = click.option(
    "--invited",
    type=FILE,
    metavar="FILE",
    help="CSV of how many people were invited and consented: columns invited, consented, and arm and side if need be.",
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


def program() -> str:
    """How this program was called, to be typed again in a shell."""
    called = sys.argv[0]
    if called.endswith("__main__.py"):
        return f"{shlex.quote(sys.executable)} -m impact"
    found = shutil.which("impact")
    if called == "impact" or (found and os.path.realpath(found) == os.path.realpath(called)):
        return "impact"
    return shlex.quote(os.path.abspath(called))


def check_output(out: Path, inputs: Iterable[Path]) -> Path:
    """Where a document may go, links followed; before any work is done. Raises SetupInvalid."""
    from impact.errors import SetupInvalid

    place = out.resolve()

    def refuse(what: str, remedy: str) -> SetupInvalid:
        return SetupInvalid.at(str(out), what, remedy)

    if out.suffix.lower() != ".pdf":
        raise refuse("the name does not end in .pdf.", "Give --out a file such as report.pdf.")
    if place in {one.resolve() for one in inputs} or any(_same(place, one) for one in inputs):
        raise refuse(
            "this is one of the files that are read; nothing was written.", "Give --out another name."
        )
    if place.is_dir():
        raise refuse("this is a folder.", "Give --out a file in it, such as report.pdf.")
    if place.exists() and not place.is_file():
        raise refuse("this is a device or a pipe, not a file.", "Give --out a file such as report.pdf.")
    if not place.parent.is_dir():
        raise refuse("its folder does not exist.", "Create the folder, or choose another.")
    return place


def _same(place: Path, other: Path) -> bool:
    """Two names of one file."""
    return place.exists() and other.exists() and place.samefile(other)


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
