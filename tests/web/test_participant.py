"""The participant's path over HTTP: consent, questions, answers kept for good, thanks."""

import gzip
import re

import pytest
from starlette.testclient import TestClient

from impact.instruments import items_at, unpack
from impact.resources import folder
from impact.web import create_app
from impact.web.static import static_url


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


def test_a_link_that_fixes_the_side_does_not_ask_and_cannot_be_overruled(
    client, place, questions, send, fields_of
):
    assert "Which community" not in client.get(f"/s/{place.tokens['pre/b']}?lang=en").text
    page, _ = questions(client, place, "pre/b", side="a")
    assert "Meeting people from \u2068North Valley\u2069" in page
    fields = fields_of(page)
    fields.sent["side"] = ["a"]
    assert send(client, place, fields, "pre/b").status_code == 303
    assert [row.side for row in place.submissions()] == ["b"]


def test_without_a_side_consent_comes_back_and_says_so(client, place):
    answer = client.post(f"/s/{place.tokens['pre']}/questions", data={"language": "ar", "side": "zzz"})
    assert answer.status_code == 422
    assert "يرجى اختيار مجتمعك، أو الضغط على «لا، شكرًا»." in answer.text


def test_one_document_holds_every_part(client, place, questions):
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


def test_items_of_another_wave_are_not_on_the_page(client, place, questions):
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


def test_answers_are_kept_as_they_were_given(client, place, questions, send, full):
    _, fields = questions(client, place)
    answer = send(client, place, fields, **full)
    assert (answer.status_code, answer.headers["location"]) == (303, "thanks?lang=en")
    (row,) = place.submissions()
    assert (row.wave, row.side, row.language) == ("pre", "a", "en")
    values = {name: column[0] for name, column in unpack(place.instrument, [row.answers]).items()}
    assert values["guard"] == 1  # the index of value 2
    assert values["say"] == 254  # refused
    assert (values["warmth"], values["near"]) == (10, 0)
    assert (values["done"], values["people"]) == (0b101, 42.0)
    assert b"wall" not in row.answers


def test_an_empty_form_is_welcome(client, place, questions, send):
    _, fields = questions(client, place, "post")
    assert send(client, place, fields, "post").status_code == 303
    assert len(place.submissions()) == 1


def test_the_same_form_twice_gives_the_same_thanks_and_one_row(client, place, questions, send, full):
    _, fields = questions(client, place)
    answers = [send(client, place, fields, **full) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 303
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(place.submissions()) == 1


def test_the_thanks_say_nothing_about_answers(client, place, questions, send, full):
    path = f"/s/{place.tokens['pre']}/thanks?lang=ar"
    before = client.get(path).text
    _, fields = questions(client, place)
    send(client, place, fields, **full)
    assert client.get(path).text == before
    assert "وصلت إجاباتك بأمان." in before
    assert "مكتب الورشة، 555 0101" in before


def test_a_programmes_own_side_names_win_where_it_has_them(make_place, questions):
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
    answer = client.get(f"/s/{place.tokens['pre']}/{part}?lang=he")
    assert answer.headers["location"] == f"../{place.tokens['pre']}?lang=he"
    answer = client.get(f"/s/{place.tokens['pre']}/{part}?lang=%0d%0aset-cookie:x")
    assert answer.headers["location"] == f"../{place.tokens['pre']}"
    assert client.get(f"/s/{'A' * 22}/{part}").status_code == 404


def test_going_away_keeps_nothing(client, place):
    answer = client.get(f"/s/{place.tokens['pre']}/goodbye?lang=he")
    assert "דבר לא נשמר" in answer.text
    assert f'href="../{place.tokens["pre"]}?lang=he"' in answer.text
    assert place.submissions() == []


CORE = folder("surveys") / "dialogue-core.v1.yaml"


@pytest.mark.parametrize("language", ["en", "ar", "he"])
def test_the_core_survey_is_whole_light_and_fully_filled(make_place, language, questions):
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


def test_circles_that_the_instrument_describes_are_read_out_in_its_words(make_place, questions):
    place = make_place(survey=CORE)
    client = TestClient(create_app(place.settings, place.database, place.vault))
    page, _ = questions(client, place)
    (item,) = [item for item in place.instrument.items if item.type == "closeness"]
    for option in item.options:
        assert f'<span class="hidden">{option.label["en"]}' in page


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "This survey comes from \u2068the organisers\u2069 and takes about 10 minutes."),
        ("ar", "هذا الاستبيان من \u2068الجهة المنظِّمة للبرنامج\u2069 ويستغرق نحو 10 دقائق."),
        ("he", "השאלון הזה הוא מטעם \u2068צוות התוכנית\u2069 ואורך כ־10 דקות."),
    ],
)
def test_a_programme_without_an_organisation_is_no_person_that_asks(make_place, language, sentence):
    place = make_place(organisation="", survey=CORE)
    client = TestClient(create_app(place.settings, place.database, place.vault))
    page = client.get(f"/s/{place.tokens['pre']}?lang={language}").text
    assert sentence in page
    assert page.count("Three valleys dialogue") == 1
    assert re.findall(r'<p class="from"><bdi>([^<]+)</bdi></p>', page) == ["Three valleys dialogue"]


def test_programme_and_organisation_stand_on_lines_of_their_own(client, place):
    page = client.get(f"/s/{place.tokens['pre']}?lang=en").text
    assert re.findall(r'<p class="from"><bdi>([^<]+)</bdi></p>', page) == [
        "Three valleys dialogue",
        "Bridge House",
    ]


@pytest.mark.parametrize(
    ("language", "begins"),
    [
        ("en", "“Leave this page” opens another site at once. It does not erase this device&#39;s history"),
        ("ar", "يفتح زر «مغادرة الصفحة» موقعًا آخر فورًا. لكنه لا يمحو سجلّ هذا الجهاز"),
        ("he", "״יציאה מהדף״ פותחת מיד אתר אחר. היא אינה מוחקת את ההיסטוריה של המכשיר הזה"),
    ],
)
def test_consent_says_what_leaving_does_and_does_not(client, place, language, begins):
    page = client.get(f"/s/{place.tokens['pre']}?lang={language}").text
    assert f'<p class="help">{begins}' in page


def test_the_answer_that_erases_an_answer_says_so(client, place, questions):
    page, _ = questions(client, place)
    assert '<input type="radio" name="i.guard" value=""><span>No answer</span>' in page


def test_all_numbers_of_an_arabic_page_have_the_same_digits(make_place, questions):
    place = make_place(survey=CORE)
    client = TestClient(create_app(place.settings, place.database, place.vault))
    page, _ = questions(client, place, language="ar")
    assert "الجزء 3 من 9" in page
    assert not re.findall(r"[٠-٩۰-۹]", page)
