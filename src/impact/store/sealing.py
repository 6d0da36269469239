"""How the linkage code of a submission lies in its sealed value: the one place that knows the layout.

Plain content: 8 bytes each for the respondent (imported data) and for every code element in the order of the
instrument; zeros where not given, so that the length tells nothing. Bound to the submission's id.
"""

from __future__ import annotations

from collections.abc import Mapping

from impact.instruments.model import Instrument
from impact.vault import NO_TOKEN, TOKEN_BYTES, Vault

_RESPONDENT = "respondent"


def sealed_size(instrument: Instrument) -> int:
    """Bytes of the plain content."""
    return TOKEN_BYTES * (1 + len(instrument.code_elements))


def seal_code(
    vault: Vault,
    programme_id: str,
    instrument: Instrument,
    submission_id: bytes,
    code: Mapping[str, str],
    respondent: str = "",
) -> bytes:
    """Seal the chosen value of each code element (element id → value; absent or "" is not given).

    `respondent` is the label of a person in imported data, "" if there is none.
    """

    def token(element: str, value: str) -> bytes:
        return vault.token(programme_id, element, value) if value else NO_TOKEN

    plain = token(_RESPONDENT, respondent) + b"".join(
        token(f"code.{element.id}", code.get(element.id, "")) for element in instrument.code_elements
    )
    return vault.seal(programme_id, plain, submission_id)


def seal_text(vault: Vault, programme_id: str, submission_id: bytes, item: str, text: str) -> bytes:
    return vault.seal(programme_id, text.encode(), _text_context(submission_id, item))


def unseal_text(vault: Vault, programme_id: str, submission_id: bytes, item: str, sealed: bytes) -> str:
    return vault.unseal(programme_id, sealed, _text_context(submission_id, item)).decode()


def _text_context(submission_id: bytes, item: str) -> bytes:
    return submission_id + item.encode()
