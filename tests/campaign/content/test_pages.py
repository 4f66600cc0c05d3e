"""Privacy notice, imprint, complaints, accessibility: there, linked from everywhere, and true of the settings."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from campaign.content.models import Campaign
from campaign.content.pages import PRIVACY_SHA256, PRIVACY_VERSION
from tests.campaign.content.samples import load_sample
from tests.conftest import OpenPage

pytestmark = pytest.mark.django_db
PAGES = [reverse(name) for name in ("privacy", "who-runs-this", "complaints", "accessibility")]


def read(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_the_footer_of_every_page_leads_to_all_four(client: Client) -> None:
    campaign = load_sample()
    for path in ("/", campaign.get_absolute_url(), f"{campaign.get_absolute_url()}write/", "/nowhere/at/all/", *PAGES):
        footer = read(client, path).partition("<footer")[2]
        assert [page for page in PAGES if f'href="{page}"' in footer] == (PAGES if footer else [])
        assert footer or path == "/"  # which leads on to the one campaign


def test_they_fit_on_a_small_phone(transactional_db: None, live_server: LiveServer, new_page: OpenPage) -> None:
    load_sample()
    page = new_page(viewport={"width": 320, "height": 640})
    for path in PAGES:
        page.goto(f"{live_server.url}{path}")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert (path, page.evaluate(wide)) == (path, 0)


def test_they_name_who_runs_each_campaign_and_whom_to_complain_to(client: Client) -> None:
    load_sample()
    Campaign.objects.update(
        promoter_name="Jane <Roe>",
        promoter_address="1 High Street\nLeeds",
        contact_email="jane@example.org",
        complaints_contact="John Roe, complaints@example.org",
    )
    for path in PAGES[:2]:
        assert "Jane &lt;Roe&gt;<br>1 High Street<br>Leeds<br><a" in read(client, path)
    assert '<a href="mailto:complaints@example.org">' in read(client, PAGES[2])
    assert "ico.org.uk/make-a-complaint" in read(client, PAGES[2])
    assert "jane@example.org" in read(client, PAGES[3])


def test_they_stand_while_nothing_is_filled_in(client: Client) -> None:
    for _round in range(2):
        for path in PAGES:
            assert client.get(path).status_code == 200
        load_sample()
    assert "Until they do, no letters will go to MPs." in read(client, PAGES[1])


def test_the_periods_are_the_settings(client: Client, settings: Settings) -> None:
    settings.DRAFT_HOURS, settings.UNCONFIRMED_DAYS, settings.LETTER_DAYS, settings.IDENTITY_DAYS = 11, 12, 13, 14
    page = read(client, PAGES[0])
    for words in (
        "11 hours after you",
        "12 days at most",
        "13 days after we sent it",
        "14 days at most after the campaign ends",
    ):
        assert words in page


def test_the_notice_has_a_new_date_when_its_words_change() -> None:
    words = Path(django_settings.BASE_DIR, "templates/content/privacy.html").read_bytes()
    assert hashlib.sha256(words).hexdigest() == PRIVACY_SHA256, (
        f"The privacy notice of {PRIVACY_VERSION} has changed: set PRIVACY_VERSION and PRIVACY_SHA256 in campaign/content/pages.py."
    )
