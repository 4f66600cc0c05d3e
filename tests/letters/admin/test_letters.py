"""Organisers read letters and decide where they go; nobody edits them (actions.py, display.py, letters/forms/decisions.py)."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.content.models import Campaign
from letters.actions.erase import scrub_letter
from letters.models import Letter, Status
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
LIST = "/admin/letters/letter/"


def act(client: Client, action: str, *letters: Letter) -> str:
    chosen = {"action": action, "_selected_action": [letter.pk for letter in letters]}
    return client.post(LIST, chosen | {"reason": "Asked by phone"}, follow=True).content.decode()


def last_event(letter: Letter) -> tuple[str, str | None]:
    event = letter.events.last()
    assert event is not None
    return event.type, event.actor.username if event.actor else None


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_a_constant_number_of_queries(
    admin_client: Client, django_assert_max_num_queries: Any, count: int
) -> None:
    campaign = make_campaign()
    for _ in range(count):
        make_letter(campaign)
    with django_assert_max_num_queries(14):
        page = admin_client.get(LIST).content.decode()
    assert page.count("letter-status is-queued") == count


def test_letters_are_found_by_reference_constituency_and_status(admin_client: Client) -> None:
    campaign = make_campaign()
    make_constituency("W07000112", "Ynys Môn")
    one = make_letter(campaign)
    other = make_letter(campaign, queued=False, constituency_name="Ynys Môn", constituency_gss="W07000112")
    for query, found, missing in (
        (f"?q={one.reference}", one, other),
        ("?q=Ynys", other, one),
        ("?q=W07000112", other, one),
        ("?status__exact=queued", one, other),
    ):
        page = admin_client.get(LIST + query).content.decode()
        assert found.reference in page
        assert missing.reference not in page


def test_a_letters_page_shows_text_timeline_and_pdf_and_takes_no_changes(admin_client: Client) -> None:
    letter = make_letter()
    path = reverse("admin:letters_letter_change", args=[letter.pk])
    page = admin_client.get(path).content.decode()
    for part in (
        "I have thought about this for years.",
        "Jane Doe",
        "Queued",
        "letter.pdf",
        "rehearsal@parley.localhost",
    ):
        assert part in page
    assert 'name="_save"' not in page
    admin_client.post(path, {"sender_name": "Somebody else"})
    letter.refresh_from_db()
    assert letter.sender_name == "Jane Doe"
    pdf = admin_client.get(reverse("admin:letters_letter_pdf", args=[letter.pk]))
    assert pdf.content.startswith(b"%PDF-")


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_letters_are_neither_added_nor_deleted_here(admin_client: Client, path: str) -> None:
    assert admin_client.get(LIST + path.format(pk=make_letter().pk)).status_code == 403


def test_holding_and_releasing_leave_events_with_a_name(admin_client: Client) -> None:
    letter = make_letter()
    assert "1 letter: Held." in act(admin_client, "hold", letter)
    assert last_event(letter) == ("held", "admin")
    act(admin_client, "release", letter)
    assert last_event(letter) == ("queued", "admin")


def test_retry_takes_failed_letters_only(admin_client: Client) -> None:
    campaign = make_campaign()
    failed, unknown, sent = (make_letter(campaign) for _ in range(3))
    Letter.objects.filter(pk=failed.pk).update(status=Status.FAILED, attempts=12, next_attempt_at=None)
    Letter.objects.filter(pk=unknown.pk).update(status=Status.UNKNOWN)
    Letter.objects.filter(pk=sent.pk).update(status=Status.SENT, sent_at=timezone.now())
    page = act(admin_client, "retry_failed", failed, unknown, sent)
    assert "1 letter: Put back into the queue." in page
    assert "2 letters were left as they are" in page
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == (Status.QUEUED, 0)
    assert failed.next_attempt_at is not None
    assert set(Letter.objects.exclude(pk=failed.pk).values_list("status", flat=True)) == {"unknown", "sent"}


@pytest.mark.parametrize(
    ("action", "status"),
    [("resend_unknown", Status.QUEUED), ("mark_delivered", Status.SENT), ("give_up", Status.FAILED)],
)
def test_only_a_person_decides_about_unknown_letters(admin_client: Client, action: str, status: Status) -> None:
    letter = make_letter()
    message_id = letter.message_id
    Letter.objects.update(status=Status.UNKNOWN)
    act(admin_client, action, letter)
    letter.refresh_from_db()
    assert (letter.status, letter.message_id) == (status, message_id)
    assert last_event(letter) == (status, "admin")


def test_a_letters_page_offers_what_may_be_decided_about_it(admin_client: Client) -> None:
    letter = make_letter()
    for status, offered in (
        (Status.QUEUED, ["hold"]),
        (Status.FAILED, ["retry_failed"]),
        (Status.UNKNOWN, ["resend_unknown", "mark_delivered", "give_up"]),
        (Status.HELD, []),  # read first, on a page of its own
        (Status.WITHDRAWN, []),
    ):
        Letter.objects.filter(pk=letter.pk).update(status=status)
        page = admin_client.get(f"{LIST}{letter.pk}/change/").content.decode()
        assert re.findall(r'name="action" value="(\w+)"', page) == offered
        assert ("/review/" in page) == (status == Status.HELD)
    Letter.objects.filter(pk=letter.pk).update(status=Status.FAILED)
    asked = admin_client.post(LIST, {"action": "retry_failed", "_selected_action": letter.pk}).content.decode()
    assert "This works for letters that are “Failed”" in asked
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_letter", "see_personal_data"]))
    client = Client()
    otp_login(client, viewer)
    assert 'name="action"' not in client.get(f"{LIST}{letter.pk}/change/").content.decode()


def test_who_decides_on_a_letters_page_comes_back_to_it_and_from_there_to_their_list(admin_client: Client) -> None:
    letter = make_letter()
    filters = "status__exact=queued&rehearsal__exact=1"
    page = f"{LIST}{letter.pk}/change/?{urlencode({'_changelist_filters': filters})}"
    shown = admin_client.get(page).content.decode()
    hold = dict(re.findall(r'type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', shown[: shown.index("Hold: ")]))
    hold = {name: unescape(value) for name, value in hold.items()}
    asked = admin_client.post(LIST, hold).content.decode()
    assert f'class="closelink" href="{page}"' in asked
    carried = dict(
        re.findall(r'type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', asked[asked.index("<form method") :])
    )
    assert {name: unescape(value) for name, value in carried.items()} == hold
    done = admin_client.post(LIST, hold | {"reason": "A second look"}, follow=True)
    assert done.redirect_chain == [(page, 302)]
    assert "1 letter: Held." in done.content.decode()
    assert f'<a href="{LIST}?{escape(filters)}">Letters</a>' in done.content.decode()
    # From a narrowed list: back to that, also by "Cancel".
    chosen = {"action": "release", "_selected_action": letter.pk}
    asked = admin_client.post(f"{LIST}?status__exact=held", chosen).content.decode()
    assert f'class="closelink" href="{LIST}?status__exact=held"' in asked
    done = admin_client.post(f"{LIST}?status__exact=held", chosen | {"reason": "Read"}, follow=True)
    assert done.redirect_chain == [(f"{LIST}?status__exact=held", 302)]


def test_who_may_only_view_cannot_act(client: Client) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_letter"))
    otp_login(client, viewer)
    letter = make_letter()
    assert client.get(LIST).status_code == 200
    act(client, "hold", letter)
    letter.refresh_from_db()
    assert letter.status == Status.QUEUED


def test_staff_without_permission_see_no_letter(client: Client) -> None:
    otp_login(client, User.objects.create_user("staff", is_staff=True))
    letter = make_letter()
    for path in (LIST, *(reverse(f"admin:letters_letter_{page}", args=[letter.pk]) for page in ("change", "pdf"))):
        assert client.get(path).status_code == 403


def test_a_decision_is_asked_for_its_reason_and_keeps_it(admin_client: Client) -> None:
    letter = make_letter()
    chosen = {"action": "hold", "_selected_action": [letter.pk]}
    page = admin_client.post(LIST, chosen).content.decode()
    assert letter.reference in page
    assert 'name="reason"' in page
    page = admin_client.post(LIST, chosen | {"reason": "  "}).content.decode()
    assert "Say why" in page
    letter.refresh_from_db()
    assert letter.status == Status.QUEUED
    admin_client.post(LIST, chosen | {"reason": "A second look"})
    event = letter.events.last()
    assert event is not None
    assert (event.type, event.note) == ("held", "Held: A second look")


def test_a_decision_reaches_all_letters_of_a_filter_and_lists_only_some(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.admin.actions.MAX_NAMED", 2)
    monkeypatch.setattr("letters.admin.actions.MAX_AT_ONCE", 3)
    campaign = make_campaign()
    letters = [make_letter(campaign) for _ in range(4)]
    Letter.objects.filter(pk=letters[0].pk).update(status=Status.FAILED)
    more = [make_letter(campaign) for _ in range(2)]
    asked = {"action": "hold", "_selected_action": [more[0].pk], "select_across": "1"}
    page = admin_client.post(LIST, asked).content.decode()
    assert "You have chosen 6 letters" in page
    assert "<strong>5</strong>" in page
    assert "(3 at a time: repeat this for the others)" in page
    assert "and 4 more" in page
    assert page.count(", Cities of London and Westminster, ") == 2
    page = admin_client.post(LIST, asked | {"reason": "Wait"}, follow=True).content.decode()
    assert "3 letters: Held." in page
    assert "3 letters were left as they are" in page
    admin_client.post(LIST, asked | {"reason": "Wait"})
    assert dict.fromkeys(Letter.objects.values_list("status", flat=True)).keys() == {"held", "failed"}


def test_an_erased_letter_never_goes_back_into_the_queue(admin_client: Client) -> None:
    letter = make_letter()
    Letter.objects.update(status=Status.FAILED, next_attempt_at=None)
    letter.refresh_from_db()
    scrub_letter(letter)
    assert "1 letter was left as it is" in act(admin_client, "retry_failed", letter)
    letter.refresh_from_db()
    assert letter.status == Status.FAILED


def test_a_campaign_with_letters_is_closed_and_not_deleted_and_no_letter_is_read_for_it(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    campaign, empty = make_campaign("kept"), make_campaign("empty")
    for _number in range(5):
        make_letter(campaign)
    page = reverse("admin:content_campaign_delete", args=[campaign.pk])
    with django_assert_max_num_queries(20):
        shown = admin_client.get(page).content.decode()
    assert "has letters, so it cannot be deleted. To end it, change its mode to Closed." in shown
    assert not [letter for letter in Letter.objects.all() if letter.reference in shown]
    admin_client.post(page, {"post": "yes"})
    admin_client.post(reverse("admin:content_campaign_delete", args=[empty.pk]), {"post": "yes"})
    assert list(Campaign.objects.values_list("slug", flat=True)) == ["kept"]
