"""A campaign before supporters see it, its copy, and its pause (copying.py, preview.py)."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from campaign.content.dumping import make_pack
from campaign.content.models import Argument, Campaign
from letters.models import DownloadCount, Letter, StepCount
from tests.campaign.content.samples import load_sample
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.views.test_journey import DETAILS, come_to_details, go
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
PUBLIC = ("/", "/privacy/", "/who-runs-this/", "/complaints/", "/accessibility/")


@pytest.fixture
def campaign() -> Campaign:
    return load_sample()


@pytest.fixture
def organiser() -> tuple[Client, User]:
    client, user = Client(), User.objects.create_user("organiser", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="content"))
    otp_login(client, user)
    return client, user


def test_only_organisers_who_are_signed_in_see_a_draft(
    client: Client, campaign: Campaign, organiser: tuple[Client, User]
) -> None:
    Campaign.objects.update(mode=Campaign.Mode.DRAFT)
    paths = [campaign.get_absolute_url(), *(f"/warm-homes/write/{step}" for step in ("", "arguments/", "send/"))]
    half_way = Client()
    half_way.force_login(organiser[1])  # a password alone
    for anybody in (client, half_way):
        assert [anybody.get(path).status_code for path in paths] == [404] * 4
        for path in PUBLIC:
            assert "Warm homes" not in anybody.get(path).content.decode()
    shown = organiser[0].get(paths[0])
    assert "Preview of a draft" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert 'name="postcode"' in shown.content.decode()  # as it will be
    organiser[1].user_permissions.clear()
    assert organiser[0].get(paths[0]).status_code == 404


def test_a_preview_goes_all_the_way_and_stores_sends_and_counts_nothing(
    organiser: tuple[Client, User], mailoutbox: list[object]
) -> None:
    make_campaign(mode=Campaign.Mode.DRAFT)
    make_constituency()
    client, _user = organiser
    come_to_details(client)
    assert "Preview of a draft" in go(client, "write-arguments").content.decode()
    assert go(client, "write-download", DETAILS).headers["Content-Type"] == "application/pdf"
    page = go(client, "write-send", DETAILS | {"consent": "on"})
    assert "will not be stored or sent" in page.content.decode()
    assert (Letter.objects.count(), StepCount.objects.count(), DownloadCount.objects.count()) == (0, 0, 0)
    assert mailoutbox == []


def test_a_copy_says_the_same_as_a_draft(campaign: Campaign, organiser: tuple[Client, User]) -> None:
    client, user = organiser
    hidden = Argument.objects.get(key="bills")
    Argument.objects.filter(pk=hidden.pk).update(published=False, reviewed_by=user)
    Campaign.objects.update(mode=Campaign.Mode.LIVE, starts_on="2020-01-01", ends_on="2030-01-01", offers_news=True)
    path = reverse("admin:content_campaign_copy", args=[campaign.pk])
    assert "warm-homes-copy" in client.get(path).content.decode()
    taken = client.post(path, {"title": "Again", "slug": "warm-homes"})
    assert "already exists" in taken.content.decode()
    client.post(path, {"title": "Cool homes", "slug": "cool-homes"})
    copy = Campaign.objects.get(slug="cool-homes")
    assert (copy.mode, copy.title, copy.starts_on, copy.ends_on, copy.offers_news) == (
        "draft",
        "Cool homes",
        None,
        None,
        True,
    )
    again = copy.arguments.get(key="bills")
    assert (again.published, again.reviewed_by, again.phrasings.count()) == (False, user, hidden.phrasings.count())
    Argument.objects.update(published=True)
    mine, theirs = make_pack(copy), make_pack(campaign)
    assert (mine.themes, mine.asks, mine.arguments, mine.brief) == (
        theirs.themes,
        theirs.asks,
        theirs.arguments,
        theirs.brief,
    )
    assert LogEntry.objects.get().get_change_message() == "Copied from warm-homes."


def test_a_pause_says_why_and_loses_nothing_that_was_typed(
    client: Client, campaign: Campaign, organiser: tuple[Client, User]
) -> None:
    path = reverse("admin:content_campaign_mode", args=[campaign.pk])
    page = organiser[0].get(path).content.decode()
    assert "Paused: letters are on hold" in page
    assert "Draft:" not in page.split("content-main")[1]
    organiser[0].post(path, {"mode": "paused", "pause_message": "Back on Monday.\r\n<b>Promised.</b>"})
    shown = client.get(campaign.get_absolute_url()).content.decode()
    assert "Back on Monday." in shown
    assert "&lt;b&gt;Promised.&lt;/b&gt;" in shown
    strip = "Rehearsal: letters go to the organisers’ test address, not to MPs."
    assert strip in shown, "a pause does not make it anything else"
    assert LogEntry.objects.get().get_change_message() == "Mode changed from rehearsal to paused."
    late = client.post("/warm-homes/write/words/", {"own": "What I typed, & more."})
    assert "Back on Monday." in late.content.decode()
    assert "What I typed, &amp; more." in late.content.decode()
    assert client.get("/warm-homes/write/words/").headers["Location"] == campaign.get_absolute_url()
    refused = organiser[0].post(path, {"mode": "live", "pause_message": ""})
    assert "Select a valid choice" in refused.content.decode()
    organiser[0].post(path, {"mode": "rehearsal", "pause_message": "x"})
    campaign.refresh_from_db()
    assert (campaign.mode, campaign.pause_message) == ("rehearsal", "Back on Monday.\n<b>Promised.</b>")
    Campaign.objects.filter(pk=campaign.pk).update(mode="live")
    organiser[0].post(path, {"mode": "paused", "pause_message": "Back on Tuesday."})
    shown = client.get(campaign.get_absolute_url()).content.decode()
    assert ("Back on Tuesday." in shown, strip in shown) == (True, False)
