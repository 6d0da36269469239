"""Writes docs/disclosure.md from runs of the engine: python tests/docs/disclosure_page.py"""

from __future__ import annotations

from pathlib import Path

from impact.evaluation import as_submissions, draw, run
from impact.evaluation.cells import VALUES, rules
from impact.instruments import load_instrument
from impact.linkage import link
from impact.plans import load_plan

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "disclosure.md"
WORKSHOPS = (1, 3, 6)
STEPS = ("submissions", "linked", "analysed")


def runs():
    """(workshops, audience) → Findings of a made-up programme with two sides of ten people a workshop."""
    plan, instrument = load_plan(
        ROOT / "analysis" / "dialogue-core.yaml",
        lambda name, version: load_instrument(ROOT / "surveys" / f"{name}.v{version}.yaml"),
    )
    found = {}
    for workshops in WORKSHOPS:
        rows, _ = draw(plan, instrument, seed=1, workshops=workshops, people_per_side=10, by="respondent")
        submissions = as_submissions(instrument, rows)
        links = link(instrument, submissions)
        for audience in ("team", "public"):
            found[workshops, audience] = run(plan, instrument, submissions, links, audience=audience)
    return plan, found


def share(values):
    values = list(values)
    return f"{sum(value is not None for value in values)} of {len(values)}"


MEASURES = {
    "flow: counts of people": lambda f: share(row[step] for row in f["flow"] for step in STEPS),
    "findings with an estimate": lambda f: share(one["estimate"]["value"] for one in f["findings"]),
    "averages before and after": lambda f: share(
        one[wave]["mean"]
        for one in f["findings"]
        if "side" in one["subgroup"]
        for wave in ("before", "after")
    ),
    "people who moved clearly one way": lambda f: share(
        one["reliable_change"][way]
        for one in f["findings"]
        if "side" in one["subgroup"]
        for way in ("improved", "worsened")
    ),
    "shares at an end of a scale": lambda f: share(
        row[end] for row in f["quality"] for end in ("floor", "ceiling")
    ),
    "quality rows": lambda f: share(row["n"] for row in f["quality"]),
    "all submissions": lambda f: f["data"]["submissions"] or "–",
    "all respondents": lambda f: f["data"]["respondents"] or "–",
}


def page():
    plan, found = runs()
    yes = {True: "yes", False: "–"}
    thresholds = [
        f"| {rule.what} | {yes[rule.group]} | {yes[rule.cell]} | {yes[rule.rest]} | {yes[rule.zero]} | {rule.why} |"
        for rule in rules().values()
    ]
    heads = [(count, audience) for count in WORKSHOPS for audience in ("team", "public")]
    names = [f"{count} × 2 × 10, {audience}" for count, audience in heads]
    examples = [
        f"| {name} | " + " | ".join(str(measure(found[head])) for head in heads) + " |"
        for name, measure in MEASURES.items()
    ]
    team, public = plan.thresholds.team, plan.thresholds.public
    return f"""# What may be shown: disclosure control

Everything that is drawn, written, exported or released has passed one stage, `impact.evaluation.disclosure`. This page
is made by `tests/docs/disclosure_page.py` from the engine; a test compares the two.

The threshold k is the plan's: {team} for the project team, {public} for the public, unless the plan says otherwise.

## To whom the threshold applies

*Group*: the people whom the number is about are at least k. *Cell*: so are the people whom it counts, and nobody is
fewer than k. *Rest*: so are the people of the group whom it does not count. *Zero*: nobody at all may be told.

| number | group | cell | rest | zero | why |
|---|---|---|---|---|---|
{chr(10).join(thresholds)}

What is hidden and what cannot be computed has the same shape: null, with a caveat.

## What 1, 3 and 6 workshops of 2 × 10 people may publish

A made-up programme (plan `{plan.id}`, seed 1), of whom 15 % do not come back. Each entry: how many numbers of how many.

| | {" | ".join(names)} |
|---|{"---|" * len(names)}
{chr(10).join(examples)}

## What would give a hidden count back

- A side is shown whole, or beyond its submissions not at all. With one group, a wave that too few answered takes only
  what rests on that wave with it, if as many are linked at one of the other two waves as at the other.
- A total is shown only if all its parts are. Levels of a subgroup add up to the side: beside a small one, the smallest
  that helps is hidden.
- The public is not told what the team is not told, so that whoever holds both documents has no more than the team.
- A row of a side is there even if nobody of it answered; rows by language are there only if all are at least k.
- A caveat that exists only if there are such people says “a few” for 1 to at least {VALUES} of them.
- Two releases (or a team's document and a release) are compared by `too_close`, and the second is refused: where both
  show a count that differs by 1 to k − 1, and where one shows what the other hides and those who came or left are too
  few to keep it hidden. The same rule, as `may_refresh`, says when a live page may show newer figures.

For every hidden count at least {VALUES} values remain possible. `tests/evaluation/test_feasible_ranges.py` solves for each
with integer programming, over all counts published.

## What is not protected by this

- An average and a standard deviation of a group bound how many of it can be at an end of the scale, and how many can
  have moved: that is about the group, which the threshold on the group allows. The five values are for an attacker
  who holds the counts. On a scale of one item with few steps the two often leave fewer than five values, sometimes one.
- Where one person left and another came between two releases, and as many people stand in both, the release ledger does
  not see it: the difference of the two averages is the difference of these two people's scores.
- How many people were lost between two steps that are shown, and how many submissions have come in at all.
- That a group of k or more people changed by exactly the same amount is said, without its averages.
"""


if __name__ == "__main__":
    PAGE.write_text(page())
