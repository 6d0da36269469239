"""The participant's path over HTTP: consent, questions, answers kept for good, thanks."""

import gzip
import html
import logging
import re
from html.parser import HTMLParser

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from impact.instruments import items_at, unpack
from impact.resources import folder
from impact.store import invitations
from impact.web import create_app
from impact.web.participant import visits
from impact.web.static import static_url

HOSTILE = "\"><script>alert('x')</script>{{7013*7}}{other}"


class Fields(HTMLParser):
    """Names and values that a browser would send from a page untouched, and all radio values by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.choices: dict[str, list[str]] = {}
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        values = dict(attributes)
        if tag == "input" and values.get("name"):
            name, value = values["name"], values.get("value", "")
            if values["type"] in ("radio", "checkbox"):
                self.choices.setdefault(name, []).append(value)
                if "checked" not in values:
                    return
            self.sent.setdefault(name, []).append(value)


def questions(client, place, wave="pre", language="en", side="a") -> tuple[str, Fields]:
    answer = client.post(f"/s/{place.tokens[wave]}/questions", data={"language": language, "side": side})
    assert answer.status_code == 200
    return answer.text, Fields(answer.text)


def send(client, place, fields, wave="pre", **answers):
    data = {**fields.sent, **{name.replace("__", "."): value for name, value in answers.items()}}
    return client.post(f"/s/{place.tokens[wave]}/answers", data=data)


FULL = {
    "i__guard": "2", "i__say": "r", "i__warmth": "10", "i__near": "1", "i__role": "other", "i__where": "On a wall",
    "i__done": ["eat", "travel"], "i__people": "٤٢", "i__words": "Nothing", "c__day": "7", "c__month": "12",
}  # fmt: skip


def test_consent_is_neutral_and_offers_all_languages(client, place):
    page = client.get(f"/s/{place.tokens['pre']}").text
    assert "<title>Questions</title>" in page
    assert 'lang="ar" dir="rtl" hreflang="ar">العربية<small> ترجمة أولية</small></a>' in page
    assert 'lang="en" dir="ltr" hreflang="en" aria-current="true">English</a>' in page
    assert "\u2068Bridge House\u2069 asks you these questions" in page
    assert "<summary>More about these questions and your answers</summary>" in page
    assert "<script" not in page


def test_consent_speaks_the_language_of_the_address_or_of_the_browser(client, place):
    path = f"/s/{place.tokens['pre']}"
    assert '<html lang="he" dir="rtl">' in client.get(path, headers={"accept-language": "he-IL,en"}).text
    assert (
        '<html lang="ar" dir="rtl">' in client.get(f"{path}?lang=ar", headers={"accept-language": "he"}).text
    )
    assert '<html lang="en" dir="ltr">' in client.get(f"{path}?lang=xx").text


def test_the_order_of_the_sides_is_turned(client, place):
    orders = set()
    for _ in range(60):
        page = client.get(f"/s/{place.tokens['pre']}?lang=en").text
        orders.add(tuple(re.findall(r'name="side" value="(\w)"', page)))
    assert orders == {("a", "b"), ("b", "a")}


def test_a_link_that_fixes_the_side_does_not_ask_and_cannot_be_overruled(client, place):
    assert "Which community" not in client.get(f"/s/{place.tokens['pre/b']}?lang=en").text
    page, _ = questions(client, place, "pre/b", side="a")
    assert "Meeting people from \u2068North Valley\u2069" in page
    fields = Fields(page)
    fields.sent["side"] = ["a"]
    assert send(client, place, fields, "pre/b").status_code == 303
    assert [row.side for row in place.submissions()] == ["b"]


def test_without_a_side_consent_comes_back_and_says_so(client, place):
    answer = client.post(f"/s/{place.tokens['pre']}/questions", data={"language": "ar", "side": "zzz"})
    assert answer.status_code == 422
    assert "يرجى اختيار واحد" in answer.text


def test_one_document_holds_every_part(client, place):
    page, fields = questions(client, place)
    assert re.findall(r'<section id="(p\d)"', page) == ["p1", "p2", "p3", "p4", "p5"]
    assert "Part 3 of 5" in page
    assert fields.choices["i.guard"] == ["1", "2", "3", "4", "5", "r", ""]
    assert fields.choices["i.warmth"] == [*map(str, range(11)), "r", ""]
    assert fields.choices["i.near"] == [*map(str, range(1, 8)), "r", ""]
    assert fields.choices["i.done"] == ["eat", "work", "travel", "r"]
    assert not {"script", "iframe", "img"} & set(fields.tags)
    assert "style=" not in page
    assert page.count('rel="noreferrer noopener nofollow"') == 1
    assert "http" not in page.replace("https://www.wikipedia.org/", "")


def test_items_of_another_wave_are_not_on_the_page(client, place):
    page, fields = questions(client, place, "post")
    assert "i.role" not in fields.choices
    assert "Where was that?" not in page


def test_the_page_weighs_little_and_two_forms_differ_in_their_key_only(client, place):
    path, form = f"/s/{place.tokens['pre']}/questions", {"language": "ar", "side": "a"}
    first, second = (client.post(path, data=form, headers={"accept-encoding": "gzip"}) for _ in range(2))
    assert int(first.headers["content-length"]) < 14_000
    keys = [re.search(r'name="key" value="([0-9a-f]{32})"', answer.text)[1] for answer in (first, second)]
    assert keys[0] != keys[1]
    assert first.text.replace(keys[0], keys[1]) == second.text
    plain = client.post(path, data=form, headers={"accept-encoding": "identity"}).text
    assert len(plain) == len(first.text)


def test_gzip_on_the_wire_is_what_gzip_reads(client, place):
    with client.stream(
        "POST",
        f"/s/{place.tokens['pre']}/questions",
        data={"language": "en", "side": "a"},
        headers={"accept-encoding": "gzip"},
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert gzip.decompress(raw).endswith(b"</html>")


def test_answers_are_kept_as_they_were_given(client, place):
    _, fields = questions(client, place)
    answer = send(client, place, fields, **FULL)
    assert (answer.status_code, answer.headers["location"]) == (303, "thanks?lang=en")
    (row,) = place.submissions()
    assert (row.wave, row.side, row.language) == ("pre", "a", "en")
    values = {name: column[0] for name, column in unpack(place.instrument, [row.answers]).items()}
    assert values["guard"] == 1  # the index of value 2
    assert values["say"] == 254  # refused
    assert (values["warmth"], values["near"]) == (10, 0)
    assert (values["done"], values["people"]) == (0b101, 42.0)
    assert b"wall" not in row.answers


def test_an_empty_form_is_welcome(client, place):
    _, fields = questions(client, place, "post")
    assert send(client, place, fields, "post").status_code == 303
    assert len(place.submissions()) == 1


def test_the_same_form_twice_gives_the_same_thanks_and_one_row(client, place):
    _, fields = questions(client, place)
    answers = [send(client, place, fields, **FULL) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 303
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(place.submissions()) == 1


def test_the_thanks_say_nothing_about_answers(client, place):
    path = f"/s/{place.tokens['pre']}/thanks?lang=ar"
    before = client.get(path).text
    _, fields = questions(client, place)
    send(client, place, fields, **FULL)
    assert client.get(path).text == before
    assert "وصلت إجاباتك بأمان." in before
    assert "مكتب الورشة، 555 0101" in before


def test_all_faults_come_back_at_once_with_everything_kept(client, place):
    _, fields = questions(client, place, language="en")
    wrong = {**FULL, "i__guard": "9", "i__people": "many", "i__words": "w" * 501, "c__day": "32"}
    answer = send(client, place, fields, **wrong)
    assert answer.status_code == 422
    page = answer.text
    links = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', page)
    assert [field for field, _ in links] == ["i.guard", "i.people", "i.words", "c.day"]
    assert links[0][1] == "I would be on my guard the whole time."
    for field, words in {
        "i.guard": "Please choose one of the answers shown, or none.",
        "i.people": "Please write a number from 0 to 500, or leave it empty.",
        "i.words": "Please write at most 500 characters.",
        "c.day": "Please choose from the list, or leave it empty.",
    }.items():
        assert f'<p class="error" id="e.{field}">{words}</p>' in page
    kept = Fields(page).sent
    assert kept["i.say"] == ["r"]
    assert kept["i.warmth"] == ["10"]
    assert kept["i.done"] == ["eat", "travel"]
    assert kept["i.people"] == ["many"]
    assert kept["key"] == fields.sent["key"]
    assert '<option value="12" selected>' in page
    assert "w" * 501 + "</textarea>" in page
    assert place.submissions() == []


def test_faults_are_told_in_the_language_of_the_page(client, place):
    _, fields = questions(client, place, language="ar")
    page = send(client, place, fields, i__people="x").text
    assert "يرجى كتابة رقم من ٠ إلى ٥٠٠، أو ترك الخانة فارغة." in page


def test_a_mended_form_is_stored(client, place):
    _, fields = questions(client, place)
    again = Fields(send(client, place, fields, **{**FULL, "i__people": "x"}).text)
    again.sent["i.people"] = ["5"]
    assert send(client, place, again).status_code == 303
    assert len(place.submissions()) == 1


@pytest.mark.parametrize("key", [[], ["short"], ["x" * 32], ["A" * 4000]])
def test_a_form_without_its_key_comes_back_with_a_fresh_one(client, place, key):
    _, fields = questions(client, place)
    fields.sent["key"] = key
    answer = send(client, place, fields, **FULL)
    assert answer.status_code == 422
    assert "Please send once more" in answer.text
    assert send(client, place, Fields(answer.text)).status_code == 303


def test_when_the_database_cannot_keep_them_the_answers_stay_in_the_form(client, place, caplog):
    caplog.set_level(logging.DEBUG)
    _, fields = questions(client, place)
    with place.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE submission RENAME TO away"))
    answer = send(client, place, fields, **{**FULL, "i__words": "CANARY-501"})
    assert answer.status_code == 503
    assert "Your answers could not be kept just now" in answer.text
    assert 'form="survey">Send again</button>' in answer.text
    assert "\nCANARY-501</textarea>" in answer.text
    with place.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO submission"))
    again = Fields(answer.text)
    assert again.sent["key"] == fields.sent["key"]
    assert send(client, place, again).status_code == 303
    assert len(place.submissions()) == 1
    assert "CANARY" not in caplog.text


def test_nothing_personal_is_logged(client, place, caplog):
    caplog.set_level(logging.DEBUG)
    _, fields = questions(client, place)
    send(
        client,
        place,
        fields,
        **{**FULL, "i__words": "CANARY-1", "i__where": "CANARY-2", "i__people": "CANARY-3"},
    )
    send(client, place, fields, **{**FULL, "i__words": "CANARY-1"})
    client.get("/s/CANARY-4-aaaaaaaaaaaaaaaa")
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "asyncio"))]
    assert not [record for record in ours if "CANARY" in record.getMessage()]
    assert not [record for record in ours if place.tokens["pre"] in record.getMessage()]


@pytest.mark.parametrize(
    "path",
    ["/s/AAAAAAAAAAAAAAAAAAAAAA", "/s/short", "/s/" + "x" * 500, "/s/%00%00", "/s/..%2f..%2fetc", "/nothing"],
)
def test_a_wrong_link_is_the_same_page_as_no_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.text == client.get("/no/such/page").text
    assert "There is no such page" in answer.text


def test_a_wrong_link_takes_no_answers(client, place):
    wrong = "A" * len(place.tokens["pre"])
    for part in ("questions", "answers"):
        answer = client.post(f"/s/{wrong}/{part}", data={"language": "en", "side": "a"})
        assert (answer.status_code, answer.text) == (404, client.get("/nothing").text)


def test_a_closed_link_takes_effect_and_says_so(client, place, monkeypatch):
    monkeypatch.setattr(visits, "REMEMBERED_SECONDS", 0.0)
    _, fields = questions(client, place)
    with place.database.session() as session:
        invitations.close(session, place.tokens["pre"])
    token = place.tokens["pre"]
    assert client.get(f"/s/{token}?lang=ar").status_code == 410
    assert "هذا الرابط مغلق" in client.get(f"/s/{token}?lang=ar").text
    assert client.post(f"/s/{token}/questions", data={"side": "a"}).status_code == 410
    assert send(client, place, fields, **FULL).status_code == 410
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


def test_a_field_that_nobody_asks_is_refused_without_losing_the_rest(client, place):
    _, fields = questions(client, place)
    answer = send(client, place, fields, **FULL, **{"i__<script>": "1"})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert Fields(answer.text).sent["i.say"] == ["r"]


def test_hostile_names_stay_words_on_every_page(make_place):
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


def test_a_programmes_own_side_names_win_where_it_has_them(make_place):
    place = make_place(side_names={"a": {"en": "Hill people"}, "b": {"ar": "أهل الساحل"}})
    client = TestClient(create_app(place.settings, place.database, place.vault))
    english, _ = questions(client, place, side="a")
    assert "the only person from \u2068Hill people\u2069" in english
    assert "Meeting people from \u2068South Valley\u2069" in english
    arabic, _ = questions(client, place, language="ar", side="a")
    assert "\u2068أهل الساحل\u2069" in arabic
    assert "\u2068الوادي الشمالي\u2069" in arabic


@pytest.mark.parametrize("part", ["questions", "answers"])
def test_a_sleeping_tab_that_asks_again_is_led_to_the_beginning(client, place, part):
    answer = client.get(f"/s/{place.tokens['pre']}/{part}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"../{place.tokens['pre']}")
    assert client.get(f"/s/{'A' * 22}/{part}").status_code == 404


def test_going_away_keeps_nothing(client, place):
    answer = client.get(f"/s/{place.tokens['pre']}/goodbye?lang=he")
    assert "דבר לא נשמר" in answer.text
    assert f'href="../{place.tokens["pre"]}?lang=he"' in answer.text
    assert place.submissions() == []


def test_without_an_organisation_the_programme_is_who_asks(make_place):
    place = make_place(organisation="")
    client = TestClient(create_app(place.settings, place.database, place.vault))
    page = client.get(f"/s/{place.tokens['pre']}?lang=en").text
    assert "\u2068Three valleys dialogue\u2069 asks you" in page


CORE = folder("surveys") / "dialogue-core.v1.yaml"


@pytest.mark.parametrize("language", ["en", "ar", "he"])
def test_the_core_survey_is_whole_light_and_fully_filled(make_place, language):
    place = make_place(survey=CORE)
    client = TestClient(create_app(place.settings, place.database, place.vault))
    token = place.tokens["pre"]
    page, fields = questions(client, place, language=language)
    expected = [f"i.{item.id}" for item in items_at(place.instrument, "pre") if item.is_single]
    assert [name for name in fields.choices if name.startswith("i.")] == expected
    weight = (
        len(gzip.compress(page.encode(), 9)) + len(client.get(static_url("participant.css")).content) // 3
    )
    assert weight < 14_000
    pages = [page, client.get(f"/s/{token}?lang={language}").text, client.get(f"/s/{token}/thanks").text]
    for text_of_page in pages:
        assert not re.findall(r"{\w*}", text_of_page)


def test_circles_that_the_instrument_describes_are_read_out_in_its_words(make_place):
    place = make_place(survey=CORE)
    client = TestClient(create_app(place.settings, place.database, place.vault))
    page, _ = questions(client, place)
    (item,) = [item for item in place.instrument.items if item.type == "closeness"]
    for option in item.options:
        assert f'<span class="hidden">{option.label["en"]}' in page
