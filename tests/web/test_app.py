"""The application as a whole: it starts fast and light, and answers from a real server."""

import http.client
import subprocess
import sys
import threading
import time

import uvicorn

from impact.settings import Settings
from impact.store import Database
from impact.web import create_app, server_options

HEAVY = ("scipy", "pandas", "plotly", "typst", "openpyxl", "statsmodels")


def _imported(code: str) -> str:
    found = f"import sys; print([name for name in {HEAVY} if name in sys.modules])"
    return subprocess.run(
        [sys.executable, "-c", f"{code}; {found}"], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_importing_the_application_imports_nothing_heavy():
    assert _imported("import impact.web.app") == "[]"


def test_neither_does_making_it_and_answering_a_participant(place):
    code = (
        "from impact.web import create_app; from impact.settings import Settings; from pathlib import Path;"
        "from starlette.testclient import TestClient; from dataclasses import replace;"
        f"s = replace(Settings.for_folder(Path({str(place.settings.data_dir)!r})),"
        f" surveys_dir=Path({str(place.settings.surveys_dir)!r}));"
        "c = TestClient(create_app(s)); c.__enter__();"
        f"assert c.get('/s/{place.tokens['pre']}').status_code == 200;"
        "c.__exit__(None, None, None)"
    )
    assert _imported(f"import warnings; warnings.simplefilter('ignore'); {code}") == "[]"


def test_no_page_describes_the_interface(client):
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


def test_the_application_opens_and_closes_its_own_database(settings: Settings):
    from starlette.testclient import TestClient

    app = create_app(settings)
    with TestClient(app) as client:
        assert client.get("/health").text == "ok"
        assert isinstance(app.state.impact.database, Database)
    assert settings.data_dir.joinpath("impact.sqlite3").is_file()


def test_a_real_server_keeps_no_access_log_and_names_no_software(place, capfd):
    config = uvicorn.Config(
        create_app(place.settings, place.database, place.vault), host="127.0.0.1", port=0, **server_options()
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        path = f"/s/{place.tokens['pre']}"
        begun = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert time.perf_counter() - begun < 1
        assert answer.status == 200
        assert answer.getheader("server") is None
        assert int(answer.getheader("content-length")) == len(body)
        connection.request("HEAD", path)
        head = connection.getresponse()
        assert (head.status, head.read()) == (200, b"")
        form = {"content-type": "application/x-www-form-urlencoded", "accept-encoding": "gzip"}
        connection.request("POST", f"{path}/questions", "language=en&side=a", form)
        assert connection.getresponse().read()[:2] == b"\x1f\x8b"
        connection.close()
    finally:
        server.should_exit = True
        thread.join()
    out = capfd.readouterr()
    assert place.tokens["pre"] not in out.out + out.err
