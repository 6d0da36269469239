"""Releases to funders: add, by_token, findings_of, revoke, of_programme. Findings are frozen, and stored sealed."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, select

from impact.errors import NotFound
from impact.store.ids import digest, new_key, new_secret
from impact.store.tables import Release
from impact.vault import Vault


def add(
    session: Session, vault: Vault, programme_id: str, findings: str, created_on: date
) -> tuple[Release, str]:
    """Seal and store the findings (JSON text); the release with the token of its link.

    The token is shown once: only its hash is kept.
    """
    token, release_id = new_secret(), new_key()
    release = Release(
        id=release_id,
        programme_id=programme_id,
        token_sha256=digest(token),
        findings=vault.seal(programme_id, findings.encode(), release_id.encode()),
        created_on=created_on,
    )
    session.add(release)
    session.flush()
    return release, token


def by_token(session: Session, token: str) -> Release:
    """NotFound if there is none or it was revoked: both say the same."""
    query = select(Release).where(Release.token_sha256 == digest(token), Release.revoked.is_(False))  # type: ignore[attr-defined]
    release = session.exec(query).first()
    if release is None:
        raise NotFound("This link is not known, or it was withdrawn. Ask whoever gave it to you.")
    return release


def findings_of(vault: Vault, release: Release) -> str:
    """The JSON text as it was given out. KeyMissing if the keyring does not fit."""
    return vault.unseal(release.programme_id, bytes(release.findings), release.id.encode()).decode()


def revoke(session: Session, release_id: str) -> None:
    """The link opens nothing from now on; NotFound if there is no such release."""
    release = session.get(Release, release_id)
    if release is None:
        raise NotFound.at(
            f"release “{release_id[:40]}”",
            "there is no such release.",
            "See which there are with: impact programme releases PROGRAMME",
        )
    release.revoked = True
    session.add(release)
    session.flush()


def of_programme(session: Session, programme_id: str) -> list[Release]:
    """Newest day first."""
    query = select(Release).where(Release.programme_id == programme_id)
    return sorted(session.exec(query), key=lambda release: (-release.created_on.toordinal(), release.id))
