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
from playwright.sync_api import Browser, sync_playwright

from impact.web import server_options

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
