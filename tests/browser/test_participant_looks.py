"""The participant's pages as they are seen: small screens, large text, paper, old browsers, checked by axe."""

from __future__ import annotations

import itertools
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from impact.instruments import unpack
from impact.web import create_app

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 780}


def test_leaving_is_always_in_sight_and_nothing_is_wider_than_the_screen(chromium, address, place, walk):
    for language in ("en", "ar"):
        context = chromium.new_context(viewport={"width": 320, "height": 640})
        page = context.new_page()
        walk.begin(page, address, place.tokens["pre"], language)
        while True:
            assert page.evaluate("document.documentElement.scrollWidth") == 320
            page.mouse.wheel(0, 5000)
            box = page.locator(".leave").bounding_box()
            assert 0 <= box["y"] < 60
            for row in page.locator(
                "section:visible :is(.option, .cell, .apart label, .button, select)"
            ).all():
                if row.is_visible():
                    assert row.bounding_box()["height"] >= 45.9
            if not walk.onwards(page):
                break
        context.close()


def test_the_questions_are_two_small_requests_to_our_own_host(chromium, address, place):
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{address}/s/{place.tokens['pre']}?lang=ar")
    page.locator("input[name=side]").first.check()
    seen, wrong = [], []

    def note(request) -> None:
        seen.append(request)

    page.on("request", note)
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda fault: wrong.append(str(fault)))
    page.locator("button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    assert {urlsplit(request.url).netloc for request in seen} == {urlsplit(address).netloc}
    assert len(seen) <= 2
    weight = sum(
        request.sizes()["responseBodySize"] + request.sizes()["responseHeadersSize"] for request in seen
    )
    assert weight <= 14 * 1024
    assert wrong == []
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()


def test_an_old_browser_shows_all_parts_and_can_send_them(address, place, phone, walk):
    """Without `:has` in style sheets nothing is hidden, and nothing lies on top of anything else."""

    def without_has(route) -> None:
        css = route.fetch().text()
        route.fulfill(
            body=css.replace("@supports selector(:has(*))", "@supports (none:1)"), content_type="text/css"
        )

    phone.route("**/static/*.css", without_has)
    walk.begin(phone, address, place.tokens["post"])
    assert phone.locator("section:visible").count() == 5
    boxes = [section.bounding_box() for section in phone.locator("section").all()]
    for above, below in itertools.pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]
    phone.locator("#i\\.say .option").nth(2).click()
    with phone.expect_navigation():
        phone.locator("#p5 button").click()
    (row,) = place.submissions()
    assert unpack(place.instrument, [row.answers])["say"].tolist() == [2]


def test_paper_shows_every_part_and_lines_to_write_on(chromium, address, place, walk):
    """The last part only sends; on paper there is nothing in it."""
    page = chromium.new_page(viewport=PHONE)
    walk.begin(page, address, place.tokens["pre"])
    page.emulate_media(media="print")
    assert [part.get_attribute("id") for part in page.locator("section:visible").all()] == [
        "p1", "p2", "p3", "p4"
    ]  # fmt: skip
    assert page.locator(".leave:visible").count() == 0
    for field in page.locator("select").all():
        style = field.evaluate("e => [getComputedStyle(e).borderTopWidth, getComputedStyle(e).color]")
        assert style == ["0px", "rgba(0, 0, 0, 0)"]
    page.set_viewport_size({"width": 680, "height": 900})
    rows = [row.bounding_box()["y"] for row in page.locator("#i\\.guard .option").all()]
    assert len(set(rows)) == 1
    page.close()


def test_the_colours_of_the_reader_keep_boxes_and_circles(chromium, address, place, walk):
    context = chromium.new_context(viewport=PHONE, forced_colors="active")
    page = context.new_page()
    walk.begin(page, address, place.tokens["pre"])
    walk.onwards(page)
    walk.onwards(page)
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    circle = page.locator(".closeness .me").first
    assert circle.evaluate("e => [getComputedStyle(e).fill, getComputedStyle(e).stroke]") == [ink, ink]
    assert page.locator(".cell > input").first.evaluate("e => getComputedStyle(e).borderTopColor") == ink
    context.close()


@pytest.mark.parametrize("language", ["en", "ar", "he"])
@pytest.mark.parametrize("percent", [100, 150, 200])
def test_large_text_never_lies_over_the_way_out(chromium, address, place, walk, language, percent):
    """WCAG 1.4.4 for the one control that must never be covered."""
    page = chromium.new_page(viewport=PHONE)
    walk.begin(page, address, place.tokens["pre"], language)
    page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
    while True:
        page.evaluate("scrollTo(0, 0)")
        leave, progress = (
            page.locator(f"{selector}:visible").bounding_box() for selector in (".leave", ".progress p")
        )
        assert leave["x"] >= 0
        assert leave["x"] + leave["width"] <= PHONE["width"]
        assert progress["y"] >= leave["y"] + leave["height"]
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        if not walk.onwards(page):
            break
    page.close()


def test_a_very_long_name_is_no_wider_than_the_screen(chromium, make_place, serve, walk):
    name = "the community of the north-eastern hills, " + "Donaudampfschifffahrtsgesellschaft" * 3
    names = {"en": name, "ar": name, "he": name}
    place = make_place(name=name, organisation=name, side_names={"a": names, "b": names})
    with serve(create_app(place.settings, place.database, place.vault)) as address:
        page = chromium.new_page(viewport=PHONE)
        for language in names:
            page.goto(f"{address}/s/{place.tokens['pre']}?lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
            walk.begin(page, address, place.tokens["pre"], language)
            while walk.onwards(page):
                assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        page.close()


def test_a_latin_name_inside_arabic_keeps_its_own_order(chromium, make_place, serve):
    """The closing mark of the name stands at the name's own end, to the right of its first letter."""
    place = make_place(name="Valleys (phase 2)!")
    with serve(create_app(place.settings, place.database, place.vault)) as address:
        page = chromium.new_page(viewport=PHONE)
        page.goto(f"{address}/s/{place.tokens['pre']}?lang=ar")
        start, end = page.evaluate(
            """() => {
                const text = document.querySelector(".from bdi").firstChild;
                const at = i => {
                    const range = document.createRange();
                    range.setStart(text, i);
                    range.setEnd(text, i + 1);
                    return range.getBoundingClientRect().x;
                };
                return [at(0), at(text.length - 1)];
            }"""
        )
        assert start < end
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_any_page(chromium, address, place, language, scheme, width, walk):
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale=language,
    )
    page = context.new_page()
    token = place.tokens["pre"]

    def check() -> None:
        found = Axe().run(page).response["violations"]
        assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == []

    page.goto(f"{address}/s/{token}?lang={language}")
    page.locator("details summary").click()
    check()
    walk.begin(page, address, token, language)
    check()
    while walk.onwards(page):
        walk.fill_part(page, 1)
        if page.locator("section:visible input[type=text]").count():
            page.locator("section:visible input[type=text]").fill("x")
        check()
    walk.send(page)
    check()
    page.locator("#errors a").click()
    check()
    for path in (f"/s/{token}/thanks?lang={language}", f"/s/{token}/goodbye?lang={language}", "/nothing"):
        page.goto(address + path)
        check()
    context.close()
