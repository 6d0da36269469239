"""What the linter finds of sentences that it was never mended for, and that the manual says so.

The set stays as it was written. A change of the word lists moves these figures, up or down; they are put right here and
in chapter 3 of the specification, and no sentence of the set is ever mended for: then it would measure nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from impact.evaluation import check

HERE = Path(__file__).parent
UNSEEN = yaml.safe_load((HERE / "unseen.yaml").read_text(encoding="utf-8"))
CHAPTER = HERE.parent / "spec" / "chapters" / "03-verdicts-and-sentences.md"
FOUND = {"en": 4, "ar": 2, "he": 3}


def flagged(kind: str, language: str) -> list[str]:
    return [text for text in UNSEEN[kind][language] if check(text, "before_after", language)]


@pytest.mark.parametrize("language", FOUND)
def test_so_many_breaches_of_thirty_are_found(language: str) -> None:
    assert len(UNSEEN["breaches"][language]) == 30
    assert len(flagged("breaches", language)) == FOUND[language]


@pytest.mark.parametrize(("language", "size"), [("en", 15), ("ar", 10), ("he", 10)])
def test_nothing_acceptable_is_flagged(language: str, size: int) -> None:
    assert len(UNSEEN["acceptable"][language]) == size
    assert flagged("acceptable", language) == []


def test_the_manual_prints_these_figures() -> None:
    text = " ".join(CHAPTER.read_text(encoding="utf-8").split())
    first = UNSEEN["first_run"]
    others = first["ar"] + first["he"]
    row = f"| 6 | {first['en'] + others} of 90 | {first['acceptable_flagged']} of 35 | {first['en']} of 30 | {others} of 60 |"
    now = (
        f"Now, after mending for set 5: {FOUND['en']} of 30 in English, {FOUND['ar']} of 30 in Arabic, "
        f"{FOUND['he']} of 30 in Hebrew, and none of the 35 acceptable ones flagged."
    )
    assert (text.count(row), text.count(now)) == (1, 1)


def test_no_sentence_is_in_the_corpus_that_the_lists_are_mended_for() -> None:
    known = {
        row["text"]
        for path in (HERE / "corpus").glob("*.yaml")
        for kind in ("breaches", "acceptable")
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))[kind]
    }
    unseen = {text for kind in ("breaches", "acceptable") for rows in UNSEEN[kind].values() for text in rows}
    assert known & unseen == set()
