"""Packs in the admin: nothing changes before it was seen, what was seen is what changes, and the way back is exact (admin/packs.py, forms.py)."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaign.content.changes import mark_words
from campaign.content.forms import MAX_PACK_BYTES
from campaign.content.loading import load_pack
from campaign.content.models import Argument, Campaign
from campaign.content.parsing import parse_bytes
from tests.campaign.content.samples import SAMPLE, load_sample, see_database
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
LOAD = "/admin/content/campaign/load-pack/"
TEXT = SAMPLE.read_text()


def read_seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def look(client: Client, text: str) -> str:
    return client.post(LOAD, {"text": text}).content.decode()


@pytest.fixture
def organiser(client: Client) -> User:
    user = User.objects.create_user("organiser", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="content"))
    otp_login(client, user)
    return user


@pytest.mark.usefixtures("organiser")
def test_a_pack_is_shown_before_it_changes_anything(client: Client) -> None:
    load_sample()
    before = see_database()
    changed = TEXT.replace("Cold homes cost lives and money.", "Cold homes cost lives & money.")
    file = SimpleUploadedFile("pack.yaml", changed.encode())
    page = client.post(LOAD, {"file": file}).content.decode()
    assert "1 change." in page
    assert "<del>and </del><ins>&amp; </ins>" in page
    assert see_database() == before

    unread = client.post(LOAD, {"text": changed, "seen": read_seen(page)}).content.decode()
    assert "Nothing has been changed yet" in unread
    assert see_database() == before

    done = client.post(LOAD, {"text": changed, "seen": read_seen(page), "read": "on"})
    campaign = Campaign.objects.get()
    assert done.headers["Location"] == reverse("admin:content_campaign_change", args=[campaign.pk])
    assert campaign.brief.startswith("Cold homes cost lives & money.")
    entry = LogEntry.objects.get()
    assert entry.change_message.splitlines()[0] == "Pack loaded."
    assert "changed campaign warm-homes: brief" in entry.change_message


@pytest.mark.usefixtures("organiser")
def test_it_is_refused_if_the_campaign_has_changed_since(client: Client) -> None:
    load_sample()
    changed = TEXT.replace("title: Warm homes", "title: Warmer homes")
    seen = read_seen(look(client, changed))
    Argument.objects.filter(published=True).update(claim="Edited meanwhile.")
    before = see_database()
    page = client.post(LOAD, {"text": changed, "seen": seen, "read": "on"}).content.decode()
    assert "someone has edited the campaign" in page
    assert "<del>Edited " in page
    assert see_database() == before
    assert not LogEntry.objects.exists()
    client.post(LOAD, {"text": changed, "seen": read_seen(page), "read": "on"})
    assert Campaign.objects.get().title == "Warmer homes"


@pytest.mark.usefixtures("organiser")
def test_a_broken_pack_comes_back_with_its_lines_and_its_text(client: Client) -> None:
    broken = TEXT.replace("title: Warm homes", "titel: Warm <homes>")
    file = SimpleUploadedFile("pack.yaml", broken.encode())
    page = client.post(LOAD, {"file": file}).content.decode()
    line = TEXT[: TEXT.index("title: Warm homes")].count("\n") + 1
    assert f"Line {line}, <code>titel</code>: unknown key; did you mean “title”?" in page
    assert "titel: Warm &lt;homes&gt;" in page
    assert not Campaign.objects.exists()
    assert "Choose a file, or paste" in look(client, " ")
    large = SimpleUploadedFile("pack.yaml", b"#" * (MAX_PACK_BYTES + 1))
    assert "larger than 500 kB" in client.post(LOAD, {"file": large}).content.decode()


@pytest.mark.usefixtures("organiser")
def test_what_a_pack_leaves_alone_is_said(client: Client) -> None:
    campaign = load_sample()
    Campaign.objects.update(contact_email="here@example.org")
    argument = campaign.arguments.all()[0]
    Argument.objects.filter(pk=argument.pk).update(published=False)
    page = look(client, TEXT.replace("credit:", "contact_email: there@example.org\ncredit:"))
    assert "although the pack differs (2)" in page
    assert f"argument {argument.key}: published" in page
    assert "here@example.org" in page
    assert "the pack changes nothing" in page


@pytest.mark.usefixtures("organiser")
def test_a_campaign_goes_away_as_a_pack_and_comes_back_the_same(client: Client) -> None:
    campaign = load_sample()
    answer = client.get(reverse("admin:content_campaign_pack", args=[campaign.pk]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="warm-homes.yaml"'
    text = answer.content.decode()
    assert "the pack changes nothing" in look(client, text)
    campaign.delete()
    page = look(client, text)
    assert "There is no campaign <strong>warm-homes</strong>" in page
    client.post(LOAD, {"text": text, "seen": read_seen(page), "read": "on"})
    again = Campaign.objects.get()
    assert client.get(reverse("admin:content_campaign_pack", args=[again.pk])).content.decode() == text
    assert load_pack(parse_bytes(SAMPLE.read_bytes())) == []


@pytest.mark.usefixtures("organiser")
def test_a_pack_that_could_not_come_back_says_why_first(client: Client) -> None:
    campaign = load_sample()
    campaign.arguments.all()[0].sources.all().delete()
    address = reverse("admin:content_campaign_pack", args=[campaign.pk])
    page = client.get(address)
    assert "has no source" in page.content.decode()
    assert client.get(f"{address}?anyway=1").headers["Content-Type"] == "application/yaml; charset=utf-8"


def test_who_may_not_change_everything_loads_nothing(client: Client, organiser: User) -> None:
    campaign = load_sample()
    organiser.user_permissions.remove(Permission.objects.get(codename="change_argument"))
    assert client.get(LOAD).status_code == 403
    assert client.post(LOAD, {"text": TEXT}).status_code == 403
    assert "load-pack" not in client.get(f"/admin/content/campaign/{campaign.pk}/change/").content.decode()


def test_marked_words_are_both_texts_again() -> None:
    old, new = "One two three.\nFour  five", "One 2 three.\nFour  five six"
    marked = mark_words(old, new)
    assert "".join(text for kind, text in marked if kind != "new") == old
    assert "".join(text for kind, text in marked if kind != "old") == new
    assert mark_words("", "new") == [("new", "new")]
    assert mark_words("", "") == []
    assert mark_words("a " * 4000, "b") == [("old", "a " * 4000), ("new", "b")]
