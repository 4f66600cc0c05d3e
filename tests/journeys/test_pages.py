"""Every page of the journey: no accessibility violation, no sideways scrolling, and a picture to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django_otp.oath import totp
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from campaign.parliament.models import Member
from letters.models import Letter
from letters.privacy.tokens import make_token
from tests.conftest import OpenPage
from tests.journeys.looker import Looker, validate_html
from tests.journeys.supporter import Supporter
from tests.otp import make_phone
from tests.servers.browser import DESKTOP, PHONE

PICTURES = Path(settings.BASE_DIR) / "build/screenshots"


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
def test_every_page_is_accessible_fits_is_light_stands_still_and_is_valid(
    new_page: OpenPage, live_server: LiveServer, tmp_path: Path
) -> None:
    page = new_page(**DESKTOP, bypass_csp=True)
    look = Looker(tmp_path, page)
    jane = Supporter(page, live_server.url, look)
    write = f"{live_server.url}/time-to-negotiate/write/"

    page.goto(write)
    jane.see("mp-empty")
    jane.press("Find my MP")
    jane.see("mp-error")
    page.get_by_label("Your postcode").fill("SWIA IAA")
    jane.press("Find my MP")
    jane.see("mp-suggestion-error")
    page.get_by_label("Your postcode").fill("BT1 5GS")
    jane.press("Find my MP")
    jane.see("mp-choose")
    page.goto(f"{write}seats/?q=ynys")
    jane.see("constituencies")

    jane.find_mp()
    jane.press("Show all 27 arguments")
    for box in page.get_by_role("checkbox").all()[:5]:
        box.check()
    jane.press("Continue to your letter")
    jane.see("arguments-error")
    page.get_by_role("link", name="Not your MP?").click()
    jane.see("mp")
    page.get_by_role("link", name="Write to Rachel Blake", exact=True).click()
    jane.choose("The war nearly ended in its second month", "‘Seize the moment’")
    jane.see("words-empty")
    page.get_by_role("textbox", name="Your own words").fill("Too short.")
    page.locator("button[value=next]").click()
    expect(page.locator("#few")).to_be_visible()
    jane.see("words-few")
    jane.press("Print and post it instead")
    page.wait_for_url("**/details/**")
    jane.press("See the letter")
    jane.see("details-error")
    page.get_by_role("link", name="Write a few more").click()
    jane.write()
    jane.give_details()
    jane.unfold("Or print and post it")
    jane.press("Or get it as plain text, to paste elsewhere")
    jane.see("text")
    jane.press("Back to the check page")
    jane.unfold("Or print and post it")
    page.get_by_role("link", name="What to do after you download it").click()
    jane.see("posting")
    jane.press("I posted it")
    jane.see("posting-posted")
    page.goto(f"{write}details/")
    jane.give_details()
    jane.press("Email me the link to send it")
    jane.see("check-error")
    jane.send()
    page.get_by_label("Your email address").fill("nonsense")
    jane.press("Use this address instead")
    jane.see("sent-error")

    letter = Letter.objects.get()
    page.goto(f"{live_server.url}/confirm/{make_token(letter.id, 'confirm')}/")
    jane.see("confirm")
    page.get_by_role("link", name="Correct your name or other details").click()
    page.get_by_label("Postcode").fill("AB10 1AB")
    jane.press("Save")
    jane.see("correct-error")
    page.get_by_role("link", name="Back", exact=True).click()
    jane.press("Send my letter now")
    page.wait_for_url("**/letter/*/")
    assert page.inner_text("h1") == "Thank you. Your letter is on its way to Rachel Blake MP"
    jane.see("letter")
    page.goto(f"{live_server.url}/letter/wrong/")
    jane.see("wrong-link")
    page.goto(f"{write}sent/")
    page.get_by_text("Do other people use this device?").click()
    jane.press("Delete my draft")
    jane.see("finished")
    Member.objects.update(sitting=False)
    page.goto(write)
    jane.see("dissolved")
    assert "\n".join([*look.faults, *validate_html(tmp_path)]) == ""


# What moves, or would, for people who have asked their device for less of that.
MOVING = """() => [...document.querySelectorAll("*")].filter(e => {
  const s = getComputedStyle(e);
  return s.transitionDuration !== "0s" || s.animationName !== "none" || s.scrollBehavior !== "auto";
}).map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
def test_the_pages_beside_the_way_are_accessible_and_fit_and_nothing_moves_for_whoever_asks_so(
    new_page: OpenPage, live_server: LiveServer, tmp_path: Path, settings: Settings
) -> None:
    settings.LIMIT_LINKS_PER_IP = "1/hour"
    page = new_page(**PHONE, bypass_csp=True)  # our browser asks for less motion
    look = Looker(tmp_path, page)
    for path in ("privacy", "who-runs-this", "complaints", "accessibility", "nowhere", "letter/lost"):
        page.goto(f"{live_server.url}/{path}/")
        look.glance(f"phone-{path.replace('/', '-')}", page)
    for name in ("lost-asked", "too-many"):
        page.goto(f"{live_server.url}/letter/lost/")
        page.get_by_label("Your email address").fill("jane@supporter.example")
        page.get_by_role("button", name="Send me the links").click()
        page.wait_for_load_state()
        look.glance(f"phone-{name}", page)
    expect(page.get_by_role("heading", name="Please try again a little later")).to_be_visible()
    jane = Supporter(page, live_server.url)
    jane.find_mp()
    jane.choose("‘Seize the moment’")
    page.wait_for_load_state()
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING), "somebody who has not asked sees a button's colour change"
    assert "\n".join(look.faults) == ""


@pytest.mark.looks
@pytest.mark.usefixtures("shipped")
def test_the_email_field_goes_away_for_those_who_post(page_phone: Page, live_server: LiveServer) -> None:
    jane = Supporter(page_phone, live_server.url)
    jane.find_mp()
    jane.choose("‘Seize the moment’")
    jane.write()
    email = page_phone.get_by_label("Your email address")
    expect(email).to_be_visible()
    jane.give_details(channel="By post")
    expect(page_phone.get_by_role("button", name="Download the PDF")).to_be_visible()
    expect(page_phone.get_by_role("button", name="Email me the link to send it")).to_be_hidden()


@pytest.mark.usefixtures("shipped")
def test_an_organiser_finds_the_letter_in_the_admin(page_desktop: Page, live_server: LiveServer) -> None:
    from tests.letters.factories import make_letter

    letter = make_letter(queued=True)
    organiser = User.objects.create_superuser("organiser", password="a-long-password")
    phone = make_phone(organiser)
    page_desktop.goto(f"{live_server.url}{reverse('admin:letters_letter_changelist')}")
    page_desktop.get_by_label("Username").fill("organiser")
    page_desktop.get_by_label("Password").fill("a-long-password")
    page_desktop.get_by_role("button", name="Log in").click()
    page_desktop.get_by_label("Code").fill(f"{totp(bytes.fromhex(phone.key)):06}")
    page_desktop.get_by_role("button", name="Continue").click()
    PICTURES.mkdir(parents=True, exist_ok=True)
    page_desktop.screenshot(path=PICTURES / "desktop-admin-letters.png", full_page=True)
    page_desktop.get_by_role("link", name=letter.reference).click()
    page_desktop.screenshot(path=PICTURES / "desktop-admin-letter.png", full_page=True)
    assert "I have thought about this for years." in page_desktop.inner_text(".letter-sheet")
