"""A participant at a real browser: without scripts, in both directions, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from impact.instruments import unpack
from impact.resources import folder
from impact.store import programmes
from impact.web import create_app

pytestmark = pytest.mark.browser


def values(place) -> list[dict]:
    return [
        {name: column[0] for name, column in unpack(place.instrument, [row.answers]).items()}
        for row in place.submissions()
    ]


def test_the_core_survey_in_arabic_before_and_after_without_scripts(make_place, serve, phone, walk):
    """The code of the second visit differs in one element; both are stored and found to be one person's."""
    from impact.linkage import link
    from impact.store.column_reader import columns

    place = make_place(survey=folder("surveys") / "dialogue-core.v1.yaml")
    elements = [element.id for element in place.instrument.code_elements]
    with serve(create_app(place.settings, place.database, place.vault)) as address:
        walk.survey(phone, address, place.tokens["pre"], 0)
        walk.survey(phone, address, place.tokens["post"], 1, differs=f"c.{elements[0]}")
    with place.database.session() as session:
        found = columns(session, programmes.get(session, place.programme_id), place.instrument, place.vault)
    assert sorted(found.wave) == [0, 1]
    assert {place.instrument.languages[number].tag for number in found.language} == {"ar"}
    assert link(place.instrument, found).pairs["post"] == {1: 1}


def test_one_part_is_shown_at_a_time_and_back_keeps_what_was_chosen(address, place, phone, walk):
    walk.begin(phone, address, place.tokens["pre"])
    assert phone.locator("section:visible").count() == 1
    walk.onwards(phone)
    phone.get_by_label("Somewhat").first.check()
    walk.onwards(phone)
    assert phone.locator("section:visible h1").inner_text() == "How you feel"
    phone.locator("section:visible .back").click()
    assert phone.locator("section:visible h1").inner_text() == "Meeting people from \u2068South Valley\u2069"
    assert phone.get_by_label("Somewhat").first.is_checked()
    phone.go_back()
    phone.go_back()
    assert phone.locator("section:visible").get_attribute("id") == "p2"


@pytest.mark.parametrize("language", ["en", "ar", "he"])
def test_what_is_seen_as_low_is_stored_as_low(address, place, phone, language, walk):
    """Clicks go by place on the screen: the top row, and the cell at the reading start."""
    walk.begin(phone, address, place.tokens["post"], language)
    walk.onwards(phone)
    rows = phone.locator("#i\\.guard .option").all()
    min(rows, key=lambda row: row.bounding_box()["y"]).click()
    walk.onwards(phone)
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
    while walk.onwards(phone):
        pass
    walk.send(phone)
    (stored,) = values(place)
    assert (stored["guard"], stored["warmth"], stored["near"]) == (0, 0, 0)


def _distance(picture) -> float:
    one, two = (circle.bounding_box()["x"] for circle in picture.locator("circle").all())
    return abs(one - two)


def test_an_answer_can_be_taken_back_without_scripts(address, place, phone, walk):
    walk.begin(phone, address, place.tokens["post"])
    walk.onwards(phone)
    none = phone.get_by_label("No answer").first
    assert not none.is_visible()
    phone.locator("#i\\.guard .option").nth(2).click()
    none.click()
    assert none.is_checked()
    assert none.is_visible()
    phone.locator("#i\\.say .option").nth(4).click()
    while walk.onwards(phone):
        pass
    walk.send(phone)
    (stored,) = values(place)
    assert (stored["guard"], stored["say"]) == (255, 4)


def test_arrows_that_reach_no_answer_show_it(address, place, phone, walk):
    """From “Prefer not to say” one arrow leads on; what it does to the answer is seen and read out."""
    walk.begin(phone, address, place.tokens["post"])
    walk.onwards(phone)
    phone.locator("#i\\.guard").get_by_label("Prefer not to say").focus()
    phone.keyboard.press("Space")
    phone.keyboard.press("ArrowDown")
    none = phone.locator("#i\\.guard").get_by_label("No answer", exact=True)
    assert none.is_visible()
    assert none.is_checked()
    phone.keyboard.press("ArrowUp")
    assert phone.locator("#i\\.guard").get_by_label("Prefer not to say").is_checked()


def test_what_was_faulty_can_be_sent_again_from_the_summary(address, place, phone, walk):
    walk.begin(phone, address, place.tokens["post"])
    for _ in range(3):
        walk.onwards(phone)
    phone.locator("input[name='i.people'][type=text]").fill("lots")
    walk.onwards(phone)
    walk.send(phone)
    phone.locator("input[name='i.people'][type=text]").fill("4")
    with phone.expect_navigation():
        phone.get_by_role("button", name="Send again").click()
    (stored,) = values(place)
    assert stored["people"] == 4


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


def test_the_form_comes_back_with_its_answers_and_leads_to_the_fault(address, place, phone, walk):
    walk.begin(phone, address, place.tokens["post"])
    walk.onwards(phone)
    phone.locator("#i\\.guard .option").nth(3).click()
    walk.onwards(phone)
    walk.onwards(phone)
    phone.locator("input[name='i.people'][type=text]").fill("lots")
    walk.onwards(phone)
    walk.send(phone)
    assert phone.title() == "Error: Questions"
    assert phone.locator("section:visible").get_attribute("id") == "p4"  # the first part that has a fault
    phone.get_by_role("link", name="How many people").click()
    field = phone.locator("input[name='i.people'][type=text]")
    assert field.is_visible()
    assert field.input_value() == "lots"
    assert phone.get_by_text("Please write a whole number from 0 to 500").is_visible()
    field.fill("3")
    walk.onwards(phone)
    walk.send(phone)
    (stored,) = values(place)
    assert (stored["guard"], stored["people"]) == (3, 3)
