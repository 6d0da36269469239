"""The vault: what is sealed opens again with its key and context only, and keys are never lost or shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.errors import Conflict, KeyMissing, SetupInvalid
from impact.vault import NO_TOKEN, Vault, first_token

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


@pytest.fixture
def keyring(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "keyring.json"


@pytest.fixture
def own(keyring: Path) -> Vault:
    vault = Vault(keyring)
    vault.create_key("p1")
    vault.create_key("p2")
    return vault


def test_what_is_sealed_opens_again(own: Vault) -> None:
    sealed = own.seal("p1", b"month 5", b"context")
    assert own.unseal("p1", sealed, b"context") == b"month 5"
    assert len(sealed) == len(b"month 5") + 28


def test_a_second_vault_of_the_same_keyring_opens_it(own: Vault, keyring: Path) -> None:
    assert Vault(keyring).unseal("p1", own.seal("p1", b"plain", b"c"), b"c") == b"plain"
    assert Vault(keyring).token("p1", "month", "5") == own.token("p1", "month", "5")


def test_equal_plain_texts_are_sealed_differently(own: Vault) -> None:
    assert len({own.seal("p1", b"same", b"same") for _ in range(1000)}) == 1000


@pytest.mark.parametrize("byte", [0, 11, 12, 15, -1])
def test_a_changed_byte_is_noticed(own: Vault, byte: int) -> None:
    sealed = bytearray(own.seal("p1", b"month 5", b"c"))
    sealed[byte] ^= 1
    with pytest.raises(KeyMissing):
        own.unseal("p1", bytes(sealed), b"c")


def test_the_key_and_the_context_must_fit(own: Vault, keyring: Path) -> None:
    sealed = own.seal("p1", b"month 5", b"context")
    message = (
        f"{keyring}: the key of programme p1 does not fit what is stored. "
        "Put back the keyring that belongs to this database."
    )
    with pytest.raises(KeyMissing) as caught:
        own.unseal("p1", sealed, b"another submission")
    assert str(caught.value) == message
    with pytest.raises(KeyMissing):
        own.unseal("p2", sealed, b"context")
    with pytest.raises(KeyMissing):
        own.unseal("p1", b"", b"context")


def test_a_missing_key_says_what_to_do(own: Vault, keyring: Path) -> None:
    with pytest.raises(KeyMissing) as caught:
        own.seal("p3", b"", b"")
    assert str(caught.value) == (
        f"{keyring}: the keyring holds no key for programme p3. Restore the keyring from its own backup, or set "
        "IMPACT_KEYRING to where it lies; without it linkage codes and open text cannot be read."
    )
    assert (own.has_key("p1"), own.has_key("p3")) == (True, False)


def test_a_key_made_by_another_process_is_found(keyring: Path) -> None:
    early = Vault(keyring)
    assert not early.has_key("p1")
    late = Vault(keyring)
    late.create_key("p1")
    assert early.has_key("p1")
    assert early.unseal("p1", late.seal("p1", b"x", b""), b"") == b"x"


def test_a_key_is_never_overwritten(own: Vault, keyring: Path) -> None:
    before = keyring.read_bytes()
    with pytest.raises(Conflict, match="programme p1 has a key already"):
        own.create_key("p1")
    assert keyring.read_bytes() == before


@given(
    st.tuples(st.sampled_from(["p1", "p2"]), st.text(max_size=5), st.text(max_size=5)),
    st.tuples(st.sampled_from(["p1", "p2"]), st.text(max_size=5), st.text(max_size=5)),
)
def test_tokens_are_equal_only_for_equal_answers(
    tmp_path_factory: pytest.TempPathFactory, one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "tokens" / "keyring.json"
    vault = Vault(path)
    for programme in ("p1", "p2"):
        if not vault.has_key(programme):
            vault.create_key(programme)
    assert (vault.token(*one) == vault.token(*other)) == (one == other)
    assert len(vault.token(*one)) == 8


def test_element_and_value_do_not_run_together(own: Vault) -> None:
    assert own.token("p1", "ab", "c") != own.token("p1", "a", "bc")


def test_another_keyring_gives_other_tokens(own: Vault, tmp_path: Path) -> None:
    """Without the keyring the 25 bits of a code cannot be tried out."""
    other = Vault(tmp_path / "other" / "keyring.json")
    other.create_key("p1")
    own_tokens = {own.token("p1", "month", str(month)) for month in range(1, 13)}
    assert not own_tokens & {other.token("p1", "month", str(month)) for month in range(1, 13)}


def test_the_token_of_nothing_is_never_given() -> None:
    assert first_token(NO_TOKEN + b"12345678" + b"abcdefgh") == b"12345678"
    assert first_token(NO_TOKEN * 4) == b"\x00\x00\x00\x00\x00\x00\x00\x01"


@posix
def test_only_the_owner_may_read_the_keyring(own: Vault, keyring: Path) -> None:
    assert keyring.stat().st_mode & 0o777 == 0o600
    assert keyring.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in keyring.parent.iterdir()) == ["keyring.json", "keyring.json.lock"]


@posix
def test_a_keyring_that_everybody_can_read_is_refused(own: Vault, keyring: Path) -> None:
    keyring.chmod(0o644)
    with pytest.raises(SetupInvalid) as caught:
        Vault(keyring).seal("p1", b"", b"")
    assert str(caught.value) == (
        f"{keyring}: every user of this machine can read the keyring. Run: chmod 600 {keyring}"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"format": 1}',
        b'{"format": 1, "keys": []}',
        b'{"format": 1, "keys": {"p": 5}}',
        b'{"format": 1, "keys": {"p": "not base64!"}}',
        b'{"format": 1, "keys": {"p": "c2hvcnQ="}}',
    ],
)
def test_a_damaged_keyring_is_neither_used_nor_replaced(keyring: Path, content: bytes) -> None:
    keyring.parent.mkdir()
    keyring.write_bytes(content)
    keyring.chmod(0o600)
    with pytest.raises(SetupInvalid) as caught:
        Vault(keyring).create_key("p1")
    assert str(caught.value) == (
        f"{keyring}: the keyring is damaged. Restore it from its own backup; do not delete it."
    )
    assert keyring.read_bytes() == content


def test_a_keyring_of_the_future_is_refused(keyring: Path) -> None:
    keyring.parent.mkdir()
    keyring.write_text('{"format": 2, "keys": {}}')
    keyring.chmod(0o600)
    with pytest.raises(SetupInvalid) as caught:
        Vault(keyring).has_key("p1")
    assert str(caught.value) == (
        f"{keyring}: the keyring has format 2, this version reads format 1. Update impact."
    )


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(SetupInvalid) as caught:
        Vault(tmp_path / "keys" / "keyring.json").create_key("p1")
    assert str(caught.value) == (
        f"{tmp_path}/keys/keyring.json: the keyring cannot be written: File exists. "
        "Set IMPACT_KEYRING to a folder that this user may write."
    )


_CREATE = """
import sys
from pathlib import Path
from impact.vault import Vault
for number in range(20):
    Vault(Path(sys.argv[1])).create_key(f"{sys.argv[2]}-{number}")
"""


def test_processes_that_add_keys_at_once_lose_none(keyring: Path) -> None:
    names = ("a", "b", "c")
    processes = [subprocess.Popen([sys.executable, "-c", _CREATE, str(keyring), name]) for name in names]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    keys = json.loads(keyring.read_text())["keys"]
    assert Counter(name.split("-")[0] for name in keys) == {"a": 20, "b": 20, "c": 20}
    assert len(set(keys.values())) == 60
