"""A new campaign, screen by screen (setup.py, setup_forms.py, admin/setup.py, admin/setup_preview.py)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.models import Argument, Campaign, TextVersion
from campaign.content.setup import MAX_CLAIM, make_claim, make_key
from tests.campaign.content.samples import load_sample
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
NEW = "/admin/content/campaign/new/"
SUBJECT = {"title": "Keep our library open", "tagline": "It must not close.\r\n", "slug": ""}
ARGUMENT = {
    "title": "It is warm", "text": "It is the only warm place. It is free.", "who": "County Council",
    "what": "Library review", "date": "1 April 2026", "url": "", "as_of": "", "theme": "",
}  # fmt: skip
ASK = {"label": "Pay for it", "text": "I ask you to pay for it.", "kind": "anywhere"}
WHO = {"promoter_name": "Friends", "promoter_address": "1 High Street", "contact_email": "us@friends.example"}


@pytest.fixture
def organiser(client: Client) -> User:
    user = User.objects.create_user("organiser", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="content"))
    otp_login(client, user)
    return user


@pytest.fixture
def draft(client: Client, organiser: User) -> Campaign:
    client.post(NEW, SUBJECT)
    return Campaign.objects.get()


def find_url(campaign: Campaign, step: str) -> str:
    return reverse("admin:content_campaign_setup", args=[campaign.pk, step])


def read(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def preview(client: Client, campaign: Campaign, step: str, **typed: Any) -> str:
    path = f"{find_url(campaign, step)}preview/"
    answer = client.post(path, typed) if typed else client.get(path)
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    return answer.content.decode()


def test_a_campaign_is_set_up_from_nothing(client: Client, organiser: User) -> None:
    assert client.get("/admin/content/campaign/add/").headers["Location"] == NEW
    assert "frame-src 'self'" in client.get(NEW).headers["Content-Security-Policy"]
    answer = client.post(NEW, SUBJECT)
    campaign = Campaign.objects.get()
    assert answer.headers["Location"] == find_url(campaign, "why")
    assert (campaign.mode, campaign.slug, campaign.subject, campaign.tagline) == (
        "draft", "keep-our-library-open", "Keep our library open", "It must not close.",
    )  # fmt: skip
    walk = [
        ("why", {"brief": "One.\r\n\r\nTwo."}, "arguments"),
        ("arguments", ARGUMENT | {"action": "another"}, "arguments"),
        ("arguments", ARGUMENT | {"title": "It is near", "date": "Feb 2026", "action": "next"}, "asks"),
        ("asks", ASK, "who"),
        ("who", WHO, "ready"),
    ]
    for step, typed, following in walk:
        assert client.post(find_url(campaign, step), typed).headers["Location"] == find_url(campaign, following)
    page = read(client, find_url(campaign, "ready"))
    assert "Your draft is ready" in page
    assert "2 arguments" in page
    campaign.refresh_from_db()
    first, second = campaign.arguments.all()
    assert (first.claim, first.as_of, first.theme.title, second.as_of, second.theme) == (
        "It is the only warm place.", "2026-04-01", "Why it matters", "2026-02", first.theme,
    )  # fmt: skip
    assert (first.reviewed_by, first.sources.get().note) == (organiser, "County Council, Library review, 1 April 2026.")
    assert campaign.complaints_contact == "Friends, us@friends.example"
    assert Client().get(campaign.get_absolute_url()).status_code == 404


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client: Client, draft: Campaign) -> None:
    answer = client.post(find_url(draft, "arguments"), ARGUMENT | {"date": "yesterday", "who": ""})
    page = answer.content.decode()
    assert "Write a date that exists, such as 1 April 2026" in page
    assert "Say who says so." in page
    assert 'value="yesterday"' in page
    assert not draft.arguments.exists()
    taken = client.post(NEW, SUBJECT | {"slug": f"https://x.example/{draft.slug}/"}).content.decode()
    assert "Another campaign has this address." in taken
    client.post(NEW, SUBJECT)
    client.post(NEW, SUBJECT | {"title": "Admin"})
    assert {"keep-our-library-open-2", "admin-2"} < set(Campaign.objects.values_list("slug", flat=True))


def test_one_can_go_back_and_on_without_a_dead_end(client: Client, draft: Campaign) -> None:
    arguments = find_url(draft, "arguments")
    assert client.post(arguments, {"action": "next"}).headers["Location"] == find_url(draft, "asks")
    assert client.post(arguments, {"go": "subject"}).headers["Location"] == find_url(draft, "subject")
    saved = client.post(arguments, ARGUMENT | {"go": "why"})
    assert (saved.headers["Location"], draft.arguments.count()) == (find_url(draft, "why"), 1)
    page = read(client, find_url(draft, "ready"))
    assert "Supporters will not see it before it has an ask." in page
    assert find_url(draft, "asks") in page


def test_arguments_are_changed_moved_and_removed(client: Client, draft: Campaign) -> None:
    path = find_url(draft, "arguments")
    for title in ("One", "Two"):
        client.post(path, ARGUMENT | {"title": title})
    one, two = draft.arguments.all()
    assert 'value="1 April 2026"' in read(client, f"{path}?item={one.pk}")
    client.post(f"{path}?item={one.pk}", ARGUMENT | {"title": "First", "text": "Another. Word.", "theme": "New"})
    one.refresh_from_db()
    assert (one.title, one.claim, one.theme.title, one.phrasings.get().text) == (
        "First", "Another.", "New", "Another. Word.",
    )  # fmt: skip
    client.post(f"{path}?item={two.pk}", ARGUMENT | {"title": "Two", "theme": "new"})
    assert [theme.title for theme in draft.themes.all()] == ["New"], "an empty one is of no use"
    moved = client.post(path, {"action": f"up:{two.pk}", "title": "Half"}).content.decode()
    assert [argument.title for argument in draft.arguments.all()] == ["Two", "First"]
    assert 'value="Half"' in moved
    removed = client.post(f"{path}?item={two.pk}", {"action": f"remove:{two.pk}"}).content.decode()
    assert [argument.title for argument in draft.arguments.all()] == ["First"]
    assert "Removed: “Two”" in removed


def test_two_who_change_the_same_screen_are_told(client: Client, draft: Campaign) -> None:
    path = find_url(draft, "why")
    opened = client.get(path).context["seen"]
    client.post(path, {"brief": "Theirs.", "seen": opened})
    page = client.post(path, {"brief": "Mine.", "seen": opened})
    assert "It is now: “Theirs.”. Save again to keep yours." in page.content.decode()
    client.post(path, {"brief": "Mine.", "seen": page.context["seen"]})
    draft.refresh_from_db()
    assert draft.brief == "Mine."


def test_the_preview_shows_what_is_typed_and_keeps_nothing(client: Client, draft: Campaign) -> None:
    before = list(TextVersion.objects.values())
    shown = client.post(f"{NEW}preview/", {"title": "A new name"}).content.decode()
    assert "A new name" in shown
    assert "What you want, in one sentence." in shown
    assert "Keep our library open" in preview(client, draft, "subject")
    assert "Because of this." in preview(client, draft, "why", brief="Because of this.")
    assert "Half an argument" in preview(client, draft, "arguments", title="Half an argument", date="no date")
    assert "I ask you this." in preview(client, draft, "asks", text="I ask you this.")
    assert "The Friends runs this" in preview(client, draft, "who", promoter_name="The Friends")
    assert (Campaign.objects.count(), Argument.objects.count(), draft.asks.count()) == (1, 0, 0)
    assert list(TextVersion.objects.values()) == before


def test_what_is_no_draft_any_more_has_its_own_page(client: Client, organiser: User) -> None:
    campaign = load_sample()
    answer = client.get(find_url(campaign, "why"))
    assert answer.headers["Location"] == reverse("admin:content_campaign_change", args=[campaign.pk])
    assert client.get(find_url(campaign, "nothing")).status_code == 404


@pytest.mark.parametrize("missing", ["arguments", "asks"])
def test_without_an_argument_and_an_ask_nobody_is_led_on(client: Client, missing: str) -> None:
    campaign = load_sample()
    assert 'name="postcode"' in read(client, campaign.get_absolute_url())
    getattr(campaign, missing).all().delete()
    page = read(client, campaign.get_absolute_url())
    assert "still preparing this campaign" in page
    assert 'name="postcode"' not in page
    assert campaign.title not in read(client, "/")


@given(st.text(max_size=800))
def test_a_claim_is_one_short_line(text: str) -> None:
    claim = make_claim(text)
    assert len(claim) <= MAX_CLAIM
    assert claim.split() == claim.split(" ") or not claim


@given(st.lists(st.text(max_size=70), max_size=8))
def test_keys_differ(words: list[str]) -> None:
    taken: set[str] = set()
    for word in words:
        key = make_key(word, taken)
        assert key not in taken
        assert 0 < len(key) <= 60
        taken.add(key)
