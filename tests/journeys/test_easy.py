"""Easy read in a real browser: every page accessible, light and fitting, and the whole way without a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.conftest import OpenPage
from tests.journeys.looker import Looker, validate_html
from tests.journeys.supporter import OWN_WORDS, Supporter
from tests.servers.browser import DESKTOP, PHONE


def answer_all(page: Page, jane: Supporter) -> None:
    """From the campaign's page to the letter."""
    page.goto(f"{jane.site}/time-to-negotiate/")
    page.get_by_role("link", name="Easy read").click()
    jane.see("easy-postcode")
    page.get_by_label("Your postcode").fill("SW1A 1AA")
    jane.press("Next")
    page.get_by_role("button", name="Next").click()
    jane.see("easy-reason-error")
    page.get_by_role("radio").first.check()
    jane.press("Next")
    page.get_by_role("textbox", name="Your own words").fill("No war.")
    page.get_by_role("button", name="Next").last.click()
    expect(page.get_by_role("heading", name="Write 18 more words")).to_be_visible()
    jane.see("easy-words")
    page.get_by_role("textbox", name="Your own words").fill(OWN_WORDS)
    page.get_by_role("button", name="Next").last.click()
    jane.see("easy-request")
    jane.press("Next")
    page.get_by_label("Your full name").fill("Jane Doe")
    jane.see("easy-name")
    page.get_by_role("button", name="Next").last.click()
    page.get_by_label("Address", exact=True).fill("1 Test Street")
    page.get_by_label("Town or city").fill("London")
    page.get_by_label("Postcode").fill("SW1A 1AA")
    jane.see("easy-address")
    page.get_by_role("button", name="Next").last.click()
    page.get_by_label("Your email address").fill("jane@supporter.example")
    jane.see("easy-sending")
    page.get_by_role("button", name="See my letter").click()
    expect(page.get_by_role("heading", name="Read your letter")).to_be_visible()
    jane.see("easy-check")


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
def test_every_page_of_easy_read_is_accessible_fits_and_is_valid(
    new_page: OpenPage, live_server: LiveServer, tmp_path: Path
) -> None:
    page = new_page(**DESKTOP, bypass_csp=True)
    look = Looker(tmp_path, page)
    answer_all(page, Supporter(page, live_server.url, look))
    assert "\n".join([*look.faults, *validate_html(tmp_path)]) == ""


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_easy_read_comes_to_a_letter_and_a_correction_keeps_the_address(
    new_page: OpenPage, live_server: LiveServer, script: bool
) -> None:
    page = new_page(**PHONE, java_script_enabled=script)
    jane = Supporter(page, live_server.url)
    answer_all(page, jane)
    expect(page.locator(".letter-body")).to_contain_text(OWN_WORDS)
    jane.press("Change my words")
    page.get_by_role("textbox", name="Your own words").fill(f"{OWN_WORDS} And more.")
    page.get_by_role("button", name="Next").last.click()
    expect(page.locator(".letter-sender")).to_contain_text("1 Test Street")
    expect(page.locator(".letter-body")).to_contain_text("And more.")
    jane.send()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
