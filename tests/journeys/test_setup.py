"""A second campaign is set up from nothing in a browser: few pages, few fields, no dead end."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from campaign.content.models import Campaign
from tests.conftest import OpenPage
from tests.journeys.looker import CONTRAST, Looker
from tests.journeys.test_dashboard_pages import sign_in
from tests.servers.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.usefixtures("shipped")]
MAX_PAGES, MAX_FIELDS = 12, 35
ARGUMENTS = ["It is warm", "It is near", "It is free", "Children read there", "People look for work there"]
ASKS = ["Pay for it", "Come and see it"]


class Effort:
    """Counts the pages that somebody sees and the fields that they fill in."""

    def __init__(self, page: Page) -> None:
        self.page, self.pages, self.fields = page, 0, 0

    def fill(self, **typed: str) -> None:
        for name, text in typed.items():
            self.page.locator(f"#id_{name}").fill(text)
            self.fields += 1

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(".setup-buttons").get_by_role("button", name=name, exact=True).click()
        self.pages += 1


def set_up(page: Page, site: str) -> Effort:
    """Set a campaign up with five arguments and two asks, from the list of campaigns on."""
    effort = Effort(page)
    page.goto(f"{site}/admin/content/campaign/")
    page.locator("#content").get_by_role("link", name="New campaign").click()
    effort.pages += 2
    effort.fill(title="Keep our library open", tagline="It must not close in March.")
    effort.press("Save and continue")
    effort.fill(brief="The council wants to close it.")
    effort.press("Save and continue")
    for title in ARGUMENTS:
        effort.fill(title=title, text=f"{title}. So we need it.", who="County Council", what="Review", date="May 2026")
        effort.press("Save and continue" if title == ARGUMENTS[-1] else "Save and add another")
    for label in ASKS:
        effort.fill(label=label, text=f"I ask you this: {label}.")
        effort.press("Save and continue" if label == ASKS[-1] else "Save and add another")
    effort.fill(promoter_name="Friends", promoter_address="1 High Street", contact_email="us@friends.example")
    effort.press("Save and continue")
    return effort


@pytest.mark.looks
@pytest.mark.parametrize("scripts", [True, False])
def test_a_campaign_takes_few_pages_and_fields(new_page: OpenPage, live_server: LiveServer, scripts: bool) -> None:
    page = new_page(**DESKTOP, java_script_enabled=scripts)
    site = sign_in(page, live_server).partition("/admin/")[0]
    effort = set_up(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your draft is ready")
    assert (effort.pages <= MAX_PAGES, effort.fields <= MAX_FIELDS) == (True, True), vars(effort)
    campaign = Campaign.objects.get(slug="keep-our-library-open")
    assert (campaign.arguments.offered().count(), campaign.asks.count(), campaign.mode) == (5, 2, "draft")


def accept(dialog: Dialog, asked: list[str]) -> None:
    asked.append(dialog.type)
    dialog.accept()


@pytest.mark.looks
def test_the_preview_follows_what_is_typed_and_nothing_is_left_unasked(
    page_desktop: Page, live_server: LiveServer
) -> None:
    page = page_desktop
    site = sign_in(page, live_server).partition("/admin/")[0]
    page.goto(f"{site}/admin/content/campaign/new/")
    shown = page.frame_locator("#preview")
    expect(shown.get_by_role("heading", level=1)).to_have_text("Your campaign’s name")
    page.locator("#id_title").fill("Keep our library open")
    expect(shown.get_by_role("heading", level=1)).to_have_text("Keep our library open")
    asked: list[str] = []
    page.on("dialog", lambda dialog: accept(dialog, asked))
    page.goto(f"{site}/admin/")
    assert asked == ["beforeunload"]


@pytest.mark.looks
@pytest.mark.parametrize("step", ["new", "why", "arguments", "asks", "who", "ready"])
def test_every_screen_is_accessible_and_fits(
    new_page: OpenPage, live_server: LiveServer, tmp_path: Path, step: str
) -> None:
    page = new_page(**PHONE, bypass_csp=True)
    site = sign_in(page, live_server).partition("/admin/")[0]
    campaign = Campaign.objects.get()
    Campaign.objects.update(mode=Campaign.Mode.DRAFT)
    campaign.arguments.exclude(pk__in=campaign.arguments.values("pk")[:3]).delete()
    look = Looker(tmp_path, page)
    page.goto(f"{site}/admin/content/campaign/" + ("new/" if step == "new" else f"{campaign.pk}/setup/{step}/"))
    for screen in (PHONE, DESKTOP):
        page.set_viewport_size(screen["viewport"])
        look.glance(f"setup-{step}-{screen['viewport']['width']}", page)
    page.emulate_media(color_scheme="dark")
    look.ask_axe(page, "by night", CONTRAST)
    assert look.faults == []
