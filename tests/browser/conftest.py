"""A real server and a real Chromium. Without Chromium these tests fail: they are never skipped."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from impact.web import create_app, server_options

CHROMIUM = os.environ.get("IMPACT_CHROMIUM", "/usr/bin/chromium")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The programme of the tests over HTTP; pytest shares no fixtures between neighbouring folders.
_spec = importlib.util.spec_from_file_location(
    "web_places", Path(__file__).parents[1] / "web" / "conftest.py"
)
_places = importlib.util.module_from_spec(_spec)
sys.modules["web_places"] = _places
_spec.loader.exec_module(_places)
make_place, place = _places.make_place, _places.place


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The address of the application on a real uvicorn, in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, **server_options()))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def serve() -> Callable[[FastAPI], object]:
    """`with serve(app) as address`."""
    return running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def address(place, serve) -> Iterator[str]:
    with serve(create_app(place.settings, place.database, place.vault)) as address:
        yield address


@pytest.fixture
def phone(chromium) -> Iterator[Page]:
    """360 px wide, scripts off."""
    context = chromium.new_context(viewport={"width": 360, "height": 780}, java_script_enabled=False)
    yield context.new_page()
    context.close()


class Walk:
    """How a participant goes through the pages."""

    @staticmethod
    def begin(page: Page, address: str, token: str, language: str = "en", side: str = "a") -> None:
        page.goto(f"{address}/s/{token}?lang={language}")
        if page.locator(f"input[name=side][value={side}]").count():
            page.locator(f"input[name=side][value={side}]").check()
        with page.expect_navigation():
            page.locator("button[type=submit]:visible").click()

    @staticmethod
    def send(page: Page) -> None:
        """The button on the last part; waits until the answer is there."""
        with page.expect_navigation():
            page.locator("section:visible button[type=submit]").click()

    @staticmethod
    def onwards(page: Page) -> bool:
        """To the next part; False at the last one."""
        link = page.locator("section:visible .steps a.button")
        if not link.count():
            return False
        link.click()
        return True

    @staticmethod
    def fill_part(page: Page, position: int) -> None:
        for question in page.locator("section:visible fieldset.item").all():
            question.locator(".option, .cell").nth(position).click()

    @staticmethod
    def fill_code(page: Page, differs: str = "") -> None:
        for select in page.locator("section:visible select").all():
            select.select_option(index=6 if select.get_attribute("name") == differs else 3)

    @classmethod
    def survey(cls, page: Page, address: str, token: str, position: int, differs: str = "") -> None:
        """The whole of it in Arabic, from consent to thanks."""
        cls.begin(page, address, token, "ar")
        cls.fill_code(page, differs)
        while cls.onwards(page):
            cls.fill_part(page, position)
        cls.send(page)
        assert page.locator("h1").inner_text() == "شكرًا لك"


@pytest.fixture
def walk() -> type[Walk]:
    return Walk
