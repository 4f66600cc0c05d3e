"""Organisers' pages in a browser: accessible, fitting, readable, with no, few and many letters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from campaign.content.models import Campaign, CampaignPicture
from campaign.core.request_size import MAX_SIZE
from letters.actions.confirm import confirm
from letters.actions.note import note_by_supporter
from letters.models import EventType, Finding, Letter, Part, Rule, Status
from letters.statistics.rollup import roll_up_all
from tests.conftest import OpenPage
from tests.journeys.looker import CONTRAST, Looker
from tests.letters.factories import make_letter, write_paragraph
from tests.letters.many import write_many
from tests.otp import otp_login
from tests.servers.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.usefixtures("shipped")]
SLUG = "time-to-negotiate"
# Columns of a list that one has to scroll sideways to, which nobody does.
OUT_OF_SIGHT = """() => [...new Set([...document.querySelectorAll("#result_list td, #result_list th")]
  .filter(e => e.getBoundingClientRect().right > innerWidth ||
               e.getBoundingClientRect().right > e.closest(".results").getBoundingClientRect().right + 1)
  .map(e => e.className))]"""


def sign_in(page: Page, live_server: LiveServer) -> str:
    """Sign an organiser in and return where the dashboard is."""
    client = Client()
    otp_login(client, User.objects.create_superuser("organiser", password="x"))
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    return f"{live_server.url}/admin/letters/letter/dashboard/{SLUG}/"


@pytest.mark.looks
@pytest.mark.parametrize("letters", [0, 300])
def test_every_page_is_accessible_and_fits(
    new_page: OpenPage, live_server: LiveServer, tmp_path: Path, letters: int
) -> None:
    if letters:
        write_many(Campaign.objects.get(), letters)
        # The longest status is a sentence.
        Letter.objects.filter(pk__in=Letter.objects.filter(status=Status.SENT)[:9]).update(status=Status.UNKNOWN)
        roll_up_all()
    page = new_page(**(PHONE if letters else DESKTOP), bypass_csp=True)
    dashboard = sign_in(page, live_server)
    look = Looker(tmp_path, page)
    for name, path in (
        ("dashboard", ""),
        ("map", "map/"),
        ("constituencies", "seats/?show=vacant"),
        ("replies", "replies/"),
    ):
        page.goto(dashboard + path)
        look.glance(f"organiser-{letters}-{name}", page)
    site = dashboard.partition("/admin/")[0]
    for name, path in (("first", ""), ("held", hold_a_near_copy() if letters else "letters/letter/moderation/")):
        page.goto(f"{site}/admin/{path}")
        look.glance(f"organiser-{letters}-{name}", page)
        page.emulate_media(color_scheme="dark")
        look.ask_axe(page, "by night", CONTRAST)
        page.emulate_media(color_scheme="light")
    assert look.faults == []
    for path in ("letters/letter/", "content/argument/", "content/campaign/", "parliament/constituency/"):
        page.goto(f"{site}/admin/{path}")
        for screen in (PHONE, DESKTOP):
            page.set_viewport_size(screen["viewport"])
            assert page.evaluate(OUT_OF_SIGHT) == [], (path, screen)


def hold_a_near_copy() -> str:
    """Two letters to one MP that say nearly the same; return where the second one is read."""
    own = "My grandmother came here from Kharkiv in nineteen ninety three and she still calls her sister every week."
    for words in (own, own.replace("sister", "brother")):
        letter = make_letter(Campaign.objects.get(), queued=False)
        write_paragraph(letter, words)
        assert confirm(letter)
    Finding.objects.create(letter=letter, rule=Rule.NEAR_COPY, part=Part.WHOLE)
    letter.transition_to(Status.HELD)
    return f"letters/letter/{letter.pk}/review/"


@pytest.mark.looks
def test_the_overview_fits_one_screen(page_desktop: Page, live_server: LiveServer) -> None:
    write_many(Campaign.objects.get(), 300)
    for letter in Letter.objects.filter(status=Status.SENT)[:20]:
        assert note_by_supporter(letter, EventType.ANSWERED)
    page_desktop.goto(sign_in(page_desktop, live_server))
    end = page_desktop.evaluate("document.querySelector('.over').getBoundingClientRect().bottom")
    assert end <= DESKTOP["viewport"]["height"]


@pytest.mark.looks
def test_the_tabs_are_on_one_line_of_a_phone_and_the_menus_open(new_page: OpenPage, live_server: LiveServer) -> None:
    page = new_page(**PHONE)
    page.goto(sign_in(page, live_server))
    tops = page.evaluate("[...document.querySelectorAll('.desk-tabs a')].map(e => e.getBoundingClientRect().top)")
    assert (len(tops), len(set(tops))) == (6, 1)
    page.get_by_text("Site", exact=True).click()
    expect(page.get_by_role("link", name="Users")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Users")).to_be_hidden()
    page.get_by_role("link", name="Places").click()
    expect(page.get_by_role("link", name="Places")).to_have_attribute("aria-current", "page")


@pytest.mark.looks
def test_the_map_is_walked_with_arrows_and_says_where_one_is(page_desktop: Page, live_server: LiveServer) -> None:
    write_many(Campaign.objects.get(), 3)
    page_desktop.goto(sign_in(page_desktop, live_server) + "map/")
    first = page_desktop.locator("#map a").first
    expect(first).to_have_accessible_name(re.compile(r"^[\w ,-]+: (no|\d+) letters?$"))
    first.focus()
    name = page_desktop.locator("#map-name")
    expect(name).to_have_text(first.locator("title").text_content() or "")
    page_desktop.keyboard.press("End")
    last = page_desktop.locator("#map a").last.locator("title").text_content() or ""
    expect(name).to_have_text(last)
    page_desktop.keyboard.press("ArrowUp")
    expect(name).not_to_have_text(last)
    assert page_desktop.locator("#map a[tabindex='0']").count() == 1
    page_desktop.keyboard.press("Enter")
    page_desktop.wait_for_url("**/map/*/")


@pytest.mark.looks
def test_a_photo_too_large_to_send_is_made_smaller_first(
    new_page: OpenPage, live_server: LiveServer, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    Image.effect_noise((2000, 1500), 90).save(photo)
    assert photo.stat().st_size > MAX_SIZE
    page = new_page(**PHONE)
    site = sign_in(page, live_server).partition("/admin/")[0]
    page.goto(f"{site}/admin/content/campaign/{Campaign.objects.get().pk}/picture/")
    page.get_by_label("Picture:").set_input_files(photo)
    page.wait_for_function("() => document.querySelector('input[type=file]').files[0].name === 'picture.jpg'")
    page.get_by_label("Description:").fill("Noise")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is what supporters see now.")).to_be_visible()
    assert CampaignPicture.objects.get().description == "Noise"
