"""The keys that lie outside the database, and what is sealed with them.

A stolen database must not tell who came back at the next wave. Linkage codes have about 25 bits, so a plain
hash is broken in seconds, and even equal keyed hashes would join the waves. Therefore each code element becomes
a keyed token, and all tokens of a submission lie under randomised authenticated encryption (AES-256-GCM). Each
programme has a random key of its own in a keyring file that no copy or backup of the database contains.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from impact.errors import Conflict, KeyMissing, SetupInvalid

TOKEN_BYTES = 8
NO_TOKEN = bytes(TOKEN_BYTES)
"""Stands where an element was not given; no value has this token."""

_KEY_BYTES = 32
_NONCE_BYTES = 12  # random; one key seals far fewer than the 2**32 messages that NIST SP 800-38D allows
_FORMAT = 1


@dataclass(frozen=True, repr=False)
class _Keys:
    """The sub-keys of one programme, derived by HKDF (RFC 5869) so that no key serves two purposes."""

    cipher: AESGCM
    token_key: bytes

    @classmethod
    def derive(cls, programme_id: str, key: bytes) -> _Keys:
        def sub_key(purpose: bytes) -> bytes:
            info = b"impact 1 " + purpose + b" " + programme_id.encode()
            return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(key)

        return cls(AESGCM(sub_key(b"seal")), sub_key(b"token"))


class Vault:
    """Seals and unseals with the keys of one keyring file. Safe for threads and for several processes.

    The file is JSON, mode 0600, replaced atomically: `{"format": 1, "keys": {programme id: base64}}`.
    """

    def __init__(self, keyring_path: Path) -> None:
        self._path = Path(keyring_path)
        self._lock = threading.Lock()
        self._cache: dict[str, _Keys] = {}

    def create_key(self, programme_id: str) -> None:
        """Add a random key for a new programme. Conflict if it has one: a key is never overwritten."""
        with self._lock, _locked_folder(self._path):
            keys = _read(self._path)
            if programme_id in keys:
                raise Conflict.at(str(self._path), f"programme {programme_id} has a key already.")
            keys[programme_id] = secrets.token_bytes(_KEY_BYTES)
            _write(self._path, keys)

    def remove_key(self, programme_id: str) -> None:
        """Take back the key of a programme that was not opened after all; an absent one is no error."""
        with self._lock, _locked_folder(self._path):
            keys = _read(self._path)
            if keys.pop(programme_id, None) is not None:
                _write(self._path, keys)
            self._cache.pop(programme_id, None)

    def has_key(self, programme_id: str) -> bool:
        return programme_id in self._cache or programme_id in _read(self._path)

    def seal(self, programme_id: str, plain: bytes, context: bytes) -> bytes:
        """Encrypt; equal plain texts give different results. `context` is bound to it, not stored in it.

        The result is 28 bytes longer than `plain`: a nonce of 12 and a tag of 16 bytes.
        """
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._keys(programme_id).cipher.encrypt(nonce, plain, context)

    def unseal(self, programme_id: str, sealed: bytes, context: bytes) -> bytes:
        """The plain bytes; KeyMissing if the key, the context or the content do not fit."""
        return next(self.unseal_many(programme_id, ((sealed, context),)))

    def unseal_many(self, programme_id: str, sealed: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
        """Unseal (sealed, context) pairs in their order: 1,000,000 take about two seconds."""
        decrypt = self._keys(programme_id).cipher.decrypt
        try:
            for value, context in sealed:
                yield decrypt(value[:_NONCE_BYTES], value[_NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise KeyMissing.at(
                str(self._path),
                f"the key of programme {programme_id} does not fit what is stored.",
                "Put back the keyring that belongs to this database.",
            ) from error

    def token(self, programme_id: str, element: str, value: str) -> bytes:
        """8 bytes that are equal for equal answers within one programme and mean nothing elsewhere."""
        name = element.encode()
        message = len(name).to_bytes(4, "little") + name + value.encode()
        return first_token(hmac.digest(self._keys(programme_id).token_key, message, "sha256"))

    def _keys(self, programme_id: str) -> _Keys:
        found = self._cache.get(programme_id)
        if found is None:
            # Another process may have added the key since: the file is read again for each unknown programme.
            with self._lock:
                key = _read(self._path).get(programme_id)
                if key is None:
                    raise KeyMissing.at(
                        str(self._path),
                        f"the keyring holds no key for programme {programme_id}.",
                        "Restore the keyring from its own backup, or set IMPACT_KEYRING to where it lies; "
                        "without it linkage codes and open text cannot be read.",
                    )
                found = self._cache[programme_id] = _Keys.derive(programme_id, key)
        return found


def first_token(digest: bytes) -> bytes:
    """The first 8 bytes of a digest that are not all zero, since NO_TOKEN means “not given”."""
    for start in range(0, len(digest), TOKEN_BYTES):
        token = digest[start : start + TOKEN_BYTES]
        if token != NO_TOKEN:
            return token
    return b"\x01".rjust(TOKEN_BYTES, b"\x00")


def _read(path: Path) -> dict[str, bytes]:
    """All keys; none if there is no file yet."""
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o004:
                raise SetupInvalid.at(
                    str(path), "every user of this machine can read the keyring.", f"Run: chmod 600 {path}"
                )
            content = json.loads(file.read())
        if content["format"] != _FORMAT:
            raise SetupInvalid.at(
                str(path),
                f"the keyring has format {content['format']}, this version reads format {_FORMAT}.",
                "Update impact.",
            )
        keys = {name: base64.b64decode(key, validate=True) for name, key in content["keys"].items()}
        if any(len(key) != _KEY_BYTES for key in keys.values()):
            raise ValueError("a key has the wrong length")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SetupInvalid.at(
            str(path), f"the keyring cannot be read: {error.strerror}.", "Check its owner and mode."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise SetupInvalid.at(
            str(path), "the keyring is damaged.", "Restore it from its own backup; do not delete it."
        ) from error
    return keys


def _write(path: Path, keys: dict[str, bytes]) -> None:
    """Replace the file as a whole: a crash leaves the old one or the new one, both complete and on the disk."""
    text = {name: base64.b64encode(key).decode() for name, key in sorted(keys.items())}
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            file.write(json.dumps({"format": _FORMAT, "keys": text}, indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _not_writable(path, error) from error


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself durable; Windows has no such call and needs none."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _locked_folder(path: Path) -> Iterator[None]:
    """Hold a lock beside the keyring: two processes that add keys at once would lose one of them."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _not_writable(path, error) from error
    try:
        release = _lock_file(lock)
        try:
            yield
        finally:
            release()
    finally:
        os.close(lock)


if os.name == "posix":
    import fcntl

    def _lock_file(descriptor: int) -> partial[None]:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return partial(fcntl.flock, descriptor, fcntl.LOCK_UN)

else:  # pragma: no cover - only on Windows
    import msvcrt

    def _lock_file(descriptor: int) -> partial[None]:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        return partial(msvcrt.locking, descriptor, msvcrt.LK_UNLCK, 1)


def _not_writable(path: Path, error: OSError) -> SetupInvalid:
    return SetupInvalid.at(  # type: ignore[return-value]
        str(path),
        f"the keyring cannot be written: {error.strerror}.",
        "Set IMPACT_KEYRING to a folder that this user may write.",
    )
