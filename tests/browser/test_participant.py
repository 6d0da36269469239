"""A participant at a real browser: without scripts, in both directions, by keyboard alone, checked by axe."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from impact.instruments import unpack
from impact.resources import folder
from impact.store import programmes
from impact.web import create_app

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 780}


@pytest.fixture
def address(place, serve) -> Iterator[str]:
    with serve(create_app(place.settings, place.database, place.vault)) as address:
        yield address


@pytest.fixture
def phone(chromium) -> Iterator[Page]:
    """360 px wide, scripts off."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def begin(page: Page, address: str, token: str, language: str = "en", side: str = "a") -> None:
    page.goto(f"{address}/s/{token}?lang={language}")
    if page.locator(f"input[name=side][value={side}]").count():
        page.locator(f"input[name=side][value={side}]").check()
    with page.expect_navigation():
        page.locator("button[type=submit]:visible").click()


def send(page: Page) -> None:
    """The button on the last part; waits until the answer is there."""
    with page.expect_navigation():
        page.locator("section:visible button[type=submit]").click()


def onwards(page: Page) -> bool:
    """To the next part; False at the last one."""
    link = page.locator("section:visible .steps a.button")
    if not link.count():
        return False
    link.click()
    return True


def values(place) -> list[dict]:
    return [
        {name: column[0] for name, column in unpack(place.instrument, [row.answers]).items()}
        for row in place.submissions()
    ]


def fill_code(page: Page, differs: str = "") -> None:
    for select in page.locator("section:visible select").all():
        select.select_option(index=6 if select.get_attribute("name") == differs else 3)


def fill_part(page: Page, position: int) -> None:
    for question in page.locator("section:visible fieldset.item").all():
        question.locator(".option, .cell").nth(position).click()


def fill_survey(page: Page, address: str, token: str, position: int, differs: str = "") -> None:
    begin(page, address, token, "ar")
    fill_code(page, differs)
    while onwards(page):
        fill_part(page, position)
    send(page)
    assert page.locator("h1").inner_text() == "شكرًا لك"


def test_the_core_survey_in_arabic_before_and_after_without_scripts(make_place, serve, phone):
    """The code of the second visit differs in one element; both are stored and found to be one person's."""
    from impact.linkage import link
    from impact.store.column_reader import columns

    place = make_place(survey=folder("surveys") / "dialogue-core.v1.yaml")
    elements = [element.id for element in place.instrument.code_elements]
    with serve(create_app(place.settings, place.database, place.vault)) as address:
        fill_survey(phone, address, place.tokens["pre"], 0)
        fill_survey(phone, address, place.tokens["post"], 1, differs=f"c.{elements[0]}")
    with place.database.session() as session:
        found = columns(session, programmes.get(session, place.programme_id), place.instrument, place.vault)
    assert sorted(found.wave) == [0, 1]
    assert {place.instrument.languages[number].tag for number in found.language} == {"ar"}
    assert link(place.instrument, found).pairs["post"] == {1: 1}


def test_one_part_is_shown_at_a_time_and_back_keeps_what_was_chosen(address, place, phone):
    begin(phone, address, place.tokens["pre"])
    assert phone.locator("section:visible").count() == 1
    onwards(phone)
    phone.get_by_label("Somewhat").first.check()
    onwards(phone)
    assert phone.locator("section:visible h1").inner_text() == "How you feel"
    phone.locator("section:visible .back").click()
    assert phone.locator("section:visible h1").inner_text() == "Meeting people from \u2068South Valley\u2069"
    assert phone.get_by_label("Somewhat").first.is_checked()
    phone.go_back()
    phone.go_back()
    assert phone.locator("section:visible").get_attribute("id") == "p2"


@pytest.mark.parametrize("language", ["en", "ar", "he"])
def test_what_is_seen_as_low_is_stored_as_low(address, place, phone, language):
    """Clicks go by place on the screen: the top row, and the cell at the reading start."""
    begin(phone, address, place.tokens["post"], language)
    onwards(phone)
    rows = phone.locator("#i\\.guard .option").all()
    min(rows, key=lambda row: row.bounding_box()["y"]).click()
    onwards(phone)
    cells = [(cell, cell.bounding_box()) for cell in phone.locator("#i\\.warmth .cell").all()]
    top = min(box["y"] for _, box in cells)
    first_row = [(cell, box["x"]) for cell, box in cells if box["y"] == top]
    at_start = min if language == "en" else max
    at_start(first_row, key=lambda pair: pair[1])[0].click()
    circles = [svg.bounding_box() for svg in phone.locator("#i\\.near .option").first.locator("circle").all()]
    them, me = circles
    assert (me["x"] < them["x"]) == (language == "en")
    pictures = phone.locator("#i\\.near .option").all()
    max(pictures, key=_distance).click()
    while onwards(phone):
        pass
    send(phone)
    (stored,) = values(place)
    assert (stored["guard"], stored["warmth"], stored["near"]) == (0, 0, 0)


def _distance(picture) -> float:
    one, two = (circle.bounding_box()["x"] for circle in picture.locator("circle").all())
    return abs(one - two)


def test_an_answer_can_be_taken_back_without_scripts(address, place, phone):
    begin(phone, address, place.tokens["post"])
    onwards(phone)
    undo = phone.locator("#i\\.guard .undo")
    assert not undo.is_visible()
    phone.locator("#i\\.guard .option").nth(2).click()
    undo.click()
    phone.locator("#i\\.say .option").nth(4).click()
    while onwards(phone):
        pass
    send(phone)
    (stored,) = values(place)
    assert (stored["guard"], stored["say"]) == (255, 4)


def test_the_whole_survey_by_keyboard_alone(address, place, phone):
    phone.goto(f"{address}/s/{place.tokens['post']}?lang=en")
    _tab_to(phone, "input[name=side]")
    phone.keyboard.press("Space")
    _tab_to(phone, "button[type=submit]")
    phone.keyboard.press("Enter")
    _tab_to(phone, "select[name='c.day']")
    phone.keyboard.type("17")
    _tab_to(phone, "section:target a.button, section:first-of-type a.button")
    phone.keyboard.press("Enter")
    _tab_to(phone, "input[name='i.guard']")
    phone.keyboard.press("Space")
    phone.keyboard.press("ArrowDown")
    _tab_to(phone, "input[name='i.say']")
    phone.keyboard.press("Space")
    _tab_to(phone, "#p2 a.button")
    phone.keyboard.press("Enter")
    _tab_to(phone, "input[name='i.warmth']")
    phone.keyboard.press("Space")
    for _ in range(3):
        phone.keyboard.press("ArrowRight")
    _tab_to(phone, "#p3 a.button")
    phone.keyboard.press("Enter")
    _tab_to(phone, "input[name='i.done']")
    phone.keyboard.press("Space")
    _tab_to(phone, "input[name='i.people'][type=text]")
    phone.keyboard.type("12")
    phone.keyboard.press("Enter")  # must not send the form from the middle
    assert phone.locator("section:visible").get_attribute("id") == "p4"
    _tab_to(phone, "#p4 a.button")
    phone.keyboard.press("Enter")
    _tab_to(phone, "#p5 button")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/thanks?lang=en")
    (stored,) = values(place)
    assert (stored["guard"], stored["say"], stored["warmth"], stored["done"], stored["people"]) == (
        1,
        0,
        3,
        1,
        12,
    )


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(f":is({selector}):focus")
        if focused.count():
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_the_form_comes_back_with_its_answers_and_leads_to_the_fault(address, place, phone):
    begin(phone, address, place.tokens["post"])
    onwards(phone)
    phone.locator("#i\\.guard .option").nth(3).click()
    onwards(phone)
    onwards(phone)
    phone.locator("input[name='i.people'][type=text]").fill("lots")
    onwards(phone)
    send(phone)
    phone.get_by_role("link", name="How many people").click()
    field = phone.locator("input[name='i.people'][type=text]")
    assert field.is_visible()
    assert field.input_value() == "lots"
    assert phone.get_by_text("Please write a number from 0 to 500").is_visible()
    field.fill("3")
    onwards(phone)
    send(phone)
    (stored,) = values(place)
    assert (stored["guard"], stored["people"]) == (3, 3)


def test_leaving_is_always_in_sight_and_nothing_is_wider_than_the_screen(chromium, address, place):
    for language in ("en", "ar"):
        context = chromium.new_context(viewport={"width": 320, "height": 640})
        page = context.new_page()
        begin(page, address, place.tokens["pre"], language)
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
            if not onwards(page):
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


def test_an_old_browser_shows_all_parts_and_can_send_them(address, place, phone):
    """Without `:has` in style sheets nothing is hidden, and nothing lies on top of anything else."""

    def without_has(route) -> None:
        css = route.fetch().text()
        route.fulfill(
            body=css.replace("@supports selector(:has(*))", "@supports (none:1)"), content_type="text/css"
        )

    phone.route("**/static/*.css", without_has)
    begin(phone, address, place.tokens["post"])
    assert phone.locator("section:visible").count() == 5
    boxes = [section.bounding_box() for section in phone.locator("section").all()]
    for above, below in itertools.pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]
    phone.locator("#i\\.say .option").nth(2).click()
    with phone.expect_navigation():
        phone.locator("#p5 button").click()
    (stored,) = values(place)
    assert stored["say"] == 2


def test_paper_shows_every_part(chromium, address, place):
    page = chromium.new_page(viewport=PHONE)
    begin(page, address, place.tokens["pre"])
    page.emulate_media(media="print")
    assert page.locator("section:visible").count() == 5
    assert page.locator(".leave:visible").count() == 0
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_any_page(chromium, address, place, language, scheme, width):
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
    begin(page, address, token, language)
    check()
    while onwards(page):
        fill_part(page, 1)
        if page.locator("section:visible input[type=text]").count():
            page.locator("section:visible input[type=text]").fill("x")
        check()
    send(page)
    check()
    page.locator("#errors a").click()
    check()
    for path in (f"/s/{token}/thanks?lang={language}", f"/s/{token}/goodbye?lang={language}", "/nothing"):
        page.goto(address + path)
        check()
    context.close()
