"""The frame of the organisers' pages: the campaign, its tabs, and the menu of the site (letters/admin/tabs.py)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from campaign.content.models import Argument, Campaign
from letters.models import HoldRules
from tests.attacks.test_roles import roles
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.otp import otp_login

__all__ = ["roles"]

pytestmark = pytest.mark.django_db
ADMIN = "/admin/"
LIST = "/admin/letters/letter/"


def get(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def read_tabs(page: str) -> dict[str, str]:
    """The tabs by name, each with its aria-current."""
    found = re.search(r'<nav class="desk-tabs".*?</nav>', page, re.DOTALL)
    links = re.findall(r'<a href="[^"]+"(?: aria-current="(\w+)")?>(.*?)</a>', found[0]) if found else []
    return {name: current for current, name in links}


def read_links(page: str) -> list[str]:
    """All addresses of the header."""
    head = page[page.index('<header id="header"') : page.index('<main id="content-start"')]
    return [url.replace("&amp;", "&") for url in re.findall(r'href="([^"]+)"', head)]


def read_band(page: str) -> str:
    found = re.search(r'<section class="desk-band is-(\w+)"[^>]*>(.*?)</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[2]).split()) if found else ""


@pytest.fixture
def two() -> tuple[Campaign, Campaign]:
    make_constituency()
    peace, rivers = make_campaign(), make_campaign("rivers")
    Campaign.objects.filter(pk=rivers.pk).update(title="Clean rivers", mode=Campaign.Mode.LIVE)
    rivers.refresh_from_db()
    return peace, rivers


def test_every_page_of_a_campaign_says_which_it_is_and_marks_its_tab(
    two: tuple[Campaign, Campaign], admin_client: Client
) -> None:
    _peace, rivers = two
    letter, argument = make_letter(rivers), Argument.objects.filter(campaign=rivers)[0]
    rules = HoldRules.objects.create(campaign=rivers)
    slug: Any = {"args": [rivers.slug]}
    key: Any = {"args": [rivers.pk]}
    pages = {
        "Overview": [reverse("admin:letters_dashboard", **slug)],
        "Letters": [
            *(f"{LIST}?campaign__id__exact={rivers.pk}", f"{LIST}{letter.pk}/change/", f"{LIST}{letter.pk}/history/"),
            *(f"{LIST}moderation/?campaign=rivers", f"{LIST}export/?campaign__id__exact={rivers.pk}"),
            reverse("admin:letters_corrections", **slug),
        ],
        "Arguments": [
            f"/admin/content/argument/?campaign__id__exact={rivers.pk}",
            f"/admin/content/argument/{argument.pk}/change/",
            f"/admin/content/argument/add/?_changelist_filters=campaign__id__exact%3D{rivers.pk}",
        ],
        "Places": [
            reverse("admin:letters_dashboard_map", **slug),
            reverse("admin:letters_dashboard_constituencies", **slug),
        ],
        "Replies": [reverse("admin:letters_dashboard_replies", **slug)],
        "Settings": [
            *(reverse(f"admin:content_campaign_{name}", **key) for name in ("change", "mode", "picture", "history")),
            reverse("admin:letters_local_facts", **slug),
            f"/admin/letters/holdrules/{rules.pk}/change/",
        ],
    }
    for tab, urls in pages.items():
        for number, url in enumerate(urls):
            page = get(admin_client, url)
            assert read_band(page).startswith("● Live Letters go to MPs."), url
            assert [name for name, current in read_tabs(page).items() if current] == [tab], url
            assert number or read_tabs(page)[tab] == "page", url
            assert '<span class="desk-title">Clean rivers</span>' in page


def test_the_only_campaign_is_always_the_one(admin_client: Client) -> None:
    campaign = make_campaign()
    for url in (ADMIN, LIST, "/admin/auth/user/", "/admin/parliament/member/"):
        assert read_band(get(admin_client, url)).startswith("◐ Rehearsal"), url
    assert read_tabs(get(admin_client, "/admin/auth/user/"))["Letters"] == ""
    # A page that makes a new campaign is not about the one there is.
    for url in ("/admin/content/campaign/new/", "/admin/content/campaign/", "/admin/content/campaign/load-pack/"):
        page = get(admin_client, url)
        assert (read_band(page), read_tabs(page)) == ("", {}), url
    campaign.delete()
    assert "desk-switch" not in get(admin_client, ADMIN)


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (Campaign.Mode.DRAFT, "○ Draft Only organisers can see it."),
        (Campaign.Mode.REHEARSAL, "◐ Rehearsal Letters go to the test address, not to MPs."),
        (Campaign.Mode.LIVE, "● Live Letters go to MPs."),
        (Campaign.Mode.PAUSED, "❚❚ Paused Letters are on hold, and nobody can write."),
        (Campaign.Mode.CLOSED, "■ Closed Nobody can write any more."),
    ],
)
def test_a_band_says_the_campaigns_state(admin_client: Client, mode: Campaign.Mode, said: str) -> None:
    campaign = make_campaign()
    Campaign.objects.update(mode=mode)
    page = get(admin_client, reverse("admin:letters_dashboard", args=[campaign.slug]))
    assert read_band(page) == f"{said} See its page"
    assert f'<section class="desk-band is-{mode}"' in page


def test_the_switcher_leads_to_the_same_page_of_another_campaign(
    two: tuple[Campaign, Campaign], admin_client: Client
) -> None:
    peace, rivers = two
    for name in ("letters_dashboard_map", "letters_corrections", "letters_local_facts"):
        page = get(admin_client, reverse(f"admin:{name}", args=[peace.slug]))
        switch = page[page.index("desk-switch") : page.index("desk-site")]
        assert f'href="{reverse(f"admin:{name}", args=[rivers.slug])}"' in switch
    letter = make_letter(peace)
    assert f"{LIST}?campaign__id__exact={rivers.pk}" in read_links(get(admin_client, f"{LIST}{letter.pk}/change/"))
    # Without a filter the list has the letters of both.
    page = get(admin_client, LIST)
    assert (read_band(page), read_tabs(page)) == ("", {})
    assert "All campaigns" in page


@pytest.mark.parametrize(
    ("role", "tabs"),
    [
        ("Viewer", ["Overview", "Letters", "Arguments", "Places", "Replies", "Settings"]),
        ("Organiser", ["Overview", "Letters", "Arguments", "Places", "Replies", "Settings"]),
        ("", []),
    ],
)
def test_only_what_the_person_may_open_is_shown(
    two: tuple[Campaign, Campaign], client: Client, role: str, tabs: list[str]
) -> None:
    user = User.objects.create_user("vera", is_staff=True)
    if role:
        user.groups.add(Group.objects.get(name=role))
    otp_login(client, user)
    pages = [ADMIN]
    if role:
        pages += [reverse(f"admin:{name}", args=["peace"]) for name in ("letters_dashboard", "letters_corrections")]
        pages += [reverse("admin:content_campaign_change", args=[two[0].pk])]
        assert list(read_tabs(get(client, pages[1]))) == tabs
    for url in {link for page in pages for link in read_links(get(client, page))}:
        assert client.get(url, follow=True).status_code == 200, url
    page = get(client, ADMIN)
    assert ("New campaign" in page) is (role == "Organiser")
    assert "Doctor" not in page
    assert "Accounts" not in page


def test_the_frame_costs_one_query(
    two: tuple[Campaign, Campaign], admin_client: Client, django_assert_num_queries: Any
) -> None:
    url = "/admin/password_change/"
    with django_assert_num_queries(4):  # session, account, its phone; the campaigns
        admin_client.get(url)
