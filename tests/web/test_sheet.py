"""The prepared page: what goes over the wire is the page, key and all, packed or not."""

import gzip
import html
import re

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from impact.web.participant.sheet import Sheet, Slots


def _sheet() -> Sheet:
    slots = Slots()
    text = (
        f"<p>{slots.summary()}</p>" + "<b>long words</b>" * 300 + f"<i{slots.checked('i.a', '1')}>"
        f"<i{slots.checked('i.a', '2')}><input{slots.value('i.n')}{slots.invalid('i.n')}>"
        f'{slots.error("i.n")}<textarea>{slots.text("i.t")}</textarea><input value="{slots.key()}"></form>'
    )
    return Sheet(text, slots.found)


SHEET = _sheet()
keys = st.text("0123456789abcdef", min_size=0, max_size=64).map(str.encode)


@given(keys)
def test_the_packed_page_unpacks_to_the_plain_one(key):
    plain_headers, plain = SHEET.blank(key, gzip=False)
    packed_headers, packed = SHEET.blank(key, gzip=True)
    assert gzip.decompress(packed) == plain
    assert b'<input value="' + key + b'"></form>' in plain
    assert dict(plain_headers)[b"content-length"] == str(len(plain)).encode()
    assert dict(packed_headers)[b"content-length"] == str(len(packed)).encode()
    assert dict(packed_headers)[b"content-encoding"] == b"gzip"


def test_the_empty_page_equals_the_page_filled_with_nothing():
    assert SHEET.blank(b"k", gzip=False)[1] == SHEET.filled({}, {}, Markup(""), "k")


def test_a_page_without_a_key_is_sent_whole():
    sheet = Sheet("<p>only this</p>", ())
    assert gzip.decompress(sheet.blank(b"", gzip=True)[1]) == b"<p>only this</p>"


@given(st.text(max_size=200), st.text(max_size=60))
def test_kept_answers_come_back_as_text_and_never_as_markup(words, number):
    words, number = (re.sub("[\ud800-\udfff\r\x00]", "", text) for text in (words, number))
    page = SHEET.filled({"i.t": [words], "i.n": [number], "i.a": ["2"]}, {}, Markup(""), "k").decode()
    inside = page.split("<textarea>")[1].rsplit("</textarea>", 1)[0]
    assert "<" not in inside
    assert html.unescape(inside) == "\n" + words
    assert html.unescape(re.search(r'<input value="([^"]*)">', page)[1]) == number
    assert page.count(" checked") == 1


def test_a_mark_that_somebody_writes_stays_words():
    page = SHEET.filled(
        {"i.t": ["\ue0000:3\ue001 {{ 7*7 }} \ue000deadbeef:0\ue001"]}, {}, Markup(""), "k"
    ).decode()
    assert "\ue0000:3\ue001 {{ 7*7 }} \ue000deadbeef:0\ue001</textarea>" in page


def test_an_error_stands_at_its_question():
    page = SHEET.filled({}, {"i.n": "Write <digits>."}, Markup("<b>sum</b>"), "k").decode()
    assert '<input aria-invalid="true" aria-describedby="e.i.n">' in page
    assert '<p class="error" id="e.i.n">Write &lt;digits&gt;.</p>' in page
    assert page.startswith("<p><b>sum</b></p>")


def test_words_for_a_fault_stand_only_where_there_is_one():
    slots = Slots()
    sheet = Sheet(f"<title>{slots.if_faulty('Error: <')}Questions</title>{slots.summary()}", slots.found)
    assert sheet.filled({}, {}, Markup(""), "k") == b"<title>Questions</title>"
    faulty = sheet.filled({}, {"i.n": "no"}, Markup("<b>sum</b>"), "k")
    assert faulty == b"<title>Error: &lt;Questions</title><b>sum</b>"
