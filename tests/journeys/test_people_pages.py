"""Organisers invite people and end accounts in a browser; the pages are accessible and fit, by day and night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission, User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from campaign.staff.invitations import Guest, prepare
from tests.conftest import OpenPage
from tests.journeys.looker import CONTRAST, Looker
from tests.journeys.test_dashboard_pages import OUT_OF_SIGHT, sign_in
from tests.servers.browser import DESKTOP, PHONE
from tests.servers.mail import MailServer

ROLES = {"Viewer": ["view_letter"], "Organiser": ["view_letter", "see_personal_data", "moderate_letter", "take_live"]}


def make_people() -> None:
    for name, rights in ROLES.items():
        group, _is_new = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(codename__in=rights))
    prepare(Guest("gus.guest@a-long-name-of-a-group.example", "Gus Guest", Group.objects.get(name="Viewer")))
    User.objects.create_user("gone", first_name="Ann", last_name="Gone", is_staff=True, is_active=False)
    User.objects.create_user("ben", "ben@group.example", "x", first_name="Ben", last_name="Busy", is_staff=True)


def look_by_day_and_night(look: Looker, name: str, page: Page) -> None:
    look.glance(name, page)
    page.emulate_media(color_scheme="dark")
    look.glance(f"{name}-night", page)
    look.ask_axe(page, "by night", CONTRAST)
    page.emulate_media(color_scheme="light")


@pytest.mark.looks
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_invitation_from_the_list_to_the_second_factor(
    new_page: OpenPage, live_server: LiveServer, tmp_path: Path, smtp_server: MailServer, screen: dict[str, object]
) -> None:
    make_people()
    size = "phone" if screen is PHONE else "desktop"
    page = new_page(**screen, bypass_csp=True)
    site = sign_in(page, live_server).partition("/admin/")[0]
    look = Looker(tmp_path, page)
    page.goto(f"{site}/admin/auth/user/")
    look_by_day_and_night(look, f"people-{size}-list", page)
    assert page.evaluate(OUT_OF_SIGHT) == []
    page.get_by_role("link", name="Invite someone").click()
    page.get_by_role("textbox", name="Email address").fill("ben@group.example")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("This address already has an account: Ben Busy.")).to_be_visible()
    look_by_day_and_night(look, f"people-{size}-invite", page)
    page.get_by_role("textbox", name="Email address").fill("olive@group.example")
    page.get_by_role("textbox", name="Name").fill("Olive Organiser")
    page.get_by_role("radio", name=re.compile("^Organiser")).check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("We have emailed an invitation to olive@group.example.")).to_be_visible()
    page.get_by_role("button", name="Deactivate Ben Busy").click()
    expect(page.get_by_text("Ben Busy can no longer sign in")).to_be_visible()
    look_by_day_and_night(look, f"people-{size}-undo", page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Ben Busy can sign in again.")).to_be_visible()
    [link] = re.findall(r"/invitation/\S+/", smtp_server.messages[-1].message.get_content())
    theirs = new_page(**screen, bypass_csp=True)
    assert look.faults == []
    look = Looker(tmp_path, theirs)
    theirs.goto(site + link)
    look_by_day_and_night(look, f"people-{size}-link", theirs)
    for field in theirs.locator("input[type=password]").all():
        field.fill("tulips by Leeds canal")
    theirs.get_by_role("button", name="Set my password").click()
    expect(theirs.get_by_text("Your user name is olive@group.example.")).to_be_visible()
    look_by_day_and_night(look, f"people-{size}-sign-in", theirs)
    theirs.locator("input[name=username]").fill("olive@group.example")
    theirs.locator("input[name=password]").fill("tulips by Leeds canal")
    theirs.locator("#login-form input[type=submit]").click()
    expect(theirs.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    theirs.goto(site + link)
    look_by_day_and_night(look, f"people-{size}-refused", theirs)
    assert look.faults == []
