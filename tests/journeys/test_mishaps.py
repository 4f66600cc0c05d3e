"""What happens to people on their way: no mouse, impatient fingers, a slow line, "back", two tabs."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from letters.models import DownloadCount, Letter, LetterEvent, Notice, Status
from letters.privacy.tokens import make_token
from tests.conftest import OpenPage
from tests.journeys.supporter import OWN_WORDS, Supporter
from tests.letters.factories import make_constituency, make_letter
from tests.servers.browser import PHONE

FOCUSED = """() => { const e = document.activeElement;
  return (e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent || "").trim(); }"""


def tab_to(page: Page, name: str, most: int = 150) -> None:
    """Press Tab until something of that name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if str(page.evaluate(FOCUSED)).startswith(name):
            return
    raise AssertionError(f"Tab does not reach {name!r}")


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
def test_the_whole_way_with_the_keyboard_alone(page_desktop: Page, live_server: LiveServer) -> None:
    page = page_desktop
    keys = page.keyboard
    page.goto(f"{live_server.url}/time-to-negotiate/")
    tab_to(page, "Your postcode")
    keys.type("sw1a1aa")
    keys.press("Enter")
    page.wait_for_url("**/arguments/")
    tab_to(page, "Show all")
    keys.press("Enter")
    tab_to(page, "Wanting talks is not excusing the invasion")
    keys.press("Space")
    assert page.locator(".chosen-count").inner_text() == "1 argument"
    tab_to(page, "Continue to your letter")
    keys.press("Enter")
    page.wait_for_url("**/words/")
    tab_to(page, "Your own words")
    keys.type(OWN_WORDS)
    tab_to(page, "Continue to your details")
    keys.press("Enter")
    page.wait_for_url("**/details/")
    for field, typed in (("Your full name", "Jane Doe"), ("Address", "1 Test Street"), ("Town", "London")):
        tab_to(page, field)
        keys.type(typed)
    tab_to(page, "Postcode")
    keys.type("SW1A 1AA")
    tab_to(page, "Your email address")
    keys.type("jane@supporter.example")
    keys.press("Enter")
    page.wait_for_url("**/check/")
    tab_to(page, "I agree")
    keys.press("Space")
    tab_to(page, "Email me the link to send it")
    keys.press("Enter")
    page.wait_for_url("**/sent/")
    page.goto(f"{live_server.url}/confirm/{make_token(Letter.objects.get().id, 'confirm')}/")
    tab_to(page, "Send my letter now")
    keys.press("Enter")
    page.wait_for_url("**/letter/*/")
    assert Letter.objects.get().status == Status.QUEUED


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_double_clicks_on_a_slow_line_do_everything_once_and_back_breaks_nothing(
    new_page: OpenPage, live_server: LiveServer, script: bool
) -> None:
    page = new_page(**PHONE, java_script_enabled=script, accept_downloads=True)
    jane = Supporter(page, live_server.url)
    jane.find_mp()
    jane.choose("‘Seize the moment’")
    jane.write()
    jane.give_details()
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 150, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
    network.send("Network.emulateNetworkConditions", slow)
    jane.unfold("Or print and post it")
    with page.expect_download():
        page.get_by_role("button", name="Download the PDF").dblclick()
    if script:
        expect(page.get_by_text("Your letter is downloading.")).to_be_visible()
    page.get_by_role("checkbox", name="I agree").check()
    page.get_by_role("button", name="Email me the link to send it").dblclick()
    expect(page).to_have_url(re.compile("/sent/$"))  # the second press ends the first one's navigation
    letter = Letter.objects.get()
    assert Notice.objects.count() == 1
    assert DownloadCount.objects.get().count in ((1,) if script else (1, 2)), "without a script both presses may count"

    # The check page itself is kept by no browser, so that nobody else finds the address in it: one step further back.
    page.wait_for_load_state()
    with suppress(PlaywrightError):  # the page goes before it can answer
        page.evaluate("history.go(-2)")
    page.wait_for_url("**/details/")
    page.go_back()
    assert page.get_by_role("textbox", name="Your own words").input_value() == OWN_WORDS
    page.goto(f"{live_server.url}/time-to-negotiate/write/sent/")
    assert Letter.objects.get() == letter

    confirm = f"{live_server.url}/confirm/{make_token(letter.id, 'confirm')}/"
    page.goto(confirm)
    other = page.context.new_page()
    other.goto(confirm)
    page.get_by_role("button", name="Send my letter now").dblclick()
    expect(page).to_have_url(re.compile("/letter/[^/]+/$"))
    other.get_by_role("button", name="Send my letter now").click()
    other.wait_for_url("**/letter/*/")
    assert "You have already confirmed this letter. We will send it only once." in other.inner_text("body")
    page.get_by_role("button", name="Withdraw my letter").dblclick()
    page.get_by_text("You withdrew your letter. It will not be sent.").wait_for()
    told = LetterEvent.objects.filter(letter=letter).values_list("type", flat=True)
    assert list(told) == ["created", "queued", "withdrawn"]


@pytest.mark.looks
@pytest.mark.usefixtures("transactional_db")
def test_text_is_copied_at_a_press(new_page: OpenPage, live_server: LiveServer) -> None:
    make_constituency()
    letter = make_letter()
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/letter/{make_token(letter.id, 'letter')}/text/")
    page.get_by_role("button", name="Copy the text").click()
    page.get_by_text("Copied.", exact=True).wait_for()
    assert "I have thought about this for years." in page.evaluate("navigator.clipboard.readText()")
