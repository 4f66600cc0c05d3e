"""The dashboard, the map and the table of constituencies, with no, few and many letters: accessible, fitting, readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from campaign.content.models import Campaign
from letters.tallies import fold_all
from tests.conftest import OpenPage
from tests.journeys.looker import Looker
from tests.letters.many import write_many
from tests.otp import otp_login
from tests.servers.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.usefixtures("shipped")]
SLUG = "time-to-negotiate"


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
        fold_all()
    page = new_page(**(PHONE if letters else DESKTOP), bypass_csp=True)
    dashboard = sign_in(page, live_server)
    look = Looker(tmp_path, page)
    for name, path in (("dashboard", ""), ("map", "map/"), ("seats", "seats/?show=vacant")):
        page.goto(dashboard + path)
        look.glance(f"organiser-{letters}-{name}", page)
    assert look.faults == []


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
    page_desktop.wait_for_url("**/admin/letters/letter/?*constituency_gss*")
