"""Findings files from strangers: read, or refused with every reason; never a traceback."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact.errors import DataInvalid
from impact.formats import load_tags, read_programmes

GOOD = {
    "format": 1,
    "plan": {"id": "tiny", "sha256": "1" * 64},
    "instrument": {"id": "tiny", "version": 1, "sha256": "2" * 64},
    "data": {"sha256": "sha256:" + "3" * 64, "submissions": 80, "respondents": 40},
    "audience": "team",
    "design": "one_group",
    "licence": {"arm_means": None},
    "labels": {
        "language": "en", "synthetic": False, "sides": {"a": "Ash"},
        "scales": {"fear": {"title": "Fear", "direction": "lower"}},
    },
    "intervals": {"level": 0.95},
    "findings": [
        {
            "scale": "fear", "contrast": "post - pre", "subgroup": {"side": "a"}, "role": "primary", "n": 40,
            "suppressed": False, "sesoi": 5, "claim": {"licence": "before_after"},
            "estimate": {"value": -6.0, "std_error": 2.0, "df": 9.0, "low": -10.524, "high": -1.476, "level": 0.95, "unit": "points"},
            "effect_size": {"name": "g_av", "value": -0.3, "low": -0.5262, "high": -0.0738},
        },
        {"scale": "fear", "contrast": "post - pre", "subgroup": {"sides": ["a", "b"]}, "role": "secondary"},
        {"scale": "trust", "contrast": "post - pre", "subgroup": {"side": "a"}, "role": "secondary"},
    ],
}  # fmt: skip


def changed(*path, value=...):
    """GOOD with the value at `path` replaced, or (without one) taken away."""
    document = copy.deepcopy(GOOD)
    place = document
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


@pytest.fixture
def read(tmp_path):
    """Read documents (or raw bytes), the good one first."""

    def read(*documents, **options):
        paths = []
        for i, document in enumerate([GOOD, *documents]):
            path = tmp_path / f"{chr(ord('a') + i)}.json"
            path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
            paths.append(path)
        return read_programmes(paths, **options)

    return read


@pytest.fixture
def problems(read):
    def problems(*documents, **options):
        with pytest.raises(DataInvalid) as caught:
            read(*documents, **options)
        return [str(problem) for problem in caught.value.problems]

    return problems


def test_a_good_file(read):
    programme = read(GOOD)[1]
    assert (programme.name, programme.instrument, programme.data_sha256) == ("b.json", "tiny.v1", "3" * 64)
    (member,) = programme.members
    assert member.cell == ("fear", "post - pre", "a")
    assert (member.value, member.std_error, member.df, member.n) == (-6.0, 2.0, 9.0, 40)
    assert (member.size_name, member.size, round(member.size_error, 4)) == ("g_av", -0.3, 0.1)


FIRST = ("findings", 0)
MADE = "Give what “impact evaluate … --format json” wrote."
REFUSED = [
    (b"", f"b.json: this is not valid JSON. {MADE}"),
    (b'{"format": 1,\n"findings": NaN}', f"b.json, line 2: this is not valid JSON. {MADE}"),
    (b"[" * 100_000, f"b.json, line 1: this is not valid JSON. {MADE}"),
    (b"[1]", f"b.json: the file holds no keys. {MADE}"),
    (b"\xff\xfe", f"b.json, line 1: this is not valid JSON. {MADE}"),
    (changed("format", value=2), f"b.json: these are no Findings of format 1. {MADE}"),
    (GOOD | {"kind": "portfolio"}, f"b.json: this is a portfolio, not Findings. {MADE}"),
    (changed("plan"), [f"b.json, plan: “plan” should hold keys. {MADE}", f"b.json, plan.id: a text is missing. {MADE}",
                       f"b.json, plan.sha256: there is no SHA-256 (64 digits and letters a to f). {MADE}"]),
    (changed("design", value="magic"), f"b.json, design: there is none of one_group, retrospective_pre, comparison or randomised. {MADE}"),
    (changed(*FIRST, "n", value=1e300), f"b.json, findings[0].n: there is no number from 1 to 1e+09. {MADE}"),
    (changed(*FIRST, "n", value=2.5), f"b.json, findings[0].n: there is no whole number. {MADE}"),
    (changed(*FIRST, "n", value=True), f"b.json, findings[0].n: there is no number from 1 to 1e+09. {MADE}"),
    (changed(*FIRST, "estimate", "std_error", value=0), f"b.json, findings[0].estimate.std_error: there is no number from 1e-06 to 1000. {MADE}"),
    (changed(*FIRST, "estimate", "std_error", value=0.2),
     "b.json, findings[0].estimate: the numbers of fear, post - pre, side a contradict each other: the interval is not the estimate ± t × its error. The file was changed; make it again."),
    (changed(*FIRST, "estimate", "level", value=0.9),
     "b.json, findings[0].estimate: the numbers of fear, post - pre, side a contradict each other: the interval is not the estimate ± t × its error. The file was changed; make it again."),
    (changed(*FIRST, "estimate", "unit", value="metres"), "b.json, findings[0].estimate.unit: the unit is not points. Only results in points of 0–100 are pooled."),
    (changed(*FIRST, "estimate", "low", value=None), "b.json, findings[0]: the finding fear, post - pre, side a has no interval. Leave the file out, or choose other findings."),
    (changed(*FIRST, "suppressed", value=True),
     "b.json, findings[0]: the finding fear, post - pre, side a is suppressed. Leave the file out, or choose other findings with --scale and --contrast; what is hidden stays so."),
    (changed(*FIRST, "scale", value="anger"), "b.json, findings[0].scale: “anger” is not among labels.scales. Make the file again."),
    (changed(*FIRST, "role", value="secondary"), "b.json, findings: there is no primary finding to pool. Check --scale and --contrast."),
    (changed("findings", value=[GOOD["findings"][0]] * 2), "b.json, findings[1]: the finding fear, post - pre stands twice. Make the file again."),
    (changed("findings", value=[7]), [
        f"b.json, findings[0]: “findings[0]” should hold keys. {MADE}", f"b.json, findings[0].scale: a text is missing. {MADE}",
        f"b.json, findings[0].contrast: a text is missing. {MADE}",
        f"b.json, findings[0].subgroup: “findings[0].subgroup” should hold keys. {MADE}"]),
]  # fmt: skip


@pytest.mark.parametrize(("document", "told"), REFUSED, ids=lambda value: str(value)[-40:])
def test_what_is_wrong_is_told_with_file_place_and_remedy(problems, document, told):
    assert problems(document) == ([told] if isinstance(told, str) else told)


def test_the_faults_of_all_files_come_at_once(problems):
    assert problems(b"no", changed("audience", value="all"), changed("intervals", "level", value=7)) == [
        f"b.json, line 1: this is not valid JSON. {MADE}",
        f"c.json, audience: there is none of team or public. {MADE}",
        f"d.json, intervals.level: there is no number from 0.5 to 0.9999. {MADE}",
    ]


def test_one_file_alone_and_a_file_that_is_not_there(read, problems, tmp_path):
    assert problems() == [
        "the portfolio: one programme alone is not pooled. Give two Findings files or more."
    ]
    with pytest.raises(DataInvalid) as caught:
        read_programmes([tmp_path / "a.json", tmp_path / "none.json", tmp_path])
    assert [str(one).rpartition(": ")[2] for one in caught.value.problems] == [
        "no such file or directory. Check the path.", "is a directory. Check the path.",
    ]  # fmt: skip


def test_a_scale_is_chosen_before_what_is_hidden_is_refused(tmp_path):
    document = changed(*FIRST, "suppressed", value=True)
    document["labels"]["scales"]["trust"] = {"title": "T\x1b[2J “x” {y}", "direction": "higher"}
    document["findings"].append(GOOD["findings"][0] | {"scale": "trust"})
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path in paths:
        path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataInvalid):
        read_programmes(paths)
    found = read_programmes(paths, scales=["trust"])[0]
    assert [member.scale for member in found.members] == ["trust"]
    assert found.titles["trust"] == "T\\x1b[2J 'x' (y)"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from places(one, (*path, i))


@given(
    st.lists(st.tuples(st.sampled_from([p for p in places(GOOD) if p]), json_values), min_size=1, max_size=3)
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_is_read_or_refused(read, changes):
    document = copy.deepcopy(GOOD)
    for path, value in changes:
        place = document
        try:
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    try:
        read(document)
    except DataInvalid as fault:
        refused = fault.problems
    else:
        refused = ()
    assert all(one.where and one.what and one.remedy for one in refused)


@given(st.binary(max_size=200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused(read, raw):
    with pytest.raises(DataInvalid):
        read(raw)


TAGS = """\
format: 1
programmes:
  a.json: {site: North, process: 4, track: learnin, facilitator: [1]}
  c.json: {site: South, town: X}
comparable:
  instruments: [[tiny.v1, Tiny 2], [x]]
  sides: maybe
"""


def test_tags_with_all_their_faults(tmp_path):
    path = tmp_path / "tags.yaml"
    path.write_text(TAGS, encoding="utf-8")
    with pytest.raises(DataInvalid) as caught:
        load_tags(path, ["a.json", "b.json"])
    assert [str(problem) for problem in caught.value.problems] == [
        "tags.yaml, line 3: “facilitator” should be a name. Write a word or a number.",
        "tags.yaml, line 3: “4” is no process. Use one of: 1, 2, 3.",
        "tags.yaml, line 3: “learnin” is no track. Did you mean “learning”?",
        "tags.yaml, line 4: “c.json” is none of the files. Did you mean “b.json”?",
        "tags.yaml, line 4: the key “town” is unknown in programmes.c.json. Use one of: site, process, track, facilitator.",
        "tags.yaml, line 6: this is no list of lists. Write [[dialogue-core.v1, dialogue-core.v2]].",
        "tags.yaml, line 7: “maybe” is neither true nor false. Write true or false.",
    ]


def test_good_tags(tmp_path):
    path = tmp_path / "tags.yaml"
    path.write_text(
        "format: 1\nprogrammes:\n  a.json: {site: North, process: 1, track: religion, facilitator: 7}\n"
        "comparable: {instruments: [[tiny.v1, tiny.v2]], sides: true}\n",
        encoding="utf-8",
    )
    tags = load_tags(path, ["a.json"])
    assert tags.programmes == {
        "a.json": {"site": "North", "facilitator": "7", "process": "1", "track": "religion"}
    }
    assert (tags.instruments, tags.sides) == ((frozenset({"tiny.v1", "tiny.v2"}),), True)
    assert tags.declared == ["instruments tiny.v1 and tiny.v2", "the sides of all programmes"]
