"""An attacker who solves for hidden counts with integer programming finds at least five values for each.

The attacker holds everything that is published of a random small programme: the document of the team and that of the
public, or two releases. The unknowns are people, by arm, side, waves answered and waves scored; what is published are
equations between them. The attacker knows the rule, and of each hidden count that is small, even that it is so; of
two releases, that people were only added, or only withdrawn. The model is written from what
the numbers mean, not from the engine's own relations.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from importlib import import_module
from itertools import chain, combinations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from impact.evaluation import as_submissions, run, too_close
from impact.evaluation.disclosure import _reliable_change, disclose
from impact.plans.model import Contrast, Outcome

STEPS = ("submissions", "linked", "analysed")
CATEGORIES = ("improved", "unchanged", "worsened")
DISTANCES = ("exact", "one_differs", "two_differ")
OUTSIDE = "a wave that the plan does not use"
MOST = 400
engine = import_module("impact.evaluation.run")


def subsets(things):
    things = list(things)
    return [
        frozenset(one) for one in chain.from_iterable(combinations(things, n) for n in range(len(things) + 1))
    ]


# --- random programmes ------------------------------------------------------------------------------------------


def random_plan(make, rng):
    names = {
        1: ["post - pre"],
        2: ["post - pre", "followup - pre"],
        3: ["post - pre", "followup - pre", "followup - post"],
    }[int(rng.choice([1, 1, 2, 3]))]
    contrasts = tuple(Contrast(name, *name.split(" - ")) for name in names)
    outcomes = (Outcome("fear", "primary"), Outcome("trust", str(rng.choice(["primary", "secondary"]))))
    arms = make.arms_plan | {"design": "comparison"} if rng.random() < 0.3 else {}
    by_side = bool(rng.random() < 0.8)
    more = {"contrasts": contrasts, "outcomes": outcomes, "by_side": by_side} | arms
    if not by_side:
        more["compare_sides"] = False
    return make.plan(**more)


def random_people(plan, rng):
    """Person → rows: some come once, skip a scale, name no side, arm or workshop, answer in another language."""
    arms = ("workshop",) if plan.design == "one_group" else ("workshop", "comparison")
    waves = [
        wave
        for wave in ("pre", "post", "followup")
        if any(wave in (c.after, c.before) for c in plan.contrasts)
    ]
    if rng.random() < 0.15:
        waves = ["pre", "post", "followup"]
    stay, skip = rng.uniform(0.3, 1.0), rng.choice([0.0, 0.05, 0.2, 0.5])
    odd, second = rng.choice([0.0, 0.0, 0.04]), rng.choice([0.0, 0.3])
    workshops = int(rng.integers(1, 7))
    people = []
    for workshop in range(workshops):
        for side in ("a", "b"):
            size = int(rng.integers(0, 11)) if rng.random() < 0.7 else int(rng.integers(0, 4))
            for _ in range(size):
                facts = {"workshop": f"W{workshop}", "side": side, "arm": arms[workshop % len(arms)]}
                for name in ("workshop", "side", "arm"):
                    if rng.random() < odd:
                        facts[name] = ""
                facts["language"] = "ar" if rng.random() < second else "en"
                came = [wave for i, wave in enumerate(waves) if rng.random() < (0.95 if i == 0 else stay)]
                person = f"p{len(people):04d}"
                people.append([row_of(rng, person, wave, facts, skip) for wave in came or waves[:1]])
    return people


def row_of(rng, person, wave, facts, skip):
    row = {"respondent": person, "wave": wave, **facts}
    for scale in ("fear", "trust"):
        start = int(rng.integers(1, 6))
        is_skipped = rng.random() < skip
        for item in (1, 2, 3):
            value = int(np.clip(start + rng.integers(-1, 2), 1, 5))
            row[f"{scale}_{item}"] = "" if is_skipped else str(6 - value if item == 3 else value)
    return row


def links_of(make, submissions, instrument, rng):
    """Half of the programmes are linked by code: some pairs differ in an element, some ties are refused."""
    links = make.links(instrument, submissions)
    if rng.random() < 0.5:
        return links
    share = rng.choice([0.0, 0.1, 0.4])
    pairs = {}
    for wave, by_distance in links.pairs.items():
        drawn = rng.multinomial(sum(by_distance.values()), [1 - share, share * 0.7, share * 0.3])
        pairs[wave] = {distance: int(count) for distance, count in enumerate(drawn)}
    return replace(links, by="code", pairs=pairs, refused=int(rng.choice([0, 1, 3, 12])))


class Programme:
    """Two states of one programme, the second with people added or withdrawn, and what is published of each."""

    def __init__(self, make, instrument, seed):
        rng = np.random.default_rng(seed)
        self.plan, self.instrument = random_plan(make, rng), instrument
        people = random_people(self.plan, rng) or random_people(self.plan, rng)
        while not people:
            people = random_people(self.plan, rng)
        kept = int(rng.integers(1, len(people) + 1)) if rng.random() < 0.5 else max(1, len(people) - 12)
        order = rng.permutation(len(people))
        some = [people[i] for i in sorted(order[:kept])]
        self.is_growth = bool(rng.random() < 0.6)
        self.states = [some, people] if self.is_growth else [people, some]
        self.documents = [self._documents(make, rng, rows) for rows in self.states]

    def _documents(self, make, rng, people):
        submissions = as_submissions(self.instrument, [row for rows in people for row in rows])
        links = links_of(make, submissions, self.instrument, rng)
        made = {}
        for audience in ("team", "public"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(
                    engine, "disclose", lambda raw, *rest: made.update(truth=raw) or disclose(raw, *rest)
                )
                made[audience] = run(self.plan, self.instrument, submissions, links, audience=audience)
        return made


# --- the attacker -----------------------------------------------------------------------------------------------


class Attack:
    """Unknown numbers of people, and equations from documents. `states`: which document is of which data."""

    def __init__(self, programme, documents):
        self.plan, self.names, self.rules, self.low, self.high = programme.plan, {}, [], [], []
        # What the team is shown is no secret of the public's document from who holds both.
        self.secret, self.goals = documents[0][1], {}
        self.groups, self.waves, self.patterns = {}, {}, {}
        self.has_outside = any(
            document["truth"]["data"]["submissions"]
            != sum(row["submissions"] for row in document["truth"]["flow"])
            for document in programme.documents
        )
        states = sorted({state for state, _, _ in documents})
        for state in states:
            self._people(state, next(document for one, _, document in documents if one == state))
        for state, audience, document in documents:
            truth = programme.documents[state]["truth"]
            self._document(state, document, truth, getattr(self.plan.thresholds, audience), audience)
        if len(states) == 2:
            self._grow(programme.is_growth)

    def var(self, *name, low=0, high=MOST):
        if name not in self.names:
            self.names[name] = len(self.names)
            self.low.append(low)
            self.high.append(high)
        return name

    def rule(self, terms, low, high=None):
        """low ≤ Σ factor · unknown ≤ high; without high: equal to low."""
        merged = Counter()
        for name, factor in terms:
            merged[name] += factor
        self.rules.append((merged, low, low if high is None else high))

    def _people(self, state, document):
        flow = document["flow"]
        self.waves[state] = list(dict.fromkeys(row["wave"] for row in flow))
        groups = list(dict.fromkeys((row["arm"], row["side"]) for row in flow))
        others = [OUTSIDE] if self.has_outside else []
        self.patterns[state] = [one for one in subsets([*self.waves[state], *others]) if one]
        self.scales = list(dict.fromkeys(row["scale"] for row in document["findings"]))
        for group in groups:
            for pattern in self.patterns[state]:
                people = self.var(state, "people", group, pattern)
                for scale in self.scales:
                    scored = [
                        self.var(state, "scored", scale, group, pattern, one)
                        for one in subsets(pattern - {OUTSIDE})
                    ]
                    self.rule([(people, 1), *((one, -1) for one in scored)], 0)
        self.groups[state] = groups

    def designed(self, state, side):
        arms = ("workshop",) if self.plan.design == "one_group" else ("workshop", "comparison")
        return [group for group in self.groups[state] if group[1] == side and group[0] in arms]

    def step(self, state, group, wave, step):
        if step == "analysed":
            return [(self.var(state, "analysed", group, wave), 1)]
        return [
            ((state, "people", group, pattern), 1)
            for pattern in self.patterns[state]
            if wave in pattern and (step == "submissions" or len(pattern) > 1)
        ]

    def scored(self, state, scale, group, waves):
        return [
            ((state, "scored", scale, group, pattern, one), 1)
            for pattern in self.patterns[state]
            for one in subsets(pattern - {OUTSIDE})
            if set(waves) <= one
        ]

    def told(self, terms, published, truth, k, label):
        """A published count is an equation; a hidden one is a goal, small or hidden beside another."""
        if published is not None:
            self.rule(terms, published)
            return
        self.rule(terms, 0, k - 1 if truth < k else MOST)
        self.aim(label, terms, truth)

    def aim(self, label, terms, truth):
        if label[1] == self.secret:
            self.goals.setdefault((label[0], *sorted(terms, key=str)), (label, terms, truth))

    def _document(self, state, document, truth, k, audience):
        seen = (state, audience)
        for row, real in zip(document["flow"], truth["flow"], strict=True):
            self._flow(state, row, real, k, seen)
        self._totals(state, document)
        for i, found in enumerate(document["findings"]):
            self._finding(state, i, found, truth["findings"][i], k, seen)
        whole = {
            (row["scale"], row["wave"], row["side"]): row
            for row in truth["quality"]
            if row["language"] is None
        }
        for row in document["quality"]:
            if row["language"] is None:
                self._quality(state, row, whole[row["scale"], row["wave"], row["side"]], k, seen)
        self._linkage(state, document, truth, k, seen)
        self._analysed(state, document)

    def _flow(self, state, row, real, k, seen):
        group, wave = (row["arm"], row["side"]), row["wave"]
        by_chance = group not in self.designed(state, row["side"]) or (
            row["side"] is None and self.plan.by_side
        )
        least = max(k, 6) if by_chance else k
        for step in STEPS:
            terms = self.step(state, group, wave, step)
            alone = step != "submissions" and len(self.waves[state]) == 1 and not self.has_outside
            compared = [set(contrast.name.split(" - ")) for contrast in self.plan.contrasts]
            can_be = any(wave in both and both <= set(self.waves[state]) for both in compared)
            if alone or (step == "analysed" and (by_chance or not can_be)):
                self.rule(terms, 0)  # nobody can be, which everybody knows
                continue
            self.told(terms, row[step], real[step], least, (*seen, "flow", group, wave, step))
        linked = self.step(state, group, wave, "linked")
        self.rule([*linked, (self.var(state, "analysed", group, wave), -1)], 0, MOST)
        if by_chance:
            self.rule([((state, "people", group, pattern), 1) for pattern in self.patterns[state]], 1, MOST)

    def _totals(self, state, document):
        data = document["data"]
        everybody = [
            ((state, "people", group, pattern), pattern)
            for group in self.groups[state]
            for pattern in self.patterns[state]
        ]
        if data["submissions"] is not None:
            self.rule([(name, len(pattern)) for name, pattern in everybody], data["submissions"])
        if data["respondents"] is not None:
            self.rule([(name, 1) for name, _ in everybody], data["respondents"])

    def arms_of(self, found):
        return found["subgroup"].get("side"), found["contrast"].split(" - ")

    def member(self, state, i, group):
        return self.var(state, "finding", i, group)

    def _finding(self, state, i, found, real, k, seen):
        if "sides" in found["subgroup"]:
            return
        side, waves = self.arms_of(found)
        groups = self.designed(state, side)
        members = [(self.member(state, i, group), 1) for group in groups]
        for group, member in zip(groups, members, strict=True):
            both = self.scored(state, found["scale"], group, waves)
            left_out = self.var(state, "left out", i, group)
            self.rule([*both, (member[0], -1), (left_out, -1)], 0)
            if not found["suppressed"] and not any(
                note["code"] == "no_workshop" for note in found["caveats"]
            ):
                self.rule([(left_out, 1)], 0)
            if not any(note["code"] == "no_workshop" for note in real["caveats"]):
                self.rule([(left_out, 1)], 0)  # a cautious attacker: knows of nobody without a workshop
        sizes = real["_groups"]
        if found["arms"]:
            for group, member in zip(groups, members, strict=True):
                self.rule([member], found["arms"][group[0]]["n"])
        elif len(groups) == 2 and found["n"] is None:
            for member, size in zip(members, sizes, strict=True):
                self.rule([member], 0, k - 1 if size < k else MOST)
        if found["n"] is not None:
            self.rule(members, found["n"])
        else:
            small = len(groups) == 1 and sizes[0] < k
            self.rule(members, 0, k - 1 if small else MOST)
            if set(waves) <= set(self.waves[state]):  # else nobody can be in it yet, which is no secret
                self.aim((*seen, "finding", i, "n"), members, real["n"])
        self._categories(state, i, found, real, members, k, seen)

    def _categories(self, state, i, found, real, members, k, seen):
        block, truth = found["reliable_change"], real["reliable_change"]
        if truth["improved"] is None:
            return
        parts = [(self.var(state, "category", i, name), 1) for name in CATEGORIES]
        self.rule([*((name, 1) for name, _ in parts), (members[0][0], -1)], 0)
        alone = found["suppressed"] or block["threshold"] is None
        for name, part in zip(CATEGORIES, parts, strict=True):
            if block[name] is not None:
                self.rule([part], block[name])
            elif not found["suppressed"]:
                small = not alone and name != "unchanged"
                self.rule([part], 0, k - 1 if small else MOST)
                self.aim((*seen, "category", i, name), [part], truth[name])

    def _quality(self, state, row, real, k, seen):
        groups = self.designed(state, row["side"])
        terms = [one for group in groups for one in self.scored(state, row["scale"], group, [row["wave"]])]
        self.told(terms, row["n"], real["n"], k, (*seen, "quality", row["scale"], row["wave"], row["side"]))
        if row["missing"] is None or row["n"] is None:
            return
        # 3 · missing · people = answers not given: 2 or 3 of those without a score, 0 or 1 of the others.
        here = [one for group in groups for one in self.step(state, group, row["wave"], "submissions")]
        slack = 0.005 * row["missing"] + 1e-9
        low, high = 3 * (row["missing"] - slack), 3 * (row["missing"] + slack)
        self.rule([*((name, high - 2) for name, _ in here), *((name, 2) for name, _ in terms)], -1e-6, np.inf)
        self.rule([*((name, 3 - low) for name, _ in here), *((name, -2) for name, _ in terms)], -1e-6, np.inf)

    def _linkage(self, state, document, truth, k, seen):
        for row, real in zip(document["linkage"]["waves"], truth["linkage"]["waves"], strict=True):
            earlier = ["pre", "post", "followup"][: ["pre", "post", "followup"].index(row["wave"])]
            paired = [
                ((state, "people", group, pattern), 1)
                for group in self.groups[state]
                for pattern in self.patterns[state]
                if row["wave"] in pattern and pattern & set(earlier)
            ]
            parts = [(self.var(state, "distance", row["wave"], name), 1) for name in DISTANCES]
            if row["linked"] is not None:
                self.rule(parts, row["linked"])
            if row["linked"] is not None and set(earlier) <= set(self.waves[state]):
                self.rule(paired, row["linked"])
            for name, part in zip(DISTANCES, parts, strict=True):
                if row[name] is not None:
                    self.rule([part], row[name])
                else:
                    self.aim((*seen, "distance", row["wave"], name), [part], real[name])

    def _analysed(self, state, document):
        for group in self.groups[state]:
            for wave in self.waves[state]:
                analysed = (self.var(state, "analysed", group, wave), 1)
                mine = [
                    (self.member(state, i, group), -1)
                    for i, found in enumerate(document["findings"])
                    if found["role"] == "primary"
                    and "sides" not in found["subgroup"]
                    and group in self.designed(state, found["subgroup"].get("side"))
                    and wave in found["contrast"].split(" - ")
                ]
                for one in mine:
                    self.rule([analysed, one], 0, MOST)
                self.rule([analysed, *mine], -MOST, 0)

    def _grow(self, is_growth):
        """Of two states, one holds all people of the other, with all their answers."""
        for (state, *rest), _ in list(self.names.items()):
            if state == 1 or (1, *rest) not in self.names or rest[0] in ("distance", "category", "left out"):
                continue
            difference = [((1, *rest), 1 if is_growth else -1), ((0, *rest), -1 if is_growth else 1)]
            self.rule(difference, 0, MOST)

    def narrowest(self):
        """(hidden counts, the fewest values found, where, how many of each kind).

        Two answers to the equations that differ by four in a count prove five values, so each answer is used for
        all counts, and only those that are still open are solved for by themselves.
        """
        matrix, least, most = self._matrix()
        touched = (abs(matrix) > 0).astype(float)
        _, part = connected_components(touched.T @ touched, directed=False)
        goals = np.zeros((len(self.goals), len(self.names)))
        for row, (_, terms, _) in enumerate(self.goals.values()):
            for name, factor in terms:
                goals[row, self.names[name]] += factor
        truths = np.array([truth for *_, truth in self.goals.values()])
        ends = np.column_stack([truths, truths])
        for number in np.unique(part):
            mine = part == number
            chosen = np.flatnonzero(goals[:, mine].any(axis=1))
            if not len(chosen):
                continue
            rows = np.unique(matrix[:, mine].nonzero()[0])
            limits = LinearConstraint(matrix[rows][:, mine], least[rows], most[rows])
            bounds = Bounds(np.array(self.low)[mine], np.array(self.high)[mine])
            self._widen(goals[np.ix_(chosen, mine)], ends, chosen, limits, bounds)
        kinds = Counter(label[2] for label, *_ in self.goals.values())
        values = ends[:, 1] - ends[:, 0] + 1
        where = int(values.argmin()) if len(values) else None
        label = None if where is None else (list(self.goals.values())[where][0], *ends[where], truths[where])
        return len(self.goals), None if where is None else int(values[where]), label, kinds

    def _widen(self, goals, ends, chosen, limits, bounds):
        def solve(objective):
            whole = np.ones(len(objective))
            found = milp(objective, integrality=whole, bounds=bounds, constraints=limits)
            assert found.success, found.message
            values = np.round(goals @ found.x).astype(int)
            ends[chosen, 0] = np.minimum(ends[chosen, 0], values)
            ends[chosen, 1] = np.maximum(ends[chosen, 1], values)
            return round(found.fun)

        for sign in (1, -1):
            solve(sign * goals.sum(axis=0))
        for row, goal in zip(chosen, goals, strict=True):
            for sign, end in ((1, 0), (-1, 1)):
                if ends[row, 1] - ends[row, 0] < 4:
                    # The truth lies within what the attacker finds, or the model of the attacker is wrong.
                    assert sign * solve(sign * goal) == ends[row, end], list(self.goals.values())[row]

    def _matrix(self):
        entries = [
            (i, self.names[name], factor)
            for i, (terms, _, _) in enumerate(self.rules)
            for name, factor in terms.items()
        ]
        rows, columns, values = zip(*entries, strict=True)
        shape = (len(self.rules), len(self.names))
        matrix = coo_array((np.array(values, dtype=float), (rows, columns)), shape=shape).tocsr()
        least, most = (np.array([rule[end] for rule in self.rules], dtype=float) for end in (1, 2))
        return matrix, least, most


def attacks(programme):
    """Who may hold what: both documents of one state; two releases, where the ledger lets the second out."""
    first, second = programme.documents
    yield "team and public", [(0, "team", first["team"]), (0, "public", first["public"])]
    public = [(0, "public", first["public"])]
    k = programme.plan.thresholds.public
    # As in workflow.release: nothing is released that shows no result, or that is too close to an earlier one.
    is_out = all(
        any(not found["suppressed"] for found in one["public"]["findings"]) for one in (first, second)
    )
    if is_out and not too_close(first["public"], second["public"], k):
        public.append((1, "public", second["public"]))
    yield "two releases" if len(public) == 2 else "one release", public


def assault(make, instrument, seeds):
    counts, kinds, least = Counter(), Counter(), (10**9, None)
    for seed in seeds:
        programme = Programme(make, instrument, seed)
        for name, documents in attacks(programme):
            hidden, smallest, where, of_kind = Attack(programme, documents).narrowest()
            counts[name] += 1
            counts["hidden"] += hidden
            kinds += of_kind
            if smallest is not None and smallest < least[0]:
                least = (smallest, (seed, name, where))
            assert smallest is None or smallest >= 5, (seed, name, smallest, where)
    return counts, kinds, least


@pytest.fixture(scope="module")
def small(make):
    return make.instrument(scales=("fear", "trust"))


def test_forty_programmes(make, small):
    counts, kinds, least = assault(make, small, range(40))
    assert counts["team and public"] == 40
    assert counts["two releases"] >= 1
    assert counts["hidden"] >= 500
    assert {"flow", "finding", "quality", "category", "distance"} <= set(kinds)
    assert least[0] >= 5


@pytest.mark.soak
@pytest.mark.parametrize("block", range(10))
def test_a_thousand_programmes(make, small, block):
    counts, kinds, least = assault(make, small, range(1000 + 100 * block, 1100 + 100 * block))
    print(block, dict(counts), dict(kinds), least)
    assert least[0] >= 5
    if path := os.environ.get("IMPACT_RANGES"):
        with open(path, "a") as file:
            print(block, dict(counts), dict(kinds), least, file=file)


@pytest.mark.parametrize("k", [5, 10])
def test_whoever_inverts_the_rule_on_reliable_change_finds_five_values_for_each_hidden_count(k):
    """Every possible count of up to 24 people, sorted by what is published of it: the attacker's knowledge exactly."""
    for n in range(k, 25):
        seen = {}
        for improved in range(n + 1):
            for worsened in range(n + 1 - improved):
                counts = (improved, n - improved - worsened, worsened)
                block = dict(zip(CATEGORIES, counts, strict=True)) | {
                    "expected_by_error": 1.0,
                    "threshold": 20.0,
                    "text": None,
                }
                shown, code = _reliable_change(block, k, None, "en")
                seen.setdefault((code, *(shown[name] for name in CATEGORIES)), []).append(counts)
        for (_, *shown), possible in seen.items():
            for place, count in enumerate(shown):
                if count is None:
                    assert len({counts[place] for counts in possible}) >= 5, (n, shown, possible)
