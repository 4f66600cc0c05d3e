"""Nothing typed is lost and nothing is asked twice, with scripts and without; a draft goes on on another device."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from letters.models import Letter, Status
from letters.privacy.tokens import make_confirm_token
from tests.conftest import OpenPage
from tests.journeys.supporter import OWN_WORDS, Supporter
from tests.servers.browser import DESKTOP, PHONE

KEPT = "Object.keys(sessionStorage).filter(key => key.startsWith('details:')).length"


def come_to_check(page: Page, site: str) -> Supporter:
    """Walk up to the check page."""
    jane = Supporter(page, site)
    jane.find_mp()
    jane.choose("‘Seize the moment’")
    jane.write()
    jane.give_details()
    return jane


def expect_check(page: Page) -> None:
    expect(page.get_by_role("heading", name="Check your letter")).to_be_visible()
    expect(page.locator(".letter-sender")).to_contain_text("1 Test Street")


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_changed_argument_and_changed_words_keep_the_address(
    new_page: OpenPage, live_server: LiveServer, script: bool
) -> None:
    page = new_page(**PHONE, java_script_enabled=script)
    jane = come_to_check(page, live_server.url)
    jane.press("Change your arguments")
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("checkbox", name="The war nearly ended").check()
    jane.press("Back to your letter")
    expect_check(page)
    jane.press("Change your words")
    page.get_by_role("textbox", name="Your own words").fill(f"{OWN_WORDS} And more.")
    jane.press("Back to your letter")
    expect_check(page)
    expect(page.locator(".letter-body")).to_contain_text("And more.")
    jane.press("Back")
    expect(page.get_by_label("Your full name")).to_have_value("Jane Doe")
    jane.press("Back")
    jane.press("Back to your letter")
    expect_check(page)


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
def test_back_reload_and_a_closed_address_bar_keep_the_details_in_the_tab_until_they_are_sent(
    new_page: OpenPage, live_server: LiveServer
) -> None:
    page = new_page(**PHONE)
    page.goto(f"{live_server.url}/time-to-negotiate/")
    jane = Supporter(page, live_server.url)
    jane.find_mp()
    jane.choose("‘Seize the moment’")
    jane.write()
    expect(page.get_by_label("Postcode")).to_have_value("sw1a1aa")  # of step 1
    jane.give_details(email="jane@gmial.com")
    expect(page.get_by_role("button", name="Yes, use jane@gmail.com")).to_be_visible()
    jane.press("See the letter")  # it is right as it is, and is asked about no more
    expect_check(page)
    page.reload()
    expect_check(page)
    page.goto(f"{live_server.url}/time-to-negotiate/write/posting/")
    page.go_back()
    expect_check(page)
    page.goto(f"{live_server.url}/time-to-negotiate/write/details/")
    expect(page.get_by_label("Your full name")).to_have_value("Jane Doe")
    expect(page.get_by_label("Your email address")).to_have_value("jane@gmial.com")
    jane.press("See the letter")
    expect_check(page)
    assert page.evaluate(KEPT) == 1
    jane.send()
    page.wait_for_function(f"{KEPT} === 0")


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
def test_a_draft_goes_on_on_another_device(new_page: OpenPage, live_server: LiveServer) -> None:
    phone = new_page(**PHONE)
    jane = Supporter(phone, live_server.url)
    jane.find_mp()
    jane.choose("‘Seize the moment’")
    phone.get_by_role("textbox", name="Your own words").fill(OWN_WORDS)
    jane.press("Continue on another device")
    expect(phone.get_by_role("img", name="QR code of the link")).to_be_visible()
    path = re.sub(r"^https?://[^/]+", "", phone.get_by_label("The link").input_value())
    laptop = new_page(**DESKTOP)
    laptop.goto(f"{live_server.url}{path}")
    laptop.get_by_role("button", name="Continue here").click()
    expect(laptop.get_by_role("textbox", name="Your own words")).to_have_value(OWN_WORDS)
    expect(laptop.get_by_role("heading", name="‘Seize the moment’")).to_be_visible()


def expect_sheet_alone(page: Page) -> None:
    """On paper there is the letter and nothing else."""
    page.emulate_media(media="print")
    expect(page.locator(".letter-sender")).to_be_visible()
    for hidden in ("h1", ".site-header", ".site-footer", "button:not(details *)"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
    page.emulate_media(media="screen")


@pytest.mark.usefixtures("shipped")
def test_a_confirmation_link_opened_on_another_device_sends_the_letter_and_the_first_page_follows(
    new_page: OpenPage, live_server: LiveServer
) -> None:
    phone = new_page(**PHONE)
    jane = come_to_check(phone, live_server.url)
    jane.send()
    expect(phone.get_by_role("heading", name="One more step")).to_be_visible()
    letter = Letter.objects.get()
    laptop = new_page(**DESKTOP)
    laptop.goto(f"{live_server.url}/confirm/{make_confirm_token(letter)}/")
    expect(laptop.locator(".letter-body")).to_contain_text(OWN_WORDS)
    expect_sheet_alone(laptop)
    laptop.get_by_role("button", name="Send my letter now").click()
    expect(laptop.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert Letter.objects.get().status == Status.QUEUED
    laptop.get_by_text("Read the letter here").click()
    expect_sheet_alone(laptop)
    expect(phone.get_by_role("heading", name="You have confirmed this letter")).to_be_visible()  # by itself


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
def test_the_check_page_folds_the_letter_on_a_phone_keeps_the_next_act_in_sight_and_prints_the_sheet_alone(
    new_page: OpenPage, live_server: LiveServer
) -> None:
    page = new_page(**PHONE)
    come_to_check(page, live_server.url)
    fold, act = page.locator("#whole-letter"), page.get_by_role("button", name="Email me the link to send it")
    folded = fold.bounding_box()
    place = act.bounding_box()
    assert folded is not None
    assert place is not None
    assert folded["height"] < 400
    assert 844 * 0.8 < place["y"] < 844
    page.get_by_role("link", name="Read it all").click()
    opened = fold.bounding_box()
    assert opened is not None
    assert opened["height"] > folded["height"] + 300
    page.emulate_media(media="print")
    expect(page.locator(".letter-sender")).to_be_visible()
    for hidden in ("h1", ".mail-head", ".summary-list", "#actions", ".site-footer", ".letter-unfold"):
        expect(page.locator(hidden).first).to_be_hidden()
