"""The way from the campaign's page to a letter sent by email costs little; `make test` prints how much."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from campaign.content.models import Argument
from letters.delivery.notices import send_notices
from letters.models import Letter, Status
from tests.journeys.effort import Effort
from tests.journeys.supporter import OWN_WORDS
from tests.servers.mail import MailServer

MAX_TAPS, MAX_PAGES = 16, 7
MAX_SKIMMED = 450  # up to the finished letter
MAX_WORDS = 2_600  # up to the press that sends it
FIRST = ("nearly-ended", "milley-seize-the-moment", "support-may-shrink")  # so that each run counts the same words


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
def test_a_letter_by_email_takes_few_taps_pages_and_words(
    page_phone: Page,
    live_server: LiveServer,
    smtp_server: MailServer,
    settings: Settings,
    record_property: Callable[[str, object], None],
) -> None:
    settings.SITE_URL = live_server.url
    Argument.objects.filter(key__in=FIRST).update(first=True)
    page = page_phone
    effort = Effort(page)

    page.goto(f"{live_server.url}/time-to-negotiate/")
    effort.read("campaign")
    effort.tap(page.get_by_label("Your postcode").first, "sw1a1aa")
    effort.tap(page.get_by_role("button", name="Find my MP").first)

    page.wait_for_url("**/arguments/")
    box, bar = page.locator("#id_own_words").bounding_box(), page.locator(".action-bar").bounding_box()
    assert box is not None
    assert bar is not None
    assert box["y"] + box["height"] <= bar["y"], "the first box is whole in sight"
    effort.tap(page.get_by_role("textbox", name="Your own words"), OWN_WORDS)
    effort.tap(page.locator(".argument-card").first.get_by_role("checkbox"))
    effort.read("arguments")
    effort.tap(page.get_by_role("button", name="Continue to your letter"))

    page.wait_for_url("**/words/")
    argument = page.locator(".words-card:not(.words-card-own)")
    effort.tap(
        argument.get_by_role("textbox"), "They nearly had peace once, so I do not believe that it cannot be done."
    )
    expect(page.get_by_role("button", name="Continue to your details")).to_be_visible()
    effort.read("words")
    effort.tap(page.get_by_role("button", name="Continue to your details"))

    page.wait_for_url("**/details/")
    effort.read("details")
    for label, typed in (("Your full name", "Jane Doe"), ("Address", "1 Test Street"), ("Town or city", "London")):
        effort.tap(page.get_by_label(label, exact=True), typed)
    expect(page.get_by_label("Postcode")).to_have_value("sw1a1aa")
    effort.tap(page.get_by_label("Your email address"), "jane@supporter.example")
    effort.tap(page.get_by_role("button", name="See the letter"))

    page.wait_for_url("**/check/")
    effort.read("check")
    effort.tap(page.get_by_role("checkbox", name=re.compile("I agree")))
    effort.tap(page.get_by_role("button", name="Email me the link to send it"))

    page.wait_for_url("**/sent/")
    effort.read("sent")
    send_notices()
    [mail] = smtp_server.wait_for(1)
    body = mail.message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    effort.read_mail(text)
    page.goto(re.findall(r"http://\S+/confirm/\S+/", text)[0])
    effort.read("confirm")
    effort.tap(page.get_by_role("button", name="Send my letter now"))
    page.wait_for_url("**/letter/*/")
    assert Letter.objects.get().status == Status.QUEUED

    to_the_letter = sum(effort.skimmed[name] for name in ("campaign", "arguments", "words", "details", "check"))
    record_property(
        "figures",
        f"A letter by email: {effort.taps} taps (at most {MAX_TAPS}), {effort.pages} pages ({MAX_PAGES}) and a mail; "
        f"{to_the_letter} words for one who skims, up to the finished letter ({MAX_SKIMMED}); "
        f"{effort.words} words in all ({MAX_WORDS})",
    )
    assert effort.taps <= MAX_TAPS
    assert effort.pages <= MAX_PAGES
    assert to_the_letter <= MAX_SKIMMED
    assert effort.words <= MAX_WORDS
