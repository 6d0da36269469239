"""Writes the examples of the Findings contract, by the engine from a seeded programme.

    python tests/golden/make.py

findings-example.json   three workshops of 2 × 12 people, for the public
findings-small.json     the same plan with 2 × 3 people each: everything is hidden from the public

tests/evaluation/test_golden.py fails when a file is not what the engine makes now.
"""

from __future__ import annotations

from pathlib import Path

from impact.evaluation import Labels, as_submissions, draw, run, to_json
from impact.instruments import find_instrument
from impact.linkage import link
from impact.plans import load_plan
from impact.resources import folder

FOLDER = Path(__file__).resolve().parent
FILES = {"findings-example.json": 12, "findings-small.json": 3}  # people a side and workshop
SEED = 38
SHIFTS = {
    "a": {"fear": -22.0, "trust_group": 12.0, "understanding": 8.0, "closeness": 10.0},
    "b": {"trust_group": 8.0, "understanding": 6.0, "closeness": 10.0},
}


def example(people_per_side: int) -> bytes:
    """The JSON of an example: three workshops, two sides, three languages, for the public."""
    plan, instrument = load_plan(
        folder("analysis") / "dialogue-core.yaml",
        lambda name, version: find_instrument(name, version, [folder("surveys")]),
    )
    rows, _ = draw(
        plan,
        instrument,
        seed=SEED,
        workshops=3,
        people_per_side=people_per_side,
        shifts=SHIFTS,
        languages={"a": ["ar", "en"], "b": ["he", "en"]},
    )
    submissions = as_submissions(instrument, rows)
    labels = Labels("Example programme", {"a": "Side A", "b": "Side B"}, "en", "Example organisation", True)
    links = link(instrument, submissions)
    return to_json(run(plan, instrument, submissions, links, audience="public", labels=labels))


if __name__ == "__main__":
    for name, people in FILES.items():
        (FOLDER / name).write_bytes(example(people))
