"""The builder in a real browser: nothing typed is lost, and everyone can use it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.conftest import OpenPage
from tests.journeys.looker import Looker, validate_html
from tests.letters.factories import make_campaign, make_constituency
from tests.servers.browser import DESKTOP, PHONE

OpenBuilder = Callable[..., Page]
WORDS = "I care about this because my brother fought there."


@pytest.fixture
def open_builder(transactional_db: None, live_server: LiveServer, new_page: OpenPage) -> OpenBuilder:
    """Open the builder as somebody who has chosen two arguments."""

    def open_it(screen: dict[str, Any] = DESKTOP, **options: Any) -> Page:
        make_constituency()
        make_campaign()
        client = Client()
        client.post("/peace/write/", {"postcode": "SW1A 1AA"})
        client.post("/peace/write/arguments/", {"arguments": ["argument-1", "argument-2"]})
        page = new_page(**screen, **options)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}/peace/write/words/")
        return page

    return open_it


def own_words(page: Page) -> Any:
    return page.get_by_role("textbox", name="Your own words")


def expect_state(page: Page, state: str) -> None:
    expect(page.locator("#words")).to_have_attribute("data-state", state)


def read_order(page: Page) -> list[str | None]:
    return [card.get_attribute("data-key") for card in page.locator(".words-card").all()]


def test_what_is_typed_is_saved_and_survives_reload_and_a_closed_tab(open_builder: OpenBuilder) -> None:
    page = open_builder()
    own_words(page).fill(WORDS)
    expect_state(page, "saved")
    expect(page.locator("#announce")).to_have_text("That is enough of your own words: we can email this letter.")
    expect(page.locator("#letter-sheet")).to_contain_text(WORDS)
    expect(page.locator("#own-count")).to_have_text("9 words of your own")
    assert own_words(page).evaluate("box => box === document.activeElement"), "the cursor stays where it is"
    page.reload()
    expect(own_words(page)).to_have_value(WORDS)
    own_words(page).fill("Typed just before the tab was closed.")
    context, address = page.context, page.url
    page.close(run_before_unload=True)
    page = context.new_page()
    for _ in range(40):  # the last request of the tab that closes may still be on its way
        page.goto(address)
        if own_words(page).input_value() == "Typed just before the tab was closed.":
            break
        page.wait_for_timeout(250)
    expect(own_words(page)).to_have_value("Typed just before the tab was closed.")


def test_an_expired_session_and_lost_cookies_lose_nothing(open_builder: OpenBuilder) -> None:
    page = open_builder()
    Session.objects.all().delete()
    own_words(page).fill(WORDS)
    expect_state(page, "saved")
    page.context.clear_cookies()
    own_words(page).fill(f"{WORDS} And more.")
    expect_state(page, "failing")
    expect_state(page, "saved")
    page.reload()
    expect(own_words(page)).to_have_value(f"{WORDS} And more.")


def test_two_tabs_keep_both_texts_until_their_supporter_chooses(open_builder: OpenBuilder) -> None:
    one = open_builder()
    two = one.context.new_page()
    two.goto(one.url)
    own_words(one).fill("From the first tab.")
    expect_state(one, "saved")
    own_words(two).fill("From the second tab.")
    expect_state(two, "clash")
    expect(two.locator("#clash")).to_contain_text("From the first tab.")
    expect(own_words(two)).to_have_value("From the second tab.")
    two.get_by_role("button", name="Keep this page’s text").click()
    expect(two.locator("#clash-title")).to_have_count(0)
    own_words(one).fill("From the first tab, again.")
    expect_state(one, "clash")
    one.get_by_role("button", name="Use the other tab’s text").click()
    expect(own_words(one)).to_have_value("From the second tab.")


@pytest.mark.looks
def test_without_a_connection_the_page_says_so_keeps_the_text_and_tries_again(open_builder: OpenBuilder) -> None:
    page = open_builder()
    page.context.set_offline(True)
    own_words(page).fill(WORDS)
    expect(page.locator("#announce")).to_contain_text("Not saved yet. We will keep trying")
    page.locator("button[value=next]").click()
    expect(own_words(page)).to_have_value(WORDS)
    page.context.set_offline(False)
    page.wait_for_url("**/details/**")
    page.go_back()
    expect(own_words(page)).to_have_value(WORDS)


@pytest.mark.looks
def test_cards_are_moved_by_keyboard_and_by_dragging_without_a_new_page(open_builder: OpenBuilder) -> None:
    page = open_builder()
    own_words(page).fill(WORDS)
    page.evaluate("window.same = true")
    page.locator("#moving-argument-2").click()
    up = page.locator("#up-argument-2")
    up.focus()
    before = up.bounding_box()
    page.keyboard.press("Enter")
    expect(page.locator("#announce")).to_have_text("Moved: “Argument 2” is now 2 of 3.")
    assert read_order(page) == ["~own", "argument-2", "argument-1"]
    expect(up).to_be_focused()
    after = up.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2, "the button stays under the finger"
    page.locator("#head-argument-2").evaluate("heading => heading.scrollIntoView()")  # both in sight
    page.locator("[data-key='argument-1'] .words-card-handle").drag_to(page.locator("#head-argument-2"))
    expect(page.locator("#announce")).to_have_text("Moved: “Argument 1” is now 2 of 3.")
    page.get_by_label("Full: 6 words").first.check()
    text = page.get_by_role("textbox", name="Text of “Argument 1”")
    expect(text).to_have_value("The full text of argument 1.")
    expect(page.locator("#announce")).to_have_text("“Argument 1” has 6 words now.")
    page.locator("#moving-argument-1").click()
    page.locator("#remove-argument-1").click()
    expect(page.locator("#restore-argument-1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(text).to_have_value("The full text of argument 1.")
    expect(page.locator("#moving-argument-1")).to_be_focused()
    assert page.evaluate("window.same"), "all that on one page"
    page.reload()
    assert read_order(page) == ["~own", "argument-1", "argument-2"]
    expect(own_words(page)).to_have_value(WORDS)


@pytest.mark.looks
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_questions_and_buttons_work_with_and_without_scripts(open_builder: OpenBuilder, script: bool) -> None:
    page = open_builder(PHONE, java_script_enabled=script)
    own_words(page).fill("Mine.")
    page.get_by_role("button", name="Ask me another question").click()
    expect(page.get_by_label("Your own words: What do you know?")).to_have_value("Mine.")
    own_words(page).fill(WORDS)
    page.locator("#moving-argument-2").click()
    page.locator("#up-argument-2").click()
    expect(page.locator(".words-card").nth(1)).to_have_attribute("data-key", "argument-2")
    page.locator("#moving-argument-1").click()
    page.locator("#remove-argument-1").click()
    expect(page.locator("#card-argument-1")).to_have_count(0)
    page.locator("#restore-argument-1").click()
    expect(page.locator("#card-argument-1")).to_be_visible()
    page.locator("button[value=next]").dblclick()
    page.wait_for_url("**/details/**")
    page.go_back()
    expect(own_words(page)).to_have_value(WORDS)


@pytest.mark.looks
def test_the_first_screen_of_a_phone_is_question_box_and_count(open_builder: OpenBuilder) -> None:
    page = open_builder(PHONE)
    bar = page.locator(".action-bar").bounding_box()
    assert bar is not None
    for name in ("#own-question", "#id_own_words", "#own-count"):
        place = page.locator(name).bounding_box()
        assert place is not None
        assert place["y"] > 0
        assert place["y"] + place["height"] < bar["y"], name
    assert page.locator(".words-card details").first.is_hidden(), "nothing to move yet"


@pytest.mark.looks
@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_without_own_words_nobody_comes_to_the_address_by_email(open_builder: OpenBuilder, script: bool) -> None:
    page = open_builder(PHONE, java_script_enabled=script)
    page.get_by_role("button", name="5 more words to email it" if script else "Continue", exact=True).click()
    expect(page.get_by_role("heading", name="5 more words of your own, and we can email it")).to_be_visible()
    assert "/words/" in page.url
    if script:
        expect(page.locator("#few")).to_be_focused()
    page.get_by_role("button", name="Write a few more").click()
    expect(page.locator("#few")).to_have_count(0)
    if script:
        expect(own_words(page)).to_be_focused()
    own_words(page).fill("Two words.")
    page.locator("button[value=next]").click()
    page.get_by_role("button", name="Print and post it instead").click()
    page.wait_for_url("**/details/**")
    assert page.get_by_role("radio").count() == 1
    expect(page.get_by_label("By post: I print")).to_be_checked()
    expect(page.get_by_label("Your email address")).to_be_hidden()
    page.get_by_role("link", name="Write a few more").click()
    expect(own_words(page)).to_have_value("Two words.")
    own_words(page).fill(WORDS)
    page.locator("button[value=next]").click()
    if script:
        page.wait_for_url("**/details/**")
    expect(page.get_by_label("Your email address")).to_be_visible()


@pytest.mark.looks
def test_a_button_that_is_pressed_while_a_save_is_on_its_way_is_not_forgotten(open_builder: OpenBuilder) -> None:
    page = open_builder()
    held: list[Any] = []
    page.route("**/words/", lambda route: held.append(route) if not held else route.continue_())
    with page.expect_request("**/words/"):
        own_words(page).fill(WORDS)
    page.locator("#moving-argument-2").click()
    page.locator("#up-argument-2").click()
    assert read_order(page) == ["~own", "argument-1", "argument-2"]
    held[0].continue_()
    expect(page.locator("#announce")).to_have_text("Moved: “Argument 2” is now 2 of 3.")
    assert read_order(page) == ["~own", "argument-2", "argument-1"]
    expect(own_words(page)).to_have_value(WORDS)


@pytest.mark.looks
def test_on_a_phone_the_letter_opens_as_a_dialog_and_three_ways_close_it(open_builder: OpenBuilder) -> None:
    page = open_builder(PHONE)
    bar = page.get_by_role("link", name="Your letter · ")
    dialog = page.get_by_role("dialog", name="Your letter so far")
    ways: list[Callable[[], Any]] = [
        lambda: page.keyboard.press("Escape"),
        lambda: page.go_back(),
        lambda: page.get_by_role("link", name="Close").click(),
    ]
    for close in ways:
        bar.click()
        expect(dialog).to_be_visible()
        expect(page.locator("#letter-title")).to_be_focused()
        assert page.evaluate("document.getElementById('words').inert")
        close()
        expect(dialog).to_have_count(0)
        expect(bar).to_be_focused()
        assert not page.evaluate("document.getElementById('words').inert")


@pytest.mark.looks
def test_it_is_accessible_in_every_state(open_builder: OpenBuilder, tmp_path: Path) -> None:
    page = open_builder(DESKTOP, bypass_csp=True)
    look = Looker(tmp_path, page)
    page.reload()
    own_words(page).fill("word " * 700)
    expect_state(page, "refused")
    page.locator("button[value=next]").click()
    expect(page.locator("#errors")).to_be_visible()
    look("builder-error", page)
    own_words(page).fill(WORDS)
    page.get_by_role("textbox", name="Text of “Argument 1”").fill("The full text, changed by 7 words.")
    expect_state(page, "saved")
    other = page.context.new_page()
    other.goto(page.url)
    page.locator("#moving-argument-2").click()
    page.locator("#remove-argument-2").click()
    expect(page.locator("#restore-argument-2")).to_be_focused()
    look("builder-saved", page)
    own_words(other).fill("Something else.")
    expect_state(other, "clash")
    other_look = Looker(tmp_path, other)
    other.reload()
    with page.expect_response("**/write/words/"):  # its state says "saved" from before
        own_words(page).fill(f"{WORDS} And more.")
    own_words(other).fill("Something else.")
    expect_state(other, "clash")
    other_look("builder-clash", other)
    assert "\n".join([*look.faults, *other_look.faults, *validate_html(tmp_path)]) == ""


def test_plain_letters_for_those_who_choose_them(open_builder: OpenBuilder) -> None:
    page = open_builder()
    read_font = "element => getComputedStyle(element).fontFamily"
    written = [own_words(page), page.locator("#letter-sheet .letter")]
    assert ["Gelasio" in part.evaluate(read_font) for part in written] == [True, True]
    page.get_by_label("Show it in plain letters while I write").check()
    expect_state(page, "saved")
    page.reload()
    assert ["Gelasio" in part.evaluate(read_font) for part in written] == [False, False]
