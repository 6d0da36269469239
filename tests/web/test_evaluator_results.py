"""The pages of a real programme: counts, pairs, links, results, release. Read as a browser would get them."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from impact.errors import StoreUnavailable
from impact.report import report_page
from impact.settings import Settings
from impact.store import Database, open_database
from impact.vault import Vault
from impact.web import create_app
from impact.web.evaluator.once import UsedForms
from impact.web.evaluator.results import lead
from impact.workflow import (
    Demo,
    ReleaseFacts,
    close_invitation,
    create_demo,
    create_programme,
    evaluate_programme,
    find_plan,
    import_data,
    list_releases,
    programme_overview,
)


@dataclass(frozen=True)
class Workspace:
    """The demo's programmes and a client that is signed in."""

    settings: Settings
    database: Database
    vault: Vault
    demo: Demo
    client: TestClient

    def path(self, which: int, end: str = "") -> str:
        return f"/programmes/{self.demo.programme_ids[which]}{end}"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    settings = Settings.for_folder(tmp_path_factory.mktemp("demo"), base_url="http://testserver")
    database, vault = open_database(settings), Vault(settings.keyring)
    demo = create_demo(database, vault, settings)
    with TestClient(create_app(settings, database, vault), follow_redirects=False) as client:
        form = {"email": demo.evaluator_email, "password": demo.evaluator_password}
        assert client.post("/sign-in", data=form).status_code == 303
        yield Workspace(settings, database, vault, demo, client)
    database.close()


def table_rows(page: str) -> list[tuple[str, ...]]:
    """All table rows of a page as the words in their cells."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    cell = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
    return [
        tuple(" ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split()) for text in cell.findall(row))
        for row in rows
    ]


def figures(page: str) -> list[dict]:
    return [
        json.loads(text)
        for text in re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    ]


def test_the_list_links_to_every_programme(workspace: Workspace) -> None:
    page = workspace.client.get("/").text
    for which in range(len(workspace.demo.programme_ids)):
        assert f'href="{workspace.path(which)}"' in page
        assert f'href="{workspace.path(which, "/results")}"' in page


def test_the_overview_counts_what_is_stored(workspace: Workspace) -> None:
    page = workspace.client.get(workspace.path(0)).text
    overview = programme_overview(
        workspace.database, workspace.vault, workspace.settings, workspace.demo.programme_ids[0]
    )
    assert f'<b class="count" id="pairs">{overview.pairs}</b>' in page
    assert overview.pairs == sum(room.pairs for room in overview.workshops) > 0
    rows = {row[0]: row for row in table_rows(page) if row}
    totals = tuple(str(sum(room.count(wave) for room in overview.workshops)) for wave in overview.waves)
    assert rows["All"] == ("All", *totals, str(overview.pairs))
    for room in overview.workshops:
        for path in room.paths.values():
            assert f'value="http://testserver{path}"' in page
    assert overview.programme.plan_sha256 in page
    assert "Locked since" in page


def test_the_page_s_numbers_are_the_findings_numbers(workspace: Workspace) -> None:
    """Every row of the results table and every headline, for each programme, to the displayed digit."""
    for which, programme_id in enumerate(workspace.demo.programme_ids):
        answer = workspace.client.get(workspace.path(which, "/results"))
        assert answer.status_code == 200
        findings = evaluate_programme(
            workspace.database, workspace.vault, workspace.settings, programme_id, "team"
        )
        arranged = report_page(findings)
        rows = table_rows(answer.text)
        for row in (*arranged.results.rows, *arranged.forest.table.rows, *arranged.flow.table.rows):
            if any(row.cells[1:]):
                assert tuple(row.cells) in rows
        told = html.unescape(answer.text)
        for point in arranged.summary:
            for said in point.statements:
                assert said.claim in told
                assert f"<b>{said.change}</b> points ({said.interval})" in told
                assert said.frequencies in told
        assert arranged.may_say in told


def test_the_figures_hold_the_findings_numbers_and_can_not_end_their_script(workspace: Workspace) -> None:
    page = workspace.client.get(workspace.path(0, "/results")).text
    findings = evaluate_programme(
        workspace.database, workspace.vault, workspace.settings, workspace.demo.programme_ids[0], "team"
    )
    drawn = figures(page)
    changes = [mark.change for mark in report_page(findings).forest.marks if not mark.hidden]
    forest = next(
        one for one in drawn if len(one["light"]["data"]) > 20 and one["light"]["layout"]["showlegend"]
    )
    for mode in ("light", "dark"):
        points = [
            trace["x"][0]
            for trace in forest[mode]["data"]
            if trace.get("mode") == "markers" and "hovertext" in trace
        ]
        assert points == changes


def test_chart_pages_alone_allow_inline_styles_and_no_page_inline_scripts(workspace: Workspace) -> None:
    results = workspace.client.get(workspace.path(0, "/results"))
    policy = results.headers["content-security-policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "unsafe-eval" not in policy
    for tag in re.findall(r"<script[^>]*>", results.text):
        assert 'type="application/json"' in tag or re.search(r'src="/static/charts\.[0-9a-f]{12}\.js"', tag)
    overview = workspace.client.get(workspace.path(0)).headers["content-security-policy"]
    assert "unsafe-inline" not in overview


def test_plotly_comes_packed_from_this_server_under_a_hashed_address(workspace: Workspace) -> None:
    page = workspace.client.get(workspace.path(0, "/results")).text
    address = re.search(r'data-plotly="(/static/plotly\.[0-9a-f]{12}\.js)"', page)[1]
    answer = workspace.client.get(address, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def form_of(page: str) -> dict[str, str]:
    """What the button “Create funder report” sends."""
    return {"form": re.search(r'name="form" value="([\w-]{10,})"', page)[1]}


def released(workspace: Workspace) -> tuple[str, str, dict[str, str]]:
    """(page, address of the funder, what the form sent) of a new release."""
    form = form_of(workspace.client.get(workspace.path(0)).text)
    answer = workspace.client.post(workspace.path(0, "/releases"), data=form)
    assert answer.status_code == 200
    url = re.search(r'id="funder-url" readonly value="http://testserver(/f/[\w-]+)"', answer.text)[1]
    return answer.text, url, form


def known_releases(workspace: Workspace) -> tuple[ReleaseFacts, ...]:
    return list_releases(workspace.database, workspace.demo.programme_ids[0])


def test_a_release_shows_its_link_once_and_the_link_opens(workspace: Workspace) -> None:
    page, url, _ = released(workspace)
    assert "Copy it now" in page
    assert url not in workspace.client.get(workspace.path(0)).text
    stranger = TestClient(workspace.client.app, follow_redirects=False)
    assert stranger.get(url).status_code == 200
    assert stranger.get(f"{url}/report.pdf").content.startswith(b"%PDF-1.7")
    assert stranger.get(workspace.path(0, "/results")).status_code == 303


def test_a_reload_makes_no_second_release(workspace: Workspace) -> None:
    _, url, form = released(workspace)
    count = len(known_releases(workspace))
    again = workspace.client.post(workspace.path(0, "/releases"), data=form)
    assert "No second report was made: this form was sent already." in again.text
    assert url not in again.text
    assert (
        "No report was made: please use the button"
        in workspace.client.post(workspace.path(0, "/releases")).text
    )
    assert len(known_releases(workspace)) == count


def test_a_release_that_failed_may_be_sent_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_of(workspace.client.get(workspace.path(0)).text)

    def busy(*_: object) -> None:
        raise StoreUnavailable("The database is busy.")

    with monkeypatch.context() as patch:
        patch.setattr("impact.web.evaluator.releases.release", busy)
        assert workspace.client.post(workspace.path(0, "/releases"), data=form).status_code == 503
    assert 'id="funder-url"' in workspace.client.post(workspace.path(0, "/releases"), data=form).text


def test_a_report_is_withdrawn_after_a_question(workspace: Workspace) -> None:
    before = {one.id for one in known_releases(workspace)}
    _, url, _ = released(workspace)
    new = next(one.id for one in known_releases(workspace) if one.id not in before)
    path = workspace.path(0, f"/releases/{new}/withdraw")
    assert f'href="{path}"' in workspace.client.get(workspace.path(0)).text
    question = workspace.client.get(path)
    assert "This cannot be undone" in question.text
    assert workspace.client.get(url).status_code == 200
    for _ in range(2):
        answer = workspace.client.post(path)
        assert (answer.status_code, answer.headers["location"]) == (303, workspace.path(0) + "#funder")
    assert workspace.client.get(url).status_code == 404
    assert "It is withdrawn already" in workspace.client.get(path).text
    assert f'href="{path}"' not in workspace.client.get(workspace.path(0)).text


def test_a_release_of_another_programme_is_not_found(workspace: Workspace) -> None:
    _, url, _ = released(workspace)
    for one in known_releases(workspace):
        for path in (
            workspace.path(1, f"/releases/{one.id}/withdraw"),
            f"/programmes/nothing/releases/{one.id}/withdraw",
        ):
            assert workspace.client.get(path).status_code == 404
            assert workspace.client.post(path).status_code == 404
    assert workspace.client.post(workspace.path(0, "/releases/nothing/withdraw")).status_code == 404
    assert workspace.client.get(url).status_code == 200


def test_the_dashboard_begins_with_who_answered(workspace: Workspace) -> None:
    page = workspace.client.get(workspace.path(0, "/results")).text
    assert (
        '<p class="lead">Three workshops, asked before and after; 71 of 84 people answered both times.</p>'
        in page
    )
    real = workspace.client.get(workspace.path(1, "/results")).text
    assert '<p class="lead">Asked before and after; 899 of 899 people answered both times.</p>' in real


def test_the_lead_tells_no_hidden_count() -> None:
    findings = {
        "labels": {"workshops": 1},
        "findings": [{"contrast": "post - pre"}],
        "flow": [{"wave": "pre", "submissions": None}, {"wave": "pre", "submissions": 30}],
        "linkage": {"waves": [{"wave": "post", "linked": 20}]},
    }
    assert lead(findings) == "One workshop, asked before and after."
    findings["flow"][0]["submissions"] = 12
    assert lead(findings) == "One workshop, asked before and after; 20 of 42 people answered both times."
    findings["linkage"]["waves"][0]["linked"] = None
    assert lead(findings) == "One workshop, asked before and after."
    assert lead(findings | {"flow": []}) == "One workshop, asked before and after."


def test_a_synthetic_programme_states_its_truth_and_a_real_one_none(workspace: Workspace) -> None:
    page = html.unescape(workspace.client.get(workspace.path(0)).text)
    assert (
        "Fear of meeting: −22 points for the northern community, no change for the southern community."
        in page
    )
    assert "All other scales: no change." in page
    assert "With three workshops a change as large as this is found in about one of four draws." in page
    real = workspace.client.get(workspace.path(1)).text
    assert "true changes" not in real
    assert "Invented data" not in real


def test_an_imported_programme_has_words_where_it_has_no_names_and_no_links(workspace: Workspace) -> None:
    page = workspace.client.get(workspace.path(1)).text
    rows = [row for row in table_rows(page) if row]
    assert ("Without a workshop (not told apart)", "Comparison group", "299", "299", "299") in rows
    assert rows[0] == ("Workshop", "Group", "Before", "After", "Pairs")
    assert "This programme was imported; it has no links for participants." in page
    assert 'id="links-caption"' not in page
    assert "<span>workshops not told apart</span>" in workspace.client.get("/").text


def test_links_say_whether_they_take_answers_and_labels_begin_with_a_capital(workspace: Workspace) -> None:
    state = programme_overview(
        workspace.database, workspace.vault, workspace.settings, workspace.demo.programme_ids[0]
    )
    path = state.workshops[0].paths["followup"]
    close_invitation(workspace.database, path.removeprefix("/s/"))
    page = workspace.client.get(workspace.path(0)).text
    rows = table_rows(page)
    assert ("Workshop 1", "Follow-up", "Closed", "No more answers are taken") in rows
    assert path not in page
    assert any(row[:3] == ("Workshop 1", "Before", "Open for answers") for row in rows)
    assert any(
        row and row[1].startswith("28The northern community 14 · The southern")
        for row in rows
        if len(row) > 1
    )


@pytest.fixture(scope="module")
def few(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """(a programme without answers, one of two people a side): their paths."""
    plan, instrument = find_plan("dialogue-core", workspace.settings)
    made = [
        create_programme(
            workspace.database, workspace.vault, plan=plan, instrument=instrument, name=name,
            workshops=[("Workshop 1", "workshop")],
        )
        for name in ("Nobody yet " + "x" * 180, "A few")
    ]  # fmt: skip
    with workspace.demo.data_file.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    code = [name for name in rows[0] if name.startswith("code.")]
    known: set[tuple[str, ...]] = set()
    for row in rows:
        key = (row["side"], *(row[name] for name in code))
        if (
            row["workshop"] == "Workshop 1"
            and row["wave"] == "pre"
            and sum(k[0] == row["side"] for k in known) < 2
        ):
            known.add(key)
    chosen = [row for row in rows if (row["side"], *(row[name] for name in code)) in known]
    path = tmp_path_factory.mktemp("few") / "few.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(chosen)
    import_data(workspace.database, workspace.vault, made[1], [path], settings=workspace.settings)
    return f"/programmes/{made[0]}", f"/programmes/{made[1]}"


def test_without_a_result_there_is_one_panel_and_nothing_else(
    workspace: Workspace, few: tuple[str, str]
) -> None:
    for path in few:
        pairs = re.search(r'id="pairs">(\d+)</b>', workspace.client.get(path).text)[1]
        page = workspace.client.get(path + "/results").text
        people = {"0": "Nobody has", "1": "1 person"}.get(pairs, f"{pairs} people")
        told = f"Nothing can be shown yet. {people} answered both times; results appear from 5 on each side."
        assert told in page
        assert f'<a href="{path}#links">send the links to participants</a>' in page
        for part in ("<table", "<figure", "<h2", "<script", "claims"):
            assert part not in page


def test_no_report_is_made_of_nothing(workspace: Workspace, few: tuple[str, str]) -> None:
    for path in few:
        page = workspace.client.get(path).text
        assert "No report can be made yet. Too few people took part" in page
        assert "Create funder report" not in page
        answer = workspace.client.post(path + "/releases", data={"form": "something-new-" + path[-5:]})
        assert 'id="funder-url"' not in answer.text
        assert list_releases(workspace.database, path.rpartition("/")[2]) == ()


def test_a_long_name_is_never_cut(workspace: Workspace, few: tuple[str, str]) -> None:
    assert "Nobody yet " + "x" * 180 in workspace.client.get(few[0]).text


def test_the_list_says_what_comes_next(workspace: Workspace, few: tuple[str, str]) -> None:
    page = workspace.client.get("/").text
    assert f'<a href="{few[0]}#links">Next: send the links to participants' in page
    assert f'<a href="{few[1]}/results">Next: read the results' in page
    assert f'<a href="{workspace.path(0)}#funder">A report was made: see its state' in page


def test_used_forms_are_bounded_and_apart_by_person() -> None:
    used = UsedForms(people=2, forms=2)
    assert used.take("a", "1")
    assert not used.take("a", "1")
    assert used.take("b", "1")
    assert not used.take("a", "")
    assert used.take("a", "2")
    assert used.take("a", "3")
    assert used.take("a", "1")  # the oldest was forgotten
    used.give_back("a", "1")
    assert used.take("a", "1")
    assert used.take("c", "1")
    assert used.take("b", "1")  # the person who was away longest was forgotten
