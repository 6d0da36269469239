"""Words and numbers of a page in one language."""

from __future__ import annotations

from dataclasses import dataclass

from impact.i18n import message

# The digits that readers of the language meet in print.
_DIGITS = {"ar": "٠١٢٣٤٥٦٧٨٩", "ckb": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "ur": "۰۱۲۳۴۵۶۷۸۹"}


@dataclass(frozen=True)
class Words:
    """`words("next")` is the text of `participant.next`; numbers among the values get the language's digits."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        shown = {
            name: self.number(value) if isinstance(value, int | float) else value
            for name, value in values.items()
        }
        return message(self.language, f"participant.{key}", **shown)

    @property
    def draft(self) -> str:
        return message(self.language, "language.draft")

    def number(self, value: float) -> str:
        return self.digits(f"{value:.10g}")

    def digits(self, text: str) -> str:
        """A plain number in the language's digits; any other text as it is."""
        own = _DIGITS.get(self.language.split("-")[0])
        return (
            text.translate({48 + i: digit for i, digit in enumerate(own)})
            if own and text.isdecimal()
            else text
        )
