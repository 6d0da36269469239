"""What goes wrong on the participant's path: nothing is lost, nothing is told, and everybody finds the way out."""

import html
import logging
import re

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from impact.store import invitations
from impact.web import create_app
from impact.web.participant import visits

HOSTILE = "\"><script>alert('x')</script>{{7013*7}}{other}"


def test_all_faults_come_back_at_once_with_everything_kept(client, place, questions, send, fields_of, full):
    _, fields = questions(client, place, language="en")
    wrong = {**full, "i__guard": "9", "i__people": "many", "i__words": "w" * 501, "c__day": "32"}
    answer = send(client, place, fields, **wrong)
    assert answer.status_code == 422
    page = answer.text
    links = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', page)
    assert [field for field, _ in links] == ["i.guard", "i.people", "i.words", "c.day"]
    assert "<title>Error: Questions</title>" in page
    assert 'form="survey">Send again</button>' in page
    assert links[0][1] == "I would be on my guard the whole time."
    for field, words in {
        "i.guard": "Please choose one of the answers shown, or none.",
        "i.people": "Please write a whole number from 0 to 500, or leave it empty.",
        "i.words": "Please write at most 500 characters.",
        "c.day": "Please choose from the list, or leave it empty.",
    }.items():
        assert f'<p class="error" id="e.{field}">{words}</p>' in page
    kept = fields_of(page).sent
    assert kept["i.say"] == ["r"]
    assert kept["i.warmth"] == ["10"]
    assert kept["i.done"] == ["eat", "travel"]
    assert kept["i.people"] == ["many"]
    assert kept["key"] == fields.sent["key"]
    assert '<option value="12" selected>' in page
    assert "w" * 501 + "</textarea>" in page
    assert place.submissions() == []


def test_faults_are_told_in_the_language_of_the_page(client, place, questions, send):
    _, fields = questions(client, place, language="ar")
    page = send(client, place, fields, i__people="x").text
    assert "يرجى كتابة عدد صحيح من 0 إلى 500، أو ترك الخانة فارغة." in page


def test_a_mended_form_is_stored(client, place, questions, send, fields_of, full):
    _, fields = questions(client, place)
    again = fields_of(send(client, place, fields, **{**full, "i__people": "x"}).text)
    again.sent["i.people"] = ["5"]
    assert send(client, place, again).status_code == 303
    assert len(place.submissions()) == 1


@pytest.mark.parametrize("key", [[], ["short"], ["x" * 32], ["A" * 4000]])
def test_a_form_without_its_key_comes_back_with_a_fresh_one(
    client, place, key, questions, send, fields_of, full
):
    _, fields = questions(client, place)
    fields.sent["key"] = key
    answer = send(client, place, fields, **full)
    assert answer.status_code == 422
    assert "Please send once more" in answer.text
    assert send(client, place, fields_of(answer.text)).status_code == 303


def test_when_the_database_cannot_keep_them_the_answers_stay_in_the_form(
    client, place, caplog, questions, send, fields_of, full
):
    caplog.set_level(logging.DEBUG)
    _, fields = questions(client, place)
    with place.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE submission RENAME TO away"))
    answer = send(client, place, fields, **{**full, "i__words": "CANARY-501"})
    assert answer.status_code == 503
    assert "Your answers could not be kept just now" in answer.text
    assert 'form="survey">Send again</button>' in answer.text
    assert "\nCANARY-501</textarea>" in answer.text
    with place.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO submission"))
    again = fields_of(answer.text)
    assert again.sent["key"] == fields.sent["key"]
    assert send(client, place, again).status_code == 303
    assert len(place.submissions()) == 1
    assert "CANARY" not in caplog.text


def test_nothing_personal_is_logged(client, place, caplog, questions, send, full):
    caplog.set_level(logging.DEBUG)
    _, fields = questions(client, place)
    send(
        client,
        place,
        fields,
        **{**full, "i__words": "CANARY-1", "i__where": "CANARY-2", "i__people": "CANARY-3"},
    )
    send(client, place, fields, **{**full, "i__words": "CANARY-1"})
    client.get("/s/CANARY-4-aaaaaaaaaaaaaaaa")
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "asyncio"))]
    assert not [record for record in ours if "CANARY" in record.getMessage()]
    assert not [record for record in ours if place.tokens["pre"] in record.getMessage()]


@pytest.mark.parametrize(
    "path",
    ["/s/AAAAAAAAAAAAAAAAAAAAAA", "/s/short", "/s/" + "x" * 500, "/s/%00%00", "/s/..%2f..%2fetc", "/s/a/b/c"],
)
def test_every_wrong_link_is_the_same_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.text == client.get("/s/BBBBBBBBBBBBBBBBBBBBBB").text
    assert "There is no such page" in answer.text


def test_a_wrong_link_takes_no_answers(client, place):
    wrong = "A" * len(place.tokens["pre"])
    for part in ("questions", "answers"):
        answer = client.post(f"/s/{wrong}/{part}", data={"language": "en", "side": "a"})
        assert (answer.status_code, answer.text) == (404, client.get("/s/short").text)


@pytest.mark.parametrize(
    ("language", "title", "leave"),
    [
        ("en", "There is no such page", "Leave this page"),
        ("ar", "لا توجد صفحة كهذه", "مغادرة الصفحة"),
        ("he", "אין דף כזה", "יציאה מהדף"),
    ],
)
def test_a_wrong_link_leaves_the_way_out_and_the_choice_of_language(client, language, title, leave):
    page = client.get(f"/s/AAAAAAAAAAAAAAAAAAAAAA?lang={language}").text
    assert f"<h1>{title}</h1>" in page
    assert f'href="https://www.wikipedia.org/" rel="noreferrer noopener nofollow">{leave}</a>' in page
    assert re.findall(r'<a href="([^"]+)" lang="(\w+)"', page) == [
        ("?lang=ar", "ar"),
        ("?lang=en", "en"),
        ("?lang=he", "he"),
    ]
    assert re.findall(r'lang="(\w+)" dir="\w+" hreflang="\w+" aria-current="true"', page) == [language]


def test_a_closed_link_takes_effect_and_says_so(client, place, monkeypatch, questions, send, full):
    monkeypatch.setattr(visits, "REMEMBERED_SECONDS", 0.0)
    _, fields = questions(client, place)
    with place.database.session() as session:
        invitations.close(session, place.tokens["pre"])
    token = place.tokens["pre"]
    assert client.get(f"/s/{token}?lang=ar").status_code == 410
    page = client.get(f"/s/{token}?lang=ar").text
    assert "<h1>هذا الرابط مغلق</h1>" in page
    assert '<a class="leave" href="https://www.wikipedia.org/"' in page
    assert '<a href="?lang=he" lang="he" dir="rtl" hreflang="he">עברית</a>' in page
    assert client.post(f"/s/{token}/questions", data={"side": "a"}).status_code == 410
    assert send(client, place, fields, **full).status_code == 410
    assert place.submissions() == []


def test_a_link_closed_a_moment_ago_is_remembered_for_two_seconds_at_most():
    assert visits.REMEMBERED_SECONDS <= 2


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"language=%ff", "application/x-www-form-urlencoded"),
        (b"&".join(b"i.a=1" for _ in range(3000)), "application/x-www-form-urlencoded"),
        (b'{"language": "en"}', "application/json"),
    ],
)
def test_what_is_no_form_is_refused(client, place, body, content_type):
    for part in ("questions", "answers"):
        answer = client.post(
            f"/s/{place.tokens['pre']}/{part}", content=body, headers={"content-type": content_type}
        )
        assert answer.status_code == 422
    assert place.submissions() == []


def test_a_field_that_nobody_asks_is_refused_without_losing_the_rest(
    client, place, questions, send, fields_of, full
):
    _, fields = questions(client, place)
    answer = send(client, place, fields, **full, **{"i__<script>": "1"})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert "<h1>Please send once more</h1>" in answer.text
    assert fields_of(answer.text).sent["i.say"] == ["r"]


def test_hostile_names_stay_words_on_every_page(make_place, questions, send):
    place = make_place(
        name=HOSTILE,
        organisation=HOSTILE,
        side_names={"a": {"en": HOSTILE, "ar": HOSTILE}, "b": {"en": HOSTILE}},
    )
    client = TestClient(create_app(place.settings, place.database, place.vault), follow_redirects=False)
    token = place.tokens["pre"]
    _, fields = questions(client, place)
    pages = [
        client.get(f"/s/{token}?lang=en").text,
        client.get(f"/s/{token}?lang=ar").text,
        questions(client, place)[0],
        questions(client, place, language="ar", side="b")[0],
        send(
            client, place, fields, i__words=HOSTILE, i__where=HOSTILE, i__people=HOSTILE, i__guard=HOSTILE
        ).text,
        client.get(f"/s/{token}/thanks").text,
        client.get(f"/s/{token}/goodbye").text,
    ]
    for page in pages:
        assert "<script" not in page
        assert "49091" not in page
    assert html.escape(HOSTILE, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in pages[0]
