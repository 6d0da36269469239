"""What comes in is bounded and ours; what goes out carries its headers; faults tell nothing."""

import asyncio
import gzip
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import Request
from starlette.testclient import TestClient

from impact.errors import Conflict, Problem
from impact.web import create_app, headers, problems, server_options
from impact.web.headers import PARTICIPANT_LIMIT, FrontDoor, allow
from impact.web.static import register, static_url

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def _pages(place) -> list[str]:
    token = place.tokens["pre"]
    return [f"/s/{token}", f"/s/{token}/thanks", f"/s/{token}/goodbye", "/s/none", "/nothing", "/health"]


def test_every_page_carries_the_security_headers(client, place):
    for path in _pages(place):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == CSP, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["permissions-policy"].startswith("camera=()")
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == ("no-referrer" if path.startswith("/s/") else "same-origin")
        assert "set-cookie" not in headers
        assert "server" not in headers


def test_a_page_may_ask_for_scripts_and_inline_styles(place):
    app = create_app(place.settings, place.database, place.vault)

    @app.get("/chart")
    def chart(request: Request) -> dict:
        allow(request, scripts=True, inline_styles=True)
        return {}

    policy = TestClient(app).get("/chart").headers["content-security-policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://testserver"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "null"}, 200),  # a participant's page: the address is the secret, no cookie acts
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_only_our_own_pages_may_send(client, place, headers, status):
    answer = client.post(
        f"/s/{place.tokens['pre']}/questions", data={"language": "en", "side": "a"}, headers=headers
    )
    assert answer.status_code == status


def test_elsewhere_an_origin_of_null_is_refused(client):
    assert client.post("/sign-in", data={}, headers={"origin": "null"}).status_code == 403


def test_a_body_that_is_too_large_is_refused_announced_or_not(client, place):
    path, form = f"/s/{place.tokens['pre']}/answers", {"content-type": "application/x-www-form-urlencoded"}
    body = b"i.words=" + b"x" * PARTICIPANT_LIMIT
    assert client.post(path, content=body, headers=form).status_code == 413
    pieces = (body[i : i + 65536] for i in range(0, len(body), 65536))
    answer = client.post(path, content=pieces, headers=form)
    assert answer.status_code == 413
    assert "That is too long" in answer.text
    assert place.submissions() == []


def _sent_to(messages: list[dict], method: str = "POST") -> list[dict]:
    """What the front door answers to a request whose body comes as `messages`, and then no more."""
    answers: list[dict] = []

    async def receive() -> dict:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    async def send(message: dict) -> None:
        answers.append(message)

    async def app(scope, receive, send) -> None:
        await Request(scope, receive).body()

    scope = {
        "type": "http", "method": method, "path": "/s/x/answers", "headers": [], "query_string": b"",
    }  # fmt: skip
    # In a thread of its own: browser tests of the same process leave an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(FrontDoor(app, problems.page)(scope, receive, send))).result()
    return answers


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch, caplog):
    monkeypatch.setattr(headers, "SECONDS_TO_SEND", 0.05)
    start, body = _sent_to([{"type": "http.request", "body": b"i.", "more_body": True}])
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    assert b"Please go back and try again." in body["body"]
    assert caplog.text == ""


def test_whoever_goes_away_leaves_no_line(caplog):
    caplog.set_level(logging.DEBUG, logger="impact")
    assert _sent_to([{"type": "http.disconnect"}]) == []
    assert caplog.text == ""


def test_connections_are_bounded():
    options = server_options()
    assert (options["limit_concurrency"], options["timeout_keep_alive"]) == (512, 10)


def _faulty(place) -> TestClient:
    app = create_app(place.settings, place.database, place.vault)

    @app.get("/fault")
    def fault() -> None:
        raise RuntimeError("CANARY-7731 in a message")

    @app.get("/conflict")
    def conflict() -> None:
        raise Conflict(Problem("the <b>place</b>", "is taken.", "Take another."))

    app.router.routes.insert(0, app.router.routes.pop())
    app.router.routes.insert(0, app.router.routes.pop())
    return TestClient(app)


def test_a_fault_of_ours_is_a_plain_page_and_a_line_without_content(place, caplog):
    caplog.set_level(logging.DEBUG)
    answer = _faulty(place).get("/fault", headers={"accept-language": "ar"})
    assert answer.status_code == 500
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert "حدث خلل لدينا" in answer.text
    assert "CANARY" not in answer.text + caplog.text
    assert "Traceback" not in answer.text
    assert "a page failed: RuntimeError at " in caplog.text


def test_an_error_that_a_person_can_mend_is_told_as_page_or_json(place):
    client = _faulty(place)
    page = client.get("/conflict", headers={"accept": "text/html"})
    assert page.status_code == 409
    assert "the &lt;b&gt;place&lt;/b&gt;" in page.text
    answer = client.get("/conflict", headers={"accept": "application/json"})
    assert answer.json() == {
        "status": 409,
        "title": "That is not possible now",
        "problems": [
            {"where": "the <b>place</b>", "what": "is taken.", "remedy": "Take another.", "field": ""}
        ],
    }


def test_stylesheets_are_named_by_content_and_kept_for_a_year(client):
    url = static_url("participant.css")
    answer = client.get(url, headers={"accept-encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == client.get(url, headers={"accept-encoding": "identity"}).text
    assert "--accent:#0B6E6E" in answer.text
    assert "prefers-color-scheme:dark" in answer.text


@pytest.mark.parametrize(
    "file",
    ["participant.000000000000.css", "participant.css", "..%2f..%2fpyproject.toml", "x.000000000000.exe"],
)
def test_other_static_addresses_are_not_found(client, file):
    assert client.get(f"/static/{file}").status_code == 404


def test_a_registered_file_is_loaded_at_its_first_use(client):
    loaded = []
    register("late.js", lambda: loaded.append(1) or b"let a=1")
    assert loaded == []
    url = static_url("late.js")
    assert client.get(url).text == "let a=1"
    assert loaded == [1]


def test_the_stylesheet_is_small_and_asks_nobody_else(client):
    css = client.get(static_url("participant.css")).text
    assert len(gzip.compress(css.encode(), 9)) < 5000
    assert "@import" not in css
    assert "http" not in css.replace("http://www.w3.org/2000/svg", "")
