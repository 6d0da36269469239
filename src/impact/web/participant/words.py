"""Words and numbers of a page in one language.

Numbers have the digits 0–9 in every language: the texts of instruments hold them so, and a page with two systems of
digits would be read twice. What is typed may have Arabic-Indic or Persian digits (`answers.parse_answers`).
"""

from __future__ import annotations

from dataclasses import dataclass

from impact.i18n import message


@dataclass(frozen=True)
class Words:
    """`words("next")` is the text of `participant.next`; numbers among the values are written short."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        shown = {
            name: f"{value:.10g}" if isinstance(value, int | float) else value
            for name, value in values.items()
        }
        return message(self.language, f"participant.{key}", **shown)

    @property
    def draft(self) -> str:
        return message(self.language, "language.draft")
