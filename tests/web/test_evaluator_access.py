"""Who gets in, where they are sent, and what a stranger learns: nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from impact.web import create_app
from impact.web.evaluator import sign_in as sign_in_page
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


def test_a_wrong_password_does_not_look_like_being_signed_in(known: TestClient) -> None:
    page = enter(known, "wrong password here").text
    assert f'name="email" type="email" value="{EMAIL}"' in page
    assert page.count(EMAIL) == 1
    assert "Sign out" not in page


def test_a_dead_end_leads_home_for_those_within(known: TestClient) -> None:
    enter(known)
    for path in ("/programmes/nothing", "/no/such/page"):
        answer = known.get(path)
        assert answer.status_code == 404
        assert "The address may be mistyped, or what it led to is not there any more." in answer.text
        assert '<a href="/">To your programmes</a>' in answer.text
        assert "Sign out" in answer.text
        assert "the person who gave it to you" not in answer.text
        assert "workspace." in answer.text


def test_a_dead_end_leads_to_the_door_for_those_without(known: TestClient) -> None:
    answer = known.put("/sign-in")
    assert answer.status_code == 405
    assert '<a href="/sign-in">Sign in</a>' in answer.text
    assert "Sign out" not in answer.text


def test_a_wrong_funder_link_is_the_same_page_for_everybody(known: TestClient) -> None:
    before = known.get("/f/nothing")
    enter(known)
    within = known.get("/f/nothing")
    assert within.status_code == 404
    assert within.content == before.content


def test_an_error_page_does_not_need_the_database(known: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(known)

    def broken(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("impact.web.evaluator.dead_ends.account", broken)
    answer = known.get("/programmes")
    assert answer.status_code == 404
    assert '<a href="/sign-in">Sign in</a>' in answer.text


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
    assert [throttle.reserve("Ada@Example.org "), throttle.reserve("ada@example.org")] == [True, True]
    assert throttle.reserve("ada@example.org") is False
    assert throttle.reserve("bob@example.org") is True
    clock.now = 59
    assert throttle.reserve("ada@example.org") is False  # and what was refused prolongs nothing
    clock.now = 61
    assert throttle.reserve("ada@example.org") is True
    throttle.succeeded("ada@example.org")
    assert [throttle.reserve("ada@example.org") for _ in range(3)] == [True, True, False]


def test_many_at_once_get_no_more_tries(clock: Clock) -> None:
    throttle = Throttle(limit=8, clock=clock)
    with ThreadPoolExecutor(40) as pool:
        assert sum(pool.map(lambda _: throttle.reserve(EMAIL), range(400))) == 8


def test_made_up_addresses_do_not_fill_the_memory(clock: Clock) -> None:
    throttle = Throttle(capacity=10, clock=clock)
    for number in range(1000):
        throttle.reserve(f"{number}@example.org")
    assert len(throttle._tries) == 10


def test_strangers_do_not_lock_out_a_browser_that_has_signed_in_before(
    known: TestClient, place: SimpleNamespace
) -> None:
    known.app.state.sign_in_throttle = Throttle(limit=3)
    cookies = enter(known).headers.get_list("set-cookie")
    mark = next(one for one in cookies if one.startswith("impact-known-browser="))
    assert "HttpOnly; Max-Age=15552000; Path=/sign-in; SameSite=strict" in mark
    assert EMAIL not in mark
    with TestClient(known.app, follow_redirects=False) as stranger:
        assert [enter(stranger, "wrong password here").status_code for _ in range(4)] == [403, 403, 403, 429]
        assert enter(stranger).status_code == 429
        stranger.cookies.set("impact-known-browser", "0" * 32 + "." + "0" * 16)  # made up
        assert enter(stranger).status_code == 429
        assert enter(known).status_code == 303
        stranger.cookies.clear()
        stranger.cookies.set("impact-known-browser", known.cookies["impact-known-browser"])
        other = stranger.post("/sign-in", data={"email": "bob@example.org", "password": PASSWORD})
        assert other.status_code == 403  # bound to one address; and it opens nothing
        assert [enter(stranger, "wrong password here").status_code for _ in range(4)] == [403, 403, 403, 429]


def test_when_too_many_sign_in_the_next_is_told_at_once(
    known: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = threading.BoundedSemaphore(1)
    monkeypatch.setattr(sign_in_page, "_ROOM", room)
    with room:
        answer = enter(known)
    assert answer.status_code == 429
    assert "Too many people are signing in; try again in a moment." in answer.text
    assert enter(known).status_code == 303
