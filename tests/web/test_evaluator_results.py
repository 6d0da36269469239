"""The pages of a real programme: counts, pairs, links, results, release. Read as a browser would get them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from impact.report import report_page
from impact.settings import Settings
from impact.store import Database, open_database
from impact.vault import Vault
from impact.web import create_app
from impact.workflow import Demo, create_demo, evaluate_programme, programme_overview


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


def test_a_release_shows_its_link_once_and_the_link_opens(workspace: Workspace) -> None:
    answer = workspace.client.post(workspace.path(0, "/releases"))
    assert answer.status_code == 200
    url = re.search(r'id="funder-url" readonly value="http://testserver(/f/[\w-]+)"', answer.text)[1]
    assert "Copy it now" in answer.text
    assert url not in workspace.client.get(workspace.path(0)).text
    stranger = TestClient(workspace.client.app, follow_redirects=False)
    assert stranger.get(url).status_code == 200
    assert stranger.get(f"{url}/report.pdf").content.startswith(b"%PDF-1.7")
    assert stranger.get(workspace.path(0, "/results")).status_code == 303
