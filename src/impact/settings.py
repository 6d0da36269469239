"""The environment, read once into a frozen Settings that is passed on; nothing reads it later."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from impact.errors import Problem, SetupInvalid


@dataclass(frozen=True)
class Settings:
    """What an operator may set.

    `data_dir` holds the SQLite database; `keyring` must lie outside any copy or backup of it.
    """

    data_dir: Path
    database_url: str
    keyring: Path
    surveys_dir: Path | None = None
    analysis_dir: Path | None = None
    base_url: str = "http://127.0.0.1:8000"
    secure_cookies: bool = False

    @classmethod
    def for_folder(cls, data_dir: Path, **changes: object) -> Settings:
        """Settings that keep everything in one folder: SQLite in it, the keyring in a sub-folder of its own."""
        values: dict[str, object] = {
            "data_dir": data_dir,
            "database_url": f"sqlite:///{data_dir / 'impact.sqlite3'}",
            "keyring": data_dir / "keys" / "keyring.json",
        }
        return cls(**{**values, **changes})  # type: ignore[arg-type]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read IMPACT_*; all faults at once.

        IMPACT_DATA_DIR, IMPACT_DATABASE_URL, IMPACT_KEYRING, IMPACT_SURVEYS_DIR, IMPACT_ANALYSIS_DIR,
        IMPACT_BASE_URL, IMPACT_SECURE_COOKIES.
        """
        data_dir = Path(environ.get("IMPACT_DATA_DIR") or Path.home() / ".local" / "share" / "impact")
        base_url = environ.get("IMPACT_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
        problems = []
        if not base_url.startswith(("http://", "https://")):
            problems.append(
                Problem("IMPACT_BASE_URL", f"“{base_url}” is no web address.", "Begin it with https://.")
            )
        database_url = environ.get("IMPACT_DATABASE_URL") or f"sqlite:///{data_dir / 'impact.sqlite3'}"
        if not database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            problems.append(
                Problem(
                    "IMPACT_DATABASE_URL",
                    "the address names no database that is supported.",
                    "Use sqlite:////path/to/file or postgresql://user@host/name.",
                )
            )
        SetupInvalid.raise_if(problems)
        return cls(
            data_dir=data_dir,
            database_url=database_url,
            keyring=Path(environ.get("IMPACT_KEYRING") or data_dir / "keys" / "keyring.json"),
            surveys_dir=_optional_folder(environ, "IMPACT_SURVEYS_DIR"),
            analysis_dir=_optional_folder(environ, "IMPACT_ANALYSIS_DIR"),
            base_url=base_url,
            secure_cookies=environ.get("IMPACT_SECURE_COOKIES", str(int(base_url.startswith("https"))))
            == "1",
        )


def _optional_folder(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name)
    if not value:
        return None
    path = Path(value)
    if not path.is_dir():
        raise SetupInvalid.at(name, f"the folder {path} does not exist.", "Create it or unset the variable.")
    return path
