"""The evaluator's and the funder's pages in a real browser: accessible, complete without scripts, no sideways page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from impact.settings import Settings
from impact.store import open_database
from impact.vault import Vault
from impact.web import create_app
from impact.workflow import Demo, create_demo
from impact.workflow.demo import OPEN_WORKSHOP

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Site:
    address: str
    demo: Demo

    def pages(self) -> dict[str, str]:
        programme = f"{self.address}/programmes/{self.demo.programme_ids[0]}"
        return {
            "programmes": f"{self.address}/",
            "programme": programme,
            "results": f"{programme}/results",
            "funder": f"{self.address}{self.demo.funder_path}",
        }


@pytest.fixture
def site(tmp_path: Path, serve: Callable) -> Iterator[Site]:
    settings = Settings.for_folder(tmp_path)
    database, vault = open_database(settings), Vault(settings.keyring)
    demo = create_demo(database, vault, settings)
    with serve(create_app(settings, database, vault)) as address:
        yield Site(address, demo)
    database.close()


def signed_in(chromium: Browser, site: Site, width: int, scheme: str, scripts: bool = True) -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    )
    page = context.new_page()
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("Email address").fill(site.demo.evaluator_email)
    page.get_by_label("Password").fill(site.demo.evaluator_password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.address}/")
    return page


def see_all(page: Page) -> None:
    """Scroll through, so that every chart comes near the screen and is drawn."""
    for place in range(0, page.evaluate("document.body.scrollHeight"), 700):
        page.evaluate(f"scrollTo(0, {place})")
        page.wait_for_timeout(60)
    page.evaluate("scrollTo(0, 0)")


def test_every_page_is_accessible_in_light_and_dark_narrow_and_wide(chromium: Browser, site: Site) -> None:
    for width in (360, 1280):
        for scheme in ("light", "dark"):
            page = signed_in(chromium, site, width, scheme)
            faults: list[str] = []
            page.on("pageerror", lambda fault, faults=faults: faults.append(str(fault)))
            page.on("console", lambda said, faults=faults: faults.append(said.text))
            for name, address in site.pages().items():
                page.goto(address)
                see_all(page)
                violations = Axe().run(page).response["violations"]
                assert [(name, one["id"]) for one in violations] == []
                assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert faults == []
            page.context.close()


def test_with_room_and_scripts_charts_come_alive_and_no_request_leaves(chromium: Browser, site: Site) -> None:
    page = signed_in(chromium, site, 1280, "light")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.pages()["results"])
    see_all(page)
    page.wait_for_selector("figure.forest.live .plot svg")
    page.wait_for_selector("figure.shift.live .plot svg")
    assert page.locator("figure.forest .drawn").is_hidden()
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {site.address.split("/")[2]}
    page.context.close()


def test_a_phone_keeps_the_server_s_drawing_and_never_loads_plotly(chromium: Browser, site: Site) -> None:
    page = signed_in(chromium, site, 360, "light")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.pages()["results"])
    see_all(page)
    assert page.locator("figure.forest .narrow svg").is_visible()
    assert not [url for url in asked if "plotly" in url]
    page.context.close()


def test_without_scripts_the_page_tells_the_same_findings(chromium: Browser, site: Site) -> None:
    with_scripts = signed_in(chromium, site, 1280, "light")
    without = signed_in(chromium, site, 1280, "light", scripts=False)
    told = []
    for page in (with_scripts, without):
        page.goto(site.pages()["results"])
        told.append(
            [page.locator(part).all_text_contents() for part in (".verdicts li", ".claims li", "tbody tr")]
        )
    assert told[0] == told[1]
    assert all(told[0])
    assert without.locator("figure.shift .wide svg").first.is_visible()
    assert without.locator("figure.forest .wide svg").is_visible()
    for page in (with_scripts, without):
        page.context.close()


def test_the_count_of_pairs_rises_by_one_when_a_person_comes_back_with_a_code_that_differs(
    chromium: Browser, site: Site, phone: Page, walk
) -> None:
    """In Arabic, 360 px wide, without scripts; one of the seven elements differs at the second visit."""
    evaluator = signed_in(chromium, site, 1280, "light")

    def pairs() -> tuple[int, str]:
        """All pairs, and those of the workshop that nobody has answered yet, as the page shows them."""
        evaluator.goto(site.pages()["programme"])
        row = evaluator.locator("section[aria-labelledby=workshops] tr").filter(has_text=OPEN_WORKSHOP)
        return int(evaluator.locator("#pairs").inner_text()), row.locator("[data-label=Pairs]").inner_text()

    def token(wave: str) -> str:
        link = evaluator.get_by_label(f"Link for {OPEN_WORKSHOP}, {wave}", exact=True).input_value()
        return link.rsplit("/", 1)[1]

    before, own = pairs()
    assert own == "0"
    walk.survey(phone, site.address, token("Before"), 0)
    assert pairs() == (before, "0")
    walk.survey(phone, site.address, token("After"), 1, differs="c.mother")
    assert pairs() == (before + 1, "1")
