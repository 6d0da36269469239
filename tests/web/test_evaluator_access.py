"""Who gets in, where they are sent, and what a stranger learns: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from impact.web import create_app
from impact.web.evaluator.access import Throttle, cookie_name, local_path
from impact.workflow import add_user

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"


@pytest.fixture
def known(place: SimpleNamespace, client: TestClient) -> TestClient:
    """A client of an application that has an account; nobody is signed in yet."""
    add_user(place.database, EMAIL, PASSWORD)
    return client


def enter(client: TestClient, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", data={"email": EMAIL, "password": password, **more})


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/sign-in"),
        ("/programmes/any", "/sign-in?next=/programmes/any"),
        ("/programmes/any/results", "/sign-in?next=/programmes/any/results"),
    ],
)
def test_whoever_is_not_signed_in_is_sent_to_the_door(client: TestClient, path: str, target: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"], answer.text) == (303, target, "")


def test_a_stranger_cannot_tell_a_programme_that_exists(client: TestClient, place: SimpleNamespace) -> None:
    real = client.get(f"/programmes/{place.programme_id}")
    unreal = client.get("/programmes/" + "x" * len(place.programme_id))
    assert real.status_code == unreal.status_code == 303
    assert real.text == unreal.text == ""


def test_a_stranger_makes_no_release(client: TestClient, place: SimpleNamespace) -> None:
    answer = client.post(f"/programmes/{place.programme_id}/releases")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_program_is_told_401(client: TestClient) -> None:
    answer = client.get("/programmes/any", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["title"] == "Please sign in"


def test_signing_in_and_out(known: TestClient, place: SimpleNamespace) -> None:
    answer = enter(known, next=f"/programmes/{place.programme_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/programmes/{place.programme_id}")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie  # this server speaks http
    page = known.get("/")
    assert page.status_code == 200
    assert "Three valleys dialogue" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert known.post("/sign-out").headers["location"] == "/sign-in"
    assert known.get("/").status_code == 303


def test_an_ended_sign_in_opens_nothing_even_if_the_cookie_was_kept(known: TestClient) -> None:
    enter(known)
    token = known.cookies[cookie_name(secure=False)]
    known.post("/sign-out")
    known.cookies.set(cookie_name(secure=False), token)
    assert known.get("/").status_code == 303


def test_a_foreign_id_is_not_found_for_those_within(known: TestClient) -> None:
    enter(known)
    for path in ("/programmes/nothing", "/programmes/nothing/results", "/programmes/..%2f"):
        assert known.get(path).status_code == 404
    assert known.post("/programmes/nothing/releases").status_code == 404


def test_a_wrong_password_and_an_unknown_address_look_alike(known: TestClient) -> None:
    wrong = enter(known, "wrong password here")
    unknown = known.post("/sign-in", data={"email": "bob@example.org", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.replace(EMAIL, "X") == unknown.text.replace("bob@example.org", "X")
    assert "The email address or the password is not right. Please try again." in wrong.text
    assert "set-cookie" not in wrong.headers


def test_what_was_typed_comes_back_as_text_and_the_password_never(known: TestClient) -> None:
    answer = known.post("/sign-in", data={"email": '"><script>x</script>', "password": "hunter2 secret"})
    assert "<script>x" not in answer.text
    assert "hunter2" not in answer.text


def test_an_empty_form_is_the_form_again(known: TestClient) -> None:
    assert known.post("/sign-in").status_code == 403


def test_after_many_failures_the_account_has_to_wait(known: TestClient) -> None:
    known.app.state.sign_in_throttle = Throttle(limit=3)
    assert [enter(known, "wrong password here").status_code for _ in range(4)] == [403, 403, 403, 429]
    closed = enter(known)
    assert closed.status_code == 429
    assert "Please wait ten minutes" in closed.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_site_can_neither_sign_in_nor_release(known: TestClient, origin: str) -> None:
    answer = known.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers={"origin": origin})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        ("/programmes/x", "/programmes/x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x", "/"),
        ("/" + "a" * 400, "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(known: TestClient, wish: str, path: str) -> None:
    assert local_path(wish) == path
    assert enter(known, next=wish).headers["location"] == path


def test_over_https_the_cookie_is_bound_to_host_and_secure(place: SimpleNamespace) -> None:
    from dataclasses import replace

    add_user(place.database, EMAIL, PASSWORD)
    settings = replace(place.settings, secure_cookies=True)
    app = create_app(settings, place.database, place.vault)
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        cookie = enter(client).headers["set-cookie"]
        assert cookie.startswith("__Host-impact-sign-in=")
        assert "Secure" in cookie
        assert client.get("/").status_code == 200


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    return Clock()


def test_the_throttle_opens_again_and_a_success_forgets(clock: Clock) -> None:
    throttle = Throttle(limit=2, window=60, clock=clock)
    for _ in range(2):
        throttle.failed("Ada@Example.org ")
    assert throttle.is_closed("ada@example.org")
    assert not throttle.is_closed("bob@example.org")
    clock.now = 61
    assert not throttle.is_closed("ada@example.org")
    throttle.failed("ada@example.org")
    throttle.succeeded("ada@example.org")
    throttle.failed("ada@example.org")
    assert not throttle.is_closed("ada@example.org")


def test_made_up_addresses_do_not_fill_the_memory(clock: Clock) -> None:
    throttle = Throttle(capacity=10, clock=clock)
    for number in range(1000):
        throttle.failed(f"{number}@example.org")
    assert len(throttle._failures) == 10
