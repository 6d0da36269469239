"""Random ids and secret tokens. Ids only name things; tokens open doors, so that only their hash is kept."""

from __future__ import annotations

import hashlib
import secrets


def new_key() -> str:
    """An id of 96 random bits, 16 characters that may stand in an address."""
    return secrets.token_urlsafe(12)


def new_link_token() -> str:
    """128 random bits for a link on a card: short, and never found by guessing."""
    return secrets.token_urlsafe(16)


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored instead of a secret. A plain hash is enough: 256 random bits cannot be tried out."""
    return hashlib.sha256(token.encode()).digest()
